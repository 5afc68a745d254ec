"""Exposures, base scores, init and init_score: equivalences, and everywhere they must go along."""

import pickle

import numpy as np
import pandas as pd
import pytest
from conftest import SKLEARN, estimator_for, make_problem, raw_scores
from sklearn import config_context
from sklearn.base import clone
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import mean_poisson_deviance
from sklearn.model_selection import cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gbengine
from gbengine import BinnedDataset, GradientBoostingClassifier, GradientBoostingRegressor
from gbengine._runtime import core
from gbengine._state import to_bytes

POWER = {"poisson": 1.0, "gamma": 2.0, "tweedie": 1.4}
N = 1500
RNG = np.random.default_rng(5)
X = RNG.integers(0, 60, (N, 4)).astype(np.float64)
EXPOSURE = RNG.random(N) + 0.2
COUNTS = RNG.poisson(EXPOSURE * np.exp(X[:, 0] / 30 - (X[:, 1] > 30))).astype(np.float64)
REGRESSION = make_problem("regression")
BINARY = make_problem("binary")
MULTICLASS = make_problem("multiclass")
PROBLEMS = [REGRESSION, BINARY, MULTICLASS]
IDS = ["regression", "binary", "multiclass"]


def regressor(loss="poisson", **params):
    own = {"tweedie_power": POWER["tweedie"]} if loss == "tweedie" else {}
    return GradientBoostingRegressor(loss, n_estimators=25, max_leaf_nodes=8, **own, **params)


def target(loss):
    return COUNTS + 0.25 if loss == "gamma" else COUNTS


def kind_of(problem):
    return next(kind for kind, other in zip(IDS, PROBLEMS, strict=True) if other is problem)


def without_missing(problem):
    return np.nan_to_num(problem.X, posinf=3, neginf=-3)


# Exposures


@pytest.mark.parametrize("loss", POWER)
@pytest.mark.parametrize("weight", [None, np.round(RNG.random(N), 2) + 0.1])
def test_totals_over_exposures_are_weighted_rates(loss, weight):
    """Values are few, so that bins do not hang on weights; hessians then are the same sums."""
    y = target(loss)
    totals = regressor(loss).fit(X, y, weight, exposure=EXPOSURE)
    factor = EXPOSURE ** (2.0 - POWER[loss]) * (1.0 if weight is None else weight)
    rates = regressor(loss).fit(X, y / EXPOSURE, factor)
    np.testing.assert_allclose(totals.predict(X), rates.predict(X), rtol=2e-4)


@pytest.mark.parametrize("loss", POWER)
def test_base_score_is_the_best_rate(loss):
    y, power = target(loss), POWER[loss]
    model = regressor(loss, learning_rate=1e-12).fit(X, y, exposure=EXPOSURE)
    best = np.sum(y * EXPOSURE ** (1 - power)) / np.sum(EXPOSURE ** (2 - power))
    np.testing.assert_allclose(model.predict(X), best, rtol=1e-9)


def test_predictions_are_rates_or_totals():
    model = regressor().fit(X, COUNTS, exposure=EXPOSURE)
    rate = model.predict(X)
    np.testing.assert_array_equal(model.predict(X, exposure=EXPOSURE), rate * EXPOSURE)
    np.testing.assert_array_equal(model.predict(X, exposure=list(EXPOSURE)), rate * EXPOSURE)
    *_, last = model.staged_predict(X, exposure=pd.Series(EXPOSURE))
    np.testing.assert_array_equal(last, rate * EXPOSURE)
    *_, last = model.staged_predict(X)
    np.testing.assert_array_equal(last, rate)
    with pytest.raises(ValueError, match="exposure must have shape"):
        model.staged_predict(X, exposure=EXPOSURE[1:])  # at once, not at the first stage
    assert model.score(X, COUNTS, exposure=EXPOSURE) > model.score(X, COUNTS)
    assert abs(model.predict(X, exposure=EXPOSURE).sum() / COUNTS.sum() - 1) < 0.01


