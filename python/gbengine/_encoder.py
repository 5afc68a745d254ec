"""From tables with categorical columns to floats: a category is a code, 0.0, 1.0, …, or NaN.

Fit learns an encoder and everything after fit reads tables through it. Codes go by falling weight,
ties by value, so that they depend neither on the order of the rows nor on whether a weight is a
weight or a number of copies, and the categories beyond the core's last bin are the rare ones.

>>> table = open_table([["b", 1], ["a", 2], ["b", 3]], "caller")
>>> encoder = learn_encoder(table, [0], weight=None)
>>> encoder.encode(table)[:, 0].tolist()
[0.0, 1.0, 0.0]
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._columns import FLOAT32, FLOAT64, Coded, Column
from gbengine._levels import Levels
from gbengine._objects import object_array
from gbengine._user_table import UserTable, open_table

if TYPE_CHECKING:
    from gbengine._core import Matrix, Vector
    from gbengine._sparse import Sparse

# Codes below this are whole numbers of float32.
_MOST_NARROW_LEVELS = 2**24
_SHOWN = 5


class Encoder:
    """The categories of each categorical column; immutable.

    Parameters
    ----------
    n_features : int
        Number of columns of X.
    levels : mapping of int to Levels
        By the column's position; empty if no column is categorical. A column that had only missing
        cells has no levels, and is a number to the core.
    """

    def __init__(self, n_features: int, levels: Mapping[int, Levels]) -> None:
        self.n_features = n_features
        self.levels: dict[int, Levels] = {index: levels[index] for index in sorted(levels)}

    def __bool__(self) -> bool:
        return bool(self.levels)

    @property
    def n_categories(self) -> NDArray[np.int32]:
        """Number of categories of each column, (n_features,); 0 for a number."""
        out = np.zeros(self.n_features, dtype=np.int32)
        for index, levels in self.levels.items():
            out[index] = len(levels)
        return out

    @property
    def is_categorical(self) -> NDArray[np.bool_]:
        """Which columns are categorical, (n_features,)."""
        return np.isin(np.arange(self.n_features), list(self.levels))

    def encode(self, table: UserTable, unknown: str = "missing") -> "Matrix | Sparse":
        """Give a table as the core reads it.

        Parameters
        ----------
        table : UserTable of shape (n_rows, n_features)
        unknown : {"missing", "error"}, default="missing"
            What a category is that fit has not seen.

        Returns
        -------
        ndarray or csr_matrix of float32 or float64 of shape (n_rows, n_features)
            The table's own memory if nothing has to be converted; else in Fortran order, and a
            column at a time is converted.

        Raises
        ------
        TypeError
            Naming a column that is not of the kind it was in fit, or that is neither numeric nor
            categorical.
        ValueError
            Naming a column and categories that fit has not seen, with unknown="error".
        """
        block = None if self.levels else table.block()
        if block is not None:
            return block
        columns = [table.column(index) for index in range(table.shape[1])]
        return self._filled(columns, 0, self._dtype(columns), table.shape[0], unknown)

    def chunks(self, X: Any, n_columns: int, unknown: str = "missing") -> Iterator["Matrix"]:
        """Give the same table some columns at a time, so that it is never there as a whole.

        Parameters
        ----------
        X : UserTable, array-like or data frame of shape (n_rows, n_features)
        n_columns : int
            Most columns at a time.
        unknown : {"missing", "error"}, default="missing"
            As for ``encode``.

        Yields
        ------
        ndarray of float32 or float64 of shape (n_rows, at most n_columns)
            In Fortran order, all of the same type.
        """
        table = X if isinstance(X, UserTable) else open_table(X, type(self).__name__)
        columns = [table.column(index) for index in range(table.shape[1])]
        dtype = self._dtype(columns)
        for first in range(0, len(columns), n_columns):
            part = columns[first : first + n_columns]
            yield self._filled(part, first, dtype, table.shape[0], unknown)

    def decode(self, column: int, codes: NDArray[Any]) -> NDArray[np.object_]:
        """Give the categories that codes of a column stand for; None for missing."""
        names = object_array([*self.levels[column].values.tolist(), None])
        places = np.where(np.isnan(codes), -1, codes).astype(np.intp)
        decoded: NDArray[np.object_] = names[places]
        return decoded

    def select(self, columns: Sequence[int] | NDArray[np.int64]) -> "Encoder":
        """Give the encoder of a table of some of the columns."""
        places = {int(column): place for place, column in enumerate(columns)}
        kept = {places[i]: levels for i, levels in self.levels.items() if i in places}
        return Encoder(len(places), kept)

    def difference(self, other: "Encoder") -> tuple[int, str] | None:
        """Name a column whose categories differ, and say how the other's do; None if none does."""
        if self.levels.keys() != other.levels.keys():
            column = min(self.levels.keys() ^ other.levels.keys())
            words = {True: "categorical", False: "not categorical"}
            return column, f"was {words[column in self.levels]} and is not so now"
        for column, levels in self.levels.items():
            found = _difference(levels, other.levels[column])
            if found is not None:
                return column, found
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Encoder):
            return NotImplemented
        return self._content == other._content

    def __hash__(self) -> int:
        return hash((self.n_features, *self.levels))

    @cached_property
    def _content(self) -> tuple[int, list[tuple[int, str, list[Any]]]]:
        pairs = self.levels.items()
        return self.n_features, [(i, levels.kind, levels.values.tolist()) for i, levels in pairs]

    def _dtype(self, columns: list[Column]) -> np.dtype[Any]:
        for index, column in enumerate(columns):
            levels = self.levels.get(index)
            is_narrow = column.is_narrow if levels is None else len(levels) <= _MOST_NARROW_LEVELS
            if not is_narrow:
                return FLOAT64
        return FLOAT32

    def _filled(
        self,
        columns: list[Column],
        first: int,
        dtype: np.dtype[Any],
        n_rows: int,
        unknown: str,
    ) -> "Matrix":
        out = np.empty((n_rows, len(columns)), dtype=dtype, order="F")
        for place, column in enumerate(columns):
            levels = self.levels.get(first + place)
            if levels is None:
                out[:, place] = column.numbers(dtype)
            else:
                _write_codes(out[:, place], column, levels, unknown)
        return out


