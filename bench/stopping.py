"""Early stopping beside fixed numbers of rounds, on rows that neither has seen.

    python bench/stopping.py --threads 2

`flights` by time: fits on the days before a day, scores the 60 days from it; early stopping watches
the last tenth of the rows before. `nlswork` by person: fits on four fifths of the persons, scores
the others; early stopping watches a tenth of the rows, whole persons. Both with gbengine's defaults
but for the number of rounds. A line for each split: the loss after each fixed number of rounds of a
fit on all the rows before, then that of early stopping, of early stopping with all rows refitted,
and their rounds. Last the means, and how much worse than the best fixed number of rounds they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss, mean_squared_error

import gbengine
import real_data

ROUNDS = (25, 50, 100, 200, 400)
MOST_ROUNDS = 2000
DAYS = (180, 240, 300)
SEEDS = range(5)


class Split:
    """Rows to fit on, in order, rows to score, and how early stopping sets rows aside."""

    def __init__(self, name: str, table: Any, rows: Any, **stopping: Any) -> None:
        X, y = table
        training, test = rows
        self.name = name
        self.X, self.y = X.iloc[training], y[training]
        self.X_test, self.y_test = X.iloc[test], y[test]
        self.stopping = stopping


def flights_by_time() -> Iterator[Split]:
    """Fit on all days before a day, score the 60 days from it."""
    frame = real_data.load_frame("flights")
    order = np.argsort(frame.X["day_index"].to_numpy(), kind="stable")
    X, y = frame.X.iloc[order], frame.y[order]
    day = X["day_index"].to_numpy()
    X = X.drop(columns="day_index")  # trees cannot go on beyond the days that they know
    for first in DAYS:
        rows = np.flatnonzero(day < first), np.flatnonzero((day >= first) & (day < first + 60))
        yield Split(f"flights, day {first}", (X, y), rows, params={"validation_split": "time"})


def nlswork_by_person() -> Iterator[Split]:
    """Fit on four fifths of the persons, score the others."""
    frame, person = real_data.load_frame("nlswork"), real_data.load("nlswork").group
    persons = np.unique(person)
    for seed in SEEDS:
        drawn = np.random.default_rng(seed).permutation(persons)[: len(persons) // 5]
        is_test = np.isin(person, drawn)
        rows = np.flatnonzero(~is_test), np.flatnonzero(is_test)
        groups = {"validation_groups": person[~is_test]}
        yield Split(f"nlswork, seed {seed}", (frame.X, frame.y), rows, fit=groups)


def losses_of(split: Split, n_jobs: int) -> tuple[list[float], list[int]]:
    """Fit, and give the losses by kind, and the rounds of the last two."""
    is_binary = len(np.unique(split.y)) == 2
    kind = gbengine.GradientBoostingClassifier if is_binary else gbengine.GradientBoostingRegressor
    fixed = kind(n_estimators=ROUNDS[-1], n_jobs=n_jobs).fit(split.X, split.y)
    predict = "predict_proba" if is_binary else "predict"
    stages = enumerate(getattr(fixed, f"staged_{predict}")(split.X_test), start=1)
    loss = log_loss if is_binary else mean_squared_error
    found = [float(loss(split.y_test, p)) for n, p in stages if n in ROUNDS]
    rounds = []
    for refits in (False, True):
        params = {"early_stopping": True, "refit_after_stopping": refits, "random_state": 0}
        params |= split.stopping.get("params", {})
        model = kind(n_estimators=MOST_ROUNDS, n_jobs=n_jobs, **params)
        model.fit(split.X, split.y, **split.stopping.get("fit", {}))
        found.append(float(loss(split.y_test, getattr(model, predict)(split.X_test))))
        rounds.append(model.n_iter_)
    return found, rounds


def measure(splits: Iterator[Split], n_jobs: int) -> None:
    """Print a line for each split, and the means."""
    losses: list[list[float]] = []
    for split in splits:
        found, rounds = losses_of(split, n_jobs)
        losses.append(found)
        print(f"{split.name}: {shown(found)} ({rounds[0]} and {rounds[1]} rounds)", flush=True)
    means = np.mean(losses, axis=0)
    best = means[: len(ROUNDS)].min()
    worse = ", ".join(f"{100 * (mean / best - 1):+.2f} %" for mean in means[len(ROUNDS) :])
    print(f"mean: {shown(means)}; beside the best fixed: {worse}", flush=True)


def shown(losses: list[float] | NDArray[np.float64]) -> str:
    """Write the losses by kind."""
    kinds = [*map(str, ROUNDS), "stopped", "refitted"]
    return ", ".join(f"{kind} {loss:.5f}" for kind, loss in zip(kinds, losses, strict=True))


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sets", default="flights,nlswork")
    arguments = parser.parse_args()
    sets = arguments.sets.split(",")
    if "flights" in sets:
        measure(flights_by_time(), arguments.threads)
    if "nlswork" in sets:
        measure(nlswork_by_person(), arguments.threads)


if __name__ == "__main__":
    main()
