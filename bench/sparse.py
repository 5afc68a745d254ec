"""Sparse tables against LightGBM: seconds and memory of fit, in turns.

    python bench/sparse.py [--scale 1.0] [--repeats 3] [--threads 2]

Two tables: 100 k x 10 k with 0.5 % of the cells stored, standard normal, and the words of film
reviews (sst_words of the folder that real_data.py reads; left out if it is not there). 100 rounds
of 31 leaves. Prints medians: seconds of fit, and how far the peak of resident memory in fit is
above the memory before it, over the bytes of the CSR table (Linux only).
"""

from __future__ import annotations

import argparse
import lzma
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.datasets import load_svmlight_file

import gbengine
from real_data import data_folder

N_WORDS = 12587
Table = tuple[Any, NDArray[Any], bool]


def normal(scale: float) -> Table:
    random = np.random.default_rng(0)
    X = sparse.random(
        int(100_000 * scale),
        10_000,
        0.005,
        format="csr",
        random_state=random,
        data_rvs=random.standard_normal,
    )
    y = X[:, :50] @ (3 * random.standard_normal(50)) + random.standard_normal(X.shape[0])
    return X, y, False


def words() -> Table | None:
    folder = data_folder()
    path = None if folder is None else folder / "sst_words.train.svm.xz"
    if path is None or not path.exists():
        return None
    with lzma.open(path) as file:
        X, y = load_svmlight_file(file, n_features=N_WORDS, zero_based=True)
    return X, y, True


def makers(is_classes: bool, threads: int) -> dict[str, Callable[[], Any]]:
    kind = "Classifier" if is_classes else "Regressor"
    ours, theirs = getattr(gbengine, f"GradientBoosting{kind}"), getattr(lightgbm, f"LGBM{kind}")
    return {
        "gbengine": lambda: ours(n_estimators=100, max_leaf_nodes=31, n_jobs=threads),
        "LightGBM": lambda: theirs(n_estimators=100, num_leaves=31, n_jobs=threads, verbose=-1),
    }


def memory(key: str) -> float:
    """Bytes of a line of /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return 1024.0 * float(line.split()[1])
    raise LookupError(key)


def fit(make: Callable[[], Any], X: Any, y: NDArray[Any]) -> tuple[float, float]:
    """Give seconds, and bytes above what there was."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
    before, start = memory("VmRSS"), time.perf_counter()
    make().fit(X, y)
    return time.perf_counter() - start, memory("VmHWM") - before


def measure(name: str, table: Table, repeats: int, threads: int) -> None:
    X, y, is_classes = table
    n_bytes = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    print(f"{name}: {X.shape[0]} x {X.shape[1]}, {X.nnz} stored, {n_bytes / 1e6:.1f} MB of CSR")
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(repeats):
        for library, make in makers(is_classes, threads).items():
            found.setdefault(library, []).append(fit(make, X, y))
    for library, pairs in found.items():
        seconds, extra = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"  {library}: {seconds:.2f} s, {extra / n_bytes:.2f} x the CSR's bytes more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    found = words()
    if found is not None:
        measure("words", found, arguments.repeats, arguments.threads)
    measure("normal", normal(arguments.scale), arguments.repeats, arguments.threads)


if __name__ == "__main__":
    main()
