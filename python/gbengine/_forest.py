"""What the four kinds of forests share: fitting, their trees as estimators, leaves, proximity."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._forest_fit import fitted_forest
from gbengine._forest_state import FILE_ARRAYS, file_arrays, fitted_from_arrays
from gbengine._members import TreeList
from gbengine._quantiles import one_hot
from gbengine._target_encoding import by_column
from gbengine._to_sklearn import forest_to_sklearn
from gbengine._tree import BaseDecisionTree
from gbengine._tree_view import TreeSequence

if TYPE_CHECKING:
    from gbengine._core import Model

# A tree of a forest has been grown by its parameters, but not with its class weights or seed.
_NOT_A_TREES = ("class_weight", "random_state")


class BaseForest(TreeList):
    """Base of the forests; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (
        *TreeList._fitted_names,
        "_draws",
        "_importances",
        "_leaf_samples",
        "oob_decision_function_",
        "oob_importances_",
        "oob_prediction_",
        "oob_score_",
    )
    _file_arrays: ClassVar[tuple[str, ...]] = FILE_ARRAYS
    _pickled_as_file: ClassVar[tuple[str, ...]] = (
        *TreeList._pickled_as_file,
        "_leaf_samples",
    )
    # What scikit-learn's forests have as parameters and this kind has not.
    _constant_params: ClassVar[dict[str, Any]] = {}
    _splitter: ClassVar[str]
    _tree_class: ClassVar[type[BaseDecisionTree]]

    max_features: Any
    _importances: NDArray[np.float64]  # sum over the trees of each tree's shares

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like, sparse matrix, data frame or BinnedDataset of shape (n_rows, n_features)
            Numbers, bools and categories (text too). NaN and null are missing values, infinities
            are ordinary ones.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
            Targets: finite numbers of size up to 1e30, or classes (strings, whole numbers, bools).
        sample_weight : array-like of shape (n_rows,) or float, default=None
            Weights >= 0, with a sum up to 2**53. Rows of weight 0 are left out; a weight that is a
            whole number k is worth k copies of the row, bit for bit, if all are whole, sum to at
            most 2**31, and there are no class weights: with ``bootstrap`` and ``max_samples=None``
            each tree then draws as many rows as they sum to. (With ``bootstrap``
            ``min_samples_leaf`` and ``min_samples_split``, where they are not the default, count a
            row once, however often it was drawn.)

        Returns
        -------
        self : estimator
            Fitted. If anything is raised, Ctrl-C too, it is as it was before.

        Raises
        ------
        ValueError
            Naming the argument or parameter, its value, and what is allowed.
        TypeError
            If X has a column that is neither numeric nor categorical.
        """
        self._adopt(fitted_forest(self, (X, y, sample_weight)))
        return self

    @property
    def estimator_(self) -> BaseDecisionTree:
        """A tree of the kind that the forest grows, not fitted."""
        return self._tree_class()

    @property
    def estimators_(self) -> TreeSequence:
        """The trees as fitted estimators: a sequence that makes each when it is asked for.

        As in scikit-learn, those of a classifier know the classes by their positions in
        ``classes_``, and the columns have no names. They have no ``tree_``, and thus no
        importances, unless the forest was fitted with ``keep_statistics=True``.
        """
        check_is_fitted(self)
        return TreeSequence(self._model.n_trees, self._tree)

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Share of each feature in what the splits took off the impurity, (n_features,).

        Mean over the trees; they sum to 1, or are all zero if nothing was split.
        """
        check_is_fitted(self)
        importances = by_column(self._encoding, self._importances)
        total = importances.sum()
        return importances / total if total > 0 else importances.copy()

    def apply(self, X: Any) -> NDArray[np.int64]:
        """Give the leaf that each row reaches in each tree.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int64 of shape (n_rows, n_estimators)
            Node numbers as in ``estimators_[i].apply`` (and ``estimators_[i].tree_``).
        """
        leaves = self._leaves(X)
        return self._numbering().leaves(leaves)

    def decision_path(self, X: Any) -> tuple[Any, NDArray[np.int64]]:
        """Give the nodes that each row passes in each tree, root and leaf among them.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        indicator : scipy.sparse.csr_matrix of shape (n_rows, n_nodes of all trees)
            1 where a row passes a node.
        n_nodes_ptr : ndarray of int64 of shape (n_estimators + 1,)
            Tree i has the columns from ``n_nodes_ptr[i]`` to ``n_nodes_ptr[i + 1]``, in the order
            of its node numbers.
        """
        leaves = self._leaves(X)
        numbering = self._numbering()
        return numbering.paths(leaves), numbering.begin.copy()

    def proximity(self, X: Any, Y: Any = None) -> Any:
        """Give the share of the trees in which two rows reach the same leaf.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        Y : array-like or data frame of shape (n_other_rows, n_features), default=None
            None compares the rows of X with each other.

        Returns
        -------
        scipy.sparse.csr_matrix of shape (n_rows, n_other_rows)
            Float64; 1 where two rows go the same way in every tree, nothing stored where they
            never meet.
        """
        begin = self._tree_begin()
        members = one_hot(self._leaves(X) + begin[:-1], int(begin[-1]))
        others = members if Y is None else one_hot(self._leaves(Y) + begin[:-1], int(begin[-1]))
        return (members @ others.T).tocsr() / self._model.n_trees

    def to_sklearn(self) -> Any:
        """Give the same forest as a fitted estimator of scikit-learn.

        It is of the class of the same name, and predicts the same, up to the order of a sum, on
        tables of float32 without infinities.

        Returns
        -------
        estimator
            Fitted; it shares nothing with this one.

        Raises
        ------
        ValueError
            If the forest was not fitted with ``keep_statistics=True``, or X had categories, which
            scikit-learn's trees cannot split.
        """
        check_is_fitted(self)
        return forest_to_sklearn(self)

    def _tree_begin(self) -> NDArray[np.int64]:
        begin: NDArray[np.int64] = self._remember(
            "tree_begin", lambda: self._model.to_arrays(copy=False)["tree_begin"].astype(np.int64)
        )
        return begin

    def _tree(self, index: int) -> BaseDecisionTree:
        """Give one tree as an estimator of its own."""
        params = self._params() | self._constant_params
        names = [row.name for row in self._tree_class._param_table]
        shared = {name: params[name] for name in names if name in params}
        for name in _NOT_A_TREES:
            shared.pop(name, None)
        tree = self._tree_class(**shared)
        return self._adopted_by(tree, self._model.select([index]), self._class_codes(np.float64))

    def _file_extras(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        _, content = super()._file_extras()
        return file_arrays(self), content

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        fitted = super()._from_file(model, arrays, content)
        return fitted | fitted_from_arrays(model, arrays, fitted["n_outputs_"])
