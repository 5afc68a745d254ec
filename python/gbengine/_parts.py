"""The rows to train on and the rows to score: tables, labels and weights that belong together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import train_test_split

from gbengine._binned_dataset import BinnedDataset
from gbengine._labels import target_column

if TYPE_CHECKING:
    from gbengine._core import Matrix, Vector

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Part:
    """Rows of a table with what belongs to them.

    ``y`` is as the user gave it until the estimator has encoded it, float64 from then on; no
    ``weight`` is zero, and None stands for all ones.
    """

    X: "Matrix | BinnedDataset"
    y: Array
    weight: "Vector | None"

    def rows(self, index: Array) -> "Part":
        """Give the rows of an index or a mask; a BinnedDataset has none to give."""
        assert not isinstance(self.X, BinnedDataset)
        weight = None if self.weight is None else self.weight[index]
        return Part(self.X[index], self.y[index], weight)


def make_part(
    table: "Matrix | BinnedDataset", y: Any, weight: "Vector | None", suffix: str = ""
) -> Part:
    """Check y and drop the rows of weight zero.

    Parameters
    ----------
    table : ndarray or BinnedDataset of shape (n_rows, n_features)
        As read; a BinnedDataset comes without weights of zero.
    y : array-like of shape (n_rows,)
        As the user passed it to fit.
    weight : ndarray of shape (n_rows,) or None
    suffix : {"", "_val"}
        What the arguments' names end with.
    """
    part = Part(table, target_column(y, table.shape[0], f"y{suffix}"), weight)
    if weight is None or weight.min() > 0:
        return part
    kept = part.rows(weight > 0)
    assert kept.weight is not None
    return kept if np.any(kept.weight != 1) else Part(kept.X, kept.y, None)


def split_part(
    part: Part, validation_fraction: float | int, seed: int, *, is_stratified: bool
) -> tuple[Part, Part]:
    """Set rows aside for validation, as scikit-learn's HistGradientBoosting does.

    Parameters
    ----------
    part : Part
        All rows; ``y`` is encoded.
    validation_fraction : float or int
        Share or number of the rows to set aside.
    seed : int
        The same seed gives the same split.
    is_stratified : bool
        Whether each class keeps its share on both sides.

    Returns
    -------
    (training, validation) : tuple of Part
    """
    training, validation = train_test_split(
        np.arange(len(part.y)),
        test_size=validation_fraction,
        stratify=part.y if is_stratified else None,
        random_state=seed % 2**32,
    )
    return part.rows(training), part.rows(validation)
