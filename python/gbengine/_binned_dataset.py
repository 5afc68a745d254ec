"""A table put into bins once, for several fits."""

from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._categorical import FROM_DTYPE, categorical_columns
from gbengine._config import thread_count
from gbengine._encoder import Encoder, learn_encoder
from gbengine._labels import row_weights
from gbengine._runtime import core
from gbengine._user_table import UserTable, open_table

if TYPE_CHECKING:
    from gbengine._core import Matrix, Table, Vector

_LEAST_BINS, _MOST_BINS = 2, 255
# Of a frame that are there as floats; several, so that threads have a column each.
_COLUMNS_AT_A_TIME = 4


class BinnedDataset:
    """A training table whose columns are in bins already.

    ``fit`` of every estimator that grows trees for a target takes it in place of X: single trees,
    forests, extra trees, bagging, AdaBoost, gradient boosting. Finding the bins is a part of each
    fit, and the same for all of them: with this it is done once, and the bins, one byte a cell,
    are shared by any number of fits, also at the same time. Fitting on it gives the same model,
    bit for bit, as fitting on X by bins, with the same ``sample_weight``.

    Parameters
    ----------
    X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        Numbers, bools and categories. NaN and null are missing values, infinities are ordinary
        ones.
    sample_weight : array-like of shape (n_rows,) or float, default=None
        Weights > 0 that say where the bins lie: of each column, bins hold the same weight where
        they can. Give here what ``fit`` is given, which may also differ.
    max_bins : int in [2, 255], default=255
        Most bins of a column, not counting the one for missing values. That of the estimator must
        be the same.
    n_jobs : int or None, default=None
        Number of threads; None for all usable cores. The bins are the same for any number.
    categorical_features : array-like of str, int or bool, "from_dtype" or None, \
            default="from_dtype"
        Which columns hold categories, as of the estimators, which then are to have the default.

    Attributes
    ----------
    shape : tuple of int
        (n_rows, n_features) of X.
    max_bins : int
        As given.
    n_bytes : int
        Memory that the bins take.
    feature_names_in_ : ndarray of str of shape (n_features,) or None
        Names of the columns, if all are strings.
    is_categorical_ : ndarray of bool of shape (n_features,) or None
        Which columns hold categories; None if none does.
    encoder : Encoder
        The categories, for the estimators.

    Raises
    ------
    ValueError
        Naming the argument, its value, and what is allowed.
    TypeError
        If X has a column that is neither numeric nor categorical.

    Examples
    --------
    >>> from gbengine import BinnedDataset, ExtraTreesRegressor, RandomForestRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> data = BinnedDataset(X)
    >>> models = [
    ...     cls(n_estimators=10, random_state=0).fit(data, y)
    ...     for cls in (RandomForestRegressor, ExtraTreesRegressor)
    ... ]
    >>> models[0].predict(X).shape
    (442,)
    """

    def __init__(
        self,
        X: Any,
        sample_weight: Any = None,
        *,
        max_bins: int = _MOST_BINS,
        n_jobs: int | None = None,
        categorical_features: Any = FROM_DTYPE,
    ) -> None:
        _check_max_bins(max_bins)
        table = open_table(X, type(self).__name__)
        weight = row_weights(sample_weight, table.shape[0])
        self.need_all_rows(weight)
        columns = categorical_columns(categorical_features, table)
        self.encoder = learn_encoder(table, columns, weight)
        self._table = _bin(table, self.encoder, weight, int(max_bins), n_jobs)
        self.feature_names_in_: NDArray[np.object_] | None = table.names

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self._table.n_rows, self._table.n_features

    @property
    def max_bins(self) -> int:
        """Most bins of a column."""
        return self._table.max_bins

    @property
    def n_bytes(self) -> int:
        """Memory that the bins take."""
        return self._table.n_bytes

    @property
    def is_categorical_(self) -> NDArray[np.bool_] | None:
        """Which columns hold categories; None if none does."""
        return self.encoder.is_categorical if self.encoder else None

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<BinnedDataset of {self.shape[0]} rows and {self.shape[1]} columns>"

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse to be read as numbers: whoever asks for them wants the table itself."""
        raise TypeError(
            "a BinnedDataset holds bins, not numbers: it goes into fit of estimators that grow "
            "trees for a target; everything else takes the table itself"
        )

    def __reduce__(self) -> Any:
        raise TypeError("a BinnedDataset cannot be pickled: make it again from the table")

    def take(self, rows: Any, n_jobs: int | None = None) -> "BinnedDataset":
        """Give some rows as a table of their own, in the bins that there are.

        Parameters
        ----------
        rows : array-like of int
            Positions of the rows, in any order; a row may come again.
        n_jobs : int or None, default=None
            Number of threads; None for all usable cores.

        Returns
        -------
        BinnedDataset
            Which knows all the categories, of these rows or not.

        Raises
        ------
        ValueError
            If there are no such rows.

        Examples
        --------
        >>> import numpy as np
        >>> from gbengine import BinnedDataset
        >>> BinnedDataset(np.arange(12.0).reshape(6, 2)).take([0, 2, 3])
        <BinnedDataset of 3 rows and 2 columns>
        """
        found = np.asarray(rows)
        if found.ndim != 1 or found.size == 0 or found.dtype.kind not in "iu":
            raise ValueError(f"rows must be positions of rows, at least one, got {rows!r}")
        part = object.__new__(type(self))
        part.__dict__.update(self.__dict__)
        part._table = self._table.take_rows(found.astype(np.int64), thread_count(n_jobs))
        return part

    def table_for(self, params: Mapping[str, Any]) -> "Table":
        """Give the core's table to an estimator.

        Parameters
        ----------
        params : mapping of str to object
            The estimator's parameters, of which ``max_bins`` and ``tree_method`` are read.

        Raises
        ------
        ValueError
            If the estimator does not work by these bins.
        """
        if params.get("tree_method") == "exact":
            raise ValueError(
                "tree_method='exact' keeps every value, which a BinnedDataset has not: fit on the "
                "table itself, or set tree_method='hist'"
            )
        if params["max_bins"] != self.max_bins:
            raise ValueError(
                f"max_bins={params['max_bins']!r} is not that of the BinnedDataset, "
                f"{self.max_bins}: make it with max_bins={params['max_bins']!r}, or set that of "
                "the estimator"
            )
        return self._table

    def need_all_rows(self, weight: "Vector | None") -> None:
        """Refuse weights of zero, whose rows are to be left out; ValueError."""
        if weight is not None and weight.min() == 0:
            raise ValueError(
                f"sample_weight is 0 in row {int(weight.argmin())}: rows cannot be left out of a "
                "BinnedDataset; make it of the others"
            )


def _bin(
    table: UserTable, encoder: Encoder, weight: "Vector | None", max_bins: int, n_jobs: int | None
) -> "Table":
    """Put a table into bins; what must be converted first is, some columns at a time."""
    block = None if encoder else table.block()
    if block is not None:
        return core_table(block, weight, max_bins, n_jobs, encoder.n_categories)
    return core.Table.from_columns(
        encoder.chunks(table, _COLUMNS_AT_A_TIME),
        table.shape[0],
        weight,
        max_bins,
        thread_count(n_jobs),
        encoder.n_categories.tolist(),
    )


def _check_max_bins(max_bins: Any) -> None:
    if not isinstance(max_bins, Integral) or not _LEAST_BINS <= int(max_bins) <= _MOST_BINS:
        raise ValueError(f"max_bins={max_bins!r} must be an int in [{_LEAST_BINS}, {_MOST_BINS}]")


def core_table(
    X: "Matrix",
    weight: "Vector | None",
    max_bins: int,
    n_jobs: int | None,
    n_categories: NDArray[np.int32],
) -> "Table":
    """Bring an encoded table into the form that growing reads; ``max_bins`` 0 keeps all values."""
    counts = n_categories.tolist() if n_categories.any() else []
    return core.Table(X, weight, max_bins, thread_count(n_jobs), counts)