@pytest.mark.parametrize("scoring", ["loss", None, "neg_mean_poisson_deviance"])
def test_rows_set_aside_take_their_exposure(scoring):
    params = {"early_stopping": True, "scoring": scoring, "n_iter_no_change": 25}
    model = regressor(**params, random_state=3).fit(X, COUNTS, exposure=EXPOSURE)
    order = core.shuffled_rows(X, np.array([COUNTS, EXPOSURE]), 3, 1)
    rows, held_out = np.sort(order[N // 10 :]), order[: N // 10]
    other = regressor(**params, validation_fraction=None, random_state=3).fit(
        X[rows],
        COUNTS[rows],
        X_val=X[held_out],
        y_val=COUNTS[held_out],
        exposure=EXPOSURE[rows],
        exposure_val=EXPOSURE[held_out],
    )
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    np.testing.assert_array_equal(model.validation_score_, other.validation_score_)
    expected = model.predict(X[held_out], exposure=EXPOSURE[held_out])
    if scoring is None:
        score = model.score(X[held_out], COUNTS[held_out], exposure=EXPOSURE[held_out])
    else:
        half = 2.0 if scoring == "loss" else 1.0
        score = -mean_poisson_deviance(COUNTS[held_out], expected) / half
    np.testing.assert_allclose(model.best_score_, score, rtol=1e-9)


def test_warm_start_goes_on_with_exposures():
    through = regressor().fit(X, COUNTS, exposure=EXPOSURE)
    model = regressor(warm_start=True).set_params(n_estimators=10)
    model.fit(X, COUNTS, exposure=EXPOSURE)
    model = pickle.loads(pickle.dumps(model)).set_params(n_estimators=25)
    model.fit(X, COUNTS, exposure=EXPOSURE)
    np.testing.assert_array_equal(model.predict(X), through.predict(X))
    with pytest.raises(ValueError, match="exposure must stay as in the first fit"):
        model.fit(X, COUNTS)


def test_bins_weights_and_order_do_not_matter():
    plain = regressor().fit(X, COUNTS, exposure=EXPOSURE)
    binned = regressor().fit(BinnedDataset(X), COUNTS, exposure=EXPOSURE)
    np.testing.assert_array_equal(plain.predict(X), binned.predict(X))
    order = RNG.permutation(N)
    shuffled = regressor(n_jobs=1).fit(X[order], COUNTS[order], exposure=EXPOSURE[order])
    np.testing.assert_array_equal(plain.predict(X), shuffled.predict(X))
    copies = RNG.integers(0, 3, N)
    weighted = regressor().fit(X, COUNTS, copies, exposure=EXPOSURE)
    rows = np.repeat(np.arange(N), copies)
    repeated = regressor().fit(X[rows], COUNTS[rows], exposure=EXPOSURE[rows])
    np.testing.assert_array_equal(weighted.predict(X), repeated.predict(X))


def test_exposures_are_routed():
    with config_context(enable_metadata_routing=True):
        model = regressor().set_fit_request(exposure=True).set_score_request(exposure=True)
        model.set_predict_request(exposure=True)
        pipe = make_pipeline(StandardScaler(), model)
        found = cross_validate(
            pipe, X, COUNTS, params={"exposure": EXPOSURE}, cv=3, return_estimator=True
        )
    # The default score of 1.7 is not told of exposures through a pipeline.
    assert found["test_score"].min() > (0.2 if SKLEARN >= (1, 8) else 0.1)
    for fitted in found["estimator"]:
        assert fitted[-1]._trained_with["exposure"] == "given"
    assert not hasattr(GradientBoostingClassifier(), "set_predict_request")
    assert "exposure" not in GradientBoostingClassifier().get_metadata_routing().fit.requests


def test_saved_with_exposures(tmp_path):
    model = regressor().fit(X, COUNTS, exposure=EXPOSURE)
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again._trained_with == model._trained_with


def test_real_claims(real_data):
    """Belgian motor policies, held-out rows: exposures beat ignoring them."""
    data = real_data("be_mtpl")
    exposure, y = data.X["expo"].to_numpy(), data.y.astype(np.float64)
    table = data.X.drop(columns="expo").to_numpy()
    rows, held_out = train_test_split(np.arange(len(table)), test_size=0.3, random_state=0)
    model = regressor(min_samples_leaf=500)
    plain = mean_poisson_deviance(
        y[held_out], model.fit(table[rows], y[rows]).predict(table[held_out])
    )
    model.fit(table[rows], y[rows], exposure=exposure[rows])
    expected = model.predict(table[held_out], exposure=exposure[held_out])
    assert mean_poisson_deviance(y[held_out], expected) < 0.995 * plain


# Base scores


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_base_score_is_the_first_prediction(problem):
    wish = {"regression": -1.5, "binary": 0.2, "multiclass": [0.1, 0.2, 0.3, 0.4]}
    base_score = wish[kind_of(problem)]
    model = estimator_for(problem, base_score=base_score, learning_rate=1e-12)
    model.fit(problem.X, problem.y)
    if problem is REGRESSION:
        np.testing.assert_allclose(model.predict(problem.X), base_score)
        return
    share = [1 - base_score, base_score] if problem is BINARY else base_score
    np.testing.assert_allclose(model.predict_proba(problem.X), [share] * len(problem.y))
    again = clone(model).set_params(base_score=np.array(share)).fit(problem.X, problem.y)
    np.testing.assert_allclose(raw_scores(again, problem.X), raw_scores(model, problem.X))


def test_base_score_of_a_logarithm_is_in_the_units_of_y():
    model = regressor(base_score=0.05, learning_rate=1e-12).fit(X, COUNTS, exposure=EXPOSURE)
    np.testing.assert_allclose(model.predict(X), 0.05)
    targets = np.column_stack([COUNTS, 2 * COUNTS])
    several = regressor(base_score=[0.05, 0.1], learning_rate=1e-12).fit(X, targets)
    np.testing.assert_allclose(several.predict(X), [[0.05, 0.1]] * N)


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_best_base_score_given_is_none_given(problem):
    plain = estimator_for(problem).fit(problem.X, problem.y)
    if problem is REGRESSION:
        best = problem.y.mean()
    else:
        best = np.unique(problem.y, return_counts=True)[1] / len(problem.y)
    model = estimator_for(problem, base_score=best).fit(problem.X, problem.y)
    ours, theirs = raw_scores(model, problem.X), raw_scores(plain, problem.X)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_base_scores_are_saved_and_kept(tmp_path):
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    model = estimator_for(MULTICLASS, base_score=shares, warm_start=True, n_estimators=5)
    model.fit(MULTICLASS.X, MULTICLASS.y).save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model").set_params(n_estimators=12)
    assert again.base_score == shares.tolist()
    again.fit(MULTICLASS.X, MULTICLASS.y)
    through = estimator_for(MULTICLASS, base_score=shares).fit(MULTICLASS.X, MULTICLASS.y)
    ours, theirs = again.decision_function(MULTICLASS.X), through.decision_function(MULTICLASS.X)
    np.testing.assert_array_equal(ours, theirs)


def test_models_without_starts_are_the_files_they_were():
    data, _ = to_bytes(estimator_for(REGRESSION).fit(REGRESSION.X, REGRESSION.y))
    for name in (b"init_score", b"exposure", b'"init"'):
        assert name not in data


# Estimators and raw scores to start from


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_init_is_init_score_that_predict_adds(problem):
    table = without_missing(problem)
    init = LinearRegression() if problem is REGRESSION else LogisticRegression(max_iter=2000)
    model = estimator_for(problem, init=init).fit(table, problem.y)
    first = clone(init)
    if problem is REGRESSION:
        start = first.fit(table, problem.y).predict(table)
    else:
        proba = first.fit(table, np.unique(problem.y, return_inverse=True)[1]).predict_proba(table)
        start = np.log(proba) if problem is MULTICLASS else np.log(proba[:, 1] / proba[:, 0])
    other = estimator_for(problem).fit(table, problem.y, init_score=start)
    expected = start + raw_scores(other, table)
    np.testing.assert_allclose(raw_scores(model, table), expected, rtol=1e-5, atol=1e-6)
    stages = list((getattr(model, "staged_decision_function", model.staged_predict))(table))
    np.testing.assert_array_equal(stages[-1], raw_scores(model, table))
    if problem is not REGRESSION:
        raw = model.decision_function(table)
        expected = raw.argmax(axis=1) if raw.ndim == 2 else (raw > 0).astype(int)
        np.testing.assert_array_equal(model.predict(table), model.classes_[expected])
        *_, last = model.staged_predict_proba(table)
        np.testing.assert_array_equal(last, model.predict_proba(table))
    assert model.score(table, problem.y) > model.init_.score(
        table, problem.y if problem is REGRESSION else np.searchsorted(model.classes_, problem.y)
    )


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_zero(problem):
    model = estimator_for(problem, init="zero", learning_rate=1e-12).fit(problem.X, problem.y)
    np.testing.assert_allclose(raw_scores(model, problem.X), 0, atol=1e-9)
    assert not hasattr(model, "init_")


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_init_in_pickles_clones_and_files(problem, tmp_path):
    table = without_missing(problem)
    init = DummyRegressor() if problem is REGRESSION else DummyClassifier()
    model = estimator_for(problem, init=init).fit(table, problem.y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(raw_scores(again, table), raw_scores(model, table))
    assert not hasattr(clone(model), "init_")
    assert not hasattr(model.init, "classes_")  # a clone was fitted
    with pytest.raises(ValueError, match=r"init=Dummy\w+\(\) cannot be saved in a model file"):
        model.save_model(tmp_path / "model")
    assert not list(tmp_path.iterdir())
    model.set_params(init="zero").fit(table, problem.y).save_model(tmp_path / "model")
    loaded = gbengine.load_model(tmp_path / "model")
    assert loaded.init == "zero"
    np.testing.assert_array_equal(raw_scores(loaded, table), raw_scores(model, table))


def test_a_dummy_as_init_is_the_best_constant():
    plain = estimator_for(REGRESSION).fit(REGRESSION.X, REGRESSION.y)
    model = estimator_for(REGRESSION, init=DummyRegressor()).fit(REGRESSION.X, REGRESSION.y)
    np.testing.assert_allclose(model.predict(REGRESSION.X), plain.predict(REGRESSION.X))


def test_init_sees_weights_exposures_and_no_rows_set_aside():
    class Recorder(DummyRegressor):
        def fit(self, X, y, sample_weight=None):
            self.seen_ = (len(X), sample_weight)
            return super().fit(X, y, sample_weight)

    weight = np.where(np.arange(N) < 100, 0.0, 2.0)
    model = regressor(init=Recorder(), early_stopping=True, n_iter_no_change=25, random_state=0)
    model.fit(X, COUNTS, weight, exposure=EXPOSURE)
    n_rows, seen = model.init_.seen_
    assert n_rows == 1260
    assert len(seen) == 1260
    rate = model.init_.constant_.item()
    assert 0.9 < rate / (COUNTS[100:].sum() / EXPOSURE[100:].sum()) < 1.1


@pytest.mark.parametrize("loss", POWER)
@pytest.mark.parametrize("weight", [None, RNG.random(N) + 0.1])
def test_a_dummy_as_init_learns_the_best_rate(loss, weight):
    y = target(loss)
    plain = regressor(loss).fit(X, y, weight, exposure=EXPOSURE)
    model = regressor(loss, init=DummyRegressor()).fit(X, y, weight, exposure=EXPOSURE)
    np.testing.assert_allclose(model.predict(X), plain.predict(X), rtol=1e-6)


def test_init_is_scored_with_the_rest():
    table = without_missing(REGRESSION)
    for scoring in ("loss", "neg_mean_squared_error"):
        model = estimator_for(
            REGRESSION, init=LinearRegression(), scoring=scoring, validation_fraction=None
        ).fit(table, REGRESSION.y, X_val=table, y_val=REGRESSION.y)
        error = np.mean((model.predict(table) - REGRESSION.y) ** 2)
        start = np.mean((model.init_.predict(table) - REGRESSION.y) ** 2)
        half = 0.5 if scoring == "loss" else 1.0
        np.testing.assert_allclose(model.validation_score_[[0, -1]], [-half * start, -half * error])


def test_warm_start_keeps_init():
    table = without_missing(REGRESSION)
    through = estimator_for(REGRESSION, init=LinearRegression()).fit(table, REGRESSION.y)
    model = estimator_for(REGRESSION, init=LinearRegression(), warm_start=True, n_estimators=5)
    init = model.fit(table, REGRESSION.y).init_
    model.set_params(n_estimators=12).fit(table, REGRESSION.y)
    assert model.init_ is init
    np.testing.assert_array_equal(model.predict(table), through.predict(table))


def test_init_gets_codes_and_missing_values():
    frame = pd.DataFrame(
        {"x": np.clip(REGRESSION.X[:, 0], -3, 3), "c": np.array(["b", "a", "b"] * 200)}
    )
    model = estimator_for(REGRESSION, init=HistGradientBoostingRegressor(max_iter=5))
    model.fit(frame, REGRESSION.y)
    assert model.init_.n_features_in_ == 2
    assert np.isfinite(model.predict(frame)).all()


def test_init_of_a_class_that_was_not_drawn():
    y = np.append(np.arange(399) % 3, 3)  # the last class has one row, and its weight is 0
    table = RNG.normal(size=(400, 2))
    model = GradientBoostingClassifier(n_estimators=3, init=LogisticRegression())
    model.fit(table, y, np.where(y == 3, 0.0, 1.0))
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.predict_proba(table).shape == (400, 3)


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_init_score_of_a_model_goes_on_with_it(problem):
    """Rounds that start from another model's raw scores are those that would have followed."""
    plain = estimator_for(problem, n_estimators=12).fit(problem.X, problem.y)
    first = estimator_for(problem, n_estimators=5).fit(problem.X, problem.y)
    start = raw_scores(first, problem.X)
    rest = estimator_for(problem, n_estimators=7).fit(problem.X, problem.y, init_score=start)
    total = start + raw_scores(rest, problem.X)
    np.testing.assert_allclose(total, raw_scores(plain, problem.X), rtol=1e-6, atol=1e-6)


def test_exposure_and_init_score_add_up():
    both = regressor().fit(X, COUNTS, exposure=EXPOSURE, init_score=np.full(N, 0.5))
    one = regressor().fit(X, COUNTS, init_score=np.log(EXPOSURE) + 0.5)
    np.testing.assert_allclose(both.predict(X), one.predict(X), rtol=1e-6)
    based = regressor(base_score=np.exp(0.5)).fit(X, COUNTS, exposure=EXPOSURE)
    np.testing.assert_allclose(both.predict(X) * np.exp(0.5), based.predict(X), rtol=1e-6)
