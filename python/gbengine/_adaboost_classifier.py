"""AdaBoost of classifiers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import sklearn.ensemble
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score

from gbengine._adaboost_base import BaseAdaBoost
from gbengine._adaboost_params import ADABOOST_CLASSIFIER
from gbengine._decision_tree import DecisionTreeClassifier
from gbengine._extra_tree import ExtraTreeClassifier
from gbengine._param_table import Param, constraints
from gbengine._runtime import core
from gbengine._tree import BaseDecisionTree

if TYPE_CHECKING:
    from gbengine._core import Model

Floats = NDArray[np.float64]


class AdaBoostClassifier(ClassifierMixin, BaseAdaBoost):
    """AdaBoost for classification: trees, each on the rows that those before got wrong.

    SAMME (Zhu, Zou, Rosset and Hastie, "Multi-class AdaBoost", 2009), for two classes and for more.
    After each tree, rows that it gets wrong gain weight; trees then vote, each with a weight that
    says how good it is. Of trees, the same data, parameters and seed give the same ensemble, bit
    for bit, whatever the number of threads and the order of the rows; missing values are allowed.

    Parameters
    ----------
    estimator : estimator or None, default=None
        What is boosted. None is ``DecisionTreeClassifier(max_depth=1)``. gbengine's
        ``DecisionTreeClassifier`` and ``ExtraTreeClassifier`` are grown by the core, with the
        parameters given to them, except ``random_state`` and ``n_jobs``. Anything else with fit
        and predict is boosted by scikit-learn.
    n_estimators : int >= 1, default=50
        Most estimators. There are fewer if one fits perfectly, or is no better than chance.
    learning_rate : float > 0, default=1.0
        Factor of each estimator's weight. Smaller ones need more estimators.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read if rows are drawn (``resample``), or if the trees
        draw columns or thresholds. An int is the seed itself; None takes one from NumPy's global
        state.
    resample : bool, default=False
        Whether each tree is grown on rows drawn by their weights. As many as there are rows, with
        replacement, instead of all rows with their weights. Errors are measured on all rows. Read
        only by trees of gbengine.
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
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_classes_ : int
        Number of classes.
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
        The weight of each in the vote; 0 of those that there are not.
    estimator_errors_ : ndarray of shape (n_estimators,)
        The share of the weight, in its round, that each gets wrong; 1 of those that there are not.
    feature_importances_ : ndarray of shape (n_features_in_,)
        Share of each column in what the splits took off the impurity.

    Examples
    --------
    >>> from gbengine import AdaBoostClassifier
    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = AdaBoostClassifier(n_estimators=20).fit(X, y)
    >>> model.predict_proba(X).shape
    (569, 2)
    >>> len(model.estimators_)
    20
    """

    _param_table: ClassVar[tuple[Param, ...]] = ADABOOST_CLASSIFIER
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(ADABOOST_CLASSIFIER)
    _tree_classes: ClassVar[tuple[type[BaseDecisionTree], ...]] = (
        DecisionTreeClassifier,
        ExtraTreeClassifier,
    )
    _default_depth: ClassVar[int] = 1
    _peer_class: ClassVar[type[BaseEstimator]] = sklearn.ensemble.AdaBoostClassifier

    classes_: np.ndarray[Any, Any]
    n_classes_: int

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 50,
        learning_rate: float = 1.0,
        random_state: Any = None,
        resample: bool = False,
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
        self.random_state = random_state
        self.resample = resample
        self.tree_method = tree_method
        self.max_bins = max_bins
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Predict classes: those with most weight in the vote.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,)
            Labels from ``classes_``; of equal ones the first.
        """
        return self._labels_of(self.decision_function(X))

    def decision_function(self, X: Any) -> Floats:
        """Give the result of the vote.

        Of K classes, a tree of weight a adds a / A for the class that it votes for and
        -a / ((K - 1) A) for each other one, where A is the weight of all trees. Of two classes
        the second's number is doubled.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or (n_rows,) with two classes
            Between -2, the first class, and 2, the second, if there are two.
        """
        peer = self.__dict__.get("_peer")
        if peer is not None:
            scores: Floats = peer.decision_function(X)
            return scores
        table = self._table(X)
        return self._flat(self._votes().raw_scores(table, self._n_threads(table)))

    def predict_proba(self, X: Any) -> Floats:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Softmax of ``decision_function`` / (n_classes - 1), the logistic function of it with two
            classes. Columns in the order of ``classes_``.
        """
        peer = self.__dict__.get("_peer")
        if peer is not None:
            shares: Floats = peer.predict_proba(X)
            return shares
        return self._shares_of(self.decision_function(X))

    def predict_log_proba(self, X: Any) -> Floats:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
        """
        logs: Floats = np.log(self.predict_proba(X))
        return logs

    def staged_decision_function(self, X: Any) -> Iterator[Floats]:
        """Give ``decision_function`` of the first estimator, of the first two, and so on.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows, n_classes), or (n_rows,) with two classes
        """
        peer = self.__dict__.get("_peer")
        if peer is not None:
            yield from peer.staged_decision_function(X)
            return
        table = self._table(X)
        votes, n_threads = self._votes(), self._n_threads(table)
        weight = np.cumsum(self._weights_of_trees())
        scores = None
        for i in range(len(weight)):
            scores = votes.raw_scores(table, n_threads, i, i + 1, scores)
            # The votes are shares of the weight of all trees, not of those so far.
            yield self._flat(scores * (weight[-1] / weight[i]))

    def staged_predict(self, X: Any) -> Iterator[np.ndarray[Any, Any]]:
        """Give the predictions of the first estimator, of the first two, and so on.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows,)
        """
        yield from map(self._labels_of, self.staged_decision_function(X))

    def staged_predict_proba(self, X: Any) -> Iterator[Floats]:
        """Give the probabilities by the first estimator, by the first two, and so on.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)

        Yields
        ------
        ndarray of shape (n_rows, n_classes)
        """
        peer = self.__dict__.get("_peer")
        if peer is not None:
            yield from peer.staged_predict_proba(X)
            return
        yield from map(self._shares_of, self.staged_decision_function(X))

    def _class_counts(self) -> list[int]:
        return [len(self.classes_)]

    def _votes(self) -> "Model":
        """Give the model whose raw scores are the weighted votes."""
        votes: Model = self._remember(
            "votes",
            lambda: core.vote_model(
                self._model, len(self.classes_), self._weights_of_trees().tolist()
            ),
        )
        return votes

    def _flat(self, raw: Floats) -> Floats:
        return raw[:, 0] if len(self.classes_) == 2 else raw

    def _labels_of(self, scores: Floats) -> np.ndarray[Any, Any]:
        codes = scores > 0 if len(self.classes_) == 2 else scores.argmax(axis=1)
        labels: np.ndarray[Any, Any] = self.classes_[codes.astype(np.intp)]
        return labels

    def _shares_of(self, scores: Floats) -> Floats:
        n_classes = len(self.classes_)
        if n_classes == 1:
            return np.ones((len(scores), 1))
        raw = scores.reshape(-1, 1) if n_classes == 2 else scores / (n_classes - 1)
        return self._votes().link_response(np.ascontiguousarray(raw), self._n_threads(raw))

    def _score_of(self, y: Any, predicted: Any, sample_weight: Any) -> float:
        return float(accuracy_score(y, predicted, sample_weight=sample_weight))
