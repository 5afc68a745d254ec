"""Offsets and base scores of the core's trainer: against the twin, and by their meaning."""

from typing import Any

import numpy as np
import pytest
from core_support import assert_same_model, core_config, start_core, train_core, train_naive
from hypothesis import given
from hypothesis import strategies as st
from naive_support import LOSSES, Loss, Problem, configs, examples, make_problem, problems

from gbengine import _core
from naive.config import Config
from naive.losses import Floats, make_objective

BY_NAME = {loss.name: loss for loss in LOSSES}
ONE_OUTPUT = [loss for loss in LOSSES if "log_loss" not in loss.name]
SMALL = Config(min_samples_leaf=5, max_leaf_nodes=9, learning_rate=0.5)


def offsets_for(loss: Loss, n_rows: int, seed: int = 0) -> Floats:
    n_outputs = make_objective(loss.name, loss.params).n_outputs
    numbers: Floats = np.random.default_rng(seed).integers(-16, 17, (n_outputs, n_rows)) / 8
    return numbers


def started(loss: Loss, config: Config) -> Config:
    """Losses of classes find no base score beside offsets."""
    n_outputs = make_objective(loss.name, loss.params).n_outputs
    if loss in ONE_OUTPUT:
        return config
    return Config(**{**config.__dict__, "base_score": tuple([0.25] * n_outputs)})


@examples(150)
@given(problem=problems(), config=configs(), loss=st.sampled_from(LOSSES), seed=st.integers(0, 9))
def test_models_of_small_tables(problem: Problem, config: Config, loss: Loss, seed: int) -> None:
    offset = offsets_for(loss, len(problem.signal), seed)
    config = started(loss, config)
    trainer = start_core(problem, loss, config, offset=offset)
    trainer.run(2)
    twin = train_naive(problem, loss, config, 2, offset)
    assert_same_model(trainer.model().to_arrays(), twin.to_arrays())
    np.testing.assert_array_equal(trainer.train_raw().T, twin.raw)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_loss(loss: Loss, weights: str) -> None:
    problem = make_problem(250, 4, weights=weights)
    offset, config = offsets_for(loss, 250), started(loss, SMALL)
    trainer = start_core(problem, loss, config, offset=offset)
    trainer.run(3)
    twin = train_naive(problem, loss, config, 3, offset)
    assert_same_model(trainer.model().to_arrays(), twin.to_arrays())


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("loss", ONE_OUTPUT, ids=lambda loss: loss.name)
def test_best_constant(loss: Loss, weights: str) -> None:
    problem = make_problem(300, 1, weights=weights)
    y, weight, offset = loss.labels(problem.signal), problem.weight, offsets_for(loss, 300)
    if weight is not None:
        kept = weight > 0
        y, weight, offset = y[kept], weight[kept], offset[:, kept]
    found = _core.objective_base_score(loss.name, loss.params, y, weight, offset)
    twin = make_objective(loss.name, loss.params)
    np.testing.assert_allclose(found, twin.base_score(y, weight, offset), rtol=1e-12, atol=1e-14)
    if loss.name == "huber":
        return  # the median is where it starts, not the best for one delta
    params = {name: value for name, value in loss.params.items() if name != "n_classes"}
    losses = [
        _core.metric_value(loss.name, params, y, offset + found[0] + step, weight)
        for step in (0.0, -1e-3, 1e-3, -0.5, 0.5)
    ]
    assert losses[0] <= min(losses) + 1e-12


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_offset_of_zero_changes_nothing(loss: Loss) -> None:
    problem, config = make_problem(250, 4), started(loss, SMALL)
    trainer = start_core(problem, loss, config, offset=0 * offsets_for(loss, 250))
    trainer.run(3)
    assert_same_model(trainer.model().to_arrays(), train_core(problem, loss, config, 3).to_arrays())


