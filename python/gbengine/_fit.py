"""What fit does, step by step; the estimator is only read here, and changed at the end by itself.

Read the arguments → find classes → set rows aside → bin (``_core.Trainer``) → add rounds, scoring
each if asked → give the fitted attributes. An error or Ctrl-C anywhere leaves the estimator as it
was.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine import _warm_start
from gbengine._binned_dataset import BinnedDataset, core_table
from gbengine._callback_support import FitCallbacks
from gbengine._config import core_config, draw_seed
from gbengine._encoder import Encoder, encoder_of
from gbengine._groups import check_groups
from gbengine._labels import row_weights
from gbengine._offsets import core_offset, need_log_link
from gbengine._params import check_effects, check_multi_output
from gbengine._parts import Given, Part, make_part
from gbengine._rounds import Scores, Traces, add_rounds, best_round, make_scores
from gbengine._runtime import core
from gbengine._scoring import LOSS, metrics_of
from gbengine._start import check_start, fit_init, link_of, raw_base_score, with_init
from gbengine._statistics_fit import with_statistics
from gbengine._training_table import read_training_table
from gbengine._validation_rows import set_aside

if TYPE_CHECKING:
    from gbengine._boosting import BaseGradientBoosting
    from gbengine._core import Matrix, Model, Table, Trainer


@dataclass(frozen=True)
class Task:
    """All that training needs, read and checked."""

    params: dict[str, Any]
    seed: int
    learnt: dict[str, Any]  # n_features_in_, feature_names_in_, classes_, _encoder
    training: Part
    validation: Part | None
    fixed: dict[str, Any]  # what a later warm start must repeat
    init: Any  # the fitted estimator whose predictions rows start from, or None
    previous: dict[str, Any] | None  # the fitted attributes that warm_start goes on from
    whole: Part | None  # all rows, if the model is fitted on them once more

    @property
    def n_classes(self) -> int:
        """Number of classes, 0 for regression."""
        return len(self.learnt.get("classes_", ()))

    @property
    def n_outputs(self) -> int:
        """Number of raw scores of a row."""
        return _count_outputs(self.training, self.n_classes)

    @property
    def n_trees_per_round(self) -> int:
        """Number of trees of a round."""
        is_shared = self.params.get("multi_output") == "shared"
        return (1 if is_shared else self.n_outputs) * int(self.params["n_parallel_trees"])

    @property
    def encoder(self) -> Encoder:
        """The categories of X; empty if it has none."""
        return encoder_of(self.learnt, self.learnt["n_features_in_"])


def fitted_state(
    estimator: "BaseGradientBoosting", training: Given, validation: Given
) -> dict[str, Any]:
    """Train, and give the attributes of the fitted estimator by name.

    Parameters
    ----------
    estimator : BaseGradientBoosting
        Its parameters, and with ``warm_start`` its fitted attributes, are read.
    training : Given
    validation : Given
        All None if there are no such rows.
    """
    callbacks = FitCallbacks(estimator, training)
    task = _read(estimator, training, validation)
    if task.whole is not None and callbacks:
        raise ValueError(
            "refit_after_stopping=True fits twice, and callbacks look on at one fit: take them "
            "away with set_callbacks(), or set refit_after_stopping=False"
        )
    trainer = _make_trainer(task)
    scores = make_scores(
        task.params, _view(estimator, task), trainer, task.training, task.validation, task.seed
    )
    traces = _start_traces(task, scores)
    add_rounds(
        trainer, task.params, scores, traces, callbacks, lambda: _attributes(task, trainer, traces)
    )
    if task.whole is not None:
        del trainer, scores  # for their memory
        return _refitted(estimator, task, traces)
    fitted = _attributes(task, trainer, traces)
    if task.params["early_stopping"]:
        fitted |= _of_best_round(fitted, traces)
    callbacks.end(fitted)
    return fitted


def _of_best_round(fitted: dict[str, Any], traces: Traces) -> dict[str, Any]:
    """Give the attributes that change if the rounds after the best one go; one stays at least."""
    n_rounds = max(1, best_round(traces.watched))
    if n_rounds == fitted["n_iter_"]:
        return {}
    n_trees = n_rounds * fitted["n_trees_per_iteration_"]
    return {"n_iter_": n_rounds, "_model": fitted["_model"].keep_trees(n_trees)}


def _refitted(estimator: "BaseGradientBoosting", task: Task, traces: Traces) -> dict[str, Any]:
    """Fit all rows, with the best number of rounds times as much as there are more rows."""
    assert task.whole is not None
    share = len(task.whole.y) / len(task.training.y)
    n_rounds = max(1, round(best_round(traces.watched) * share))
    params = task.params | {"n_estimators": n_rounds}
    learnt = {name: x for name, x in task.learnt.items() if name != "_target_encoding"}
    part, _, learnt = with_statistics(estimator, (task.whole, None), learnt, task.seed)
    init = fit_init(params, part, is_classifier=task.n_classes > 0)
    start = (init, link_of(params, task.n_classes), _count_outputs(part, task.n_classes))
    again = replace(
        task,
        params=params,
        learnt=learnt,
        training=with_init(part, *start),
        validation=None,
        init=init,
        whole=None,
    )
    trainer = _make_trainer(again)
    add_rounds(trainer, params, (), Traces(), None, dict)
    return _attributes(again, trainer, traces)


def _attributes(task: Task, trainer: "Trainer", traces: Traces) -> dict[str, Any]:
    """Give the fitted attributes by name, of the rounds that there are now."""
    model = _trained_model(trainer, task)
    return (
        task.learnt
        | ({} if task.init is None else {"init_": task.init})
        | {
            "_model": model,
            "_seed": task.seed,
            "_trained_with": task.fixed,
            "n_iter_": trainer.n_rounds,
            "n_trees_per_iteration_": task.n_trees_per_round,
            **traces.as_attributes(),
        }
    )


def _read(estimator: "BaseGradientBoosting", training: Given, validation: Given) -> Task:
    params = estimator._check_params()
    has_validation = _has_validation(validation)
    check_effects(params, estimator._param_table, has_validation=has_validation)
    if training.groups is not None:
        check_groups(params, has_validation=has_validation)
    _check_starts(params, training, validation if has_validation else None)
    table = read_training_table(estimator, training.X, training.sample_weight)
    allows_targets = estimator._allows_targets
    part = make_part(table.X, training, table.weight, allows_targets=allows_targets)
    if isinstance(part.X, BinnedDataset):
        _check_uses_of_rows(params, has_validation=has_validation)
    classes = estimator._find_classes(part.y)
    learnt = table.learnt() | ({} if classes is None else {"classes_": classes})
    previous = estimator._fitted_attributes() if params["warm_start"] else None
    seed = previous["_seed"] if previous else draw_seed(params)
    said = _warm_start.with_starts(params, training)
    if previous is not None:
        _warm_start.check_params(said, previous["_trained_with"], seed)
        _warm_start.check_rounds(params["n_estimators"], previous["n_iter_"])
        _warm_start.check_columns_and_classes(learnt, previous)
    part = estimator._encode(part, classes)
    check_multi_output(params, _count_outputs(part, 0 if classes is None else len(classes)))
    whole = part if params["refit_after_stopping"] else None
    held_out, sets_aside = None, params["validation_fraction"] is not None
    if not has_validation and params["early_stopping"] and sets_aside:
        part, held_out = set_aside(part, params, seed, is_stratified=classes is not None)
    part, held_out, learnt = with_statistics(estimator, (part, held_out), learnt, seed)
    if has_validation:
        held_out = _read_validation(estimator, validation, learnt)
    n_classes = 0 if classes is None else len(classes)
    init = previous.get("init_") if previous else None
    if previous is None:
        init = fit_init(params, part, is_classifier=classes is not None)
    start = (init, link_of(params, n_classes), _count_outputs(part, n_classes))
    return Task(
        params,
        seed,
        learnt,
        with_init(part, *start),
        None if held_out is None else with_init(held_out, *start),
        _warm_start.fixed_params(said),
        init,
        previous,
        whole,
    )


def _count_outputs(part: Part, n_classes: int) -> int:
    if n_classes:
        return 1 if n_classes == 2 else n_classes
    return 1 if part.y.ndim == 1 else int(part.y.shape[1])


def _check_starts(params: dict[str, Any], training: Given, validation: Given | None) -> None:
    """Refuse starts that the loss does not have, and starts of some of the rows only."""
    check_start(params, training)
    if training.exposure is not None:
        need_log_link(params)
    for name in ("exposure", "init_score"):
        is_given = getattr(training, name) is not None
        if validation is not None and is_given != (getattr(validation, name) is not None):
            given, lacking = (name, f"{name}_val") if is_given else (f"{name}_val", name)
            raise ValueError(f"fit was given {given} but no {lacking}: give both, or neither")


def _check_uses_of_rows(params: dict[str, Any], *, has_validation: bool) -> None:
    """Refuse what needs more of a BinnedDataset than its bins."""
    if not params["early_stopping"] and not has_validation:
        return
    if not has_validation and params["validation_fraction"] is not None:
        raise ValueError(
            f"early_stopping=True sets validation_fraction={params['validation_fraction']!r} of "
            "the rows aside, which a BinnedDataset cannot do: give fit X_val and y_val, or set "
            "validation_fraction=None"
        )
    if any(metric != LOSS for metric in metrics_of(params["scoring"]).values()):
        raise ValueError(
            f"scoring={params['scoring']!r} scores the values of the training rows, which a "
            "BinnedDataset has not: set scoring='loss' or fit on the table itself"
        )


def _has_validation(given: Given) -> bool:
    if given.X is None:
        for name in ("y", "sample_weight", "exposure", "init_score"):
            if getattr(given, name) is not None:
                raise ValueError(f"fit was given {name}_val but no X_val: give both, or neither")
        return False
    if given.y is None:
        raise ValueError("fit was given X_val but no y_val: give both, or neither")
    return True


def _read_validation(
    estimator: "BaseGradientBoosting", validation: Given, learnt: dict[str, Any]
) -> Part:
    blank = estimator._blank()
    blank.__dict__.update(learnt)
    table = blank._encoded(validation.X, "X_val")
    weight = row_weights(validation.sample_weight, table.shape[0], "sample_weight_val")
    part = make_part(table, validation, weight, allows_targets=estimator._allows_targets)
    return estimator._encode(part, learnt.get("classes_"), suffix="_val")


def _make_trainer(task: Task) -> "Trainer":
    part, held_out = task.training, task.validation
    n_outputs = task.n_outputs
    base_score = raw_base_score(
        task.params, task.n_classes, n_outputs, has_init_score=part.init_score is not None
    )
    config = core_config(task.params, task.n_classes, task.seed, base_score)
    init_model = task.previous["_model"] if task.previous else None
    offset = core_offset(part, n_outputs)
    y = np.ascontiguousarray(part.y.T)  # one target after the other
    trainer = core.Trainer(_table(task), y, part.weight, config, init_model, offset)
    if held_out is not None:
        assert not isinstance(held_out.X, BinnedDataset)
        y, offset = np.ascontiguousarray(held_out.y.T), core_offset(held_out, n_outputs, "_val")
        trainer.set_validation(held_out.X, y, held_out.weight, offset)
    return trainer


def _table(task: Task) -> "Matrix | Table":
    """Give what the core trains on: numbers as they are, or in bins already."""
    part, encoder = task.training, task.encoder
    if isinstance(part.X, BinnedDataset):
        return part.X.table_for(task.params)
    if not encoder:
        return part.X
    params, encoding = task.params, task.learnt.get("_target_encoding")
    n_categories = encoder.n_categories if encoding is None else encoding.n_categories(encoder)
    max_bins, n_jobs = int(params["max_bins"]), params["n_jobs"]
    return core_table(part.X, part.weight, max_bins, n_jobs, n_categories)


def _trained_model(trainer: "Trainer", task: Task) -> "Model":
    """Take the model out of the trainer, whose validator refuses numbers that are not finite."""
    try:
        return trainer.model()
    except ValueError as error:
        rate = task.params["learning_rate"]
        raise ValueError(
            f"the rounds diverged until numbers were not finite any more ({error}): "
            f"learning_rate={rate!r} is too large for this loss and these targets"
        ) from error


def _view(estimator: "BaseGradientBoosting", task: Task) -> "BaseGradientBoosting":
    """Give the estimator that scorers see during fit; they hand it the core's tables."""
    view = estimator._blank()
    view.__dict__.update(task.learnt)
    for name in ("feature_names_in_", "_encoder", "_target_encoding"):
        view.__dict__.pop(name, None)
    view.n_features_in_ = task.training.X.shape[1]
    return view


def _start_traces(task: Task, scores: Scores) -> Traces:
    if task.previous is None:
        return Traces()
    traces = Traces.from_attributes(task.previous, [metric.name for metric in scores])
    _warm_start.check_traces(traces, bool(scores), task.validation is not None)
    return traces
