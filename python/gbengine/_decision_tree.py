"""Single decision trees."""

from typing import Any, ClassVar

from sklearn.base import ClassifierMixin, RegressorMixin

from gbengine._param_table import Param, constraints
from gbengine._predictions import ClassPredictions, NumberPredictions
from gbengine._tree import BaseDecisionTree
from gbengine._tree_params import DECISION_TREE_CLASSIFIER, DECISION_TREE_REGRESSOR


class DecisionTreeClassifier(ClassPredictions, ClassifierMixin, BaseDecisionTree):
    """A decision tree for classification.

    Each split lessens the impurity of the classes most (Breiman, Friedman, Olshen and Stone,
    "Classification and regression trees", 1984). Missing values go where that serves best. y may
    have several outputs. The same data and parameters give the same tree, bit for bit, whatever the
    number of threads and the order of the rows.

    Parameters
    ----------
    criterion : {"gini", "entropy", "log_loss"}, default="gini"
        What a split makes smaller. "gini": Gini impurity; "entropy" and "log_loss": Shannon
        entropy (Breiman, Friedman, Olshen and Stone, "Classification and regression trees",
        1984).
    splitter : {"best", "random"}, default="best"
        How the threshold on a column is chosen. "best": the one that lessens the impurity most;
        "random": drawn between the least and the largest value, for each column drawn (Geurts,
        Ernst and Wehenkel, "Extremely randomized trees", 2006).
    max_depth : int >= 1 or None, default=None
        Most splits from root to leaf. None for no limit.
    min_samples_split : int >= 2 or float in (0, 1], default=2
        Fewest training rows in a node that is split. A float is a share of all rows.
    min_samples_leaf : int >= 1 or float in (0, 1), default=1
        Fewest training rows in a leaf. A float is a share of all rows. Weights that are all
        whole numbers count as copies.
    min_weight_fraction_leaf : float in [0, 0.5], default=0.0
        Least share of the total weight in a leaf.
    max_features : int >= 1, float in (0, 1], "sqrt", "log2" or None, default=None
        Columns drawn for each split. A number, a share, the square root or the logarithm of the
        number of columns, rounded down but at least 1; None for all. If none of those drawn can
        split the node, more are looked at.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read if thresholds or columns are drawn (``splitter``,
        ``max_features``). An int is the seed itself; None takes one from NumPy's global state.
    max_leaf_nodes : int >= 2 or None, default=None
        Most leaves of a tree. None for no limit. With one, the leaf that gains most is split
        next.
    min_impurity_decrease : float >= 0, default=0.0
        A split must lessen the impurity by this. Measured as the decrease times the node's
        share of the total weight.
    class_weight : dict, list of dict, "balanced" or None, default=None
        Weights of the classes. They multiply those of the rows. A dict gives numbers > 0 by
        label, 1 where it has none; with several outputs a list has a dict for each. "balanced"
        gives all classes the same total weight.
    ccp_alpha : float >= 0, default=0.0
        How much a leaf costs when trees are pruned. Minimal cost-complexity pruning takes off
        what lessens the total impurity by less than this for each leaf; see
        ``cost_complexity_pruning_path``.
    monotonic_cst : array-like of int of shape (n_features,) or None, default=None
        In which columns predictions only rise. 1 where predictions may only rise with the
        column, -1 where they may only fall, 0 where they are free. Of the probability of the
        second of two classes, one output.
    tree_method : {"auto", "exact", "hist"}, default="auto"
        Whether thresholds lie between all values or between bins. "exact": all values; "hist":
        ``max_bins`` bins of each column, much faster on many rows; "auto": "exact" up to 20000
        rows.
    max_bins : int in [2, 255], default=255
        Most bins of a column, not counting the one for missing values. Read only by the method
        "hist".
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number.
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
    classes_ : ndarray of shape (n_classes,), or list of such arrays
        The labels, sorted; with several outputs of each.
    n_classes_ : int, or array of int
        Number of classes; with several outputs of each.
    n_outputs_ : int
        Number of outputs: columns of y.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.
    max_features_ : int
        Number of columns drawn for each split.
    tree_ : sklearn.tree._tree.Tree
        The tree in scikit-learn's form; see ``help(sklearn.tree._tree.Tree)``.
    feature_importances_ : ndarray of shape (n_features_in_,)
        Share of each column in what the splits took off the impurity.

    Examples
    --------
    >>> from gbengine import DecisionTreeClassifier
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    >>> model.predict_proba(X).shape
    (150, 3)
    >>> model.get_n_leaves()
    3
    """

    _param_table: ClassVar[tuple[Param, ...]] = DECISION_TREE_CLASSIFIER
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(DECISION_TREE_CLASSIFIER)

    def __init__(
        self,
        *,
        criterion: str = "gini",
        splitter: str = "best",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: int | float | str | None = None,
        random_state: Any = None,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        class_weight: Any = None,
        ccp_alpha: float = 0.0,
        monotonic_cst: Any = None,
        tree_method: str = "auto",
        max_bins: int = 255,
        n_jobs: int | None = None,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
        cat_encoding: str = "auto",
    ) -> None:
        self.criterion = criterion
        self.splitter = splitter
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.random_state = random_state
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.class_weight = class_weight
        self.ccp_alpha = ccp_alpha
        self.monotonic_cst = monotonic_cst
        self.tree_method = tree_method
        self.max_bins = max_bins
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding


