"""Cross-validation, grid search and fits side by side: time beside the plain way and LightGBM.

    python bench/selection.py --parts folds,search,together --threads 2 --repeats 3

`folds`: `gbengine.cv` beside scikit-learn's `cross_validate` of the same estimator and folds.
`search`: `GridSearchCV` of 3 x 3 settings in 5 folds, and `cross_validate` in 10, on adult, beside
the same with LightGBM; both are given numbers and columns of pandas' categories. `together`:
four fits at once, of two threads each, beside the four in a row, by joblib's threads and processes.
What is compared takes turns; each library works in a process of its own. Printed are medians of
seconds, CPU seconds too, and the median of the ratios of each turn.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_validate

import real_data
from workers import workers_of
from workloads import build

GRID = {"learning_rate": [0.05, 0.1, 0.2]}
LEAVES = [15, 31, 63]
Times = tuple[float, float]  # seconds, CPU seconds


def timed(work: Callable[[], Any]) -> Times:
    """Measure one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def compare(
    name: str, first: Callable[[], Times], other: Callable[[], Times], repeats: int
) -> None:
    """Call in turns, and print a line."""
    pairs = []
    for turn in range(repeats):
        order = (first, other) if turn % 2 == 0 else (other, first)
        found = [call() for call in order]
        pairs.append(tuple(found) if turn % 2 == 0 else (found[1], found[0]))
    text = []
    for k, unit in enumerate(("s", "CPU s")):
        one, two = (statistics.median(pair[side][k] for pair in pairs) for side in (0, 1))
        if two < 0.05 or one < 0.05:  # the work was done in other processes
            continue
        ratio = statistics.median(a[k] / b[k] for a, b in pairs)
        text.append(f"{one:.2f} / {two:.2f} {unit} = {ratio:.2f}x")
    print(f"{name}: {', '.join(text)}", flush=True)


def measure_folds(n_jobs: int, repeats: int, scale: float) -> None:
    """`gbengine.cv` beside `cross_validate`."""
    import gbengine

    frame = real_data.load_frame("adult")
    table = build("higgs", scale=scale).train
    params = {"n_jobs": n_jobs, "random_state": 0}
    boosting = gbengine.GradientBoostingClassifier
    tree = gbengine.DecisionTreeClassifier(max_depth=8, tree_method="hist", **params)
    forest = gbengine.ExtraTreesClassifier(10, max_depth=10, tree_method="hist", **params)
    adult, higgs = (frame.X, frame.y), (table.X, table.y)
    for name, estimator, (X, y) in (
        ("adult, boosting, 100 rounds", boosting(n_estimators=100, **params), adult),
        ("adult, boosting, 10 rounds", boosting(n_estimators=10, **params), adult),
        ("higgs, boosting, 100 rounds", boosting(n_estimators=100, **params), higgs),
        ("higgs, boosting, 10 rounds", boosting(n_estimators=10, **params), higgs),
        ("higgs, a tree of depth 8", tree, higgs),
        ("higgs, 10 extra trees of depth 10", forest, higgs),
    ):
        compare(
            f"cv / cross_validate, {name}",
            lambda e=estimator, X=X, y=y: timed(lambda: gbengine.cv(e, X, y)),
            lambda e=estimator, X=X, y=y: timed(
                lambda: cross_validate(e, X, y, cv=5, return_estimator=True)
            ),
            repeats,
        )


def estimator_of(library: str, n_jobs: int) -> Any:
    """Give comparable settings; a library is loaded only where it works, for OpenMP's sake."""
    if library == "gbengine":
        import gbengine

        return gbengine.GradientBoostingClassifier(n_estimators=100, n_jobs=n_jobs)
    import lightgbm

    return lightgbm.LGBMClassifier(n_estimators=100, n_jobs=n_jobs, verbose=-1)


def select(library: str, task: str, n_jobs: int) -> Times:
    """Search or validate in a process of its own; the table is read before the clock starts."""
    frame = real_data.load_frame("adult")
    X = frame.X.astype(dict.fromkeys(frame.categorical, "category"))
    estimator = estimator_of(library, n_jobs)
    clone(estimator).fit(X[:500], frame.y[:500])
    leaves = "max_leaf_nodes" if library == "gbengine" else "num_leaves"
    if task == "search":
        search = GridSearchCV(estimator, {**GRID, leaves: LEAVES}, cv=5)
        return timed(lambda: search.fit(X, frame.y))
    if task == "own cv":
        import gbengine

        return timed(lambda: gbengine.cv(estimator, X, frame.y, cv=10))
    return timed(lambda: cross_validate(estimator, X, frame.y, cv=10))


def measure_search(n_jobs: int, repeats: int) -> None:
    """GridSearchCV and cross_validate beside LightGBM's."""
    with workers_of(("gbengine", "lightgbm")) as workers:

        def call(library: str, task: str) -> Callable[[], Times]:
            return lambda: workers[library].submit(select, library, task, n_jobs).result()

        for task, peer in (
            ("search", "search"),
            ("cross_validate", "cross_validate"),
            ("own cv", "cross_validate"),
        ):
            name = {"search": "GridSearchCV 3 x 3 x 5", "own cv": "gbengine.cv, 10 folds"}
            compare(
                f"gbengine / LightGBM, adult, {name.get(task, '10 folds')}",
                call("gbengine", task),
                call("lightgbm", peer),
                repeats,
            )


def measure_together(n_jobs: int, repeats: int, scale: float) -> None:
    """Four fits at once beside the four in a row."""
    import gbengine

    table = build("higgs", scale=scale).train
    small = np.ascontiguousarray(table.X[:5000]), table.y[:5000]
    for name, X, y, rounds in (
        ("higgs", table.X, table.y, 50),
        ("5,000 rows", *small, 300),
    ):
        estimator = gbengine.GradientBoostingClassifier(n_estimators=rounds, n_jobs=n_jobs)
        for backend in ("threading", "loky"):
            with Parallel(4, backend=backend) as workers:
                workers(delayed(fit)(estimator, X[:500], y[:500]) for _ in range(4))
                compare(
                    f"4 fits at once / in a row, {n_jobs} threads each, {name}, {backend}",
                    lambda e=estimator, X=X, y=y, w=workers: timed(
                        lambda: w(delayed(fit)(e, X, y) for _ in range(4))
                    ),
                    lambda e=estimator, X=X, y=y: timed(lambda: [fit(e, X, y) for _ in range(4)]),
                    repeats,
                )


def fit(estimator: Any, X: Any, y: Any) -> int:
    """Fit a copy."""
    return int(clone(estimator).fit(X, y).n_iter_)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--parts", default="folds,search,together")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scale", type=float, default=0.3, help="of higgs: 1 M x 28")
    arguments = parser.parse_args()
    parts = arguments.parts.split(",")
    if "folds" in parts:
        measure_folds(arguments.threads, arguments.repeats, arguments.scale)
    if "search" in parts:
        measure_search(arguments.threads, arguments.repeats)
    if "together" in parts:
        measure_together(arguments.threads, arguments.repeats, arguments.scale)


if __name__ == "__main__":
    main()
