"""scikit-learn's own checks of every public estimator, none expected to fail."""

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

import gbengine
from gbengine import GradientBoostingClassifier, GradientBoostingRegressor

CLASSES = [
    public
    for name in gbengine.__all__
    if isinstance(public := getattr(gbengine, name), type) and issubclass(public, BaseEstimator)
]

OTHERS = [
    GradientBoostingRegressor(n_estimators=20, loss="absolute_error"),
    GradientBoostingRegressor(n_estimators=20, loss="huber"),
    GradientBoostingClassifier(n_estimators=20, grow_policy="depth_wise", max_features=0.5),
]


def test_all_public_estimators_are_checked():
    assert len(CLASSES) == 2


# check_estimator sets these on every estimator that has them.
@pytest.mark.filterwarnings("ignore:(alpha=0.01|n_iter_no_change=20) has no effect:UserWarning")
@parametrize_with_checks([cls() for cls in CLASSES] + OTHERS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