class DecisionTreeRegressor(NumberPredictions, RegressorMixin, BaseDecisionTree):
    """A decision tree for regression.

    Each split lessens the error of the leaves most (Breiman, Friedman, Olshen and Stone,
    "Classification and regression trees", 1984). Missing values go where that serves best. y may
    have several outputs. The same data and parameters give the same tree, bit for bit, whatever the
    number of threads and the order of the rows.

    Parameters
    ----------
    criterion : {"squared_error", "absolute_error", "poisson"}, default="squared_error"
        What a split makes smaller. "squared_error": leaves predict the mean; "absolute_error":
        the median; "poisson" (y >= 0): the mean, for counts.
    splitter : {"best", "random"}, default="best"
        How the threshold on a column is chosen. "best": the one that lessens the impurity most;
        "random": drawn between the least and the largest value, for each column drawn (Geurts,
        Ernst and Wehenkel, "Extremely randomized trees", 2006).
    max_depth : int >= 1 or None, default=None
        Most splits from root to leaf. None for no limit.
    min_samples_split : int >= 2 or float in (0, 1], default=2
        Fewest training rows in a node that is split. A float is a share of all rows.
    min_samples_leaf : int >= 1 or float in (0, 1), default=1
        Fewest training rows in a leaf. A float is a share of all rows. Weights that are all
        whole numbers count as copies.
    min_weight_fraction_leaf : float in [0, 0.5], default=0.0
        Least share of the total weight in a leaf.
    max_features : int >= 1, float in (0, 1], "sqrt", "log2" or None, default=None
        Columns drawn for each split. A number, a share, the square root or the logarithm of the
        number of columns, rounded down but at least 1; None for all. If none of those drawn can
        split the node, more are looked at.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read if thresholds or columns are drawn (``splitter``,
        ``max_features``). An int is the seed itself; None takes one from NumPy's global state.
    max_leaf_nodes : int >= 2 or None, default=None
        Most leaves of a tree. None for no limit. With one, the leaf that gains most is split
        next.
    min_impurity_decrease : float >= 0, default=0.0
        A split must lessen the impurity by this. Measured as the decrease times the node's
        share of the total weight.
    ccp_alpha : float >= 0, default=0.0
        How much a leaf costs when trees are pruned. Minimal cost-complexity pruning takes off
        what lessens the total impurity by less than this for each leaf; see
        ``cost_complexity_pruning_path``.
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
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number.
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
    max_features_ : int
        Number of columns drawn for each split.
    tree_ : sklearn.tree._tree.Tree
        The tree in scikit-learn's form; see ``help(sklearn.tree._tree.Tree)``.
    feature_importances_ : ndarray of shape (n_features_in_,)
        Share of each column in what the splits took off the impurity.

    Examples
    --------
    >>> from gbengine import DecisionTreeRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = DecisionTreeRegressor(max_leaf_nodes=8).fit(X, y)
    >>> model.predict(X).shape
    (442,)
    >>> model.get_n_leaves()
    8
    """

    _param_table: ClassVar[tuple[Param, ...]] = DECISION_TREE_REGRESSOR
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(DECISION_TREE_REGRESSOR)

    def __init__(
        self,
        *,
        criterion: str = "squared_error",
        splitter: str = "best",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: int | float | str | None = None,
        random_state: Any = None,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        ccp_alpha: float = 0.0,
        monotonic_cst: Any = None,
        tree_method: str = "auto",
        max_bins: int = 255,
        n_jobs: int | None = None,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
        cat_encoding: str = "auto",
    ) -> None:
        self.criterion = criterion
        self.splitter = splitter
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.random_state = random_state
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.ccp_alpha = ccp_alpha
        self.monotonic_cst = monotonic_cst
        self.tree_method = tree_method
        self.max_bins = max_bins
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding
