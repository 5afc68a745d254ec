"""AdaBoost of regressors."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import sklearn.ensemble
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score

from gbengine._adaboost_base import BaseAdaBoost
from gbengine._adaboost_params import ADABOOST_REGRESSOR
from gbengine._decision_tree import DecisionTreeRegressor
from gbengine._extra_tree import ExtraTreeRegressor
from gbengine._param_table import Param, constraints
from gbengine._runtime import core
from gbengine._tree import BaseDecisionTree


class AdaBoostRegressor(RegressorMixin, BaseAdaBoost):
    """AdaBoost for regression: trees, each on the rows that those before got wrong.

    AdaBoost.R2 (Drucker, "Improving regressors using boosting techniques", 1997). Each tree is
    grown on rows drawn by their weights, as many as there are, and the rows that it predicts badly
    gain weight; the prediction is the weighted median of the trees. Of trees, the same data,
    parameters and seed give the same ensemble, bit for bit, whatever the number of threads and the
    order of the rows; missing values are allowed.

    Parameters
    ----------
    estimator : estimator or None, default=None
        What is boosted. None is ``DecisionTreeRegressor(max_depth=3)``. gbengine's
        ``DecisionTreeRegressor`` and ``ExtraTreeRegressor`` are grown by the core, with the
        parameters given to them, except ``random_state`` and ``n_jobs``. Anything else with fit
        and predict is boosted by scikit-learn.
    n_estimators : int >= 1, default=50
        Most estimators. There are fewer if one fits perfectly, or its mean loss reaches a half.
    learning_rate : float > 0, default=1.0
        Factor of each estimator's weight. Smaller ones need more estimators.
    loss : {"linear", "square", "exponential"}, default="linear"
        How a row's error counts in the weights of the next round. With e the error over the
        largest error of all rows: "linear": e; "square": e²; "exponential": 1 - exp(-e).
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read by the draws of rows, and by trees that draw columns
        or thresholds. An int is the seed itself; None takes one from NumPy's global state.
    tree_method : {"auto", "exact", "hist"}, default="auto"
        Whether thresholds lie between all values or between bins. "exact": all values; "hist":
        ``max_bins`` bins of each column, much faster on many rows; "auto": "exact" up to 20000
        rows. May also be given to the ``estimator``.
    max_bins : int in [2, 255], default=255
        Most bins of a column, not counting the one for missing values. Read only by the method
        "hist". May also be given to the ``estimator``.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number. Read only by trees of gbengine.
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
        Number of outputs: 1. Only of trees.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.
    estimator_ : estimator
        Of the kind that is boosted, not fitted.
    estimators_ : sequence of estimators
        The fitted ones; of trees each is made when it is asked for.
    estimator_weights_ : ndarray of shape (n_estimators,)
        The weight of each in the median; 0 of those that there are not.
    estimator_errors_ : ndarray of shape (n_estimators,)
        The mean loss of each, by the weights of its round; 1 of those that there are not.
    feature_importances_ : ndarray of shape (n_features_in_,)
        Share of each column in what the splits took off the impurity.

    Examples
    --------
    >>> from gbengine import AdaBoostRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = AdaBoostRegressor(n_estimators=20, random_state=0).fit(X, y)
    >>> model.predict(X).shape
    (442,)
    >>> len(list(model.staged_predict(X))) == len(model.estimators_)
    True
    """

    _param_table: ClassVar[tuple[Param, ...]] = ADABOOST_REGRESSOR
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(ADABOOST_REGRESSOR)
    _tree_classes: ClassVar[tuple[type[BaseDecisionTree], ...]] = (
        DecisionTreeRegressor,
        ExtraTreeRegressor,
    )
    _default_depth: ClassVar[int] = 3
    _peer_class: ClassVar[type[BaseEstimator]] = sklearn.ensemble.AdaBoostRegressor

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 50,
        learning_rate: float = 1.0,
        loss: str = "linear",
        random_state: Any = None,
        tree_method: str = "auto",
        max_bins: int = 255,
        n_jobs: int | None = None,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
        cat_encoding: str = "auto",
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.loss = loss
        self.random_state = random_state
        self.tree_method = tree_method
        self.max_bins = max_bins
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict targets: the weighted median of the estimators.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,)
            Of the estimators' predictions, ascending, the first at which their weights so far
            reach half of all.
        """
        peer = self.__dict__.get("_peer")
        if peer is not None:
            values: NDArray[np.float64] = peer.predict(X)
            return values
        table = self._table(X)
        weights = self._weights_of_trees()
        return core.weighted_median(self._model, table, weights.tolist(), self._n_threads(table))

    def staged_predict(self, X: Any) -> Iterator[NDArray[np.float64]]:
        """Give the predictions of the first estimator, of the first two, and so on.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows,)
        """
        peer = self.__dict__.get("_peer")
        if peer is not None:
            yield from peer.staged_predict(X)
            return
        table = self._table(X)
        weights, n_threads = self._weights_of_trees().tolist(), self._n_threads(table)
        for n_trees in range(1, len(weights) + 1):
            yield core.weighted_median(self._model, table, weights[:n_trees], n_threads)

    def _score_of(self, y: Any, predicted: Any, sample_weight: Any) -> float:
        return float(r2_score(y, predicted, sample_weight=sample_weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if getattr(self.estimator, "criterion", None) == "poisson":
            tags.target_tags.positive_only = True
        return tags
