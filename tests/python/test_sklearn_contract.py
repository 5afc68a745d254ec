"""scikit-learn's own checks of every public estimator, none expected to fail."""

from unittest import SkipTest

import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

import gbengine
from gbengine import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
)

CLASSES = [
    public
    for name in gbengine.__all__
    if isinstance(public := getattr(gbengine, name), type) and issubclass(public, BaseEstimator)
]

OTHERS = [
    AdaBoostClassifier(DecisionTreeClassifier(max_depth=3), n_estimators=10, tree_method="hist"),
    AdaBoostClassifier(n_estimators=10, resample=True),
    AdaBoostRegressor(n_estimators=10, loss="exponential"),
    BaggingClassifier(ExtraTreeClassifier(max_depth=6), max_features=0.5),
    BaggingClassifier(n_estimators=5, bootstrap_features=True),
    BaggingRegressor(n_estimators=30, bootstrap=False, max_features=0.8),
    GradientBoostingRegressor(n_estimators=20, loss="absolute_error"),
    GradientBoostingRegressor(n_estimators=20, loss="huber"),
    GradientBoostingRegressor(n_estimators=20, init=DummyRegressor()),
    GradientBoostingClassifier(n_estimators=20, init="zero"),
    GradientBoostingClassifier(n_estimators=20, grow_policy="depth_wise", max_features=0.5),
    DecisionTreeRegressor(criterion="absolute_error", tree_method="hist", max_bins=16),
    RandomForestRegressor(n_estimators=10, max_samples=20, keep_leaf_samples=True),
    RandomForestClassifier(n_estimators=10, class_weight="balanced_subsample", max_leaf_nodes=8),
    ExtraTreesClassifier(n_estimators=10, bootstrap=True, criterion="entropy"),
    IsolationForest(n_estimators=10, contamination=0.1, max_features=0.5, bootstrap=True),
    RandomTreesEmbedding(n_estimators=5, sparse_output=False),
]


def test_all_public_estimators_are_checked():
    trees = {f"{kind}Tree{s}" for kind in ("Decision", "Extra") for s in ("", "s")}
    kinds = {"AdaBoost", "Bagging", "GradientBoosting", "RandomForest", *trees} - {"DecisionTrees"}
    wanted = {f"{kind}{task}" for kind in kinds for task in ("Classifier", "Regressor")}
    wanted |= {"IsolationForest", "RandomTreesEmbedding"}
    assert wanted <= {cls.__name__ for cls in CLASSES}


# check_estimator sets these on every estimator that has them.
@pytest.mark.filterwarnings("ignore:(alpha=0.01|n_iter_no_change=20) has no effect:UserWarning")
@parametrize_with_checks([cls() for cls in CLASSES] + OTHERS)
def test_scikit_learns_checks(estimator, check):
    try:
        check(estimator)
    except SkipTest as skip:
        # One check is about a method that trees have not; nothing else may be skipped.
        if "does not have a decision_function" not in str(skip):
            raise
        assert not hasattr(estimator, "decision_function")
