"""The rows that cross-validation parts: table, targets and weights, taken by position."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from gbengine._binned_dataset import BinnedDataset
from gbengine._frames import as_eager, as_frame
from gbengine._labels import row_weights
from gbengine._series import as_plain

if TYPE_CHECKING:
    from gbengine._core import Vector


@dataclass(frozen=True)
class CvRows:
    """All rows; ``weight`` is None for all ones, and ``X`` as the user gave it."""

    X: Any
    y: NDArray[Any]
    weight: "Vector | None"

    @classmethod
    def read(cls, X: Any, y: Any, sample_weight: Any) -> "CvRows":
        """Check that there are rows, and as many of y and weights; fit checks the rest.

        Raises
        ------
        TypeError
            If X is a BinnedDataset.
        ValueError
            If the numbers of rows differ.
        """
        if isinstance(X, BinnedDataset):
            raise TypeError(
                "X is a BinnedDataset, which cannot be predicted on: give cv the table itself, "
                "which it puts into bins once"
            )
        X = as_eager(X)
        if issparse(X):
            X = X.tocsr()
        y = np.asarray(as_plain(y, "y"))
        n_rows = _count(X)
        if y.ndim == 0 or len(y) != n_rows:
            raise ValueError(f"y must have {n_rows} rows as X has, got shape {y.shape}")
        return cls(X, y, row_weights(sample_weight, n_rows))

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    def table(self, rows: NDArray[np.int64]) -> Any:
        """Give rows of X, of the same type."""
        if nw.dependencies.is_into_dataframe(self.X):
            return as_frame(self.X)[rows, :].to_native()
        if isinstance(self.X, list | tuple):
            return [self.X[row] for row in rows]
        return self.X[rows]

    def weights(self, rows: NDArray[np.int64]) -> "Vector | None":
        """Give the weights of rows; None for all ones."""
        return None if self.weight is None else self.weight[rows]

    def validation(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """Give rows as the arguments of fit that are watched by early stopping."""
        return {
            "X_val": self.table(rows),
            "y_val": self.y[rows],
            "sample_weight_val": self.weights(rows),
        }


def _count(X: Any) -> int:
    try:
        n_rows = int(X.shape[0]) if hasattr(X, "shape") else len(X)
    except (TypeError, IndexError) as error:
        raise ValueError(f"X of type {type(X).__name__} has no rows") from error
    if n_rows < 2:
        raise ValueError(f"X has {n_rows} rows: cross-validation needs at least 2")
    return n_rows
