"""What fit is given as X, read: the floats that the core takes, and what was learnt of the columns.

A BinnedDataset has been read before, and brings its own categories.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._binned_dataset import BinnedDataset
from gbengine._categorical import categorical_columns, check_set_nowhere, check_unknown
from gbengine._encoder import Encoder, learn_encoder
from gbengine._labels import row_weights
from gbengine._user_table import open_table

if TYPE_CHECKING:
    from gbengine._core import Matrix, Vector


@dataclass(frozen=True)
class TrainingTable:
    """All rows, those of weight zero too; ``weight`` is None for all ones."""

    X: "Matrix | BinnedDataset"
    weight: "Vector | None"
    names: NDArray[np.object_] | None
    encoder: Encoder

    def learnt(self) -> dict[str, Any]:
        """Give what fit learns of the columns, as fitted attributes by name."""
        learnt: dict[str, Any] = {"n_features_in_": self.X.shape[1]}
        if self.names is not None:
            learnt["feature_names_in_"] = self.names
        if self.encoder:
            learnt["_encoder"] = self.encoder
        return learnt


def read_training_table(estimator: Any, X: Any, sample_weight: Any) -> TrainingTable:
    """Check and convert the table that an estimator is to be fitted on.

    Parameters
    ----------
    estimator : estimator
        Its parameters have been checked. With ``warm_start`` its categories keep their codes.
    X : array-like, sparse matrix, data frame or BinnedDataset of shape (n_rows, n_features)
    sample_weight : array-like of shape (n_rows,) or float, or None
        Categories are those of rows of weight > 0.

    Raises
    ------
    TypeError, ValueError
        As ``open_table``, ``row_weights``, ``categorical_columns`` and ``learn_encoder``.
    """
    params = estimator._params()
    if isinstance(X, BinnedDataset):
        check_set_nowhere(
            {**params, "handle_unknown": "missing", "cat_encoding": "auto"},
            "with a BinnedDataset, which has categories of its own",
            "give it to the BinnedDataset",
        )
        weight = row_weights(sample_weight, X.shape[0])
        X.need_all_rows(weight)
        if params.get("cat_encoding") == "target":
            raise ValueError(
                "cat_encoding='target' needs the categories of each row, which a BinnedDataset has "
                "only as bins: fit on the table itself, or set cat_encoding='sets'"
            )
        read = TrainingTable(X, weight, X.feature_names_in_, X.encoder)
    else:
        table = open_table(X, type(estimator).__name__)
        weight = row_weights(sample_weight, table.shape[0])
        columns = categorical_columns(params["categorical_features"], table)
        encoder = _as_before(estimator, learn_encoder(table, columns, weight))
        # Only rows of weight zero may have other categories here.
        read = TrainingTable(encoder.encode(table), weight, table.names, encoder)
    check_unknown(params, has_categories=bool(read.encoder))
    return read


def _as_before(estimator: Any, encoder: Encoder) -> Encoder:
    """Give the encoder of the trees so far if it knows the same categories."""
    if not getattr(estimator, "warm_start", False):
        return encoder
    before: Encoder | None = estimator.__dict__.get("_encoder")
    return before if before is not None and before.difference(encoder) is None else encoder
