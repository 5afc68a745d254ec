"""What a BinnedDataset saves when several learners are fitted on one table.

    python bench/shared_table.py [--scale 0.3] [--repeats 5]

Fits the same six learners on a generated table (higgs, 1 M x 28 at scale 1) and on a BinnedDataset
of it, in turns, and prints the median seconds of both: of all six, of the binning alone, and how
much more memory the bins take than the table. The models are compared and must be the same.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gbengine
from workloads import Part, build

LEARNERS: dict[str, Callable[[], Any]] = {
    "a tree": lambda: gbengine.DecisionTreeClassifier(max_leaf_nodes=64, tree_method="hist"),
    "a tree with deeper leaves": lambda: gbengine.DecisionTreeClassifier(
        max_depth=12, tree_method="hist"
    ),
    "boosting, 10 rounds": lambda: gbengine.GradientBoostingClassifier(n_estimators=10),
    "boosting, slower": lambda: gbengine.GradientBoostingClassifier(
        n_estimators=20, learning_rate=0.05
    ),
    "boosting, small trees": lambda: gbengine.GradientBoostingClassifier(
        n_estimators=10, max_leaf_nodes=8
    ),
    "a forest of 4 shallow trees": lambda: gbengine.RandomForestClassifier(
        4, max_depth=10, tree_method="hist", random_state=0
    ),
}


def fit_all(X: Any, y: NDArray[Any]) -> tuple[float, list[Any]]:
    """Give the seconds and the models."""
    start = time.perf_counter()
    models = [make().fit(X, y) for make in LEARNERS.values()]
    return time.perf_counter() - start, models


def measure(part: Part, repeats: int) -> None:
    """Fit in turns and print medians."""
    fresh, shared, binning = [], [], []
    fit_all(part.X[:1000], part.y[:1000])  # imports and threads
    for _ in range(repeats):
        seconds, plain = fit_all(part.X, part.y)
        fresh.append(seconds)
        start = time.perf_counter()
        data = gbengine.BinnedDataset(part.X)
        binning.append(time.perf_counter() - start)
        seconds, binned = fit_all(data, part.y)
        shared.append(binning[-1] + seconds)
        some = part.X[:10_000]
        for one, other in zip(plain, binned, strict=True):
            if not np.array_equal(one.predict_proba(some), other.predict_proba(some)):
                raise RuntimeError(f"{one} is another model on shared bins")
    before, after, once = (statistics.median(times) for times in (fresh, shared, binning))
    print(
        f"{len(LEARNERS)} learners on {part.X.shape[0]:,} x {part.X.shape[1]}: {before:.2f} s with "
        f"bins of their own, {after:.2f} s with shared ones ({after / before:.2f}x; binning once: "
        f"{once:.2f} s; bins: {data.n_bytes / 1e6:.0f} MB, table: {part.X.nbytes / 1e6:.0f} MB)"
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    measure(build("higgs", scale=arguments.scale).train, arguments.repeats)


if __name__ == "__main__":
    main()
