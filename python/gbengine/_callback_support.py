"""Callbacks of scikit-learn's protocol and ours, called around a fit and each of its rounds.

scikit-learn has the protocol from 1.9 on; before that ``set_callbacks`` takes only ours.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from gbengine._binned_dataset import BinnedDataset
from gbengine._parts import Given
from gbengine.callbacks import Round, RoundCallback, Scores

__all__ = ["CallbackSupportMixin", "FitCallbacks", "with_callbacks"]

if TYPE_CHECKING:
    from gbengine._core import Trainer
    from gbengine._rounds import Traces

Fit = TypeVar("Fit", bound=Callable[..., Any])

try:
    from sklearn.callback import CallbackSupportMixin
    from sklearn.callback import with_callbacks as _tearing_down
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """What scikit-learn's class of that name does, for callbacks by round."""

        def set_callbacks(self, *callbacks: RoundCallback) -> Self:
            """Set the callbacks of the fits to come; none takes them away.

            Parameters
            ----------
            *callbacks : RoundCallback

            Returns
            -------
            self : estimator
            """
            for callback in callbacks:
                if not isinstance(callback, RoundCallback):
                    raise TypeError(
                        f"callbacks must be instances of gbengine.callbacks.RoundCallback, got "
                        f"{callback!r}; others take scikit-learn 1.9 or newer"
                    )
            self._skl_callbacks = list(callbacks)
            if not callbacks:
                del self._skl_callbacks
            return self

    def _tearing_down(method: Any) -> Any:
        return method  # callbacks by round need nothing to be called


def with_callbacks(method: Fit) -> Fit:
    """Give a fit at whose end, however it comes, scikit-learn's callbacks are told of it."""
    wrapped: Fit = _tearing_down(method)
    return wrapped


class FitCallbacks:
    """Calls an estimator's callbacks; one such object a fit.

    Parameters
    ----------
    estimator : BaseGradientBoosting
    given : Given
        The training rows as the user passed them.
    """

    def __init__(self, estimator: Any, given: Given) -> None:
        self._started = time.monotonic()
        self._estimator = estimator
        callbacks = estimator.__dict__.get("_skl_callbacks", [])
        self._ours = [callback for callback in callbacks if isinstance(callback, RoundCallback)]
        self._needs_context = len(self._ours) < len(callbacks)
        weight = given.sample_weight
        self._data = {
            "X": None if isinstance(given.X, BinnedDataset) else given.X,
            "y": given.y,
            "metadata": None if weight is None else {"sample_weight": weight},
        }
        self._root: Any = None
        self._task: Any = None

    def __bool__(self) -> bool:
        return self._needs_context or bool(self._ours)

    def begin(
        self,
        trainer: "Trainer",
        traces: "Traces",
        n_more: int,
        attributes: Callable[[], dict[str, Any]],
    ) -> None:
        """Begin the fit, and its first round.

        Parameters
        ----------
        trainer : Trainer
        traces : Traces
        n_more : int
            Most rounds to be added.
        attributes : callable
            Gives the fitted attributes as of now.
        """
        self._trainer, self._traces, self._attributes = trainer, traces, attributes
        if self._needs_context:
            self._root = self._estimator._init_callback_context(max_subtasks=n_more)
            self._root.call_on_fit_task_begin(estimator=self._estimator, **self._data)
        if n_more:
            self._begin_round()

    def around(self, on_round: Callable[[int], bool], n_rounds: int) -> Callable[[int], bool]:
        """Give what the core is to call after each of the rounds up to ``n_rounds``.

        Parameters
        ----------
        on_round : callable
            Called first: it scores the round, and may stop.
        n_rounds : int
        """

        def after(n: int) -> bool:
            stops = on_round(n)
            return self._after_round(is_last=stops or n == n_rounds) or stops

        return after

    def _after_round(self, *, is_last: bool) -> bool:
        """End a round, and begin the next unless there is none; True stops."""
        now = self._now()
        # Not any(): each is to be called.
        stops = sum([bool(callback.after_round(now)) for callback in self._ours]) > 0
        if self._task is not None:
            stops |= self._task.call_on_fit_task_end(
                estimator=self._estimator, reconstruction_attributes=self._state, **self._data
            )
        if not (stops or is_last):
            self._begin_round()
        return stops

    def end(self, fitted: dict[str, Any]) -> None:
        """End the fit, which gave these attributes."""
        if self._root is not None:
            self._root.call_on_fit_task_end(
                estimator=self._estimator,
                reconstruction_attributes=lambda: {"_fitted_state": fitted},
                **self._data,
            )

    def _begin_round(self) -> None:
        now = self._now()
        for callback in self._ours:
            callback.before_round(now)
        if self._root is not None:
            self._task = self._root.subcontext(task_name="round")
            self._task.call_on_fit_task_begin(
                estimator=self._estimator, reconstruction_attributes=self._state, **self._data
            )

    def _state(self) -> dict[str, Any]:
        # scikit-learn sets this on a copy, which then is as if fit had ended (BaseTreeEnsemble).
        return {"_fitted_state": self._attributes()}

    def _fitted(self) -> Any:
        copy = self._estimator._blank()
        for name in ("_callback_fit_ctx", "_skl_callbacks_to_teardown"):  # of the fit that runs
            copy.__dict__.pop(name, None)
        copy._adopt(self._attributes())
        return copy

    def _now(self) -> Round:
        return Round(
            self._trainer.n_rounds,
            time.monotonic() - self._started,
            Scores(self._traces.train_scores),
            Scores(self._traces.validation_scores),
            self._fitted,
            self._trainer.set_learning_rate,
        )
