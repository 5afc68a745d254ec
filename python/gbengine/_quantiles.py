"""Quantiles from a forest whose leaves kept their training rows.

Meinshausen, "Quantile regression forests", 2006: each tree gives the rows of the leaf that x
reaches equal weights which sum to 1, and the mean over the trees weights the training targets. The
quantile is the smallest target with at least that share of the weight at or below it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = np.ndarray[Any, Any]

# Rows are answered in blocks whose weights take about 50 MB.
_MAX_WEIGHTS = 4_000_000
# Sums of weights are off by a few roundings; a quantile must not jump to the next target for that.
_TOLERANCE = 1e-10


@dataclass(frozen=True)
class LeafSamples:
    """The training rows in each node of a forest; nodes that are split have none.

    Attributes
    ----------
    offset : ndarray of int64 of shape (n_nodes + 1,)
        Begin of each node's run in the next two; nodes in the core's order.
    row : ndarray of uint32
        Position of the row in ``y``.
    mass : ndarray of float64
        How much it counts: how often it was drawn, or its weight.
    y : ndarray of float64 of shape (n_rows, n_outputs)
    """

    offset: NDArray[np.int64]
    row: NDArray[np.uint32]
    mass: NDArray[np.float64]
    y: NDArray[np.float64]

    def followed_by(self, other: "LeafSamples") -> "LeafSamples":
        """Add the nodes of further trees, whose rows are others."""
        return LeafSamples(
            np.concatenate([self.offset[:-1], self.offset[-1] + other.offset]),
            np.concatenate([self.row, other.row + np.uint32(len(self.y))]),
            np.concatenate([self.mass, other.mass]),
            np.concatenate([self.y, other.y]),
        )

    def quantiles(self, leaves: NDArray[np.int64], levels: Array) -> NDArray[np.float64]:
        """Give quantiles of the targets in leaves.

        Parameters
        ----------
        leaves : ndarray of int64 of shape (n_rows, n_trees)
            Positions among the nodes of all trees.
        levels : ndarray of float64 of shape (n_quantiles,)
            Between 0 and 1.

        Returns
        -------
        ndarray of float64 of shape (n_rows, n_outputs, n_quantiles)
        """
        n_rows, n_trees = leaves.shape
        run_lengths = np.diff(self.offset)
        total = np.add.reduceat(np.append(self.mass, 0.0), self.offset[:-1])
        weight = self.mass / np.repeat(total * n_trees, run_lengths)
        out = np.empty((n_rows, self.y.shape[1], len(levels)))
        mean_length = len(self.row) / np.count_nonzero(run_lengths)
        block = 1 + int(_MAX_WEIGHTS / (n_trees * mean_length))
        for output, y in enumerate(self.y.T):
            order = np.argsort(y, kind="stable")
            rank = np.empty(len(y), dtype=np.int64)
            rank[order] = np.arange(len(y))
            shape = (len(run_lengths), len(y))
            weights = sparse.csr_matrix((weight, rank[self.row], self.offset), shape=shape)
            for first in range(0, n_rows, block):
                rows = slice(first, first + block)
                members = one_hot(leaves[rows], len(run_lengths))
                out[rows, output] = _quantiles(members @ weights, y[order], levels)
        return out


def one_hot(leaves: NDArray[np.int64], n_nodes: int) -> Any:
    """Give a CSR matrix (n_rows, n_nodes) with a 1 for each leaf that a row reaches."""
    n_rows, n_trees = leaves.shape
    indptr = np.arange(n_rows + 1) * n_trees
    ones = np.ones(leaves.size)
    return sparse.csr_matrix((ones, leaves.ravel(), indptr), shape=(n_rows, n_nodes))


def _quantiles(weights: Any, ascending_y: Array, levels: Array) -> NDArray[np.float64]:
    """Give quantiles of rows of weights whose columns are in the order of y."""
    weights.sort_indices()
    first, last = weights.indptr[:-1], weights.indptr[1:] - 1
    sums = np.cumsum(weights.data)
    before = np.where(first > 0, sums[first - 1], 0.0)
    wanted = before[:, np.newaxis] + levels - _TOLERANCE
    entry = np.searchsorted(sums, wanted)
    entry = np.clip(entry, first[:, np.newaxis], last[:, np.newaxis])
    quantiles: NDArray[np.float64] = ascending_y[weights.indices[entry]]
    return quantiles


def check_levels(quantiles: Any) -> NDArray[np.float64]:
    """Read the argument ``quantiles`` of predict.

    Raises
    ------
    ValueError
        If it is not a flat list of numbers between 0 and 1.
    """
    levels = np.asarray(quantiles)
    are_numbers = levels.ndim == 1 and len(levels) > 0 and levels.dtype.kind in "iuf"
    if not are_numbers or not np.all((levels >= 0) & (levels <= 1)):
        raise ValueError(f"quantiles must be a list of numbers between 0 and 1, got {quantiles!r}")
    return levels.astype(np.float64)
