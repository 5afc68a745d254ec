"""What the scores after each round say: the best round, and the curves by name.

Base of the boosting estimators. All of it is read off the scores that fit keeps, so that it is
there after warm starts, unpickling and in models from files.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from gbengine._rounds import best_round
from gbengine._scoring import first_name

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
        return best_round(watched) if len(watched) else None

    @property
    def best_score_(self) -> float | None:
        """Score at ``best_iteration_``; None if nothing is scored."""
        watched = self._watched_scores()
        return float(np.max(watched)) if len(watched) else None

    @property
    def evals_result_(self) -> dict[str, dict[str, Curve]]:
        """Scores by rows ("train", "validation") and by the name of what is scored."""
        check_is_fitted(self)
        curves = self.__dict__.get("_curves")
        if curves is None:
            name = first_name(self._trained_with.get("scoring"))
            first = {"train": self.train_score_, "validation": self.validation_score_}
            curves = {rows: {name: curve} for rows, curve in first.items() if len(curve)}
        return {
            rows: {name: curve.copy() for name, curve in by_name.items()}
            for rows, by_name in curves.items()
            if by_name
        }

    def _watched_scores(self) -> Curve:
        """Give the scores that stop fit: those of the validation rows if there are any."""
        check_is_fitted(self)
        return self.validation_score_ if len(self.validation_score_) else self.train_score_