@pytest.mark.parametrize("isa", _core.usable_isas())
@pytest.mark.parametrize("name", ["poisson", "tweedie", "huber", "multiclass_log_loss"])
def test_threads_and_instruction_sets_do_not_matter(name: str, isa: str) -> None:
    loss = BY_NAME[name]
    problem, config = make_problem(40_000, 3, weights="fractional"), started(loss, SMALL)
    offset = offsets_for(loss, 40_000)
    before = _core.isa_in_use()
    models = []
    try:
        for n_threads, used in ((1, before), (2, isa), (5, isa)):
            _core.force_isa(used)
            trainer = start_core(problem, loss, config, n_threads, offset=offset)
            trainer.run(2)
            models.append(trainer.model().to_arrays())
    finally:
        _core.force_isa(before)
    assert_same_model(models[0], models[1])
    assert_same_model(models[0], models[2])


@pytest.mark.parametrize("loss", ONE_OUTPUT, ids=lambda loss: loss.name)
def test_order_of_rows_and_copies_do_not_matter(loss: Loss) -> None:
    problem = make_problem(250, 4, weights="whole")
    assert problem.weight is not None
    X, y, weight = problem.X, loss.labels(problem.signal), problem.weight
    offset = offsets_for(loss, 250)
    settings = core_config(loss, SMALL)
    copies = np.repeat(np.arange(250), weight.astype(int))
    shuffled = np.random.default_rng(1).permutation(copies)
    kept = weight > 0
    models = []
    for rows, w in ((kept, weight[kept]), (copies, None), (shuffled, None)):
        trainer = _core.Trainer(
            X[rows], y[rows], w, settings, None, np.ascontiguousarray(offset[:, rows])
        )
        trainer.run(3)
        models.append(trainer.model().to_arrays())
    assert_same_model(models[1], models[2])
    for model in models:
        del model["n_samples"]  # rows, not copies
    assert_same_model(models[0], models[1])


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("in_bins", [False, True])
def test_going_on_is_like_going_through(loss: Loss, in_bins: bool) -> None:
    problem, config = make_problem(250, 4), started(loss, SMALL)
    if in_bins:
        problem = Problem(problem.X, problem.signal, None, [0, 0, 0, 0])
    offset = offsets_for(loss, 250)
    through = start_core(problem, loss, config, offset=offset)
    through.run(5)
    first = start_core(problem, loss, config, offset=offset)
    first.run(2)
    second = start_core(problem, loss, config, init_model=first.model(), offset=offset)
    second.run(3)
    assert_same_model(second.model().to_arrays(), through.model().to_arrays())
    np.testing.assert_array_equal(second.train_raw(), through.train_raw())


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_validation_rows_have_offsets_too(loss: Loss) -> None:
    problem, config = make_problem(250, 4), started(loss, SMALL)
    offset, y = offsets_for(loss, 250), loss.labels(problem.signal)
    trainer = start_core(problem, loss, config, offset=offset)
    trainer.set_validation(problem.X, y, None, offset)
    trainer.run(3)
    np.testing.assert_array_equal(trainer.validation_raw(), trainer.train_raw())
    assert trainer.validation_loss() == trainer.train_loss()
    raw = trainer.model().raw_scores(problem.X, 1) + offset.T
    np.testing.assert_allclose(trainer.train_raw(), raw, rtol=1e-12, atol=1e-13)


def test_offset_of_log_link_is_exposure_to_the_model() -> None:
    """A whole offset of log 2 halves the rate; the trees stay."""
    loss, problem = BY_NAME["poisson"], make_problem(250, 4)
    y = loss.labels(problem.signal)
    trainer = _core.Trainer(
        problem.X, y, None, core_config(loss, SMALL), None, np.full((1, 250), np.log(2.0))
    )
    trainer.run(3)
    plain = train_core(problem, loss, SMALL, 3)
    twice = 2 * trainer.model().response(problem.X, 1)
    np.testing.assert_allclose(twice, plain.response(problem.X, 1), rtol=1e-6)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"offset": np.zeros((2, 250))}, r"offset must have shape \(1, 250\)"),
    ({"offset": np.zeros(250)}, r"offset must have shape \(1, 250\)"),
    ({"offset": np.full((1, 250), np.nan)}, r"offset\[0\] is nan"),
    ({"offset": np.full((1, 250), -1e31)}, r"offset\[0\] is -1e\+31"),
    ({"base_score": [0.0, 0.0]}, "base_score has 2 values; the loss has 1 outputs"),
    ({"base_score": [np.inf]}, "base_score.*inf"),
]


