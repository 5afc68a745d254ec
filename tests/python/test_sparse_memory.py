"""What a fit on a sparse table takes beside the table is what docs/tables.md says."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

# In a process of its own: what other tests have freed would be taken again, unseen.
SCRIPT = """
import ctypes
import sys
from pathlib import Path
import numpy as np
from scipy import sparse
from gbengine import GradientBoostingRegressor

n_rows, n_columns, density, n_values = map(float, sys.argv[1:])
random = np.random.default_rng(0)
X = sparse.random(int(n_rows), int(n_columns), density, format="csr", random_state=random)
if n_values:
    X.data = np.ceil(X.data * n_values)
y = X[:, :20] @ random.standard_normal(20) + random.standard_normal(X.shape[0])

def memory(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key + ":"))

model = GradientBoostingRegressor(n_estimators=3, n_jobs=2)
model.fit(X[:500], y[:500])
ctypes.CDLL(None).malloc_trim(0)  # freed memory would be taken again, too
Path("/proc/self/clear_refs").write_text("5")
before = memory("VmRSS")
model.fit(X, y)
taken = memory("VmHWM") - before
columns = X.tocsc()
n_distinct = [1 + len(np.unique(part)) for part in np.split(columns.data, columns.indptr[1:-1])]
print(taken, X.nnz, sum(min(n, 255) - 1 for n in n_distinct))
"""


def formula(n_rows, n_columns, n_stored, n_thresholds):
    histogram = 8 * (n_thresholds + 2 * n_columns)
    room = max(2**20, 5 * n_stored)
    histograms = room // histogram * histogram
    return (
        6 * n_stored + 8 * n_thresholds + 70 * n_rows + 120 * n_columns + max(n_stored, histograms)
    )


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="needs Linux's /proc and glibc",
)
@pytest.mark.parametrize(
    ("n_rows", "n_columns", "density", "n_values"),
    [(100_000, 5_000, 0.01, 0), (100_000, 8_000, 0.005, 2), (3_000, 20_000, 0.06, 0)],
    ids=["one histogram", "few bins", "no histogram"],
)
def test_a_fit_takes_what_the_documentation_says(n_rows, n_columns, density, n_values):
    arguments = map(str, (n_rows, n_columns, density, n_values))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=True
    )
    taken, n_stored, n_thresholds = map(int, done.stdout.split())
    expected = formula(n_rows, n_columns, n_stored, n_thresholds)
    assert expected < 1.5 * 12 * n_stored
    # On top come threads' memory, and what is left empty of the last huge page of five arrays.
    assert 6 * n_stored < taken < expected + 3e6 + 5 * 2**21
