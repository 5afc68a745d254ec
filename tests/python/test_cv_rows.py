"""Cross-validation of rows with exposures, starts and groups: they go where the rows go."""

import numpy as np
import pytest
from conftest import make_problem
from sklearn.base import clone
from sklearn.metrics import mean_poisson_deviance, r2_score
from sklearn.model_selection import GroupKFold, KFold

import gbengine
from gbengine import BinnedDataset

PROBLEM = make_problem("regression", n_rows=400)
CLASSES = make_problem("multiclass", n_rows=400)


def made_of_totals(seed=0):
    rng = np.random.default_rng(seed)
    years = rng.random(400) + 0.5
    return years, np.floor(years * np.exp(PROBLEM.y)), 0.1 * rng.normal(size=400)


@pytest.mark.parametrize("names", [["exposure"], ["init_score"], ["exposure", "init_score"]])
@pytest.mark.parametrize("stops", [False, True])
def test_rows_with_starts(names, stops):
    years, y, start = made_of_totals()
    known = {"exposure": years, "init_score": start}
    known = {name: known[name] for name in names}
    params = {"n_estimators": 9, "early_stopping": stops, "random_state": 0}
    model = gbengine.GradientBoostingRegressor("poisson", **params)
    scoring = ["neg_mean_poisson_deviance", "r2"]
    found = gbengine.cv(model, PROBLEM.X, y, cv=KFold(3), scoring=scoring, **known)
    assert found.shares_bins == (not stops)
    data = BinnedDataset(PROBLEM.X)
    for k, (training, test) in enumerate(KFold(3).split(y)):
        table = PROBLEM.X[training] if stops else data.take(training)
        here = {name: x[training] for name, x in known.items()}
        naive = clone(model).fit(table, y[training], **here)
        expected = naive.predict(PROBLEM.X[test])
        for name, factor in (("exposure", years), ("init_score", np.exp(start))):
            expected = expected * factor[test] if name in names else expected
        np.testing.assert_allclose(found.predictions[test], expected, rtol=1e-12)
        deviance = -mean_poisson_deviance(y[test], expected)
        assert found.scores["neg_mean_poisson_deviance"][k] == pytest.approx(deviance)
        assert found.scores["r2"][k] == pytest.approx(r2_score(y[test], expected))


def test_totals_are_those_of_predict():
    years, y, _ = made_of_totals()
    model = gbengine.GradientBoostingRegressor("poisson", n_estimators=5)
    found = gbengine.cv(model, PROBLEM.X, y, cv=KFold(3), exposure=years)
    for one, test in zip(found.models, found.test_rows, strict=True):
        expected = one.predict(PROBLEM.X[test], exposure=years[test])
        np.testing.assert_array_equal(found.predictions[test], expected)


def test_starts_of_classes():
    start = np.random.default_rng(0).normal(size=(400, 4))
    model = gbengine.GradientBoostingClassifier(n_estimators=5)
    given = {"cv": KFold(4), "init_score": start, "method": "decision_function"}
    found = gbengine.cv(model, CLASSES.X, CLASSES.y, **given)
    for one, test in zip(found.models, found.test_rows, strict=True):
        expected = one.decision_function(CLASSES.X[test]) + start[test]
        np.testing.assert_array_equal(found.predictions[test], expected)
    shares = gbengine.cv(model, CLASSES.X, CLASSES.y, **{**given, "method": None}).predictions
    expected = np.exp(found.predictions)
    np.testing.assert_allclose(shares, expected / expected.sum(axis=1, keepdims=True))


def test_starts_of_the_fold_that_stops():
    years, y, start = made_of_totals()
    model = gbengine.GradientBoostingRegressor("poisson", early_stopping=True)
    known = {"exposure": years, "init_score": start, "sample_weight": PROBLEM.weight}
    found = gbengine.cv(model, PROBLEM.X, y, cv=KFold(3), early_stop_on_fold=True, **known)
    training, test = next(KFold(3).split(y))
    here = {name: x[training] for name, x in known.items()}
    here |= {f"{name}_val": x[test] for name, x in known.items()}
    here |= {"X_val": PROBLEM.X[test], "y_val": y[test]}
    naive = clone(model).set_params(validation_fraction=None)
    data = BinnedDataset(PROBLEM.X, PROBLEM.weight)
    naive.fit(data.take(training), y[training], **here)
    np.testing.assert_array_equal(naive.validation_score_, found.models[0].validation_score_)


def test_groups_of_early_stopping():
    groups = np.arange(400) // 8
    model = gbengine.GradientBoostingRegressor(n_estimators=20, early_stopping=True, random_state=0)
    given = {"cv": GroupKFold(3), "groups": groups, "validation_groups": groups.astype(str)}
    found = gbengine.cv(model, PROBLEM.X, PROBLEM.y, **given)
    training, _ = next(GroupKFold(3).split(PROBLEM.X, groups=groups))
    labels = groups.astype(str)[training]
    naive = clone(model).fit(PROBLEM.X[training], PROBLEM.y[training], validation_groups=labels)
    np.testing.assert_array_equal(naive.validation_score_, found.models[0].validation_score_)
    plain = gbengine.cv(model, PROBLEM.X, PROBLEM.y, cv=GroupKFold(3), groups=groups)
    scores = [one.models[0].validation_score_ for one in (plain, found)]
    assert len(scores[0]) != len(scores[1]) or (scores[0] != scores[1]).any()
