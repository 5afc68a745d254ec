"""The real data sets of the data folder, as arrays, and as the files have them.

Example: `table = load("adult"); train, test = split(table, seed=0)`.

The folder (`index.json` and one file a set) is `$GBENGINE_DATA`, or `shared/data` beside the
repository. Categorical columns become the place of the value in sorted order (missing: NaN), the
same codes for every library, none of which is told that they are categories. A set that no
objective here fits, or that needs a sparse matrix, is left out with a reason.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, StratifiedShuffleSplit

from metrics import Task, is_classification
from workloads import Part, Workload

TEST_SHARE = 0.2
DENSE_LIMIT = 1 << 30  # bytes of float32 cells

TASKS: dict[str, Task] = {
    "binary": "binary",
    "multiclass": "multiclass",
    "regression": "regression",
    "count": "poisson",
}
# Amounts that are zero or heavy-tailed: the positive ones are modelled with the gamma loss.
POSITIVE_GAMMA = {"eu_health"}


@dataclass(frozen=True)
class Table:
    name: str
    task: Task
    n_classes: int
    X: NDArray[np.float32]
    y: NDArray[Any]
    weight: NDArray[np.float64] | None  # exposure of a count; y is then the count per exposure
    group: NDArray[Any] | None  # rows of one group stay on one side of a split


@dataclass(frozen=True)
class Frame:
    """A set before anything is made of its columns."""

    name: str
    task: Task
    X: pd.DataFrame
    y: NDArray[Any]
    categorical: tuple[str, ...]


def data_folder() -> Path | None:
    named = os.environ.get("GBENGINE_DATA")
    if named:
        if not (Path(named) / "index.json").is_file():
            raise ValueError(f"GBENGINE_DATA={named} holds no index.json")
        return Path(named)
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return beside if (beside / "index.json").is_file() else None


def _index() -> dict[str, dict[str, Any]]:
    folder = data_folder()
    if folder is None:
        return {}
    return {entry["name"]: entry for entry in json.loads((folder / "index.json").read_text())}


def _reason_against(entry: dict[str, Any]) -> str | None:
    if entry["task"] not in TASKS:
        return f"no objective here fits {entry['task']}"
    if 4 * entry["rows"] * entry["columns"] > DENSE_LIMIT:
        return "needs a sparse matrix"
    return None


def usable() -> list[str]:
    return [name for name, entry in _index().items() if _reason_against(entry) is None]


def left_out() -> dict[str, str]:
    reasons = {name: _reason_against(entry) for name, entry in _index().items()}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def _codes(column: pd.Series[Any]) -> NDArray[np.float32]:
    codes, _ = pd.factorize(column.astype("object"), sort=True)
    return np.where(codes < 0, np.float32("nan"), codes).astype(np.float32)


def _features(frame: pd.DataFrame, categorical: list[str]) -> NDArray[np.float32]:
    X = np.empty(frame.shape, dtype=np.float32, order="C")
    for j, name in enumerate(frame.columns):
        column = frame[name]
        is_number = pd.api.types.is_numeric_dtype(column) and name not in categorical
        X[:, j] = column.to_numpy(np.float32, na_value=np.nan) if is_number else _codes(column)
    return X


def _load_arrays(entry: dict[str, Any], path: Path) -> Table:
    with np.load(path) as arrays:
        X, y = arrays["X"].astype(np.float32), arrays["y"]
    labels, classes = pd.factorize(y, sort=True)
    return Table(entry["name"], "binary", len(classes), np.ascontiguousarray(X), labels, None, None)


def _entry(name: str) -> tuple[dict[str, Any], Path]:
    """What the index says of a set, and its file."""
    index, folder = _index(), data_folder()
    if name not in index or folder is None:
        raise ValueError(f"no data set {name!r}; known: {', '.join(index) or 'none'}")
    entry = index[name]
    reason = _reason_against(entry)
    if reason is not None:
        raise ValueError(f"data set {name}: {reason}")
    return entry, folder / entry["file"]


def _feature_columns(entry: dict[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    not_features = {entry["target"], *entry.get("drop", [])}
    not_features |= {entry[key] for key in ("group", "exposure") if key in entry}
    return frame.drop(columns=list(not_features))


def task_of(name: str) -> str:
    """What is to be learnt from a set."""
    return TASKS[_entry(name)[0]["task"]]


def load_frame(name: str) -> Frame:
    """A set as the file has it, columns of text and gaps and all."""
    entry, path = _entry(name)
    frame = pd.read_parquet(path)
    task = TASKS[entry["task"]]
    target = frame[entry["target"]]
    y = pd.factorize(target, sort=True)[0] if is_classification(task) else target.to_numpy(float)
    return Frame(name, task, _feature_columns(entry, frame), y, tuple(entry["categorical"]))


def load(name: str) -> Table:
    entry, path = _entry(name)
    if path.suffix == ".npz":
        return _load_arrays(entry, path)

    frame = pd.read_parquet(path)
    task = TASKS[entry["task"]]
    if name in POSITIVE_GAMMA:
        task = "gamma"
        frame = frame[frame[entry["target"]] > 0].reset_index(drop=True)
    group = frame[entry["group"]].to_numpy() if "group" in entry else None
    X = _features(_feature_columns(entry, frame), entry["categorical"])

    target = frame[entry["target"]]
    if is_classification(task):
        y, classes = pd.factorize(target, sort=True)
        return Table(name, task, len(classes), X, y.astype(np.int64), None, group)
    y = target.to_numpy(np.float64)
    weight = None
    if "exposure" in entry:
        # Poisson with exposure e: the rate y / e with weight e has the same likelihood.
        weight = frame[entry["exposure"]].to_numpy(np.float64)
        y = y / weight
    return Table(name, task, 0, X, y, weight, group)


def _take(table: Table, rows: NDArray[np.int64]) -> Part:
    weight = None if table.weight is None else table.weight[rows]
    return Part(np.ascontiguousarray(table.X[rows]), table.y[rows], weight)


def split(table: Table, seed: int, share: float = 1.0) -> tuple[Part, Part]:
    """Train and test rows at random (by class, or whole groups); of both only a `share`."""
    if table.group is not None:
        splitter: Any = GroupShuffleSplit(1, test_size=TEST_SHARE, random_state=seed)
    elif is_classification(table.task):
        splitter = StratifiedShuffleSplit(1, test_size=TEST_SHARE, random_state=seed)
    else:
        splitter = ShuffleSplit(1, test_size=TEST_SHARE, random_state=seed)
    train, test = next(splitter.split(table.X, table.y, table.group))
    if share < 1.0:
        train, test = (rows[: max(100, round(share * len(rows)))] for rows in (train, test))
    return _take(table, train), _take(table, test)


def workload(name: str, scale: float = 1.0) -> Workload:
    table = load(name)
    train, test = split(table, seed=0, share=min(scale, 1.0))
    return Workload(name, table.task, table.n_classes, train, test, "real, 20 % held out")
