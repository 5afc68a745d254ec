"""Adding rounds: the core does them all in one call, unless somebody looks on after each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._callback_support import FitCallbacks
from gbengine._early_stopping import LossScores, ScoredRows, ScorerScores, should_stop
from gbengine._parts import Part
from gbengine._progress import Progress
from gbengine._scoring import LOSS, metrics_of

if TYPE_CHECKING:
    from gbengine._boosting import BaseGradientBoosting
    from gbengine._core import Trainer

Scores = Sequence[LossScores | ScorerScores]
ByName = dict[str, list[float]]

_ROWS = ("train", "validation")


@dataclass
class Traces:
    """The scores so far by metric; entry 0 is from before the first round.

    The first metric stops fit. There is none if nothing is scored.
    """

    train: ByName = field(default_factory=dict)
    validation: ByName = field(default_factory=dict)  # empty if there are no such rows

    def record(self, scores: Scores) -> None:
        """Add the scores of the model as it is now."""
        for metric in scores:
            self.train.setdefault(metric.name, []).append(metric.train())
            validation = metric.validation()
            if validation is not None:
                self.validation.setdefault(metric.name, []).append(validation)

    def as_attributes(self) -> dict[str, Any]:
        """Give the scores as fitted attributes by name."""
        curves = {
            rows: {name: np.array(scores, dtype=np.float64) for name, scores in by_name.items()}
            for rows, by_name in zip(_ROWS, (self.train, self.validation), strict=True)
        }
        first = {
            f"{rows}_score_": next(iter(by_name.values()), np.empty(0))
            for rows, by_name in curves.items()
        }
        return first | ({"_curves": curves} if len(self.train) > 1 else {})

    @classmethod
    def from_attributes(cls, fitted: Mapping[str, Any], names: Sequence[str]) -> "Traces":
        """Take the scores of the rounds that a fitted model has; ``names`` are of its metrics."""
        first = {rows: {names[0]: fitted[f"{rows}_score_"]} for rows in _ROWS} if names else {}
        curves = fitted.get("_curves", first)
        n_scores = fitted["n_iter_"] + 1
        return cls(
            *(
                {
                    name: curve[:n_scores].tolist()
                    for name, curve in curves.get(rows, {}).items()
                    if len(curve)
                }
                for rows in _ROWS
            )
        )

    @property
    def train_scores(self) -> list[float]:
        """Of the first metric; empty if nothing is scored."""
        return next(iter(self.train.values()), [])

    @property
    def validation_scores(self) -> list[float]:
        """Of the first metric; empty if there are no such rows."""
        return next(iter(self.validation.values()), [])

    @property
    def watched(self) -> list[float]:
        """The scores that stop fit."""
        return self.validation_scores or self.train_scores

    def text(self, scores: Scores) -> str:
        """Describe the last scores, losses with their usual sign."""
        parts = []
        for metric in scores:
            for rows, curves in zip(_ROWS, (self.train, self.validation), strict=True):
                if metric.name in curves:
                    last = metric.sign * curves[metric.name][-1]
                    parts.append(f"{rows} {metric.name} {last:.6g}")
        return ", ".join(parts)


def make_scores(  # noqa: PLR0917 (private, called once)
    params: Mapping[str, Any],
    view: "BaseGradientBoosting",
    trainer: "Trainer",
    training: Part,
    validation: Part | None,
    seed: int,
) -> Scores:
    """Choose what is scored after each round: nothing, unless it stops fit or X_val was given."""
    if validation is None and not params["early_stopping"]:
        return ()
    metrics = metrics_of(params["scoring"])
    if list(metrics.values()) == [LOSS]:
        return tuple(
            LossScores(name, trainer, has_validation=validation is not None) for name in metrics
        )
    rows = ScoredRows(view, trainer, training, validation, seed)
    return tuple(
        LossScores(name, trainer, has_validation=validation is not None)
        if metric == LOSS
        else ScorerScores(name, metric, rows)
        for name, metric in metrics.items()
    )


def add_rounds(  # noqa: PLR0917 (private, called in two places)
    trainer: "Trainer",
    params: Mapping[str, Any],
    scores: Scores,
    traces: Traces,
    callbacks: FitCallbacks | None,
    attributes: Callable[[], dict[str, Any]],
) -> None:
    """Add rounds until there are ``n_estimators``, or the scores or a callback say stop."""
    n_rounds = int(params["n_estimators"])
    if scores and not traces.train:
        traces.record(scores)
    if callbacks:
        callbacks.begin(trainer, traces, n_rounds - trainer.n_rounds, attributes)
    if not scores and not params["verbose"] and not callbacks:
        trainer.run(n_rounds - trainer.n_rounds)
        return
    with Progress(params["verbose"], n_rounds, trainer.n_rounds) as progress:
        on_round = _on_round(params, scores, traces, progress)
        on_round = callbacks.around(on_round, n_rounds) if callbacks else on_round
        trainer.run(n_rounds - trainer.n_rounds, on_round)


def best_round(scores: Any) -> int:
    """Give the number of rounds with the best score, the fewest of equals."""
    return int(np.argmax(scores))


def _on_round(
    params: Mapping[str, Any], scores: Scores, traces: Traces, progress: Progress
) -> Callable[[int], bool]:
    """Make what the core calls after each round; True stops it."""

    def on_round(n_rounds: int) -> bool:
        if not scores:
            progress.show(n_rounds, "")
            return False
        traces.record(scores)
        progress.show(n_rounds, traces.text(scores))
        return bool(params["early_stopping"]) and should_stop(
            traces.watched, params["n_iter_no_change"], params["tol"]
        )

    return on_round
