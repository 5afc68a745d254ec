"""Beside scikit-learn's HistGradientBoosting, on the same real data with the same settings."""

import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from gbengine import GradientBoostingClassifier, GradientBoostingRegressor

THEIR_NAMES = {"n_estimators": "max_iter"}


def theirs(cls, params, X, y):
    params = {THEIR_NAMES.get(name, name): value for name, value in params.items()}
    # Its threads spin while they wait, which takes minutes where other tests have the cores.
    with threadpool_limits(1, user_api="openmp"):
        return cls(early_stopping=False, **params).fit(X, y)


@pytest.mark.parametrize("name", ["california_housing", "protein_casp"])
def test_regression_is_as_good_as_scikit_learns(name, real_data):
    data = real_data(name)
    split = train_test_split(data.X, data.y, test_size=0.25, random_state=0)
    X_train, X_test, y_train, y_test = split
    params = {"n_estimators": 50, "random_state": 0}
    ours = GradientBoostingRegressor(**params).fit(X_train, y_train)
    other = theirs(HistGradientBoostingRegressor, params, X_train, y_train)
    error, other_error = (mean_squared_error(y_test, m.predict(X_test)) for m in (ours, other))
    assert error < 1.02 * other_error


@pytest.mark.parametrize("name", ["adult", "covtype_10k"])
def test_classification_is_as_good_as_scikit_learns(name, real_data):
    data = real_data(name)
    split = train_test_split(data.X, data.y, test_size=0.25, random_state=0, stratify=data.y)
    X_train, X_test, y_train, y_test = split
    params = {"n_estimators": 40, "random_state": 0}
    ours = GradientBoostingClassifier(**params).fit(X_train, y_train)
    other = theirs(HistGradientBoostingClassifier, params, X_train, y_train)
    loss, other_loss = (log_loss(y_test, m.predict_proba(X_test)) for m in (ours, other))
    assert loss < 1.02 * other_loss
