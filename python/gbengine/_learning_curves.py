"""What the scores after each round say: the best round, and the curves by name.

Base of the boosting estimators. Nothing is kept for it: all of it is read off ``train_score_`` and
``validation_score_``, so that it is there after warm starts, unpickling and in models from files.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

Curve = NDArray[np.float64]


class LearningCurvesMixin:
    """Gives ``best_iteration_``, ``best_score_`` and ``evals_result_``."""

    train_score_: Curve
    validation_score_: Curve
    _trained_with: dict[str, Any]

    @property
    def best_iteration_(self) -> int | None:
        """Number of rounds with the best score, the fewest of equals; None if nothing is scored."""
        watched = self._watched_scores()
        return int(np.argmax(watched)) if len(watched) else None

    @property
    def best_score_(self) -> float | None:
        """Score at ``best_iteration_``; None if nothing is scored."""
        watched = self._watched_scores()
        return float(np.max(watched)) if len(watched) else None

    @property
    def evals_result_(self) -> dict[str, dict[str, Curve]]:
        """Scores by rows ("train", "validation") and by the name of what is scored."""
        check_is_fitted(self)
        name = scoring_name(self._trained_with.get("scoring"))
        curves = {"train": self.train_score_, "validation": self.validation_score_}
        return {rows: {name: curve.copy()} for rows, curve in curves.items() if len(curve)}

    def _watched_scores(self) -> Curve:
        """Give the scores that stop fit: those of the validation rows if there are any."""
        check_is_fitted(self)
        return self.validation_score_ if len(self.validation_score_) else self.train_score_


def scoring_name(scoring: Any) -> str:
    """Name what is scored: as the user did, or as the function is named; "score" if neither."""
    if isinstance(scoring, str):
        return scoring
    return str(getattr(scoring, "__name__", "score"))
