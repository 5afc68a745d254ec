"""Child process of compare.py: one fit of one library, measured. Not called by hand.

`python bench/measure.py FOLDER LIBRARY RESULT.json SETTINGS_JSON`: FOLDER holds the arrays that
Workload.save wrote; the environment already limits the threads. Writes one flat JSON object.

- Seconds and CPU seconds go from the call of `fit` with a NumPy array to its return: conversion
  and binning included, import not. A fit of a few hundred rows goes before it, so that lazy imports
  and the start of thread pools are not part of the measurement. A fit of less than 0.3 s is done
  again, up to a second in all, and the median taken.
- Extra memory: just before `fit` the kernel's mark of peak resident memory is reset (5 written
  to /proc/self/clear_refs sets VmHWM to VmRSS); after it, VmHWM minus the resident memory before.
  X and y are in memory before and so do not count; every copy of them does. Without /proc: growth
  of getrusage's ru_maxrss, which misses what stays below an earlier peak.
- Others: CPU seconds of the whole machine minus our own, per second of fit.
"""

from __future__ import annotations

import ctypes
import gc
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from libraries import LIBRARIES, Job, Library, Settings
from machine import busy_seconds
from metrics import test_metrics
from workloads import Part, load_part

WARM_UP_ROWS = 500
BATCH_SECONDS, BATCH_MIN, BATCH_MAX = 1.0, 3, 200
ROW_SECONDS, ROW_MIN, ROW_MAX = 0.5, 50, 3000
BRIEF_SECONDS, BRIEF_BUDGET = 0.3, 1.0


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _status_mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise OSError(f"no {field} in /proc/self/status")


class PeakMemory:
    """Extra resident memory between `start` and `extra_mb`; `method` says how it was found."""

    method: str

    def start(self) -> None:
        gc.collect()
        # Give freed memory back, else the library would reuse it unseen; glibc only.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        try:
            Path("/proc/self/clear_refs").write_text("5")
            self._before, self.method = _status_mb("VmRSS"), "VmHWM reset"
        except OSError:
            self._before, self.method = self._max_rss_mb(), "ru_maxrss growth"

    def extra_mb(self) -> float:
        after = _status_mb("VmHWM") if self.method == "VmHWM reset" else self._max_rss_mb()
        return after - self._before

    @staticmethod
    def _max_rss_mb() -> float:
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def warm_up(library: Library, job: Job, part: Part) -> None:
    """Two rounds on a few rows that hold every class."""
    rows = np.argsort(part.y, kind="stable")
    rows = rows[np.linspace(0, rows.size - 1, min(rows.size, WARM_UP_ROWS)).astype(np.int64)]
    y = part.y[rows]
    if job.n_classes:
        y = np.unique(y, return_inverse=True)[1]
    few = Part(part.X[rows], y, None if part.weight is None else part.weight[rows])
    s = job.settings
    brief = Settings(2, s.leaves, s.rate, s.bins, s.min_samples_leaf, s.threads)
    model = library.estimator(Job(job.task, job.n_classes, brief), few)
    library.fit(model, few)
    library.predict(model, few.X, job)


def median_seconds(call: Callable[[int], Any], budget: float, least: int, most: int) -> float:
    """Median over calls 0, 1, 2, … until the budget is used up."""
    call(0)
    times: list[float] = []
    end = time.perf_counter() + budget
    while len(times) < least or (time.perf_counter() < end and len(times) < most):
        begin = time.perf_counter()
        call(len(times))
        times.append(time.perf_counter() - begin)
    return float(np.median(times))


def timed_fit(library: Library, estimator: Any, part: Part) -> dict[str, float | None]:
    busy_before, cpu_before, begin = busy_seconds(), cpu_seconds(), time.perf_counter()
    library.fit(estimator, part)
    wall = time.perf_counter() - begin
    cpu, busy_after = cpu_seconds() - cpu_before, busy_seconds()
    others = None
    if busy_before is not None and busy_after is not None and wall > 0.1:  # /proc/stat has 10 ms
        others = max(0.0, (busy_after - busy_before - cpu) / wall)
    return {"fit_s": wall, "cpu_s": cpu, "others_cores": others}


def measure_fit(library: Library, job: Job, part: Part) -> tuple[Any, dict[str, Any]]:
    """The estimator of the first fit, and the figures."""
    estimator = library.estimator(job, part)
    memory = PeakMemory()
    memory.start()
    fits = [timed_fit(library, estimator, part)]
    extra_mb = memory.extra_mb()
    first, spent = fits[0]["fit_s"] or 0.0, 0.0
    while first < BRIEF_SECONDS and spent < BRIEF_BUDGET:
        fits.append(timed_fit(library, library.estimator(job, part), part))
        spent += fits[-1]["fit_s"] or 0.0
    figures: dict[str, Any] = {
        key: float(np.median([fit[key] for fit in fits])) for key in ("fit_s", "cpu_s")
    }
    others = fits[0]["others_cores"]
    return estimator, figures | {
        "others_cores": others, "extra_mb": extra_mb, "memory_method": memory.method
    }  # fmt: skip


def measure_predict(
    library: Library, estimator: Any, X: NDArray[np.float32], job: Job
) -> dict[str, float]:
    batch = median_seconds(
        lambda _: library.predict(estimator, X, job), BATCH_SECONDS, BATCH_MIN, BATCH_MAX
    )
    rows = [X[i : i + 1] for i in range(min(len(X), 256))]
    quick_call = library.row_call(estimator, job)
    first = np.ravel(quick_call(rows[0]))[-1]  # also for binary: (1,) or (1, 2)
    expected = np.ravel(library.predict(estimator, rows[0], job))[-1]
    if not np.isclose(first, expected, rtol=1e-4, atol=1e-6):
        raise RuntimeError(f"one-row call gives {first}, predict gives {expected}")
    row = median_seconds(
        lambda i: library.predict(estimator, rows[i % len(rows)], job),
        ROW_SECONDS, ROW_MIN, ROW_MAX,
    )  # fmt: skip
    quick = median_seconds(lambda i: quick_call(rows[i % len(rows)]), ROW_SECONDS, ROW_MIN, ROW_MAX)
    return {"batch_us": batch / len(X) * 1e6, "row_us": row * 1e6, "row_quick_us": quick * 1e6}


def run(folder: Path, library: Library, settings: Settings, is_cold: bool) -> dict[str, Any]:
    facts = json.loads((folder / "facts.json").read_text())
    job = Job(facts["task"], facts["n_classes"], settings)
    train = load_part(folder, "train")
    if not is_cold:
        warm_up(library, job, train)
    estimator, result = measure_fit(library, job, train)

    test = load_part(folder, "test")
    predicted = np.asarray(library.predict(estimator, test.X, job))
    metrics = test_metrics(job.task, test.y, predicted, test.weight, job.n_classes)
    result["metrics"] = metrics
    result["loss"] = next(iter(metrics.values()))
    return result | measure_predict(library, estimator, test.X, job)


def main(arguments: list[str]) -> None:
    folder, name, result_path, options_json = arguments
    warnings.simplefilter("ignore")  # feature-name notes of the one-row calls
    options = json.loads(options_json)
    is_cold = options.pop("cold")
    result = run(Path(folder), LIBRARIES[name], Settings(**options), is_cold)
    Path(result_path).write_text(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
