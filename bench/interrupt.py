"""How long Ctrl-C takes to come back to the prompt, and what it leaves behind.

    python bench/interrupt.py --parts fit,predict,cv,cross_validate,search --tries 100

Each part works on a table of `--rows` x 30, and is interrupted at a random time between its begin
and its usual end (at most `--seconds`). Printed are percentiles of the time from the signal to the
KeyboardInterrupt, and how much larger the process is after all tries than after the first, garbage
collected. An estimator left half-fitted is an error. Goals: p99 within 0.2 s, memory within 5 %.
"""

from __future__ import annotations

import argparse
import gc
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from sklearn.model_selection import GridSearchCV, cross_validate

import gbengine

N_FEATURES = 30


def interrupted(work: Callable[[], Any], delay: float) -> float | None:
    """Send Ctrl-C after a while, and give the seconds until it arrives; None if work was done."""
    sent: list[float] = []
    is_over = threading.Event()
    main = threading.main_thread().ident
    assert main is not None

    def send() -> None:
        if not is_over.wait(delay):
            sent.append(time.perf_counter())
            signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=send)
    try:
        thread.start()
        work()
        is_over.set()
        thread.join()
        time.sleep(0.001)  # the signal may have been sent at the last moment
    except KeyboardInterrupt:
        arrived = time.perf_counter()
        thread.join()
        return arrived - sent[0]
    return None


def resident() -> int:
    """Bytes of the process."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def measure(name: str, work: Callable[[], Any], tries: int, most_seconds: float) -> None:
    """Interrupt work again and again, and print a line."""
    started = time.perf_counter()
    work()
    duration = min(time.perf_counter() - started, most_seconds)
    rng = np.random.default_rng(0)
    interrupted(work, duration / 2)
    before = resident()
    seconds: list[float] = []
    n_done = 0
    while len(seconds) < tries and n_done < tries:
        found = interrupted(work, float(rng.uniform(0, duration)))
        n_done += found is None
        seconds += [] if found is None else [found]
    growth = resident() / before - 1
    p50, p99 = np.percentile(seconds, [50, 99])
    print(
        f"{name}: {len(seconds)} tries within {duration:.2f} s, back after p50 {p50:.3f} s, "
        f"p99 {p99:.3f} s, at most {max(seconds):.3f} s; memory {100 * growth:+.1f} %",
        flush=True,
    )


def fit_and_check(model: Any, X: Any, y: Any) -> None:
    """Fit, and see that an interrupted fit leaves nothing."""
    before = set(vars(model))
    try:
        model.fit(X, y)
    except KeyboardInterrupt:
        assert set(vars(model)) == before, "half-fitted"
        raise
    model.__dict__ = {name: x for name, x in vars(model).items() if name in before}


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--parts", default="fit,predict,cv,cross_validate,search")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started this
    rng = np.random.default_rng(0)
    X = rng.normal(size=(arguments.rows, N_FEATURES))
    y = X[:, 0] + np.sin(X[:, 1]) + rng.normal(size=arguments.rows)

    def model() -> Any:
        return gbengine.GradientBoostingRegressor(n_estimators=50, n_jobs=arguments.threads)

    fitted = model().fit(X[:100_000], y[:100_000])
    search = GridSearchCV(model(), {"max_leaf_nodes": [15, 31]}, cv=3)
    kept = model()
    works: dict[str, Callable[[], Any]] = {
        "fit": lambda: fit_and_check(kept, X, y),
        "predict": lambda: fitted.predict(X),
        "cv": lambda: gbengine.cv(model(), X, y, cv=5),
        "cross_validate": lambda: cross_validate(model(), X, y, cv=5),
        "search": lambda: search.fit(X, y),
    }
    for part in arguments.parts.split(","):
        measure(part, works[part], arguments.tries, arguments.seconds)


if __name__ == "__main__":
    main()
