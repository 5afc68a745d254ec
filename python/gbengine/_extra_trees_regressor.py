"""Forests of extremely randomized trees for regression."""

from collections.abc import Callable
from typing import Any, ClassVar

from sklearn.base import RegressorMixin

from gbengine._extra_tree import ExtraTreeRegressor
from gbengine._forest import BaseForest
from gbengine._param_table import Param, constraints
from gbengine._quantile_predictions import QuantilePredictions
from gbengine._tree import BaseDecisionTree
from gbengine._tree_params import EXTRA_TREES_REGRESSOR


class ExtraTreesRegressor(QuantilePredictions, RegressorMixin, BaseForest):
    """A forest of extremely randomized trees for regression.

    Each split is the best of thresholds drawn at random, one for each column drawn (Geurts, Ernst
    and Wehenkel, "Extremely randomized trees", 2006); the forest predicts the mean of the trees, or
    quantiles (Meinshausen, "Quantile regression forests", 2006). y may have several outputs. The
    same data, parameters and seed give the same forest, bit for bit, whatever the number of threads
    and the order of the rows.

    Parameters
    ----------
    n_estimators : int >= 1, default=100
        Number of trees.
    criterion : {"squared_error", "absolute_error", "poisson"}, default="squared_error"
        What a split makes smaller. "squared_error": leaves predict the mean; "absolute_error":
        the median; "poisson" (y >= 0): the mean, for counts.
    max_depth : int >= 1 or None, default=None
        Most splits from root to leaf. None for no limit.
    min_samples_split : int >= 2 or float in (0, 1], default=2
        Fewest training rows in a node that is split. A float is a share of all rows.
    min_samples_leaf : int >= 1 or float in (0, 1), default=1
        Fewest training rows in a leaf. A float is a share of all rows. Weights that are all
        whole numbers count as copies.
    min_weight_fraction_leaf : float in [0, 0.5], default=0.0
        Least share of the total weight in a leaf.
    max_features : int >= 1, float in (0, 1], "sqrt", "log2" or None, default=1.0
        Columns drawn for each split. A number, a share, the square root or the logarithm of the
        number of columns, rounded down but at least 1; None for all. If none of those drawn can
        split the node, more are looked at.
    max_leaf_nodes : int >= 2 or None, default=None
        Most leaves of a tree. None for no limit. With one, the leaf that gains most is split
        next.
    min_impurity_decrease : float >= 0, default=0.0
        A split must lessen the impurity by this. Measured as the decrease times the node's
        share of the total weight.
    bootstrap : bool, default=False
        Whether each tree draws rows of its own. With replacement (Breiman, "Random forests",
        2001), each with a chance in proportion to its weight. Otherwise each tree sees all
        rows.
    oob_score : bool or callable, default=False
        Whether to score the rows not drawn. Read only with ``bootstrap``. True: R²; or a
        function ``score(y_true, y_pred)``.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read by everything that is drawn: rows, columns,
        thresholds. An int is the seed itself; None takes one from NumPy's global state.
    verbose : int or bool, default=0
        Whether to show progress. 0: silent; 1: a bar or some lines; 2: more lines.
    warm_start : bool, default=False
        Whether fit adds trees to those it has. Then up to ``n_estimators`` in all; the seed
        stays that of the first fit.
    ccp_alpha : float >= 0, default=0.0
        How much a leaf costs when trees are pruned. Minimal cost-complexity pruning takes off
        what lessens the total impurity by less than this for each leaf; see
        ``cost_complexity_pruning_path``.
    max_samples : int >= 1, float > 0 or None, default=None
        Rows drawn for each tree. Read only with ``bootstrap``. An int is a number, a float a
        share of the total weight; None draws as many as there are rows. Weights that are all
        whole numbers count as copies: None then draws as many rows as they sum to, so that a
        weight of k is worth k copies.
    monotonic_cst : array-like of int of shape (n_features,) or None, default=None
        In which columns predictions only rise. 1 where predictions may only rise with the
        column, -1 where they may only fall, 0 where they are free. One output only.
    tree_method : {"auto", "exact", "hist"}, default="auto"
        Whether thresholds lie between all values or between bins. "exact": all values; "hist":
        ``max_bins`` bins of each column, much faster on many rows; "auto": "exact" up to 20000
        rows.
    max_bins : int in [2, 255], default=255
        Most bins of a column, not counting the one for missing values. Read only by the method
        "hist".
    oob_importances : bool, default=False
        Whether to measure importances on the rows not drawn. ``oob_importances_`` then says how
        much worse the trees predict the rows that they did not draw when a column is shuffled.
        Read only with ``bootstrap``.
    keep_leaf_samples : bool, default=False
        Whether each leaf keeps its training rows, for quantiles. Needed by ``predict(X,
        quantiles=[...])``; takes as much memory as the rows drawn.
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
    cat_encoding : {"auto", "sets", "target"}, default="auto"
        How columns of categories are split. "sets": by sets of categories; of a column of more
        than ``max_bins`` the rare ones are one. "target": by numbers in their place, the mean of
        y in a row's category and how often it is there; training rows get the mean of others.
        "auto": "target" for columns of more than ``max_bins`` categories (of exact trees 255),
        "sets" for the others.

    Attributes
    ----------
    n_outputs_ : int
        Number of outputs: columns of y.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.
    estimator_ : estimator
        A tree of the kind that is grown, not fitted.
    estimators_ : sequence of estimators
        The trees, each made when it is asked for.
    estimators_samples_ : list of ndarray of int
        For each tree the rows it was grown on.
    feature_importances_ : ndarray of shape (n_features_in_,)
        Share of each column in what the splits took off the impurity, mean over the trees.
    oob_score_ : float
        Score of the out-of-bag predictions; with ``oob_score``.
    oob_prediction_ : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        Prediction by the trees that did not draw the row, NaN if there are none; with
        ``oob_score``.
    oob_importances_ : ndarray of shape (n_features_in_,)
        How much the squared error of a tree on the rows that it did not draw grows when the
        column is shuffled, mean over the trees (Breiman, 2001); with ``oob_importances``.

    Examples
    --------
    >>> from gbengine import ExtraTreesRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = ExtraTreesRegressor(n_estimators=20, random_state=0).fit(X, y)
    >>> model.predict(X).shape
    (442,)
    """

    _param_table: ClassVar[tuple[Param, ...]] = EXTRA_TREES_REGRESSOR
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(EXTRA_TREES_REGRESSOR)
    _splitter: ClassVar[str] = "random"
    _tree_class: ClassVar[type[BaseDecisionTree]] = ExtraTreeRegressor

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: str = "squared_error",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: int | float | str | None = 1.0,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        bootstrap: bool = False,
        oob_score: bool | Callable[..., float] = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        ccp_alpha: float = 0.0,
        max_samples: int | float | None = None,
        monotonic_cst: Any = None,
        tree_method: str = "auto",
        max_bins: int = 255,
        oob_importances: bool = False,
        keep_leaf_samples: bool = False,
        keep_statistics: bool = False,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
        cat_encoding: str = "auto",
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples
        self.monotonic_cst = monotonic_cst
        self.tree_method = tree_method
        self.max_bins = max_bins
        self.oob_importances = oob_importances
        self.keep_leaf_samples = keep_leaf_samples
        self.keep_statistics = keep_statistics
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding
