"""Categories by what the target is in them: numeric columns in place of a categorical one.

An encoder (``_encoder.py``) gives codes; a target encoding replaces the codes of some columns by
statistics of the target. So X has the user's columns, and the core's table others: at a replaced
column's place stands its first statistic, and the further ones of all such columns, the logarithm
of the categories' weights last, stand behind the last column of X.

>>> from gbengine._encoder import learn_encoder
>>> from gbengine._user_table import open_table
>>> table = open_table([["b", 1], ["a", 2], ["b", 3]], "caller")
>>> encoder = learn_encoder(table, [0], weight=None)
>>> targets = StatisticTargets(np.array([[1.0], [2.0], [3.0]]), [], None)
>>> encoding = learn_target_encoding(encoder.encode(table), encoder, [0], targets, n_jobs=1)
>>> encoding.transform(encoder.encode(table)).round(3).tolist()
[[2.0, 1.0, 1.099], [2.0, 2.0, 0.693], [2.0, 3.0, 1.099]]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._config import thread_count
from gbengine._encoder import Encoder
from gbengine._runtime import core

if TYPE_CHECKING:
    from gbengine._core import Matrix, Vector

# Of the weight in a row's category about 4/5 are in other folds, if rows of a category differ in
# other columns. If few do, a category has few folds, and training rows know little of it but the
# prior. Measured on pairs of columns of real tables: below 0.1 sets are better by up to a factor of
# 2, from 0.18 on statistics are.
_LEAST_SPREAD = 0.15


@dataclass(frozen=True)
class StatisticTargets:
    """What statistics are of: ``values`` is (n_rows, n_outputs), float64, C order.

    ``n_classes`` has a number for each output, of which ``values`` then are codes; empty for
    regression. ``weight`` is None for all ones.
    """

    values: NDArray[np.float64]
    n_classes: list[int]
    weight: "Vector | None"


class TargetEncoding:
    """The statistics of each replaced column; immutable.

    Parameters
    ----------
    n_features : int
        Number of columns of X.
    tables : mapping of int to ndarray of float64 of shape (n_statistics, n_categories + 1)
        By the column's position, at least one; all with as many statistics. The last place is that
        of cells that are missing or unseen: as of a category without rows, or NaN if training rows
        were missing, too.
    """

    def __init__(self, n_features: int, tables: Mapping[int, NDArray[np.float64]]) -> None:
        self.n_features = n_features
        self.tables = {column: tables[column] for column in sorted(tables)}
        self.n_statistics = len(next(iter(self.tables.values())))

    @property
    def n_inner(self) -> int:
        """Number of columns of the core's table."""
        return self.n_features + len(self.tables) * (self.n_statistics - 1)

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """The column of X that each of the core's columns is made of, (n_inner,)."""
        further = np.repeat(list(self.tables), self.n_statistics - 1)
        return np.concatenate([np.arange(self.n_features), further]).astype(np.int64)

    def transform(self, codes: "Matrix") -> NDArray[np.float64]:
        """Give the core's table of what the encoder gave, in which unseen categories are NaN."""
        out = self._with_codes(codes)
        for column, table in self.tables.items():
            cells = codes[:, column]
            places = np.where(np.isnan(cells), table.shape[1] - 1, cells).astype(np.intp)
            for place, values in zip(self._places(column), table, strict=True):
                np.take(values, places, out=out[:, place])
        return out

    def training_table(
        self, codes: "Matrix", targets: StatisticTargets, seed: int, n_jobs: int | None
    ) -> NDArray[np.float64]:
        """Give the core's table of training rows: means of each are from the other folds.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features)
        targets : StatisticTargets
        seed : int
            The same seed gives the same folds.
        n_jobs : int or None
        """
        out = self._with_codes(codes)
        n_threads = thread_count(n_jobs)
        folds = core.category_folds(codes, seed, n_threads)
        for column, table in self.tables.items():
            _, training, _ = _statistics(codes, (column, table.shape[1]), targets, folds, n_threads)
            for place, values in zip(self._places(column), training, strict=True):
                out[:, place] = values
        return out

    def n_categories(self, encoder: Encoder) -> NDArray[np.int32]:
        """Number of categories of each of the core's columns; 0 for a number."""
        own = np.zeros(self.n_inner, dtype=np.int32)
        own[: self.n_features] = encoder.n_categories
        own[list(self.tables)] = 0
        return own

    def by_column(self, values: NDArray[Any]) -> NDArray[Any]:
        """Add up what the core says of its columns for each column of X."""
        total = np.zeros(self.n_features, dtype=values.dtype)
        np.add.at(total, self.owner, values)
        return total

    def columns_of(self, inner: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the columns of X that some of the core's columns are made of, ascending."""
        return np.unique(self.owner[inner])

    def inner_of(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give all of the core's columns that are made of some columns of X, ascending."""
        return np.flatnonzero(np.isin(self.owner, columns))

    def select(self, columns: NDArray[np.int64]) -> "TargetEncoding | None":
        """Give that of a table of some of the columns of X, ascending; None if none is replaced."""
        places = {int(column): place for place, column in enumerate(columns)}
        kept = {places[i]: table for i, table in self.tables.items() if i in places}
        return TargetEncoding(len(places), kept) if kept else None

    def directions(self, monotonic_cst: NDArray[Any]) -> NDArray[Any]:
        """Give one number for each of the core's columns; ValueError for one on statistics."""
        replaced = list(self.tables)
        if monotonic_cst[replaced].any():
            column = replaced[int(np.flatnonzero(monotonic_cst[replaced])[0])]
            raise ValueError(
                f"monotonic_cst is {monotonic_cst[column]} for column {column}, whose categories "
                "are known by statistics of y and have no order: it must be 0 there"
            )
        return np.pad(monotonic_cst, (0, self.n_inner - self.n_features))

    def names(self, names: Sequence[str], labels: Sequence[str]) -> list[str]:
        """Name the core's columns by those of X and by ``statistic_labels``."""
        out = [*names, *[""] * (self.n_inner - self.n_features)]
        for column in self.tables:
            for place, label in zip(self._places(column), labels, strict=True):
                out[place] = f"{names[column]}: {label}"
        return out

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TargetEncoding):
            return NotImplemented
        return self.n_features == other.n_features and _are_equal(self.tables, other.tables)

    def __hash__(self) -> int:
        return hash((self.n_features, *self.tables))

    def _places(self, column: int) -> Iterator[int]:
        """Give the places of a replaced column's statistics in the core's table."""
        yield column
        width = self.n_statistics - 1
        first = self.n_features + list(self.tables).index(column) * width
        yield from range(first, first + width)

    def _with_codes(self, codes: "Matrix") -> NDArray[np.float64]:
        out = np.empty((codes.shape[0], self.n_inner), order="F")
        for column in range(self.n_features):
            if column not in self.tables:
                out[:, column] = codes[:, column]
        return out


def learn_target_encoding(
    codes: "Matrix",
    encoder: Encoder,
    columns: Sequence[int],
    targets: StatisticTargets,
    n_jobs: int | None,
    *,
    needs_spread: bool = False,
) -> TargetEncoding | None:
    """Find the statistics of some categorical columns.

    Parameters
    ----------
    codes : ndarray of shape (n_rows, n_features)
        What the encoder gave for the training rows.
    encoder : Encoder
    columns : sequence of int
    targets : StatisticTargets
    n_jobs : int or None
    needs_spread : bool, default=False
        Whether to leave out columns of which training rows could learn nothing, because the rows
        of a category are equal in all other columns, too.

    Returns
    -------
    TargetEncoding or None
        None if no column is left.
    """
    if not columns:
        return None
    n_threads = thread_count(n_jobs)
    # Of any seed: tables are of all rows, and the spread hardly differs.
    folds = core.category_folds(codes, 0, n_threads)
    tables = {}
    for column in columns:
        # And one without rows, which is what unseen ones are like.
        place = (column, len(encoder.levels[column]) + 1)
        table, _, spread = _statistics(codes, place, targets, folds, n_threads)
        if np.isnan(codes[:, column]).any():
            table[:, -1] = np.nan
        if not needs_spread or spread >= _LEAST_SPREAD:
            tables[column] = table
    return TargetEncoding(codes.shape[1], tables) if tables else None


def _statistics(
    codes: "Matrix",
    column: tuple[int, int],
    targets: StatisticTargets,
    folds: NDArray[np.uint8],
    n_threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    n_classes = targets.n_classes or [0] * targets.values.shape[1]
    return core.category_statistics(
        codes, *column, targets.values, n_classes, targets.weight, folds, n_threads
    )


def n_inner(encoding: TargetEncoding | None, n_features: int) -> int:
    """Number of columns of the core's table; ``n_features`` if none is replaced."""
    return n_features if encoding is None else encoding.n_inner


def by_column(encoding: TargetEncoding | None, values: NDArray[Any]) -> NDArray[Any]:
    """Add up what the core says of its columns for each column of X."""
    return values if encoding is None else encoding.by_column(values)


def statistic_labels(fitted: Mapping[str, Any]) -> list[str]:
    """Name the statistics of a fitted estimator's columns, by its attributes.

    >>> statistic_labels({"n_outputs_": 1})
    ['mean of y', 'log count']
    >>> statistic_labels({"classes_": np.array(["no", "yes"])})
    ['share of yes', 'log count']
    """
    classes = fitted.get("classes_")
    n_outputs = int(fitted.get("n_outputs_", 1))
    if classes is None and "n_outputs_" not in fitted:
        n_outputs = fitted["_model"].n_outputs  # of boosting
    outputs = [None] * n_outputs if classes is None else [classes] if n_outputs == 1 else classes
    labels = []
    for output, known in enumerate(outputs):
        of = "y" if n_outputs == 1 else f"y[{output}]"
        if known is None:
            labels.append(f"mean of {of}")
            continue
        shown = known.tolist() if len(known) > 2 else [known.tolist()[-1]]
        where = "" if n_outputs == 1 else f" in {of}"
        labels += [f"share of {label}{where}" for label in shown]
    return [*labels, "log count"]


def _are_equal(one: Mapping[int, NDArray[Any]], other: Mapping[int, NDArray[Any]]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[i], other[i], equal_nan=True) for i in one
    )
