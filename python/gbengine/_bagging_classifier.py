"""Bagging of classifiers."""

from typing import Any, ClassVar

import numpy as np
import sklearn.ensemble
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from gbengine._bagging_base import BaseBagging
from gbengine._bagging_params import BAGGING
from gbengine._decision_tree import DecisionTreeClassifier
from gbengine._extra_tree import ExtraTreeClassifier
from gbengine._param_table import Param, constraints
from gbengine._predictions import ClassPredictions
from gbengine._tree import BaseDecisionTree


def _can_decide(bagging: Any) -> bool:
    """Tell whether the estimators have decision_function; trees have not."""
    return hasattr(bagging.estimator, "decision_function")


class BaggingClassifier(ClassPredictions, ClassifierMixin, BaseBagging):
    """Bagging of classifiers.

    Each is fitted on rows drawn with replacement (Breiman, "Bagging predictors", 1996), or without
    (pasting), and on all columns or some (Ho, "The random subspace method for constructing
    decision forests", 1998); the ensemble predicts the mean of the probabilities. Of trees, the
    same data, parameters and seed give the same ensemble, bit for bit, whatever the number of
    threads and the order of the rows, and y may have several outputs.

    Parameters
    ----------
    estimator : estimator or None, default=None
        What is fitted. None is ``DecisionTreeClassifier()``. That and gbengine's
        ``ExtraTreeClassifier`` without ``class_weight`` are grown by the core, with the
        parameters given to them (``tree_method`` and ``max_bins`` too), except ``random_state``
        and ``n_jobs``; their ``max_features`` is drawn among the columns of the tree, their
        ``monotonic_cst`` is for all columns of X. Anything else with fit and predict is bagged by
        scikit-learn.
    n_estimators : int >= 1, default=10
        Number of estimators.
    max_samples : int >= 1, float in (0, 1] or None, default=None
        Rows drawn for each estimator. An int is a number, a float a share of the total weight;
        None draws as many as there are rows. Weights that are all whole numbers count as copies,
        if the estimators are trees: None then draws as many rows as they sum to, so that a weight
        of k is worth k copies.
    max_features : int >= 1 or float in (0, 1], default=1.0
        Columns drawn for each estimator. A float is a share of them.
    bootstrap : bool, default=True
        Whether rows are drawn with replacement. Otherwise each at most once.
    bootstrap_features : bool, default=False
        Whether columns are drawn with replacement. A tree sees a column that was drawn twice once.
    oob_score : bool, default=False
        Whether to score the rows not drawn. Needs ``bootstrap``, and not ``warm_start``. The score
        is the accuracy.
    warm_start : bool, default=False
        Whether fit adds estimators to those it has. Then up to ``n_estimators`` in all; the seed
        stays that of the first fit.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. -1 is all, -2 all but one. The model is
        the same for any number. An ``estimator`` that is not a tree of gbengine is fitted in
        processes, as scikit-learn does: then None is one.
    random_state : int, RandomState instance or None, default=None
        Where the randomness comes from. Read by everything that is drawn, in the trees too. An
        int is the seed itself; None takes one from NumPy's global state.
    verbose : int or bool, default=0
        Whether to show progress. 0: silent; 1: a bar or some lines; 2: more lines.
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
    estimator_ : estimator
        Of the kind that is fitted, not fitted.
    estimators_ : sequence of estimators
        The fitted ones; of trees each is made when it is asked for.
    estimators_samples_ : list of ndarray of int
        For each estimator the rows it was fitted on.
    estimators_features_ : list of ndarray of int
        For each estimator the columns it was fitted on.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Their names; only there if all of them are strings.
    is_categorical_ : ndarray of bool of shape (n_features_in_,) or None
        Which of them hold categories; None if none does.
    oob_score_ : float
        Score of the out-of-bag predictions; with ``oob_score``.
    oob_decision_function_ : ndarray of shape (n_rows, n_classes) or (n_rows, n_classes, n_outputs)
        Probabilities by the estimators that did not draw the row, NaN if there are none; with
        ``oob_score``.

    Examples
    --------
    >>> from gbengine import BaggingClassifier
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = BaggingClassifier(n_estimators=20, max_features=2, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape
    (150, 3)
    >>> len(model.estimators_features_[0])
    2
    """

    _param_table: ClassVar[tuple[Param, ...]] = BAGGING
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = constraints(BAGGING)
    _tree_classes: ClassVar[tuple[type[BaseDecisionTree], ...]] = (
        DecisionTreeClassifier,
        ExtraTreeClassifier,
    )
    _peer_class: ClassVar[type[BaseEstimator]] = sklearn.ensemble.BaggingClassifier

    def __init__(
        self,
        estimator: Any = None,
        n_estimators: int = 10,
        *,
        max_samples: int | float | None = None,
        max_features: int | float = 1.0,
        bootstrap: bool = True,
        bootstrap_features: bool = False,
        oob_score: bool = False,
        warm_start: bool = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        categorical_features: Any = "from_dtype",
        handle_unknown: str = "missing",
        cat_encoding: str = "auto",
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.bootstrap_features = bootstrap_features
        self.oob_score = oob_score
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.cat_encoding = cat_encoding

    def predict(self, X: Any, **params: Any) -> np.ndarray[Any, Any]:
        """Predict classes: the most probable ones.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        **params : dict
            For an ``estimator`` that is bagged by scikit-learn, which routes them.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_outputs)
            Labels from ``classes_``; of equally probable ones the first.
        """
        peer = self._peer_for("predict", params)
        labels: np.ndarray[Any, Any] = (
            super().predict(X) if peer is None else peer.predict(X, **params)
        )
        return labels

    def predict_proba(
        self, X: Any, **params: Any
    ) -> NDArray[np.float64] | list[NDArray[np.float64]]:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        **params : dict
            For an ``estimator`` that is bagged by scikit-learn, which routes them.

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or list of such arrays
            Mean over the estimators; of those without predict_proba their shares of the votes.
            Columns in the order of ``classes_``; with several outputs one array for each.
        """
        peer = self._peer_for("predict_proba", params)
        shares: NDArray[np.float64] | list[NDArray[np.float64]] = (
            super().predict_proba(X) if peer is None else peer.predict_proba(X, **params)
        )
        return shares

    def predict_log_proba(
        self, X: Any, **params: Any
    ) -> NDArray[np.float64] | list[NDArray[np.float64]]:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        **params : dict
            For an ``estimator`` that is bagged by scikit-learn, which routes them.

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or list of such arrays
            -inf where a probability is zero.
        """
        peer = self._peer_for("predict_log_proba", params)
        logs: NDArray[np.float64] | list[NDArray[np.float64]] = (
            super().predict_log_proba(X) if peer is None else peer.predict_log_proba(X, **params)
        )
        return logs

    @available_if(_can_decide)  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any, **params: Any) -> NDArray[np.float64]:
        """Give the mean of the estimators' decision functions, where they have any.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        **params : dict
            As for ``predict``.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_classes)
        """
        check_is_fitted(self)
        peer = self._peer_for("decision_function", params)
        scores: NDArray[np.float64] = peer.decision_function(X, **params)
        return scores
