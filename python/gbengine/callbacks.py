"""Callbacks of gradient boosting: objects that look on after each round, and may end the fit.

``set_callbacks`` of an estimator takes them, beside those of scikit-learn 1.9 and later
(``sklearn.callback``: ``ProgressBar``, ``ScoringMonitor``). What a callback raises comes out of
``fit``, and leaves the estimator as it was.

Examples
--------
>>> from gbengine import GradientBoostingRegressor
>>> from gbengine.callbacks import LearningRateSchedule, TimeLimit
>>> from sklearn.datasets import load_diabetes
>>> X, y = load_diabetes(return_X_y=True)
>>> model = GradientBoostingRegressor(n_estimators=20)
>>> model = model.set_callbacks(TimeLimit(60), LearningRateSchedule(lambda k: 0.3 * 0.9**k))
>>> model.fit(X, y).n_iter_
20
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, overload

__all__ = ["Checkpoint", "LearningRateSchedule", "Round", "RoundCallback", "TimeLimit"]


class Scores(Sequence[float]):
    """The scores up to a round: a view that stays as it is, since scores are only ever added.

    A copy a round would take time in the square of the rounds. It is equal to any sequence of
    the same numbers.

    Parameters
    ----------
    scores : list of float
        May grow, and must not change otherwise.
    """

    def __init__(self, scores: list[float]) -> None:
        self._scores = scores
        self._n = len(scores)

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> list[float]: ...
    def __getitem__(self, index: int | slice) -> float | list[float]:
        places = range(self._n)[index]  # an IndexError beyond them, too
        if isinstance(places, range):
            return [self._scores[place] for place in places]
        return self._scores[places]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(list(self))


@dataclass(frozen=True)
class Round:
    """What a callback is told before and after each round.

    Attributes
    ----------
    n_rounds : int
        Rounds that the model has; with ``warm_start`` those of earlier fits count.
    seconds : float
        Since fit began, the time for reading and binning X too.
    train_scores, validation_scores : Scores
        The scores so far, as in ``train_score_`` and ``validation_score_``; empty if fit does not
        score. A sequence: ``now.validation_scores[-1]`` is the latest.
    fitted : callable
        Gives the estimator with all rounds so far. It is a copy of the model, so ask seldom.
    set_learning_rate : callable
        Takes the learning rate, a number above 0, of the rounds to come.
    """

    n_rounds: int
    seconds: float
    train_scores: Sequence[float]
    validation_scores: Sequence[float]
    fitted: Callable[[], Any]
    set_learning_rate: Callable[[float], None]


class RoundCallback:
    """Base of callbacks by round; override ``before_round`` or ``after_round``.

    Examples
    --------
    >>> from gbengine.callbacks import RoundCallback
    >>> class StopAtThree(RoundCallback):
    ...     def after_round(self, now):
    ...         return now.n_rounds == 3
    >>> from gbengine import GradientBoostingRegressor
    >>> model = GradientBoostingRegressor().set_callbacks(StopAtThree())
    >>> model.fit([[1.0], [2.0]] * 30, [1.0, 2.0] * 30).n_iter_
    3
    """

    def before_round(self, now: Round) -> None:
        """Act before a round is added.

        Parameters
        ----------
        now : Round
        """

    def after_round(self, now: Round) -> bool:
        """Act after a round was added.

        Parameters
        ----------
        now : Round

        Returns
        -------
        bool
            Whether to stop.
        """
        return False

    # The protocol of scikit-learn, by which set_callbacks knows a callback; rounds say more.

    def setup(self, estimator: Any, context: Any) -> None:
        """Do nothing; scikit-learn calls it before a fit."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Do nothing; scikit-learn calls it after a fit, also one that has failed."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Do nothing; ``before_round`` is called in its place."""

    def on_fit_task_end(self, estimator: Any, context: Any) -> bool:
        """Do nothing; ``after_round`` is called in its place."""
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


class TimeLimit(RoundCallback):
    """Stop when a fit has taken its time: after the first round that ends past the limit.

    How many rounds that is depends on the machine; all else about the model does not.

    Parameters
    ----------
    seconds : float
        Time from the beginning of fit, above 0. At least one round is added.

    Examples
    --------
    >>> from gbengine.callbacks import TimeLimit
    >>> TimeLimit(600)
    TimeLimit(600)
    """

    def __init__(self, seconds: float) -> None:
        if not _is_number(seconds) or not seconds > 0:
            raise ValueError(f"seconds={seconds!r} must be a number above 0")
        self.seconds = seconds

    def after_round(self, now: Round) -> bool:
        """Tell whether the time is over."""
        return now.seconds >= self.seconds

    def __repr__(self) -> str:
        return f"TimeLimit({self.seconds!r})"


class Checkpoint(RoundCallback):
    """Write the model to a file every few rounds, so that a killed fit can be gone on with.

    ``gbengine.load_model`` reads the file; the fit goes on from there, to the same model, with
    ``load_model(path).set_params(warm_start=True, n_estimators=...).fit(X, y)``. An existing file
    is replaced in one step, so that there is always a whole one.

    Parameters
    ----------
    path : str or path-like
        The file.
    every : int, default=10
        Number of rounds between two writings. Each copies the model.

    Examples
    --------
    >>> from gbengine.callbacks import Checkpoint
    >>> Checkpoint("model.safetensors", every=50)
    Checkpoint('model.safetensors', every=50)
    """

    def __init__(self, path: str | os.PathLike[str], every: int = 10) -> None:
        if not hasattr(path, "__fspath__") and type(path) is not str:
            raise TypeError(f"path={path!r} must be a str or a path")
        if not _is_number(every) or not float(every).is_integer() or every < 1:
            raise ValueError(f"every={every!r} must be an int >= 1")
        self.path = path
        self.every = every

    def after_round(self, now: Round) -> bool:
        """Write the model if it is its turn."""
        if now.n_rounds % self.every == 0:
            now.fitted().save_model(self.path)
        return False

    def __repr__(self) -> str:
        return f"Checkpoint({self.path!r}, every={self.every!r})"


class LearningRateSchedule(RoundCallback):
    """Give each round a learning rate of its own, in place of ``learning_rate``.

    Parameters
    ----------
    schedule : callable
        From the number of rounds before this one (0, 1, …; with ``warm_start`` those of earlier
        fits count) to its learning rate, a finite number above 0.

    Examples
    --------
    >>> from gbengine.callbacks import LearningRateSchedule
    >>> halved_every_100_rounds = LearningRateSchedule(lambda k: 0.1 * 0.5 ** (k // 100))
    """

    def __init__(self, schedule: Callable[[int], float]) -> None:
        if not callable(schedule):
            raise TypeError(f"schedule={schedule!r} must be a function of the round")
        self.schedule = schedule

    def before_round(self, now: Round) -> None:
        """Set the round's rate."""
        rate = self.schedule(now.n_rounds)
        if not _is_number(rate) or not (rate > 0 and math.isfinite(rate)):
            raise ValueError(
                f"schedule must return a finite number above 0, got {rate!r} for round "
                f"{now.n_rounds}"
            )
        now.set_learning_rate(float(rate))
