"""Random trees as a feature map: a row becomes the leaves that it reaches."""

from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import TransformerMixin
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from gbengine._bagging_params import RANDOM_TREES_EMBEDDING
from gbengine._extra_tree import ExtraTreeRegressor
from gbengine._fingerprint import row_fingerprints
from gbengine._forest import BaseForest
from gbengine._forest_fit import fitted_forest
from gbengine._param_table import Param, constraints
from gbengine._tree import BaseDecisionTree


class RandomTreesEmbedding(TransformerMixin, BaseForest):
    """An embedding by the leaves of random trees.

    Trees are split at random, without a target; each leaf is a column that is 1 for the rows that
    reach it (Moosmann, Triggs and Jurie, "Fast discriminative visual codebooks using randomized
    clustering forests", 2006). A linear model on these columns is not linear in X. The same data,
    parameters and seed give the same embedding, bit for bit, whatever the number of threads and
    the order of the rows.

    Parameters
    ----------
    n_estimators : int >= 1, default=100
        Number of trees.
    max_depth : int >= 1 or None, default=5
        Most splits from root to leaf. None for no limit.
    min_samples_split : int >= 2 or float in (0, 1], default=2
        Fewest training rows in a node that is split. A float is a share of all rows.
    min_samples_leaf : int >= 1 or float in (0, 1), default=1
        Fewest training rows in a leaf. A float is a share of all rows. Weights that are all
        whole numbers count as copies.
    min_weight_fraction_leaf : float in [0, 0.5], default=0.0
        Least share of the total weight in a leaf.
    max_leaf_nodes : int >= 2 or None, default=None
        Most leaves of a tree. None for no limit.
    min_impurity_decrease : float >= 0, default=0.0
        A split must lessen the impurity by this. The impurity is the variance of numbers that
        rows have at random, so there is no reason to set it.
    sparse_output : bool, default=True
        Whether transform gives a sparse matrix. Otherwise an array.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read by everything that is drawn: columns and
        thresholds. An int is the seed itself; None takes one from NumPy's global state.
    verbose : int or bool, default=0
        Whether to show progress. 0: silent; 1: a bar or some lines; 2: more lines.
    warm_start : bool, default=False
        Whether fit adds trees to those it has. Then up to ``n_estimators`` in all; the seed
        stays that of the first fit.
    tree_method : {"auto", "exact", "hist"}, default="auto"
        Whether thresholds lie between all values or between bins. "exact": all values; "hist":
        ``max_bins`` bins of each column, much faster on many rows; "auto": "exact" up to 20000
        rows.
    max_bins : int in [2, 255], default=255
        Most bins of a column, not counting the one for missing values. Read only by the method
        "hist".
    keep_statistics : bool, default=False
        Whether each node keeps its impurity and number of rows. Needed by ``tree_`` of the trees
        in ``estimators_``, by plots and exports of them, and by ``to_sklearn()``; takes 16 bytes
        a node. Predictions, leaves and importances of the forest do without.
    categorical_features : array-like of str, int or bool, "from_dtype" or None, \
            default="from_dtype"
        Which columns hold categories. By name, by index or by a boolean mask; "from_dtype": those
        of text, and those whose type is categorical; None: none. A split then sends some of the
        categories left, whatever their order.
    handle_unknown : {"missing", "error"}, default="missing"
        What a category is that fit has not seen. A missing value, or an error. Read only if a
        column is categorical.

    Attributes
    ----------
    estimator_ : ExtraTreeRegressor
        A tree of the kind that is grown, not fitted.
    estimators_ : sequence of ExtraTreeRegressor
        The trees, each made when it is asked for.
    one_hot_encoder_ : sklearn.preprocessing.OneHotEncoder
        Makes of what ``apply`` gives what ``transform`` gives.
    n_outputs_ : int
        1: the number that each row has at random.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.

    Examples
    --------
    >>> from gbengine import RandomTreesEmbedding
    >>> X = [[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]]
    >>> model = RandomTreesEmbedding(n_estimators=5, max_depth=1, random_state=0).fit(X)
    >>> model.transform(X).shape
    (5, 10)
    """

    _param_table: ClassVar[tuple[Param, ...]] = RANDOM_TREES_EMBEDDING
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(RANDOM_TREES_EMBEDDING)
    _constant_params: ClassVar[dict[str, Any]] = {
        "criterion": "squared_error",
        "max_features": 1,
        "bootstrap": False,
        "max_samples": None,
        "oob_score": False,
        "oob_importances": False,
        "ccp_alpha": 0.0,
        "monotonic_cst": None,
    }
    _splitter: ClassVar[str] = "random"
    _tree_class: ClassVar[type[BaseDecisionTree]] = ExtraTreeRegressor

    # As in scikit-learn, where they are no parameters either.
    criterion = "squared_error"
    max_features = 1

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        max_depth: int | None = 5,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        sparse_output: bool = True,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        tree_method: str = "auto",
        max_bins: int = 255,
        keep_statistics: bool = False,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.sparse_output = sparse_output
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.tree_method = tree_method
        self.max_bins = max_bins
        self.keep_statistics = keep_statistics
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
            Numbers, bools and categories (text too). NaN and null are missing values, infinities
            are ordinary ones.
        y : ignored
        sample_weight : array-like of shape (n_rows,) or float, default=None
            Weights >= 0, with a sum up to 2**53, which count for the limits of leaves. Rows of
            weight 0 are left out; a weight that is a whole number k is worth k copies of the row,
            bit for bit, if all are whole.

        Returns
        -------
        self : RandomTreesEmbedding
            Fitted. If anything is raised, Ctrl-C too, it is as it was before.

        Raises
        ------
        ValueError
            Naming the argument or parameter, its value, and what is allowed.
        TypeError
            If X has a column that is neither numeric nor categorical.
        """
        self._adopt(fitted_forest(self, (X, row_fingerprints, sample_weight)))
        self._leaf_slots()  # transform is to set no attribute, not even a derived one
        return self

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """Grow the trees and give the leaves that the rows of X reach.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``.

        Returns
        -------
        scipy.sparse.csr_matrix or ndarray of float64 of shape (n_rows, n_leaves)
        """
        return self.fit(X, y, sample_weight).transform(X)

    def transform(self, X: Any) -> Any:
        """Give the leaves that rows reach.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        scipy.sparse.csr_matrix or ndarray of float64 of shape (n_rows, n_leaves)
            1 where a row reaches a leaf, 0 elsewhere; an array with sparse_output=False.
        """
        leaves = self._leaves(X)
        slots = self._leaf_slots()[self._numbering().positions(leaves)]
        n_rows, n_trees = slots.shape
        indptr = np.arange(n_rows + 1) * n_trees
        ones = np.ones(n_rows * n_trees)
        shape = (n_rows, self._n_features_out)
        members = sparse.csr_matrix((ones, slots.ravel(), indptr), shape=shape)
        return members if self.sparse_output else members.toarray()

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns that transform gives.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of X, only compared with those that fit saw.

        Returns
        -------
        ndarray of str objects of shape (n_leaves,)
            "randomtreesembedding_{tree}_{leaf}", leaves by their numbers in
            ``estimators_[tree].tree_``.
        """
        check_is_fitted(self)
        _check_feature_names_in(self, input_features, generate_names=False)
        names = [
            f"randomtreesembedding_{tree}_{leaf}"
            for tree, leaves in enumerate(self._leaves_of_trees())
            for leaf in leaves
        ]
        return np.asarray(names, dtype=object)

    @property
    def one_hot_encoder_(self) -> OneHotEncoder:
        """The encoder that makes of what ``apply`` gives what ``transform`` gives."""
        leaves = self._leaves_of_trees()
        encoder = OneHotEncoder(categories=leaves, sparse_output=self.sparse_output)
        return encoder.fit(np.array([[of_tree[0] for of_tree in leaves]]))

    @property
    def _n_features_out(self) -> int:
        return int(self._leaf_slots()[-1]) + 1

    def to_sklearn(self) -> Any:
        """Give the same embedding as a fitted estimator of scikit-learn.

        Returns
        -------
        sklearn.ensemble.RandomTreesEmbedding
            It gives the same on tables of float32 without infinities, and shares nothing with
            this one.
        """
        twin = super().to_sklearn()
        twin.one_hot_encoder_ = self.one_hot_encoder_
        twin._n_features_out = self._n_features_out
        return twin

    def _is_leaf(self) -> NDArray[np.bool_]:
        """Tell leaves from other nodes, all trees' nodes in the order of their numbers."""
        numbering = self._numbering()
        is_leaf = np.ones(len(numbering.parent), dtype=bool)
        is_leaf[numbering.parent[numbering.parent >= 0]] = False
        return is_leaf

    def _leaf_slots(self) -> NDArray[np.int64]:
        """Give each leaf its column; the last node is always a leaf."""
        slots: NDArray[np.int64] = self._remember(
            "leaf_slots", lambda: np.cumsum(self._is_leaf()) - 1
        )
        return slots

    def _leaves_of_trees(self) -> list[NDArray[np.int64]]:
        """Give the numbers of each tree's leaves."""
        check_is_fitted(self)
        is_leaf, begin = self._is_leaf(), self._numbering().begin
        return [np.flatnonzero(is_leaf[a:b]) for a, b in pairwise(begin)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags
