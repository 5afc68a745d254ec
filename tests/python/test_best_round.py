"""The rounds of a model after early stopping: those up to the best, or new ones on all rows."""

import numpy as np
import pytest
from conftest import estimator_for, make_problem
from sklearn.dummy import DummyRegressor

import gbengine
from gbengine import GradientBoostingClassifier, GradientBoostingRegressor
from gbengine._groups import draw_groups
from gbengine.callbacks import RoundCallback

REGRESSION = make_problem("regression", n_rows=400)
BINARY = make_problem("binary", n_rows=400)
MULTICLASS = make_problem("multiclass", n_rows=400)
SOON = {
    "early_stopping": True,
    "n_estimators": 80,
    "learning_rate": 0.5,
    "n_iter_no_change": 4,
    "random_state": 1,
}


def halves(problem):
    X, y, half = problem.X, problem.y, len(problem.y) // 2
    return (X[:half], y[:half]), {"X_val": X[half:], "y_val": y[half:]}


@pytest.mark.parametrize(
    ("problem", "params"),
    [
        (REGRESSION, {}),
        (REGRESSION, {"n_parallel_trees": 3, "subsample": 0.7}),
        (BINARY, {}),
        (MULTICLASS, {}),
        (MULTICLASS, {"scoring": "accuracy"}),
    ],
)
def test_the_model_is_that_of_the_best_round(problem, params):
    (X, y), rows = halves(problem)
    model = estimator_for(problem, validation_fraction=None, **SOON | params).fit(X, y, **rows)
    assert model.n_iter_ == model.best_iteration_ == np.argmax(model.validation_score_)
    assert len(model.validation_score_) == len(model.train_score_) > model.n_iter_ + 1
    draws = {name: x for name, x in params.items() if name != "scoring"}
    plain = {"learning_rate": 0.5, "random_state": 1, "n_estimators": model.n_iter_}
    plain = estimator_for(problem, **plain | draws).fit(X, y)
    for name in ("predict", "predict_proba"):
        if hasattr(model, name):
            np.testing.assert_array_equal(getattr(model, name)(X), getattr(plain, name)(X))
    assert len(list(model.staged_predict(X))) == model.n_iter_
    assert model.apply(X).shape[1] == model.n_iter_ * model.n_trees_per_iteration_
    np.testing.assert_array_equal(model.feature_importances_, plain.feature_importances_)


def test_rounds_that_were_not_stopped_are_cut_too():
    (X, y), rows = halves(REGRESSION)
    params = SOON | {"n_iter_no_change": 1000, "validation_fraction": None}
    model = estimator_for(REGRESSION, **params).fit(X, y, **rows)
    assert len(model.validation_score_) == 81
    assert model.n_iter_ == model.best_iteration_ < 80


def test_one_round_is_kept_where_none_is_the_best(tmp_path):
    X, y = REGRESSION.X, REGRESSION.y
    model = estimator_for(REGRESSION, validation_fraction=None, **SOON)
    model.fit(X, y, X_val=X, y_val=-y)
    assert (model.best_iteration_, model.n_iter_) == (0, 1)
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert (again.best_iteration_, again.n_iter_) == (0, 1)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_all_rounds_stay_without_early_stopping():
    (X, y), rows = halves(REGRESSION)
    model = estimator_for(REGRESSION, n_estimators=40, learning_rate=0.5).fit(X, y, **rows)
    assert model.best_iteration_ < model.n_iter_ == 40


def test_going_on_finds_the_rounds_again_that_were_taken_away():
    (X, y), rows = halves(REGRESSION)
    params = SOON | {"n_iter_no_change": 1000, "validation_fraction": None}
    straight = estimator_for(REGRESSION, **params).fit(X, y, **rows)
    model = estimator_for(REGRESSION, **params).set_params(n_estimators=40, warm_start=True)
    model.fit(X, y, **rows)
    assert model.n_iter_ < 40
    model.set_params(n_estimators=80).fit(X, y, **rows)
    np.testing.assert_array_equal(model.validation_score_, straight.validation_score_)
    np.testing.assert_array_equal(model.predict(X), straight.predict(X))
    model.fit_more(X, y, 1, **rows)
    assert len(model.validation_score_) == straight.n_iter_ + 2


# --- refit_after_stopping ---


