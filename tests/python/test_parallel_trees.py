"""n_parallel_trees: a small forest a round, all of it on the gradients of the round's start."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import estimator_for, make_problem, raw_scores
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import get_scorer, r2_score, roc_auc_score
from sklearn.model_selection import train_test_split

import gbengine
from gbengine import GradientBoostingClassifier, GradientBoostingRegressor, _core
from gbengine._container import pack, unpack
from gbengine._state import to_bytes

REGRESSION = make_problem("regression")
BINARY = make_problem("binary")
MULTICLASS = make_problem("multiclass")
FOREST = {"n_parallel_trees": 3, "subsample": 0.6, "random_state": 0}


def bytes_of(model: Any) -> bytes:
    return to_bytes(model)[0]


@pytest.mark.parametrize("sampling", [{"subsample": 0.6}, {"max_features": 0.5}], ids=str)
def test_same_model_on_any_threads_and_instruction_set(
    problem: Any, sampling: dict[str, float]
) -> None:
    X, y, weight = problem.X, problem.y, problem.weight
    params = {"n_parallel_trees": 4, "random_state": 0, **sampling}
    expected = bytes_of(estimator_for(problem, n_jobs=1, **params).fit(X, y, weight))
    assert bytes_of(estimator_for(problem, n_jobs=5, **params).fit(X, y, weight)) == expected
    before = _core.isa_in_use()
    for isa in _core.usable_isas():
        _core.force_isa(isa)
        try:
            model = estimator_for(problem, n_jobs=2, **params).fit(X, y, weight)
        finally:
            _core.force_isa(before)
        assert bytes_of(model) == expected
    params["random_state"] = 1
    assert bytes_of(estimator_for(problem, **params).fit(X, y, weight)) != expected


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber"])
def test_same_model_in_any_row_order(loss: str) -> None:
    X, y, weight = REGRESSION.X, REGRESSION.y, REGRESSION.weight
    rows = np.random.default_rng(0).permutation(len(y))
    params = {"loss": loss, "n_parallel_trees": 4, "max_features": 0.5, "random_state": 0}
    first = estimator_for(REGRESSION, **params).fit(X, y, weight)
    second = estimator_for(REGRESSION, n_jobs=3, **params).fit(X[rows], y[rows], weight[rows])
    assert bytes_of(first) == bytes_of(second)


def test_rounds_are_counted_not_trees(problem: Any) -> None:
    model = estimator_for(problem, **FOREST).fit(problem.X, problem.y)
    n_outputs = model._model.n_outputs
    assert model.n_iter_ == 12
    assert model.n_trees_per_iteration_ == 3 * n_outputs
    assert model.apply(problem.X).shape == (600, 12 * 3 * n_outputs)
    stages = list(model.staged_predict(problem.X))
    assert len(stages) == 12
    np.testing.assert_array_equal(stages[-1], model.predict(problem.X))
    shorter = estimator_for(problem, n_estimators=5, **FOREST).fit(problem.X, problem.y)
    np.testing.assert_array_equal(stages[4], shorter.predict(problem.X))


def test_scores_are_those_of_the_stages() -> None:
    half = len(REGRESSION.y) // 2
    X_val, y_val = REGRESSION.X[half:], REGRESSION.y[half:]
    model = estimator_for(REGRESSION, scoring="r2", n_estimators=60, learning_rate=0.5, **FOREST)
    model.set_params(early_stopping=True, n_iter_no_change=3, validation_fraction=None)
    model.fit(REGRESSION.X[:half], REGRESSION.y[:half], X_val=X_val, y_val=y_val)
    assert 3 < model.n_iter_ < len(model.validation_score_) - 1 < 60
    expected = [r2_score(y_val, stage) for stage in model.staged_predict(X_val)]
    np.testing.assert_array_equal(model.validation_score_[1 : model.n_iter_ + 1], expected)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_warm_start_adds_rounds(loss: str) -> None:
    X, y = REGRESSION.X, REGRESSION.y
    params = {"loss": loss, **FOREST}
    straight = estimator_for(REGRESSION, n_estimators=9, **params).fit(X, y)
    model = estimator_for(REGRESSION, n_estimators=4, warm_start=True, **params).fit(X, y)
    model.set_params(n_estimators=9).fit(X, y)
    assert model.n_iter_ == 9
    np.testing.assert_array_equal(model.predict(X), straight.predict(X))


@pytest.mark.parametrize(("before", "now"), [(1, 3), (3, 1), (2, 4)])
def test_warm_start_refuses_another_number(before: int, now: int, tmp_path: Path) -> None:
    X, y = MULTICLASS.X, MULTICLASS.y
    model = estimator_for(MULTICLASS, warm_start=True, **{**FOREST, "n_parallel_trees": before})
    model.fit(X, y)
    for fitted in (model, from_file(bytes_of(model), tmp_path)):
        fitted.set_params(n_parallel_trees=now, n_estimators=24)
        text = f"n_parallel_trees must stay as in the first fit: it was {before}, it is {now}"
        with pytest.raises(ValueError, match=text):
            fitted.fit(X, y)


def from_file(data: bytes, folder: Path) -> Any:
    path = folder / "model.safetensors"
    path.write_bytes(data)
    return gbengine.load_model(path)


@pytest.mark.parametrize("n_parallel_trees", [1, 3])
def test_model_files(problem: Any, n_parallel_trees: int, tmp_path: Path) -> None:
    params = {**FOREST, "n_parallel_trees": n_parallel_trees}
    model = estimator_for(problem, **params).fit(problem.X, problem.y)
    again = from_file(bytes_of(model), tmp_path)
    assert again.n_trees_per_iteration_ == model.n_trees_per_iteration_
    assert again.get_params() == model.get_params()
    np.testing.assert_array_equal(raw_scores(again, problem.X), raw_scores(model, problem.X))
    assert bytes_of(again) == bytes_of(model)
    _, content = unpack(bytes_of(model), "the file")
    is_named = n_parallel_trees > 1  # files of one tree are as they were before there were more
    assert ("n_parallel_trees" in content["params"]) == is_named
    assert ("n_parallel_trees" in content["trained_with"]) == is_named


@pytest.mark.parametrize("number", [None, 1, 0, -3, 2, 4, "many"])
def test_files_with_a_wrong_number_are_refused(number: Any, tmp_path: Path) -> None:
    model = estimator_for(BINARY, **FOREST).fit(BINARY.X, BINARY.y)
    arrays, content = unpack(bytes_of(model), "the file")
    content["trained_with"]["n_parallel_trees"] = number
    if number is None:
        del content["trained_with"]["n_parallel_trees"]
    with pytest.raises(ValueError, match="not a whole, unaltered gbengine model file"):
        from_file(pack(arrays, content), tmp_path)


def test_files_with_a_wrong_order_of_trees_are_refused(tmp_path: Path) -> None:
    params = {**FOREST, "n_parallel_trees": 4}  # as many as there are classes: the count fits
    model = estimator_for(MULTICLASS, n_estimators=4, **params).fit(MULTICLASS.X, MULTICLASS.y)
    arrays, content = unpack(bytes_of(model), "the file")
    arrays = {name: array.copy() for name, array in arrays.items()}
    assert arrays["tree_output"][:8].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    arrays["tree_output"] = np.sort(arrays["tree_output"])
    with pytest.raises(ValueError, match="not a whole, unaltered gbengine model file"):
        from_file(pack(arrays, content), tmp_path)


@pytest.mark.parametrize("learning_rate", [0.1, 1.0])
def test_idle_without_sampling(learning_rate: float) -> None:
    model = estimator_for(REGRESSION, n_parallel_trees=5, learning_rate=learning_rate)
    text = r"n_parallel_trees=5 has no effect with subsample=1.0 and all max_features\*=1.0"
    with pytest.raises(ValueError, match=text):
        model.fit(REGRESSION.X, REGRESSION.y)


@pytest.mark.parametrize(
    "name", ["subsample", "max_features", "max_features_per_level", "max_features_per_tree"]
)
def test_every_kind_of_sampling_tells_trees_apart(name: str) -> None:
    params = {name: 0.5, "random_state": 0, "n_estimators": 3}
    X, y = REGRESSION.X, REGRESSION.y
    one, many = (estimator_for(REGRESSION, n_parallel_trees=n, **params).fit(X, y) for n in (1, 20))
    assert not np.array_equal(one.predict(X), many.predict(X))


# --- One round is a random forest ------------------------------------------------------------


RANDOM_FOREST = {
    "n_estimators": 1,
    "learning_rate": 1.0,
    "subsample": 0.63,  # as many different rows as a bootstrap sample has
    "max_leaf_nodes": None,
    "min_samples_leaf": 1,
    "random_state": 0,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "share", "ours", "theirs", "scoring"),
    [
        (
            "california_housing",
            1 / 3,
            GradientBoostingRegressor,
            RandomForestRegressor,
            "r2",
        ),
        ("higgs7k", 5 / 28, GradientBoostingClassifier, RandomForestClassifier, "roc_auc"),
    ],
)
def test_one_round_is_as_good_as_a_random_forest(  # noqa: PLR0917 (one case a row)
    real_data: Any, name: str, share: float, ours: Any, theirs: Any, scoring: str
) -> None:
    data = real_data(name)
    X, X_test, y, y_test = train_test_split(data.X.to_numpy(), data.y, random_state=0)
    X, y = X[:6000], y[:6000]

    def score(model: Any) -> float:
        return float(get_scorer(scoring)(model.fit(X, y), X_test, y_test))

    one, forest = (
        score(ours(n_parallel_trees=n, max_features=share, **RANDOM_FOREST)) for n in (1, 100)
    )
    peer = score(theirs(100, max_features=share, random_state=0, n_jobs=-1))
    assert forest == pytest.approx(peer, abs=0.01)
    assert forest > one + 0.1


def test_one_round_predicts_the_mean_of_its_trees() -> None:
    X, y = REGRESSION.X, REGRESSION.y
    params = {**RANDOM_FOREST, "n_parallel_trees": 50, "max_features": 0.5}
    forest = GradientBoostingRegressor(**params).fit(X, y)
    arrays, leaves = forest._model.to_arrays(), forest.apply(X)
    of_trees = 50 * arrays["value"][arrays["tree_begin"][:-1] + leaves] + arrays["base_score"]
    np.testing.assert_allclose(forest.predict(X), of_trees.mean(axis=1), rtol=1e-12)
    assert np.all((of_trees >= y.min() - 1e-6) & (of_trees <= y.max() + 1e-6))
    inside = np.isin(of_trees.round(5), y.round(5)).mean()  # leaves of one row: its own target
    assert inside > 0.5


def test_parallel_trees_calm_a_boosted_model() -> None:
    """The reason to have them: less noise from small samples, at the same number of rounds."""
    half = len(BINARY.y) // 2
    X, y, X_val, y_val = BINARY.X[:half], BINARY.y[:half], BINARY.X[half:], BINARY.y[half:]

    def auc(n: int, seed: int) -> float:
        params = {"subsample": 0.2, "min_samples_leaf": 5, "learning_rate": 0.3}
        model = estimator_for(BINARY, n_parallel_trees=n, random_state=seed, **params).fit(X, y)
        return float(roc_auc_score(y_val == model.classes_[1], model.decision_function(X_val)))

    assert np.mean([auc(20, seed) - auc(1, seed) for seed in range(4)]) > 0.01
