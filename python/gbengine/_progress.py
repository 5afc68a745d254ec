"""Progress of a fit: silent unless asked, a bar if tqdm is installed, else plain lines."""

import sys
import time
from types import TracebackType
from typing import Any, Self


class Progress:
    """Shows rounds, or trees, as they are added.

    ``verbose=0`` shows nothing, 1 a bar or about twenty lines, 2 and more a line for every round.

    Examples
    --------
    >>> with Progress(0, n_rounds=100, done=0) as progress:
    ...     progress.show(1, "")
    """

    def __init__(self, verbose: int, n_rounds: int, done: int, unit: str = "round") -> None:
        self._verbose = int(verbose)
        self._n_rounds = n_rounds
        self._done = done
        self._started = time.perf_counter()
        self._unit = unit
        self._bar = _make_bar(n_rounds, done, unit) if self._verbose == 1 else None
        self._every = 1 if self._verbose > 1 else max(1, n_rounds // 20)

    def show(self, done: int, scores: str) -> None:
        """Report that the model has ``done`` rounds; ``scores`` says how good it is."""
        if self._bar is not None:
            self._bar.set_postfix_str(scores, refresh=False)
            self._bar.update(done - self._done)
        elif self._verbose and (done % self._every == 0 or done == self._n_rounds):
            seconds = time.perf_counter() - self._started
            text = f", {scores}" if scores else ""
            sys.stdout.write(f"{self._unit} {done}/{self._n_rounds}{text}, {seconds:.1f} s\n")
            sys.stdout.flush()
        self._done = done

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def _make_bar(n_rounds: int, done: int, unit: str) -> Any:
    try:
        from tqdm.auto import tqdm  # noqa: PLC0415 (an extra: only who wants a bar needs it)
    except ImportError:
        return None
    return tqdm(total=n_rounds, initial=done, unit=unit, desc="gbengine")
