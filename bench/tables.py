"""Raw frames with text and gaps: test loss and time to fit, beside other libraries.

    python bench/tables.py --seeds 5 --threads 2 --markdown tables.md

gbengine gets the frame as the file has it, and its time to fit includes reading the text. The
others get what they ask for, made before the clock starts: columns of pandas' dtype "category"
(LightGBM, XGBoost, scikit-learn), text without gaps (CatBoost). Same rounds, leaves, rate, rows a
leaf; the rest is at each library's defaults, CatBoost's too (depth for as many leaves). The
libraries take turns within each split, each in a process of its own: in one process they share an
OpenMP runtime, and with it what the first of them has set. A library that refuses a set is named
with its reason.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

import machine
import real_data
import report
from libraries import LIBRARIES, OWN, Job, Settings, levels_for
from metrics import LOSS_NAME, is_classification, test_metrics
from real_data import Frame
from workers import new_worker, workers_of
from workloads import Part

SETS = (
    "movielens", "adult", "loans", "ames", "birthdays", "open_payments", "employee_salaries",
    "flights",
)  # fmt: skip
NAMES = (OWN, "lightgbm", "xgboost-leafwise", "catboost", "scikit-learn")
TEST_SHARE = 0.25
WARM_UP_ROWS = 500


@dataclass
class Results:
    """Of one library on one set, by split; or why there are none."""

    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    reason: str = ""


def as_categories(frame: Frame) -> pd.DataFrame:
    """Categorical columns as pandas' categories, taken from all rows so that splits agree."""
    return frame.X.astype(dict.fromkeys(frame.categorical, "category"))


def as_text(frame: Frame) -> pd.DataFrame:
    """Categorical columns as text without gaps."""
    X = frame.X.copy()
    for name in frame.categorical:
        X[name] = X[name].astype(object).where(X[name].notna(), "missing").astype(str)
    return X


@functools.lru_cache(maxsize=1)
def prepared(library: str, name: str) -> Frame:
    """Give the set as the library wants it."""
    frame = real_data.load_frame(name)
    if library == OWN:
        return frame
    return replace(frame, X=as_text(frame) if library == "catboost" else as_categories(frame))


def estimator_of(library: str, frame: Frame, settings: Settings, part: Part) -> Any:
    job = Job(frame.task, len(np.unique(frame.y)) if is_classification(frame.task) else 0, settings)
    if library == "catboost":
        import catboost

        is_class = is_classification(frame.task)
        kind = catboost.CatBoostClassifier if is_class else catboost.CatBoostRegressor
        return kind(
            iterations=settings.rounds,
            learning_rate=settings.rate,
            depth=levels_for(settings.leaves),
            cat_features=list(frame.categorical),
            thread_count=settings.threads,
            allow_writing_files=False,
            verbose=False,
        )
    estimator = LIBRARIES[library].estimator(job, part)
    if library == OWN and any(pd.api.types.is_numeric_dtype(frame.X[c]) for c in frame.categorical):
        estimator.set_params(categorical_features=list(frame.categorical))
    if library.startswith("xgboost"):
        estimator.set_params(enable_categorical=True)
    return estimator


def fit_once(
    library: str, name: str, settings: Settings, seed: int, n_rows: int | None = None
) -> tuple[float, float]:
    """Seconds of fit, and the test loss; on the first rows of the set alone if so told."""
    warnings.filterwarnings("ignore")
    frame = prepared(library, name)
    X, y = frame.X[:n_rows], frame.y[:n_rows]
    is_class = is_classification(frame.task)
    train, test = train_test_split(
        np.arange(len(X)), test_size=TEST_SHARE, random_state=seed, stratify=y if is_class else None
    )
    X_train, X_test = (X.iloc[np.sort(rows)] for rows in (train, test))
    y_train, y_test = (y[np.sort(rows)] for rows in (train, test))
    estimator = estimator_of(library, frame, settings, Part(X_train, y_train, None))
    begin = time.perf_counter()
    estimator.fit(X_train, y_train)
    seconds = time.perf_counter() - begin
    predicted = estimator.predict_proba(X_test) if is_class else estimator.predict(X_test)
    n_classes = len(np.unique(frame.y)) if is_class else 0
    return seconds, next(
        iter(test_metrics(frame.task, y_test, predicted, None, n_classes).values())
    )


def ask(workers: dict[str, Executor], library: str, *arguments: Any) -> Future[tuple[float, float]]:
    """Let a library's process fit, and wait for it; one that has died is replaced."""
    run = workers[library].submit(fit_once, library, *arguments)
    if isinstance(run.exception(), BrokenExecutor):
        workers[library] = new_worker()
    return run


def run_set(
    name: str, settings: Settings, workers: dict[str, Executor], seeds: int
) -> dict[str, Results]:
    results = {library: Results() for library in workers}
    for library in workers:  # a warm-up; what a library refuses is seen below
        ask(workers, library, name, settings, 0, WARM_UP_ROWS)
    libraries = list(workers)
    for seed in range(seeds):
        for k in range(len(libraries)):
            library = libraries[(seed + k) % len(libraries)]
            run = ask(workers, library, name, settings, seed)
            if (error := run.exception()) is not None:
                results[library].reason = str(error).split("\n")[0]
                continue
            seconds, loss = run.result()
            results[library].losses.append(loss)
            results[library].seconds.append(seconds)
    return results


def rows_of(name: str, task: str, results: dict[str, Results]) -> list[list[str]]:
    able = {library: r for library, r in results.items() if r.losses}
    peers = [r for library, r in able.items() if library != OWN]
    best_loss = min((float(np.mean(r.losses)) for r in peers), default=float("nan"))
    best_time = min((float(np.median(r.seconds)) for r in peers), default=float("nan"))
    rows = []
    for library, r in results.items():
        if library not in able:
            rows.append([name, library, r.reason[:80], "", "", ""])
            continue
        loss, seconds = float(np.mean(r.losses)), float(np.median(r.seconds))
        rows.append(
            [
                name,
                library,
                f"{LOSS_NAME[task]} {loss:.6g}",
                f"{loss / best_loss - 1:+.2%}",
                f"{seconds:.2f}",
                f"{seconds / best_time:.2f}x",
            ]
        )
    return rows


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sets", default=",".join(SETS), help="names (comma)")
    add("--libraries", default=",".join(NAMES))
    add("--seeds", type=int, default=5)
    add("--threads", type=int, default=machine.usable_cores())
    add("--rounds", type=int, default=100)
    add("--markdown", type=Path)
    add("--json", type=Path)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    args = parse(arguments)
    settings = Settings(rounds=args.rounds, threads=args.threads)
    names = [name for name in args.libraries.split(",") if not LIBRARIES[name].absent()]
    header = ["data set", "library", "loss", "over the best peer's", "fit s", "over the fastest's"]
    rows: list[list[str]] = []
    content: dict[str, Any] = {}
    with workers_of(names) as workers:
        for name in args.sets.split(","):
            results = run_set(name, settings, workers, args.seeds)
            found = rows_of(name, real_data.task_of(name), results)
            rows += found
            content[name] = {library: vars(r) for library, r in results.items()}
            print(report.markdown(header, found), flush=True)
            if args.markdown:
                args.markdown.write_text(report.markdown(header, rows) + "\n")
            if args.json:
                args.json.write_text(json.dumps(content, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