def encoder_of(fitted: Mapping[str, Any], n_features: int) -> Encoder:
    """Give the encoder among fitted attributes, which have none if no column is categorical."""
    encoder: Encoder | None = fitted.get("_encoder")
    return Encoder(n_features, {}) if encoder is None else encoder


def learn_encoder(table: UserTable, categorical: Sequence[int], weight: "Vector | None") -> Encoder:
    """Find the categories of a training table.

    Parameters
    ----------
    table : UserTable
    categorical : sequence of int
        Positions of the categorical columns.
    weight : ndarray of shape (n_rows,) or None
        Categories are those of rows of weight > 0.

    Raises
    ------
    TypeError
        Naming a column that is neither text, numbers nor bools, or more than one of these.
    """
    levels = {index: _learn(table.column(index), weight) for index in categorical}
    return Encoder(table.shape[1], levels)


def _learn(column: Column, weight: "Vector | None") -> Levels:
    found = column.coded
    totals = _totals(found, weight)
    order = found.levels.ascending()
    order = order[totals[order] > 0]
    levels = found.levels.take(order[np.argsort(-totals[order], kind="stable")])
    if levels.kind == "text":
        _check_unicode(levels, column.label)
    return levels


def _totals(column: Coded, weight: "Vector | None") -> NDArray[np.float64]:
    """Sum the weights of each level exactly, whatever the order of the rows.

    Whole numbers that sum to at most 2**53 are exact in any order. Others are first rounded to
    whole multiples of a power of two that leaves room for their sum.
    """
    is_there = column.codes >= 0
    codes = column.codes[is_there]
    if weight is None:
        return np.bincount(codes, minlength=len(column.levels)).astype(np.float64)
    weight = weight[is_there]
    is_whole = bool(np.all(weight == np.trunc(weight)))
    if not is_whole:
        largest = float(weight.max()) * len(weight)
        scaled = np.rint(np.ldexp(weight, 52 - int(np.frexp(largest)[1])))
        # A weight too small to be counted is still a weight.
        weight = np.where(weight > 0, np.maximum(scaled, 1.0), 0.0)
    totals = np.bincount(codes, weights=weight, minlength=len(column.levels))
    return totals.astype(np.float64, copy=False)


def _check_unicode(levels: Levels, label: str) -> None:
    try:
        "".join(levels.values.tolist()).encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{label} holds text that is not valid Unicode: {error}") from error


def _write_codes(out: NDArray[Any], column: Column, levels: Levels, unknown: str) -> None:
    found = column.coded
    try:
        code_of = levels.positions_of(found.levels)
    except TypeError as error:
        raise TypeError(f"{column.label} {error}") from None
    if unknown == "error" and (code_of < 0).any():
        _refuse_unknown(column.label, found, code_of, levels)
    # The last place is that of missing rows, whose code is below 0.
    values = np.append(np.where(code_of < 0, np.nan, code_of), np.nan).astype(out.dtype)
    np.take(values, np.maximum(found.codes, -1), out=out, mode="wrap")


def _refuse_unknown(label: str, found: Coded, code_of: NDArray[np.int64], levels: Levels) -> None:
    is_unknown = np.append(code_of < 0, False)[np.maximum(found.codes, -1)]
    if not is_unknown.any():
        return  # the dictionary has more than the rows
    unknown = np.unique(found.codes[is_unknown])
    names = found.levels.values[unknown[:_SHOWN]].tolist()
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    raise ValueError(
        f"{label} holds categories that fit has not seen: {names}{more} (first in row "
        f"{int(is_unknown.argmax())}); it knows {levels.values[:_SHOWN].tolist()}"
        f"{' and more' if len(levels) > _SHOWN else ''}. With handle_unknown='missing' they count "
        "as missing"
    )


def _difference(before: Levels, now: Levels) -> str | None:
    if len(before) and len(now) and before.family != now.family:
        return f"held {before.family} and holds {now.family}"
    for one, other, words in ((before, now, "has no more"), (now, before, "has the new")):
        positions = other.positions_of(one)
        if (positions < 0).any():
            return f"{words} category {one.values.tolist()[int((positions < 0).argmax())]!r}"
    return None
