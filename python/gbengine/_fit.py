"""What fit does, step by step; the estimator is only read here, and changed at the end by itself.

Read the arguments → find classes → set rows aside → bin (``_core.Trainer``) → add rounds, scoring
each if asked → give the fitted attributes. An error or Ctrl-C anywhere leaves the estimator as it
was.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine import _warm_start
from gbengine._binned_dataset import BinnedDataset, core_table
from gbengine._config import core_config, draw_seed
from gbengine._encoder import Encoder, encoder_of
from gbengine._labels import row_weights
from gbengine._params import check_effects
from gbengine._parts import Part, make_part, split_part
from gbengine._rounds import Traces, add_rounds, make_scores
from gbengine._runtime import core
from gbengine._training_table import read_training_table

if TYPE_CHECKING:
    from gbengine._boosting import BaseGradientBoosting
    from gbengine._core import Matrix, Model, Table, Trainer

Arguments = tuple[Any, Any, Any]  # X, y, sample_weight


@dataclass(frozen=True)
class Task:
    """All that training needs, read and checked."""

    params: dict[str, Any]
    seed: int
    learnt: dict[str, Any]  # n_features_in_, feature_names_in_, classes_, _encoder
    training: Part
    validation: Part | None
    previous: dict[str, Any] | None  # the fitted attributes that warm_start goes on from

    @property
    def n_classes(self) -> int:
        """Number of classes, 0 for regression."""
        return len(self.learnt.get("classes_", ()))

    @property
    def encoder(self) -> Encoder:
        """The categories of X; empty if it has none."""
        return encoder_of(self.learnt, self.learnt["n_features_in_"])


def fitted_state(
    estimator: "BaseGradientBoosting", training: Arguments, validation: Arguments
) -> dict[str, Any]:
    """Train, and give the attributes of the fitted estimator by name.

    Parameters
    ----------
    estimator : BaseGradientBoosting
        Its parameters, and with ``warm_start`` its fitted attributes, are read.
    training : (X, y, sample_weight)
    validation : (X_val, y_val, sample_weight_val)
        All None if there are none.
    """
    task = _read(estimator, training, validation)
    trainer = _make_trainer(task)
    scores = make_scores(
        task.params, _view(estimator, task), trainer, task.training, task.validation, task.seed
    )
    traces = _start_traces(task, has_scores=scores is not None)
    add_rounds(trainer, task.params, scores, traces)
    model = _trained_model(trainer, task)
    return task.learnt | {
        "_model": model,
        "_seed": task.seed,
        "_trained_with": _warm_start.fixed_params(task.params),
        "n_iter_": trainer.n_rounds,
        "n_trees_per_iteration_": model.n_outputs * int(task.params["n_parallel_trees"]),
        "train_score_": np.array(traces.train, dtype=np.float64),
        "validation_score_": np.array(traces.validation, dtype=np.float64),
    }


def _read(estimator: "BaseGradientBoosting", training: Arguments, validation: Arguments) -> Task:
    params = estimator._check_params()
    has_validation = _has_validation(*validation)
    check_effects(params, estimator._param_table, has_validation=has_validation)
    X, y, sample_weight = training
    table = read_training_table(estimator, X, sample_weight)
    part = make_part(table.X, y, table.weight)
    if isinstance(part.X, BinnedDataset):
        _check_uses_of_rows(params, has_validation=has_validation)
    classes = estimator._find_classes(part.y)
    learnt = table.learnt() | ({} if classes is None else {"classes_": classes})
    previous = estimator._fitted_attributes() if params["warm_start"] else None
    seed = previous["_seed"] if previous else draw_seed(params)
    if previous is not None:
        _warm_start.check_params(params, previous["_trained_with"], seed)
        _warm_start.check_rounds(params["n_estimators"], previous["n_iter_"])
        _warm_start.check_columns_and_classes(learnt, previous)
    part = estimator._encode(part, classes)
    held_out = None
    if has_validation:
        held_out = _read_validation(estimator, validation, learnt)
    elif params["early_stopping"] and params["validation_fraction"] is not None:
        part, held_out = split_part(
            part, params["validation_fraction"], seed, is_stratified=classes is not None
        )
    return Task(params, seed, learnt, part, held_out, previous)


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
    if params["scoring"] != "loss":
        raise ValueError(
            f"scoring={params['scoring']!r} scores the values of the training rows, which a "
            "BinnedDataset has not: set scoring='loss' or fit on the table itself"
        )


def _has_validation(X_val: Any, y_val: Any, sample_weight_val: Any) -> bool:
    if X_val is None:
        for name, value in (("y_val", y_val), ("sample_weight_val", sample_weight_val)):
            if value is not None:
                raise ValueError(f"fit was given {name} but no X_val: give both, or neither")
        return False
    if y_val is None:
        raise ValueError("fit was given X_val but no y_val: give both, or neither")
    return True


def _read_validation(
    estimator: "BaseGradientBoosting", validation: Arguments, learnt: dict[str, Any]
) -> Part:
    X_val, y_val, sample_weight_val = validation
    blank = estimator._blank()
    blank.__dict__.update(learnt)
    table = blank._encoded(X_val, "X_val")
    weight = row_weights(sample_weight_val, table.shape[0], "sample_weight_val")
    part = make_part(table, y_val, weight, suffix="_val")
    return estimator._encode(part, learnt.get("classes_"), suffix="_val")


def _make_trainer(task: Task) -> "Trainer":
    part, held_out = task.training, task.validation
    config = core_config(task.params, task.n_classes, task.seed)
    init_model = task.previous["_model"] if task.previous else None
    trainer = core.Trainer(_table(task), part.y, part.weight, config, init_model)
    if held_out is not None:
        assert not isinstance(held_out.X, BinnedDataset)
        trainer.set_validation(held_out.X, held_out.y, held_out.weight)
    return trainer


def _table(task: Task) -> "Matrix | Table":
    """Give what the core trains on: numbers as they are, or in bins already."""
    part, encoder = task.training, task.encoder
    if isinstance(part.X, BinnedDataset):
        return part.X.table_for(task.params)
    if not encoder:
        return part.X
    params = task.params
    return core_table(part.X, part.weight, int(params["max_bins"]), params["n_jobs"], encoder)


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
    for name in ("feature_names_in_", "_encoder"):
        view.__dict__.pop(name, None)
    return view


def _start_traces(task: Task, *, has_scores: bool) -> Traces:
    if task.previous is None:
        return Traces([], [])
    traces = Traces(
        task.previous["train_score_"].tolist(), task.previous["validation_score_"].tolist()
    )
    _warm_start.check_traces(traces, has_scores, task.validation is not None)
    return traces