@pytest.mark.parametrize(
    ("problem", "params", "given"),
    [
        (REGRESSION, {}, {}),
        (REGRESSION, {"init": DummyRegressor()}, {}),
        (REGRESSION, {"validation_fraction": 0.4}, {"sample_weight": REGRESSION.weight}),
        (REGRESSION, {}, {"validation_groups": np.arange(400) // 9}),
        (REGRESSION, {"subsample": 0.5, "n_parallel_trees": 2}, {"init_score": np.ones(400)}),
        (BINARY, {"validation_fraction": 100, "scoring": "roc_auc"}, {}),
        (MULTICLASS, {"validation_split": "time"}, {}),
    ],
)
def test_all_rows_are_fitted_with_rounds_in_proportion(problem, params, given):
    X, y = problem.X, problem.y
    stopped = estimator_for(problem, **SOON | params).fit(X, y, **given)
    model = estimator_for(problem, refit_after_stopping=True, **SOON | params).fit(X, y, **given)
    np.testing.assert_array_equal(model.validation_score_, stopped.validation_score_)
    assert model.best_iteration_ == stopped.best_iteration_
    fraction = params.get("validation_fraction", 0.1)
    n_aside = fraction if fraction >= 1 else 400 * fraction
    if "validation_groups" in given:
        groups = given["validation_groups"]
        n_aside = draw_groups(groups, np.zeros(400, dtype=int), 40, seed=1).sum()
    assert model.n_iter_ == max(1, round(stopped.best_iteration_ * 400 / (400 - n_aside)))
    plain = {"n_estimators": model.n_iter_, "learning_rate": 0.5, "random_state": 1}
    others = ("init", "subsample", "n_parallel_trees")
    plain |= {name: params[name] for name in others if name in params}
    plain = estimator_for(problem, **plain)
    plain.fit(X, y, **{name: x for name, x in given.items() if name != "validation_groups"})
    np.testing.assert_array_equal(model.predict(X), plain.predict(X))
    assert model.n_trees_per_iteration_ == plain.n_trees_per_iteration_


def test_statistics_of_categories_are_those_of_all_rows():
    X = np.random.default_rng(0).integers(0, 30, (400, 2)).astype(str).astype(object)
    params = SOON | {"cat_encoding": "target", "refit_after_stopping": True}
    model = estimator_for(REGRESSION, **params).fit(X, REGRESSION.y)
    plain = GradientBoostingRegressor(
        n_estimators=model.n_iter_,
        learning_rate=0.5,
        random_state=1,
        cat_encoding="target",
        max_leaf_nodes=8,
    ).fit(X, REGRESSION.y)
    np.testing.assert_array_equal(model.predict(X), plain.predict(X))


class Watcher(RoundCallback):
    pass


@pytest.mark.parametrize(
    ("params", "given", "match"),
    [
        ({"early_stopping": False}, {}, "no effect with early_stopping=False"),
        ({"validation_fraction": None}, {}, "no effect with validation_fraction=None"),
        ({"warm_start": True}, {}, "no effect with warm_start=True"),
        (
            {"validation_fraction": None},
            {"X_val": BINARY.X, "y_val": BINARY.y},
            "no effect when fit is given X_val",
        ),
    ],
)
def test_nothing_to_stop_or_to_refit(params, given, match):
    params = {"early_stopping": True, **params}
    model = estimator_for(BINARY, refit_after_stopping=True, **params)
    with pytest.raises(ValueError, match=f"refit_after_stopping=True has {match}"):
        model.fit(BINARY.X, BINARY.y, **given)


def test_refused_beside_callbacks_and_when_going_on():
    model = GradientBoostingClassifier(early_stopping=True, refit_after_stopping=True)
    with pytest.raises(ValueError, match="refit_after_stopping=True fits twice"):
        model.set_callbacks(Watcher()).fit(BINARY.X, BINARY.y)
    model.set_callbacks().fit(BINARY.X, BINARY.y)
    with pytest.raises(ValueError, match="refit_after_stopping=True has no effect with warm_start"):
        model.fit_more(BINARY.X, BINARY.y, 3)
    model.set_params(refit_after_stopping=False, warm_start=True, n_estimators=200)
    with pytest.raises(ValueError, match="refit_after_stopping must stay as in the first fit"):
        model.fit(BINARY.X, BINARY.y)


def test_refitted_models_go_through_files(tmp_path):
    model = estimator_for(BINARY, refit_after_stopping=True, **SOON).fit(BINARY.X, BINARY.y)
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert again.refit_after_stopping
    assert (again.n_iter_, again.best_iteration_) == (model.n_iter_, model.best_iteration_)
    np.testing.assert_array_equal(again.predict_proba(BINARY.X), model.predict_proba(BINARY.X))
