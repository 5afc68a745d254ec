"""Which columns the trees of an ensemble were grown on, where each has its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._runtime import core
from gbengine._trees_state import array_from_file

if TYPE_CHECKING:
    from gbengine._core import ForestTrainer, Model

Array = np.ndarray[Any, Any]

COLUMN_ARRAYS = ("tree_column_begin", "tree_column")


@dataclass(frozen=True)
class TreeColumns:
    """The columns of each tree, ascending.

    Attributes
    ----------
    begin : ndarray of int64 of shape (n_trees + 1,)
        Where each tree's columns begin among those of all.
    column : ndarray of int64
    """

    begin: NDArray[np.int64]
    column: NDArray[np.int64]

    def of(self, tree: int) -> NDArray[np.int64]:
        """Give the columns of one tree."""
        return self.column[self.begin[tree] : self.begin[tree + 1]].copy()

    def followed_by(self, other: "TreeColumns") -> "TreeColumns":
        """Add further trees."""
        begin = np.concatenate([self.begin[:-1], self.begin[-1] + other.begin])
        return TreeColumns(begin, np.concatenate([self.column, other.column]))


def read_columns(trainer: "ForestTrainer", trees: range) -> TreeColumns:
    """Ask the core which columns it drew for some trees."""
    return _joined([trainer.columns_of(tree) for tree in trees])


def _joined(columns: Iterable[NDArray[np.int64]]) -> TreeColumns:
    parts = [np.zeros(0, dtype=np.int64), *columns]
    lengths = [len(part) for part in parts]
    return TreeColumns(np.cumsum(lengths, dtype=np.int64), np.concatenate(parts))


def tree_alone(model: "Model", tree: int, columns: NDArray[np.int64]) -> "Model":
    """Give one tree as a model of its own, for tables that hold the tree's columns only."""
    one = model.select([tree])
    if len(columns) == model.n_features:
        return one
    arrays = one.to_arrays()
    is_split = arrays["left_child"] >= 0
    feature = arrays["feature"].copy()
    feature[is_split] = np.searchsorted(columns, feature[is_split])
    arrays["feature"] = feature
    arrays["n_features"] = np.array([len(columns)], dtype=arrays["n_features"].dtype)
    if "n_categories" in arrays:
        arrays["n_categories"] = arrays["n_categories"][columns]
    return core.Model.from_arrays(arrays, model.link, model.aggregation)


def file_columns(columns: TreeColumns, n_features: int) -> dict[str, Array]:
    """Give these as arrays of a model file; none if each tree has all columns."""
    if np.all(np.diff(columns.begin) == n_features):
        return {}
    return dict(zip(COLUMN_ARRAYS, (columns.begin, columns.column), strict=True))


def columns_from_file(model: "Model", arrays: Mapping[str, Array]) -> TreeColumns:
    """Read them back; an error if they do not go with the trees."""
    if not any(name in arrays for name in COLUMN_ARRAYS):
        return _joined([np.arange(model.n_features)] * model.n_trees)
    begin = array_from_file(arrays, COLUMN_ARRAYS[0], np.int64, model.n_trees + 1)
    column = array_from_file(arrays, COLUMN_ARRAYS[1], np.int64)
    lengths = np.diff(begin)
    if begin[0] != 0 or begin[-1] != len(column) or lengths.min() < 1:
        raise ValueError(f"{COLUMN_ARRAYS[0]} does not cut {COLUMN_ARRAYS[1]} into runs")
    tree = np.repeat(np.arange(model.n_trees), lengths)
    place = tree * model.n_features + column
    is_inside = column.min() >= 0 and column.max() < model.n_features
    if not is_inside or np.any(np.diff(place) <= 0):
        raise ValueError(f"{COLUMN_ARRAYS[1]} does not hold ascending columns of each tree")
    nodes = model.to_arrays()
    is_split = nodes["left_child"] >= 0
    tree_of_node = np.repeat(np.arange(model.n_trees), np.diff(nodes["tree_begin"]))
    wanted = tree_of_node * model.n_features + nodes["feature"]
    if not np.isin(wanted[is_split], place).all():
        raise ValueError("a tree is split by a column that it was not grown on")
    return TreeColumns(begin, column)
