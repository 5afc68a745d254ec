"""What the four kinds of single trees share: fitting, ``tree_``, node numbers, pruning."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import Bunch
from sklearn.utils.validation import check_is_fitted

from gbengine._grow import learnt_attributes, make_trainer, read_rows, seed_for
from gbengine._runtime import core
from gbengine._target_encoding import by_column
from gbengine._to_sklearn import tree_to_sklearn
from gbengine._tree_config import Sampling, draws_columns, n_columns_drawn, tree_config
from gbengine._tree_view import sklearn_tree
from gbengine._trees import BaseTrees

if TYPE_CHECKING:
    from gbengine._core import Model


class BaseDecisionTree(BaseTrees):
    """Base of the single trees; not to be used by itself."""

    _fitted_names: ClassVar[tuple[str, ...]] = (*BaseTrees._fitted_names, "max_features_")

    max_features: Any
    ccp_alpha: float

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Grow the tree.

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
            most 2**31, and there are no class weights.

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
        params = self._check_params()
        rows = read_rows(self, params, (X, y, sample_weight), warns_of_column=False)
        size = rows.size
        config = tree_config(params, size, 0, Sampling())
        draws = draws_columns(config, size.n_features)
        config["seed"] = seed_for(params["random_state"], draws=draws)
        trainer = make_trainer(rows, params, config)
        trainer.run(1)
        fitted = {
            "_model": trainer.model(),
            "_seed": config["seed"],
            "_trained_with": {},
            "max_features_": config["max_features"],
        }
        self._adopt(learnt_attributes(rows) | fitted)
        return self

    @property
    def tree_(self) -> Any:
        """The tree as scikit-learn's own ``sklearn.tree._tree.Tree``: children, features, values.

        Built when first asked for. Changing its arrays does not change predictions. A tree of a
        forest has it if the forest was fitted with ``keep_statistics=True``. Where a column of
        categories is split the threshold is the number of a set of them, and tells nothing; use
        ``export_text``. Columns that are known by statistics of y (``cat_encoding``) are several
        here: features are numbers of those, the further ones behind the last column of X.
        """
        try:
            return self._remember("tree", self._make_tree)
        except ValueError as error:
            raise AttributeError(f"no tree_: {error}") from error

    def _make_tree(self) -> Any:
        arrays = self._model.tree(0)
        n_features = self._model.n_features
        return sklearn_tree(arrays, n_features, self._class_counts(), self.n_outputs_)

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Share of each feature in what the splits took off the impurity, (n_features,).

        They sum to 1, or are all zero if nothing was split.
        """
        return by_column(self._encoding, self.tree_.compute_feature_importances())

    def get_depth(self) -> int:
        """Give the most splits from root to leaf."""
        return int(self._numbering().depth.max())

    def get_n_leaves(self) -> int:
        """Give the number of leaves."""
        # Every split makes two nodes of one: leaves are one more than splits.
        return (len(self._numbering().depth) + 1) // 2

    def apply(self, X: Any) -> NDArray[np.int64]:
        """Give the leaf that each row reaches.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int64 of shape (n_rows,)
            Node numbers as in ``tree_``.
        """
        leaves = self._leaves(X)
        return self._numbering().leaves(leaves)[:, 0]

    def decision_path(self, X: Any) -> Any:
        """Give the nodes that each row passes, root and leaf among them.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        scipy.sparse.csr_matrix of shape (n_rows, n_nodes)
            1 where a row passes a node; columns are node numbers as in ``tree_``.
        """
        leaves = self._leaves(X)
        return self._numbering().paths(leaves)

    def cost_complexity_pruning_path(self, X: Any, y: Any, sample_weight: Any = None) -> Bunch:
        """Grow the tree without pruning, and give the alphas at which pruning takes something off.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``. The estimator itself is not fitted.

        Returns
        -------
        sklearn.utils.Bunch
            ``ccp_alphas``, ascending, and ``impurities``: the total impurity of the leaves when
            the tree is pruned with that alpha; both ndarrays of the same length.
        """
        whole = clone(self).set_params(ccp_alpha=0.0).fit(X, y, sample_weight)
        ccp_alphas, impurities = core.pruning_path(whole._model)
        return Bunch(ccp_alphas=ccp_alphas, impurities=impurities)

    def to_sklearn(self) -> Any:
        """Give the same tree as a fitted estimator of scikit-learn.

        It is of the class of the same name, and predicts the same on tables of float32 without
        infinities; ``sklearn.tree.plot_tree`` and other libraries' tools for trees take it.

        Returns
        -------
        estimator
            Fitted; it shares nothing with this one.

        Raises
        ------
        ValueError
            If it is of a forest that was not fitted with ``keep_statistics=True``, or X had
            categories, which scikit-learn's trees cannot split.
        """
        check_is_fitted(self)
        return tree_to_sklearn(self)

    @classmethod
    def _from_file(
        cls,
        model: "Model",
        arrays: Mapping[str, np.ndarray[Any, Any]],
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        if model.n_trees != 1:
            raise ValueError(f"{model.n_trees} trees are not one {cls.__name__}")
        fitted = super()._from_file(model, arrays, content)
        max_features = content["params"]["max_features"]
        return fitted | {"max_features_": n_columns_drawn(max_features, model.n_features)}
