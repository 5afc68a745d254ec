"""Scores after each round, and when to stop: the rules of scikit-learn's HistGradientBoosting.

Scores are "higher is better", so a loss enters with its sign turned. Entry 0 of a trace is the
score before the first round. Fit stops when none of the last ``n_iter_no_change`` scores is better
than the one before them by more than ``tol``.
"""

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import check_scoring

from gbengine._binned_dataset import BinnedDataset
from gbengine._parts import Part
from gbengine._scoring import Scorer
from gbengine._validation_rows import drawn_rows

if TYPE_CHECKING:
    from gbengine._core import Matrix, Model, Trainer

Raw = np.ndarray[Any, np.dtype[np.float64]]

# A scorer works in Python and would dominate the fit on many rows: the training rows are sampled.
_MAX_SCORED_TRAINING_ROWS = 10_000


def should_stop(scores: list[float], n_iter_no_change: int, tol: float) -> bool:
    """Tell whether none of the last scores beats the one before them."""
    if len(scores) <= n_iter_no_change:
        return False
    reference = scores[-n_iter_no_change - 1] + tol
    return not any(score > reference for score in scores[-n_iter_no_change:])


class LossScores:
    """Scores by the loss itself, which the core evaluates without leaving C++."""

    sign = -1.0  # of the number that users know by the name

    def __init__(self, name: str, trainer: "Trainer", *, has_validation: bool) -> None:
        self.name = name
        self._trainer = trainer
        self._has_validation = has_validation

    def train(self) -> float:
        """Score the training rows."""
        return -self._trainer.train_loss()

    def validation(self) -> float | None:
        """Score the validation rows, if there are any."""
        return -self._trainer.validation_loss() if self._has_validation else None


class ScoredRows:
    """The rows that scorers see, and an estimator as it is in the middle of fit.

    That is a view: an estimator whose core model is ``ModelInTraining``, so that predict,
    predict_proba and decision_function answer from raw scores that the trainer has already.
    """

    def __init__(
        self,
        view: Any,
        trainer: "Trainer",
        training: Part,
        validation: Part | None,
        seed: int,
    ) -> None:
        self.view = view
        self.trainer = trainer
        self._model = ModelInTraining(trainer)
        self.view._model = self._model
        # All of few rows, too: a sum over them then does not depend on the order of the table.
        n_scored = min(len(training.y), _MAX_SCORED_TRAINING_ROWS)
        is_stratified, n_jobs = hasattr(view, "classes_"), view.n_jobs
        self._sample = drawn_rows(
            training, n_scored, seed, n_jobs, is_stratified=is_stratified, n_spared=0
        )
        self.training = training.rows(self._sample)
        self.train_y = view._decode(self.training.y)
        self.validation = validation
        self.validation_y = None if validation is None else view._decode(validation.y)
        self._raw: dict[str, Raw] = {}
        self._n_rounds = -1

    def show(self, rows: str) -> None:
        """Let the view know the raw scores of the "training" or the "validation" rows."""
        if self._n_rounds != self.trainer.n_rounds:
            self._n_rounds = self.trainer.n_rounds
            self._raw = {}
        if rows not in self._raw:
            is_training = rows == "training"
            raw = self.trainer.train_raw() if is_training else self.trainer.validation_raw()
            self._raw[rows] = raw[self._sample] if is_training else raw
        part = self.training if rows == "training" else self.validation
        assert part is not None
        assert not isinstance(part.X, BinnedDataset)
        self._model.know(part.X, self._raw[rows])


class ScorerScores:
    """Scores by a scikit-learn scorer."""

    sign = 1.0

    def __init__(self, name: str, scoring: Scorer, rows: ScoredRows) -> None:
        self.name = name
        self._scoring = scoring
        self._scorer = check_scoring(rows.view, scoring)
        self._rows = rows

    def train(self) -> float:
        """Score the training rows, of many a sample."""
        return self._score("training", self._rows.training, self._rows.train_y)

    def validation(self) -> float | None:
        """Score the validation rows, if there are any."""
        part = self._rows.validation
        return None if part is None else self._score("validation", part, self._rows.validation_y)

    def _score(self, rows: str, part: Part, y: Any) -> float:
        self._rows.show(rows)
        weight = {} if part.weight is None else {"sample_weight": part.weight}
        score = self._scorer(self._rows.view, part.X, y, **weight)
        if not isinstance(score, Real):
            raise ValueError(f"scoring must return a number, got {score!r} from {self._shown()}")
        if np.isnan(float(score)):
            raise ValueError(
                f"scoring={self._shown()} gave nan for the {rows} rows after "
                f"{self._rows.trainer.n_rounds} rounds, which is neither better nor worse than a "
                "number: use a scorer that gives numbers for these rows"
            )
        return float(score)

    def _shown(self) -> str:
        return repr(self.name if self._scoring == self.name else self._scoring)


class ModelInTraining:
    """Stands in for the core's Model while it grows.

    Asked about the table that it knows, it gives the raw scores at hand; asked anything else, it
    lets the model as it is now answer.
    """

    def __init__(self, trainer: "Trainer") -> None:
        self._trainer = trainer
        self._link = trainer.model()  # its trees do not matter, its link does
        self._known: tuple[Matrix, Raw] | None = None

    def know(self, X: "Matrix", raw: Raw) -> None:
        """Remember the raw scores of a table."""
        self._known = (X, raw)

    def raw_scores(self, X: "Matrix", n_threads: int, *trees: Any) -> Any:
        """Give raw scores, (n_rows, n_outputs)."""
        if self._known is not None and X is self._known[0] and not trees:
            return self._known[1]
        return self._now().raw_scores(X, n_threads, *trees)

    def response(self, X: "Matrix", n_threads: int) -> Any:
        """Give raw scores through the link."""
        return self._link.link_response(self.raw_scores(X, n_threads), n_threads)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._now(), name)

    def _now(self) -> "Model":
        return self._trainer.model()
