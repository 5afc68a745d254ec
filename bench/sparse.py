"""Sparse tables, and short wide ones, against LightGBM: seconds and memory of fit, in turns.

    python bench/sparse.py [--tables words,normal,short,wide] [--scale 1.0] [--repeats 3]
                           [--threads 2]

- words: the words of film reviews (sst_words of the folder that real_data.py reads; left out if it
  is not there).
- normal: 100 k x 10 k with 0.5 % of the cells stored, standard normal.
- short: the same of 5 k rows.
- wide: 5 k x 10 k with all cells, standard normal.

100 rounds of 31 leaves. Each library fits in a new process each time, twice. Prints the median
seconds of all fits, and for the first and the second ones how far the peak of resident memory in
fit is above the memory before it, over the bytes of the table (Linux only).
"""

from __future__ import annotations

import argparse
import lzma
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.datasets import load_svmlight_file

from real_data import data_folder
from workers import workers_of

N_WORDS = 12587
N_COLUMNS = 10_000
N_ROWS = {"normal": 100_000, "short": 5_000, "wide": 5_000}
OWN, PEER = "gbengine", "LightGBM"


def words_path() -> Path | None:
    folder = data_folder()
    path = None if folder is None else folder / "sst_words.train.svm.xz"
    return path if path is not None and path.exists() else None


def words() -> tuple[Any, NDArray[Any]]:
    path = words_path()
    assert path is not None
    with lzma.open(path) as file:
        X, y = load_svmlight_file(file, n_features=N_WORDS, zero_based=True)
    return X, y


def normal(name: str, scale: float) -> tuple[Any, NDArray[Any]]:
    random = np.random.default_rng(0)
    shape = int(N_ROWS[name] * scale), N_COLUMNS
    if name == "wide":
        X = random.standard_normal(shape)
    else:
        X = sparse.random(
            *shape, 0.005, format="csr", random_state=random, data_rvs=random.standard_normal
        )
    y = X[:, :50] @ (3 * random.standard_normal(50)) + random.standard_normal(shape[0])
    return X, y


def estimator_of(library: str, is_classes: bool, threads: int) -> Any:
    kind = "Classifier" if is_classes else "Regressor"
    if library == OWN:
        import gbengine

        ours = getattr(gbengine, f"GradientBoosting{kind}")
        return ours(n_estimators=100, max_leaf_nodes=31, n_jobs=threads)
    import lightgbm

    theirs = getattr(lightgbm, f"LGBM{kind}")
    return theirs(n_estimators=100, num_leaves=31, n_jobs=threads, verbose=-1)


def memory(key: str) -> float:
    """Bytes of a line of /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return 1024.0 * float(line.split()[1])
    raise LookupError(key)


def n_bytes_of(X: Any) -> int:
    arrays = (X.data, X.indices, X.indptr) if sparse.issparse(X) else (X,)
    return int(sum(array.nbytes for array in arrays))


def fit_twice(library: str, name: str, scale: float, threads: int) -> list[tuple[float, float]]:
    """Give seconds, and memory above what there was over the table's, of both fits."""
    X, y = words() if name == "words" else normal(name, scale)
    found = []
    for _ in range(2):
        estimator = estimator_of(library, name == "words", threads)
        Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
        before, start = memory("VmRSS"), time.perf_counter()
        estimator.fit(X, y)
        seconds = time.perf_counter() - start
        found.append((seconds, (memory("VmHWM") - before) / n_bytes_of(X)))
    return found


def measure(name: str, scale: float, repeats: int, threads: int) -> None:
    found: dict[str, list[list[tuple[float, float]]]] = {OWN: [], PEER: []}
    for _ in range(repeats):
        for library, results in found.items():
            with workers_of([library]) as workers:
                task = workers[library].submit(fit_twice, library, name, scale, threads)
                results.append(task.result())
    print(f"{name}:")
    for library, results in found.items():
        seconds = statistics.median(fit[0] for fits in results for fit in fits)
        first, second = (statistics.median(fits[i][1] for fits in results) for i in (0, 1))
        print(
            f"  {library}: {seconds:.2f} s, {first:.2f} and {second:.2f} x the table's bytes more"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default="words,normal,short,wide")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    for name in arguments.tables.split(","):
        if name == "words" and words_path() is None:
            print("words: not there")
            continue
        measure(name, arguments.scale, arguments.repeats, arguments.threads)


if __name__ == "__main__":
    main()
