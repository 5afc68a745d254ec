"""Progress of a fit: silent unless asked, a bar where one can be seen, else plain lines."""

import sys
import time
from types import TracebackType
from typing import Any, Self


class Progress:
    """Shows rounds, or trees, as they are added.

    ``verbose=0`` shows nothing, 1 a bar or about twenty lines, 2 and more a line for every round.
    A bar is for a terminal and for notebooks, and needs tqdm or rich; a file or a pipe gets lines.

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
            self._bar.show(done, scores)
        elif self._verbose and self._is_due(done):
            seconds = time.perf_counter() - self._started
            text = f", {scores}" if scores else ""
            sys.stdout.write(f"{self._unit} {done}/{self._n_rounds}{text}, {seconds:.1f} s\n")
            sys.stdout.flush()
        self._done = done

    def _is_due(self, done: int) -> bool:
        # Trees are reported some at a time.
        return done // self._every > self._done // self._every or done == self._n_rounds

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


class _TqdmBar:
    def __init__(self, n_rounds: int, done: int, unit: str) -> None:
        from tqdm.auto import tqdm  # noqa: PLC0415 (an extra: only who wants a bar needs it)

        self._bar = tqdm(total=n_rounds, initial=done, unit=unit, desc="gbengine")

    def show(self, done: int, scores: str) -> None:
        self._bar.set_postfix_str(scores, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class _RichBar:
    def __init__(self, n_rounds: int, done: int, unit: str) -> None:
        # As above; scikit-learn's ProgressBar uses it.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import Progress as Bars  # noqa: PLC0415

        # Cursor movements are for terminals: where there is none this is a notebook.
        self._bars = Bars(console=Console(stderr=_is_terminal()))
        self._task = self._bars.add_task(f"gbengine, {unit}s", total=n_rounds, completed=done)
        self._unit = unit
        self._bars.start()

    def show(self, done: int, scores: str) -> None:
        text = f"gbengine, {done} {self._unit}s" + (f", {scores}" if scores else "")
        self._bars.update(self._task, completed=done, description=text)

    def close(self) -> None:
        self._bars.stop()


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _is_notebook() -> bool:
    # Only a notebook's kernel has it loaded and an interpreter that is configured by it.
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and "IPKernelApp" in shell.config


def _make_bar(n_rounds: int, done: int, unit: str) -> Any:
    """Give a bar, or None if nobody could see it or nothing is installed that draws one."""
    if not (_is_terminal() or _is_notebook()):
        return None
    for kind in (_TqdmBar, _RichBar):
        try:
            return kind(n_rounds, done, unit)
        except ImportError:
            continue
    return None
