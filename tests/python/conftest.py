"""What all tests share: the twins' import path, and real data where it is to be found."""

import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn

# Before SciPy is imported: without it scikit-learn skips its array API checks.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

# Version of scikit-learn, (major, minor): 1.7 does some things otherwise than we and later ones.
SKLEARN = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests"))  # the package `naive`


def _data_folder() -> Path:
    return Path(os.environ.get("GBENGINE_DATA", REPO.parent / "shared" / "data"))


@dataclass(frozen=True)
class RealData:
    """One data set: numeric columns as they are, text ordinally encoded, NaN for missing."""

    name: str
    task: str
    X: pd.DataFrame
    y: np.ndarray[Any, Any]


def load_real_data(name: str) -> RealData:
    """Read a parquet set of the data folder's index; skips the test if it is not there."""
    folder = _data_folder()
    index = folder / "index.json"
    if not index.is_file():
        pytest.skip(f"no real data: {index} does not exist (set GBENGINE_DATA to their folder)")
    row = next(row for row in json.loads(index.read_text()) if row["name"] == name)
    table = pd.read_parquet(folder / row["file"])
    table = table.dropna(subset=[row["target"]])
    X = table.drop(columns=[row["target"], *row.get("drop", [])])
    y = table[row["target"]].to_numpy()
    for column in X.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in X.dtypes]]:
        codes = pd.Categorical(X[column]).codes.astype(np.float64)
        X[column] = np.where(codes < 0, np.nan, codes)
    return RealData(name, row["task"], X.astype(np.float64), y)


@pytest.fixture(scope="session")
def real_data() -> Any:
    """A function from a name to a RealData, read once."""
    known: dict[str, RealData] = {}

    def load(name: str) -> RealData:
        if name not in known:
            known[name] = load_real_data(name)
        return known[name]

    return load


@dataclass(frozen=True)
class Problem:
    """A small training set with missing values, infinities and weights."""

    X: np.ndarray[Any, np.dtype[np.float64]]
    y: np.ndarray[Any, Any]
    weight: np.ndarray[Any, np.dtype[np.float64]]


def make_problem(kind: str, n_rows: int = 600, n_features: int = 6, seed: int = 0) -> Problem:
    """Make a problem: kind is "regression", "binary" or "multiclass".

    Values of X fit in float32, so that both widths can be compared.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features)).astype(np.float32).astype(np.float64)
    signal = X[:, 0] + np.sin(2 * X[:, 1]) + X[:, 2] * (X[:, 3] > 0)
    signal += 0.3 * rng.normal(size=n_rows)
    X[rng.random(X.shape) < 0.05] = np.nan
    X[rng.random(X.shape) < 0.005] = np.inf
    X[rng.random(X.shape) < 0.005] = -np.inf
    weight = rng.random(n_rows) + 0.5
    if kind == "regression":
        return Problem(X, signal, weight)
    n_classes = 2 if kind == "binary" else 4
    cuts = np.quantile(signal, np.arange(1, n_classes) / n_classes)
    return Problem(X, np.array(["red", "green", "blue", "teal"])[np.digitize(signal, cuts)], weight)


@pytest.fixture(scope="session", params=["regression", "binary", "multiclass"])
def problem(request: pytest.FixtureRequest) -> Problem:
    """Each kind of problem in turn."""
    return make_problem(request.param)


def estimator_for(problem: Problem, **params: Any) -> Any:
    """Make the estimator that fits the problem, small enough for a quick test."""
    import gbengine

    params = {"n_estimators": 12, "max_leaf_nodes": 8, **params}
    if problem.y.dtype.kind == "f":
        return gbengine.GradientBoostingRegressor(**params)
    return gbengine.GradientBoostingClassifier(**params)


def raw_scores(estimator: Any, X: Any) -> Any:
    """The numbers behind the predictions: exact where labels would hide a difference."""
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(X)
    return estimator.predict(X)


@pytest.fixture
def answers_ctrl_c():
    """Python's own handler: whoever started the tests in the background had SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