@pytest.mark.parametrize(("said", "text"), BAD)
def test_wrong_starts(said: dict[str, Any], text: str) -> None:
    problem, loss = make_problem(250, 4), BY_NAME["squared_error"]
    settings = core_config(loss, SMALL) | {"base_score": said.get("base_score", [])}
    with pytest.raises(ValueError, match=text):
        _core.Trainer(problem.X, problem.signal, None, settings, None, said.get("offset"))


def test_losses_of_classes_find_no_base_score_beside_offsets() -> None:
    loss, problem = BY_NAME["binary_log_loss"], make_problem(250, 4)
    with pytest.raises(ValueError, match="base_score must be given beside offsets"):
        start_core(problem, loss, SMALL, offset=np.zeros((1, 250)))


def test_link_inverse() -> None:
    probability = np.array([[1e-300, 0.25], [0.5, 1 - 2.0**-53]])
    np.testing.assert_allclose(
        _core.link_inverse("logit", probability), np.log(probability / (1 - probability))
    )
    np.testing.assert_allclose(_core.link_inverse("log", probability), np.log(probability))
    np.testing.assert_allclose(_core.link_inverse("softmax", probability), np.log(probability))
    np.testing.assert_array_equal(_core.link_inverse("identity", probability), probability)
    assert np.isfinite(_core.link_inverse("log", np.array([5e-324]))).all()


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("loss", ONE_OUTPUT, ids=lambda loss: loss.name)
def test_each_target_is_as_if_alone(loss: Loss, weights: str) -> None:
    problems_ = [make_problem(250, 4, seed=s, weights=weights) for s in range(3)]
    X, weight = problems_[0].X, problems_[0].weight
    y = np.stack([loss.labels(p.signal) for p in problems_])
    offset = offsets_for(loss, 750).reshape(3, 250)
    if weight is not None:
        kept = weight > 0
        X, weight, y, offset = X[kept], weight[kept], y[:, kept], offset[:, kept]
        y[:, -1] = 1.0
    settings = core_config(loss, SMALL)

    def train(y: Floats, offset: Floats) -> _core.Trainer:
        trainer = _core.Trainer(X, y, weight, settings, None, np.ascontiguousarray(offset))
        trainer.set_validation(X, y, weight, np.ascontiguousarray(offset))
        trainer.run(3)
        return trainer

    together = train(np.ascontiguousarray(y), offset)
    alone = [train(y[k], offset[k : k + 1]) for k in range(3)]
    raw = np.hstack([trainer.train_raw() for trainer in alone])
    np.testing.assert_array_equal(together.train_raw(), raw)
    np.testing.assert_array_equal(together.validation_raw(), raw)
    model = together.model()
    assert model.n_outputs == 3
    for k in range(3):
        trees = [t for t in range(model.n_trees) if t % 3 == k]
        ours = model.select(trees).to_arrays()
        theirs = alone[k].model().to_arrays()
        assert ours.pop("base_score")[k] == theirs.pop("base_score")[0]
        assert set(ours.pop("tree_output")) == {k}
        theirs.pop("tree_output")
        assert_same_model(ours, theirs)
    mean = np.mean([trainer.validation_loss() for trainer in alone])
    np.testing.assert_allclose(together.validation_loss(), mean, rtol=1e-14)


def test_several_targets_of_classes_are_refused() -> None:
    loss, problem = BY_NAME["binary_log_loss"], make_problem(250, 4)
    y = np.zeros((2, 250))
    with pytest.raises(ValueError, match="'binary_log_loss' is of one target, got 2"):
        _core.Trainer(problem.X, y, None, core_config(loss, SMALL))
    squared = BY_NAME["squared_error"]
    trainer = _core.Trainer(problem.X, y, None, core_config(squared, SMALL))
    with pytest.raises(ValueError, match="y_val has 1 targets; y has 2"):
        trainer.set_validation(problem.X, y[0], None)
