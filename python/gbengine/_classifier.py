"""Gradient boosting for classes: one raw score for two of them, else one for each."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from gbengine._boosting import BaseGradientBoosting
from gbengine._labels import class_codes, find_classes, times_class_weight
from gbengine._param_table import Param, constraints
from gbengine._params import CLASSIFIER_PARAMS
from gbengine._parts import Part

if TYPE_CHECKING:
    from gbengine._core import Vector


class GradientBoostingClassifier(ClassifierMixin, BaseGradientBoosting):
    """Gradient-boosted trees for classification.

    Each round grows a tree (with more than two classes, one for each) on the gradients and hessians
    of the loss (Chen and Guestrin, "XGBoost", 2016) from histograms of binned columns. Missing
    values go where the loss falls most. The same data and parameters give the same model, bit for
    bit, whatever the number of threads.

    Parameters
    ----------
    loss : {"log_loss"}, default="log_loss"
        What the rounds reduce. The negative logarithm of the probability of a row's class: by the
        logistic function with two classes, by softmax with more.
    learning_rate : float > 0, default=0.1
        Factor on what each round adds. Smaller values need more rounds.
    n_estimators : int >= 1, default=100
        Number of rounds (the most of them, if stopped). With K > 2 classes each adds K
        times ``n_parallel_trees`` trees.
    n_parallel_trees : int >= 1, default=1
        Trees that each round grows side by side and averages. A small forest on the same gradients,
        each tree with draws of its own: it needs ``subsample`` or a ``max_features*`` below 1. One
        round of deep trees with a ``learning_rate`` of 1 ranks rows like a random forest (Breiman,
        2001), but its probabilities are those of a single Newton step.
    max_leaf_nodes : int >= 2 or None, default=31
        Most leaves of a tree; None for no limit.
    max_depth : int >= 1 or None, default=None
        Most splits from root to leaf. None for no limit.
    min_samples_leaf : int >= 1, default=20
        Fewest training rows in a leaf. Weights that are all whole numbers count as copies.
    min_hessian_leaf : float >= 0, default=0.001
        Least sum of hessians in a leaf. A row's hessian is p * (1 - p), with its probability p of
        the class, times its weight: weights that are all far below 1 want a smaller limit.
    min_split_gain : float >= 0, default=0.0
        A split must gain more than this. In units of twice the loss, summed over rows.
    l1_regularization : float >= 0, default=0.0
        L1 penalty on leaf values. In units of gradients, summed over a leaf's rows.
    l2_regularization : float >= 0, default=0.0
        L2 penalty on leaf values. In units of hessians, summed over a leaf's rows.
    max_delta_step : float >= 0, default=0.0
        Largest leaf value before the learning rate; 0 for no limit.
    subsample : float in (0, 1], default=1.0
        Share of the rows drawn for each tree. Drawn without replacement (Friedman, "Stochastic
        gradient boosting", 2002).
    max_features : float in (0, 1], default=1.0
        Share of the columns drawn for each split. From those drawn for the level.
    max_features_per_level : float in (0, 1], default=1.0
        Share of the columns drawn for each level of a tree. From those drawn for the tree.
    max_features_per_tree : float in (0, 1], default=1.0
        Share of the columns drawn for each tree.
    max_bins : int in [2, 255], default=255
        Most bins of a column, not counting the one for missing values.
    grow_policy : {"leaf_wise", "depth_wise"}, default="leaf_wise"
        Which leaf is split next. The one that gains most, or the one nearest to the root. Without
        a limit that stops the tree early (max_leaf_nodes) both give the same trees.
    warm_start : bool, default=False
        Whether fit adds rounds to the model it has. Then up to ``n_estimators`` in all; the loss,
        ``n_parallel_trees``, what is scored, and the seed stay those of the first fit.
    early_stopping : bool, default=False
        Whether to stop when the score stalls. That is, when ``n_iter_no_change`` rounds in a row
        were no better than the one before them. The model has the rounds up to the best score.
    scoring : str, callable, list, tuple, dict or None, default="loss"
        What is scored after each round. "loss", the name of a scikit-learn scorer, a function
        ``scorer(estimator, X, y)``, or None for the estimator's ``score``; several as a list, or
        as a dict by names of your own: the first stops fit, all are in ``evals_result_``. Read
        only with ``early_stopping`` or ``X_val``.
    validation_fraction : float in (0, 1), int >= 1 or None, default=0.1
        Rows set aside to be scored. A share or a number of them, each class its share; None scores
        the training rows. Not used with ``X_val``.
    validation_split : {"random", "time"}, default="random"
        Which rows are set aside. "random": drawn by what they hold, so that the order of the table
        does not matter, and by groups if fit is given ``validation_groups``. "time": the last ones,
        for rows that are sorted by time.
    n_iter_no_change : int >= 1, default=10
        Rounds without a better score before fit stops. Read only with ``early_stopping``.
    tol : float >= 0, default=1e-07
        How much better counts as better. Read only with ``early_stopping``.
    refit_after_stopping : bool, default=False
        Whether to fit all rows once the number of rounds is found. That is, those set aside, too,
        with the best number of rounds times all rows over training rows, rounded to the nearest.
        The scores stay those of the first fit.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is the
        same for any number.
    verbose : int or bool, default=0
        Whether to show progress. 0: silent; 1: a bar or some lines; 2: a line for
        every round.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read by ``subsample``, ``max_features*`` and the choice of
        rows to set aside. An int is the seed itself; None takes one from NumPy's global state.
    base_score : float, array-like of float or None, default=None
        The prediction before the first round. The probability of the
        second class, or of each class.
        None: that with the least loss, or a raw score of 0 with ``init`` or ``init_score``.
    init : estimator, "zero" or None, default=None
        What is fitted first, and corrected by the rounds. Its ``predict_proba``, within
        2**-23 of 0 and 1, is where the raw scores of rows start.
        It is given the table as the trees have it: numbers, NaN for missing, codes for categories.
        "zero": raw scores start at 0. A model file cannot hold an estimator.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes. They multiply those of the rows. A dict gives numbers > 0 by label,
        1 where it has none; "balanced" gives all classes the same total weight.
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
    cat_smooth : float >= 0, default=10.0
        Pulls a category's mean step to the node's. Sets are sought along the order of the
        categories' mean steps; this is the hessian of rows like the node's that are added to
        each category for it. Read only if a column is split by sets.
    max_cat_threshold : int >= 1, default=16
        Most categories on the smaller side of a split. Read only if a column is split by sets.
    min_samples_category : int >= 1, default=15
        Rows of a category that has its own place. In a node, those of fewer rows are one. Read
        only if a column is split by sets.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.
    init_ : estimator
        ``init``, fitted; only there if that is an estimator.
    n_iter_ : int
        Number of rounds.
    n_trees_per_iteration_ : int
        ``n_parallel_trees`` with two classes, else as many for each class.
    train_score_ : ndarray of shape (n_scored_rounds + 1,) or (0,)
        Score of the training rows before the first round and after each, those too that early
        stopping has taken away again; losses have their sign turned, so that higher is better.
        Empty without ``early_stopping`` and ``X_val``. A scorer other than "loss" sees at most
        10 000 of the rows. Of several metrics the first.
    validation_score_ : ndarray of shape (n_scored_rounds + 1,) or (0,)
        The same of the validation rows.
    best_iteration_ : int or None
        Number of rounds at which the validation rows, or if there are none the training rows, had
        their best score; None if nothing was scored. With ``early_stopping`` these are the rounds
        that the model has, but never 0; without it all rounds are kept.
    best_score_ : float or None
        That score.
    evals_result_ : dict of str to dict
        The scores as ``{"train": {name: scores}, "validation": {name: scores}}``, by the names of
        ``scoring``.
    feature_importances_ : ndarray of shape (n_features_in_,)
        Share of each column in the total split gain.

    Examples
    --------
    >>> from gbengine import GradientBoostingClassifier
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = GradientBoostingClassifier(n_estimators=20).fit(X, y)
    >>> model.predict_proba(X).shape
    (150, 3)
    """

    _param_table: ClassVar[tuple[Param, ...]] = CLASSIFIER_PARAMS
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(CLASSIFIER_PARAMS)

    _allows_targets: ClassVar[bool] = False

    classes_: np.ndarray[Any, Any]

    def __init__(
        self,
        loss: str = "log_loss",
        *,
        learning_rate: float = 0.1,
        n_estimators: int = 100,
        n_parallel_trees: int = 1,
        max_leaf_nodes: int | None = 31,
        max_depth: int | None = None,
        min_samples_leaf: int = 20,
        min_hessian_leaf: float = 1e-3,
        min_split_gain: float = 0.0,
        l1_regularization: float = 0.0,
        l2_regularization: float = 0.0,
        max_delta_step: float = 0.0,
        subsample: float = 1.0,
        max_features: float = 1.0,
        max_features_per_level: float = 1.0,
        max_features_per_tree: float = 1.0,
        max_bins: int = 255,
        grow_policy: str = "leaf_wise",
        warm_start: bool = False,
        early_stopping: bool = False,
        scoring: Any = "loss",
        validation_fraction: float | int | None = 0.1,
        validation_split: str = "random",
        n_iter_no_change: int = 10,
        tol: float = 1e-7,
        refit_after_stopping: bool = False,
        n_jobs: int | None = None,
        verbose: int = 0,
        random_state: Any = None,
        base_score: Any = None,
        init: Any = None,
        class_weight: Mapping[Any, float] | str | None = None,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
        cat_encoding: str = "auto",
        cat_smooth: float = 10.0,
        max_cat_threshold: int = 16,
        min_samples_category: int = 15,
    ) -> None:
        self.loss = loss
        self.learning_rate = learning_rate
        self.n_estimators = n_estimators
        self.n_parallel_trees = n_parallel_trees
        self.max_leaf_nodes = max_leaf_nodes
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.min_hessian_leaf = min_hessian_leaf
        self.min_split_gain = min_split_gain
        self.l1_regularization = l1_regularization
        self.l2_regularization = l2_regularization
        self.max_delta_step = max_delta_step
        self.subsample = subsample
        self.max_features = max_features
        self.max_features_per_level = max_features_per_level
        self.max_features_per_tree = max_features_per_tree
        self.max_bins = max_bins
        self.grow_policy = grow_policy
        self.warm_start = warm_start
        self.early_stopping = early_stopping
        self.scoring = scoring
        self.validation_fraction = validation_fraction
        self.validation_split = validation_split
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.refit_after_stopping = refit_after_stopping
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.random_state = random_state
        self.base_score = base_score
        self.init = init
        self.class_weight = class_weight
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding
        self.cat_smooth = cat_smooth
        self.max_cat_threshold = max_cat_threshold
        self.min_samples_category = min_samples_category

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Predict classes.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,)
            Labels from ``classes_``.
        """
        return self._labels_of(self._raw_scores(X))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Columns in the order of ``classes_``; rows sum to 1.
        """
        return self._response(X)

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            -inf where a probability is too small for a double.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Give raw scores: what the trees sum to, before the logistic function or softmax.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_classes)
            With two classes the log-odds of the second.
        """
        return _as_decision(self._raw_scores(X))

    def staged_predict(self, X: Any) -> Iterator[np.ndarray[Any, Any]]:
        """Predict classes after 1, 2, … rounds.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows,)
        """
        return (self._labels_of(raw) for raw in self._staged_raw_scores(X))

    def staged_predict_proba(self, X: Any) -> Iterator[NDArray[np.float64]]:
        """Predict probabilities after 1, 2, … rounds.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows, n_classes)
        """
        return self._staged_responses(X)

    def staged_decision_function(self, X: Any) -> Iterator[NDArray[np.float64]]:
        """Give raw scores after 1, 2, … rounds.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows,) or (n_rows, n_classes)
        """
        return (_as_decision(raw) for raw in self._staged_raw_scores(X))

    def _labels_of(self, raw: NDArray[np.float64]) -> np.ndarray[Any, Any]:
        codes = (raw[:, 0] > 0).astype(np.intp) if raw.shape[1] == 1 else raw.argmax(axis=1)
        labels: np.ndarray[Any, Any] = self.classes_[codes]
        return labels

    def _find_classes(self, y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return find_classes(y)

    def _encode(self, part: Part, classes: np.ndarray[Any, Any] | None, suffix: str = "") -> Part:
        assert classes is not None
        codes = class_codes(part.y, classes, f"y{suffix}")
        weight = times_class_weight(part.weight, codes, classes, self.class_weight)
        return replace(part, y=codes, weight=weight)

    def _decode(self, y: "Vector") -> np.ndarray[Any, Any]:
        labels: np.ndarray[Any, Any] = self.classes_[y.astype(np.intp)]
        return labels


def _as_decision(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    return raw[:, 0] if raw.shape[1] == 1 else raw
