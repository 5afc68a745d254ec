"""The rows to train on and the rows to score: tables, labels and weights that belong together."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._binned_dataset import BinnedDataset
from gbengine._groups import read_groups
from gbengine._labels import target_column, target_rows
from gbengine._offsets import read_exposure, read_init_score

if TYPE_CHECKING:
    from gbengine._core import Matrix, Vector

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Part:
    """Rows of a table with what belongs to them.

    ``y`` is as the user gave it until the estimator has encoded it, float64 from then on, and
    (n_rows, n_targets) if there are several; no ``weight`` is zero, and None stands for all ones.
    ``exposure`` and ``init_score`` are where raw scores start, None for zero; ``groups`` are the
    numbers of groups that stay together.
    """

    X: "Matrix | BinnedDataset"
    y: Array
    weight: "Vector | None"
    exposure: "Vector | None" = None
    init_score: Array | None = None  # (n_rows, n_outputs)
    groups: Array | None = None

    def rows(self, index: Array) -> "Part":
        """Give the rows of an index or a mask; a BinnedDataset has none to give."""
        assert not isinstance(self.X, BinnedDataset)
        others = (self.weight, self.exposure, self.init_score, self.groups)
        return Part(self.X[index], self.y[index], *(x if x is None else x[index] for x in others))


@dataclass(frozen=True)
class Given:
    """Arguments of fit that belong together, as the user passed them.

    Their names end with ``suffix``: "" or "_val".
    """

    X: Any
    y: Any
    sample_weight: Any = None
    exposure: Any = None
    init_score: Any = None
    groups: Any = None
    suffix: str = ""


def make_part(
    table: "Matrix | BinnedDataset",
    given: Given,
    weight: "Vector | None",
    *,
    allows_targets: bool,
) -> Part:
    """Check y and where raw scores start, and drop the rows of weight zero.

    Parameters
    ----------
    table : ndarray or BinnedDataset of shape (n_rows, n_features)
        As read; a BinnedDataset comes without weights of zero.
    given : Given
        What belongs to these rows.
    weight : ndarray of shape (n_rows,) or None
        As read.
    allows_targets : bool
        Whether y may have several columns.
    """
    n_rows, suffix = table.shape[0], given.suffix
    part = Part(
        table,
        (target_rows if allows_targets else target_column)(given.y, n_rows, f"y{suffix}"),
        weight,
        read_exposure(given.exposure, n_rows, f"exposure{suffix}"),
        read_init_score(given.init_score, n_rows, f"init_score{suffix}"),
        read_groups(given.groups, n_rows),
    )
    if weight is None or weight.min() > 0:
        return part
    kept = part.rows(weight > 0)
    assert kept.weight is not None
    return kept if np.any(kept.weight != 1) else replace(kept, weight=None)
