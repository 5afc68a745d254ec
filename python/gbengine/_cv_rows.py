"""The rows that cross-validation parts: table, targets and what belongs to them, by position."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from gbengine._binned_dataset import BinnedDataset
from gbengine._frames import as_eager, as_frame
from gbengine._groups import read_groups
from gbengine._labels import row_weights
from gbengine._offsets import read_exposure, read_init_score
from gbengine._series import as_plain

if TYPE_CHECKING:
    from gbengine._core import Vector


@dataclass(frozen=True)
class CvRows:
    """All rows; ``weight`` is None for all ones, and ``X`` as the user gave it.

    ``others`` are further arguments of fit that have a value for each row, by name.
    """

    X: Any
    y: NDArray[Any]
    weight: "Vector | None"
    others: Mapping[str, NDArray[Any]]

    @classmethod
    def read(cls, X: Any, y: Any, sample_weight: Any, **others: Any) -> "CvRows":
        """Check that there are rows, and as many of all else; fit checks the rest.

        Parameters
        ----------
        X, y, sample_weight : object
        **others : object
            ``exposure``, ``init_score`` and ``validation_groups``; None for nothing.

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
        weight = row_weights(sample_weight, n_rows)
        known = {name: _READERS[name](value, n_rows) for name, value in others.items()}
        return cls(X, y, weight, {name: x for name, x in known.items() if x is not None})

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

    def for_fit(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """Give what belongs to rows as arguments of fit by name."""
        known = {name: values[rows] for name, values in self.others.items()}
        return {"sample_weight": self.weights(rows), **known}

    def validation(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """Give rows as the arguments of fit that are watched by early stopping."""
        known = self.for_fit(rows)
        known.pop("validation_groups", None)
        known = {f"{name}_val": values for name, values in known.items()}
        return {"X_val": self.table(rows), "y_val": self.y[rows], **known}


_READERS: Mapping[str, Callable[[Any, int], Any]] = {
    "exposure": read_exposure,
    "init_score": read_init_score,
    "validation_groups": read_groups,
}


def _count(X: Any) -> int:
    try:
        n_rows = int(X.shape[0]) if hasattr(X, "shape") else len(X)
    except (TypeError, IndexError) as error:
        raise ValueError(f"X of type {type(X).__name__} has no rows") from error
    if n_rows < 2:
        raise ValueError(f"X has {n_rows} rows: cross-validation needs at least 2")
    return n_rows
