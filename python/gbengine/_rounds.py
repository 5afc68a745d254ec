"""Adding rounds: the core does them all in one call, unless somebody looks on after each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gbengine._callback_support import FitCallbacks
from gbengine._early_stopping import LossScores, ScorerScores, should_stop
from gbengine._parts import Part
from gbengine._progress import Progress

if TYPE_CHECKING:
    from gbengine._boosting import BaseGradientBoosting
    from gbengine._core import Trainer

Scores = LossScores | ScorerScores


@dataclass
class Traces:
    """The scores so far; entry 0 is from before the first round."""

    train: list[float]
    validation: list[float]

    def record(self, scores: Scores) -> None:
        """Add the scores of the model as it is now."""
        self.train.append(scores.train())
        validation = scores.validation()
        if validation is not None:
            self.validation.append(validation)

    def text(self, scores: Scores) -> str:
        """Describe the last scores, losses with their usual sign."""
        sign = -1.0 if scores.name == "loss" else 1.0
        parts = [f"train {scores.name} {sign * self.train[-1]:.6g}"]
        if self.validation:
            parts.append(f"validation {scores.name} {sign * self.validation[-1]:.6g}")
        return ", ".join(parts)


def make_scores(  # noqa: PLR0917 (private, called once)
    params: Mapping[str, Any],
    view: "BaseGradientBoosting",
    trainer: "Trainer",
    training: Part,
    validation: Part | None,
    seed: int,
) -> Scores | None:
    """Choose what is scored after each round: nothing, unless it stops fit or X_val was given."""
    if validation is None and not params["early_stopping"]:
        return None
    if params["scoring"] == "loss":
        return LossScores(trainer, has_validation=validation is not None)
    return ScorerScores(view, params["scoring"], trainer, training, validation, seed)


def add_rounds(  # noqa: PLR0917 (private, called once)
    trainer: "Trainer",
    params: Mapping[str, Any],
    scores: Scores | None,
    traces: Traces,
    callbacks: FitCallbacks,
    attributes: Callable[[], dict[str, Any]],
) -> None:
    """Add rounds until there are ``n_estimators``, or the scores or a callback say stop."""
    n_rounds = int(params["n_estimators"])
    if scores is not None and not traces.train:
        traces.record(scores)
    if callbacks:
        callbacks.begin(trainer, traces, n_rounds - trainer.n_rounds, attributes)
    if scores is None and not params["verbose"] and not callbacks:
        trainer.run(n_rounds - trainer.n_rounds)
        return
    with Progress(params["verbose"], n_rounds, trainer.n_rounds) as progress:
        on_round = _on_round(params, scores, traces, progress)
        trainer.run(n_rounds - trainer.n_rounds, callbacks.around(on_round, n_rounds))
    callbacks.end()


def _on_round(
    params: Mapping[str, Any], scores: Scores | None, traces: Traces, progress: Progress
) -> Callable[[int], bool]:
    """Make what the core calls after each round; True stops it."""

    def on_round(n_rounds: int) -> bool:
        if scores is None:
            progress.show(n_rounds, "")
            return False
        traces.record(scores)
        progress.show(n_rounds, traces.text(scores))
        watched = traces.validation or traces.train
        return bool(params["early_stopping"]) and should_stop(
            watched, params["n_iter_no_change"], params["tol"]
        )

    return on_round
