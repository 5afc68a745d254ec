"""Several targets: trees that they share beside trees of each one's own, and two libraries.

    python bench/multi_output.py --threads 2 --repeats 3

`demand`: the electricity demand of the next 24 half-hours from that of the days before
(elec_demand of the data folder, see real_data.py). `made`: 8 targets that are mixtures of the same
few functions. Targets are scaled to variance 1. All take the same number of rounds, leaves and
learning rate; each library works in a process of its own, and they take turns. Printed are the
median seconds of a fit and the mean squared error of rows held out, the last quarter.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import numpy as np
import pandas as pd

from real_data import data_folder
from workers import workers_of

WAYS = (
    "gbengine, separate",
    "gbengine, shared",
    "XGBoost, one_output_per_tree",
    "XGBoost, multi_output_tree",
    "CatBoost, MultiRMSE",
)
Arrays = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def demand() -> Arrays:
    """Give the demand of a day's first half as targets, and what is known before."""
    folder = data_folder()
    if folder is None:
        raise SystemExit("the table demand needs the data folder: see bench/real_data.py")
    frame = pd.read_parquet(folder / "elec_demand.parquet")
    series = frame["Demand"].to_numpy(np.float64)
    n_ahead, lags = 24, [0, 1, 2, 3, 4, 6, 8, 12, 24, 36, 47, 48, 96, 144, 288, 336]
    at = np.arange(max(lags), len(series) - n_ahead)
    known = [series[at - lag] for lag in lags]
    known += [series[at] - series[at - 48], at % 48.0, at // 48 % 7.0]
    known.append(frame["Temperature"].to_numpy(np.float64)[at])
    return np.column_stack(known), np.column_stack([series[at + k + 1] for k in range(n_ahead)])


def made(n_rows: int = 100_000, n_targets: int = 8) -> Arrays:
    """Give targets that mix the same functions of a few columns, and noise of their own."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 28))
    hidden = np.column_stack(
        [np.sin(2 * X[:, 0]), np.maximum(X[:, 1], X[:, 2]), X[:, 3] > 0.5, X[:, 4] * (X[:, 5] > 0)]
    )
    y = hidden @ rng.normal(size=(4, n_targets))
    return X, y + rng.normal(size=y.shape) * 0.5


def estimator_of(way: str, n_targets: int, n_rounds: int, n_threads: int) -> Any:
    """Give comparable settings; a library is loaded only where it works, for OpenMP's sake."""
    library, kind = way.split(", ")
    if library == "gbengine":
        import gbengine

        return gbengine.GradientBoostingRegressor(
            n_estimators=n_rounds, n_jobs=n_threads, multi_output=kind
        )
    if library == "XGBoost":
        import xgboost

        return xgboost.XGBRegressor(
            n_estimators=n_rounds,
            multi_strategy=kind,
            tree_method="hist",
            grow_policy="lossguide",
            max_leaves=31,
            max_depth=0,
            learning_rate=0.1,
            min_child_weight=20 * (n_targets if kind == "multi_output_tree" else 1),  # of their sum
            reg_lambda=0.0,
            n_jobs=n_threads,
        )
    import catboost

    return catboost.CatBoostRegressor(
        n_estimators=n_rounds,
        loss_function=kind,
        grow_policy="SymmetricTree",  # the only one that it has for several targets
        depth=5,
        learning_rate=0.1,
        thread_count=n_threads,
        verbose=False,
        allow_writing_files=False,
    )


def fit(way: str, table: str, n_rounds: int, n_threads: int) -> tuple[float, float]:
    """Fit in this process: the seconds, and the error of the rows held out."""
    X, y = demand() if table == "demand" else made()
    cut = len(X) * 3 // 4
    y = (y - y[:cut].mean(axis=0)) / y[:cut].std(axis=0)
    estimator_of(way, y.shape[1], 2, n_threads).fit(X[:500], y[:500])
    start = time.perf_counter()
    model = estimator_of(way, y.shape[1], n_rounds, n_threads).fit(X[:cut], y[:cut])
    seconds = time.perf_counter() - start
    return seconds, float(np.mean((model.predict(X[cut:]) - y[cut:]) ** 2))


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tables", default="demand,made")
    parser.add_argument("--ways", default=";".join(WAYS))
    parser.add_argument("--rounds", default="100,300")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    ways = arguments.ways.split(";")
    with workers_of(ways) as workers:
        for table in arguments.tables.split(","):
            for n_rounds in map(int, arguments.rounds.split(",")):
                found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
                for turn in range(arguments.repeats):
                    for way in ways if turn % 2 == 0 else ways[::-1]:
                        task = workers[way].submit(fit, way, table, n_rounds, arguments.threads)
                        found[way].append(task.result())
                for way in ways:
                    seconds = statistics.median(s for s, _ in found[way])
                    error = found[way][0][1]
                    print(
                        f"{table}, {n_rounds} rounds, {way}: {seconds:.2f} s, {error:.4f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
