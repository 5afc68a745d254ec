"""Out-of-bag predictions, scores and importances against the trees themselves."""

import numpy as np
import pytest
from forest_support import float32_table, make, targets
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score

CLASSIFIER, REGRESSOR = "RandomForestClassifier", "RandomForestRegressor"


def naive_oob(model, X, method):
    """Mean of the trees that did not draw a row."""
    total, n_trees = 0.0, np.zeros(len(X))
    for tree, rows in zip(model.estimators_, model.estimators_samples_, strict=True):
        predicted = np.asarray(getattr(tree, method)(X))
        out = np.ones(len(X), dtype=bool)
        out[rows] = False
        total = total + np.where(out.reshape(-1, *[1] * (predicted.ndim - 1)), predicted, 0)
        n_trees += out
    return total, n_trees


def fitted(name, n_outputs=1, n_estimators=30, **params):
    X = float32_table()
    y = targets(name, X, n_outputs)
    return make(name, n_estimators=n_estimators, oob_score=True, **params).fit(X, y), X, y


def test_classifier():
    model, X, y = fitted(CLASSIFIER)
    total, n_trees = naive_oob(model, X, "predict_proba")
    np.testing.assert_allclose(model.oob_decision_function_, total / n_trees[:, None], rtol=1e-12)
    guesses = model.classes_[model.oob_decision_function_.argmax(axis=1)]
    assert model.oob_score_ == accuracy_score(y, guesses)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_regressor(n_outputs):
    model, X, y = fitted(REGRESSOR, n_outputs)
    total, n_trees = naive_oob(model, X, "predict")
    expected = (total.T / n_trees).T
    np.testing.assert_allclose(model.oob_prediction_, expected, rtol=1e-12)
    assert model.oob_score_ == pytest.approx(r2_score(y, expected))


def test_two_classes_have_two_columns():
    X = float32_table()
    y = targets(REGRESSOR, X) > 0
    model = make(CLASSIFIER, n_estimators=30, oob_score=True).fit(X, y)
    assert model.oob_decision_function_.shape == (len(X), 2)
    np.testing.assert_allclose(model.oob_decision_function_.sum(axis=1), 1)


def test_several_labels():
    X = float32_table()
    y = (targets(REGRESSOR, X, 3) > 0).astype(int)
    model = make(CLASSIFIER, n_estimators=30, oob_score=True).fit(X, y)
    assert model.oob_decision_function_.shape == (len(X), 2, 3)
    guesses = model.oob_decision_function_.argmax(axis=1)
    assert model.oob_score_ == accuracy_score(y, guesses)


def test_several_outputs_of_many_classes_are_refused():
    with pytest.raises(ValueError, match="oob_score is not supported for several outputs"):
        fitted(CLASSIFIER, 2)


def test_score_of_the_users():
    model, _, y = fitted(REGRESSOR)
    model.set_params(oob_score=mean_absolute_error).fit(float32_table(), y)
    assert model.oob_score_ == pytest.approx(mean_absolute_error(y, model.oob_prediction_))


def test_rows_that_every_tree_drew_have_none():
    X = float32_table()
    y = targets(REGRESSOR, X)
    model = make(REGRESSOR, n_estimators=2, oob_score=True)
    with pytest.warns(UserWarning, match="rows were drawn by every tree"):
        model.fit(X, y)
    drawn = set(range(len(X)))
    for rows in model.estimators_samples_:
        drawn &= set(rows.tolist())
    unknown = np.isnan(model.oob_prediction_)
    assert set(np.flatnonzero(unknown)) == drawn
    assert model.oob_score_ == pytest.approx(r2_score(y[~unknown], model.oob_prediction_[~unknown]))


def test_rows_of_weight_zero_are_predicted_by_all_trees():
    X = float32_table()
    y = targets(REGRESSOR, X)
    weight = np.tile([0.0, 1.0, 1.0], 50)
    model = make(REGRESSOR, n_estimators=30, oob_score=True).fit(X, y, weight)
    assert model.oob_prediction_.shape == (len(X),)
    np.testing.assert_array_equal(model.oob_prediction_[::3], model.predict(X)[::3])
    kept = weight > 0
    assert model.oob_score_ == pytest.approx(r2_score(y[kept], model.oob_prediction_[kept]))


def test_warm_start_scores_all_trees():
    whole, X, y = fitted(REGRESSOR)
    model = make(REGRESSOR, n_estimators=20, warm_start=True).fit(X, y)
    model.set_params(n_estimators=30, oob_score=True).fit(X, y)
    np.testing.assert_allclose(model.oob_prediction_, whole.oob_prediction_, rtol=1e-12)


@pytest.mark.parametrize("name", [CLASSIFIER, REGRESSOR])
def test_importances(name):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4))
    y = 3 * X[:, 1] + X[:, 2]
    y = y > 0 if name == CLASSIFIER else y
    model = make(name, n_estimators=30, oob_importances=True).fit(X, y)
    importances = model.oob_importances_
    assert importances.shape == (4,)
    assert importances[1] > importances[2] > max(importances[0], importances[3])
    assert abs(importances[[0, 3]]).max() < 0.1 * importances[1]
    order = rng.permutation(len(X))
    again = make(name, n_estimators=30, oob_importances=True, n_jobs=1).fit(X[order], y[order])
    np.testing.assert_array_equal(again.oob_importances_, importances)
