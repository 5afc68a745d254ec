"""The distinct values of a categorical column: text, bools or numbers, one kind a column.

A whole number is the same level whether it comes as an integer or as a float, and text is the same
whatever dictionary it comes from. Called by the encoder and by the columns it reads.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gbengine._objects import Objects, object_array, read_objects

LevelKind = Literal["none", "text", "bool", "int", "uint", "float"]
Codes = NDArray[np.signedinteger[Any]]

DTYPES: dict[str, Any] = {
    "none": object,
    "text": object,
    "bool": np.bool_,
    "int": np.int64,
    "uint": np.uint64,
    "float": np.float64,
}
_WORDS = {"none": "nothing", "text": "text", "bool": "bools"}
# Half-open: from here on an integer is no int64 any more.
_INT64_END = 2.0**63
_UINT64_END = 2.0**64


@dataclass(frozen=True, eq=False)
class Levels:
    """Distinct values, in the order of their codes.

    Attributes
    ----------
    kind : str
        "int", "uint" (beyond int64) and "float" are numbers and compare with each other; "none"
        has no values: the column had nothing but missing cells.
    values : ndarray of the type that ``DTYPES`` has for the kind
    """

    kind: LevelKind
    values: NDArray[Any]

    def __len__(self) -> int:
        return len(self.values)

    def take(self, positions: Codes) -> "Levels":
        """Give some of the levels, in that order."""
        return Levels(self.kind if len(positions) else "none", self.values[positions])

    def ascending(self) -> NDArray[np.intp]:
        """Give the positions that sort the values: text by code points, False before True."""
        if self.kind == "text":
            values = self.values.tolist()
            return np.array(sorted(range(len(values)), key=values.__getitem__), dtype=np.intp)
        return np.argsort(self.values)

    def positions_of(self, other: "Levels") -> NDArray[np.int64]:
        """Give the position here of each of the other's values, -1 where there is none.

        Raises
        ------
        TypeError
            If one side is text and the other numbers, or the like.
        """
        if len(self) == 0 or len(other) == 0:
            return np.full(len(other), -1, dtype=np.int64)
        if self.family != other.family:
            raise TypeError(
                f"holds {other.family} ({other.values.tolist()[0]!r}), but it held {self.family} "
                f"({self.values.tolist()[0]!r}) in fit"
            )
        if self.kind == "text":
            found = map(self._code_of.get, other.values.tolist(), repeat(-1))
            return np.fromiter(found, np.int64, len(other))
        return self._search(other.values)

    @property
    def family(self) -> str:
        """What the values are, in words: kinds of numbers are one family."""
        return _WORDS.get(self.kind, "numbers")

    @cached_property
    def _code_of(self) -> dict[str, int]:
        return {text: code for code, text in enumerate(self.values.tolist())}

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self.values)

    def _search(self, values: NDArray[Any]) -> NDArray[np.int64]:
        wanted, is_exact = _exactly(values, self.values.dtype)
        places = np.searchsorted(self.values, wanted, sorter=self._order)
        found = self._order[np.minimum(places, len(self) - 1)].astype(np.int64)
        return np.where(is_exact & (self.values[found] == wanted), found, -1)


def make_levels(raw: NDArray[Any], label: str) -> tuple[Levels, NDArray[np.int64]]:
    """Give the distinct values among some, and where each of those is found; -1 for missing.

    Parameters
    ----------
    raw : ndarray of shape (n,)
        What a dictionary holds; values may come twice, and missing ones be among them.
    label : str
        What error messages call the column.

    Raises
    ------
    TypeError
        If the values are of more than one kind, or neither text, numbers nor bools.
    """
    if raw.dtype.kind in "UT":
        raw = raw.astype(object)
    if raw.dtype.kind == "O":
        return _of_objects(raw, label)
    if raw.dtype.kind not in "biuf":
        raise TypeError(
            f"{label} has categories of dtype {raw.dtype}: only text, numbers and bools can be "
            "categories, so convert them, for example by astype(str)"
        )
    return _distinct(raw, np.isnan(raw) if raw.dtype.kind == "f" else None)


def _of_objects(raw: Objects, label: str) -> tuple[Levels, NDArray[np.int64]]:
    objects = read_objects(raw, label)
    if objects.is_missing.all():
        return Levels("none", raw[:0]), np.full(len(raw), -1, dtype=np.int64)
    if objects.kind == "text":
        codes, distinct = objects.coded_text()
        return Levels("text", object_array(list(map(str, distinct)))), codes
    there = np.array(raw[~objects.is_missing].tolist())
    if there.dtype.kind not in "biuf":
        raise TypeError(f"{label} has categories beyond 64 bits: convert them by astype(str)")
    levels, found = _distinct(there, None)
    where = np.full(len(raw), -1, dtype=np.int64)
    where[~objects.is_missing] = found
    return levels, where


def _distinct(
    values: NDArray[Any], is_missing: NDArray[np.bool_] | None
) -> tuple[Levels, NDArray[np.int64]]:
    """Find the distinct numbers or bools, ascending."""
    where = np.full(len(values), -1, dtype=np.int64)
    is_there = slice(None) if is_missing is None else ~is_missing
    distinct, inverse = np.unique(values[is_there], return_inverse=True)
    where[is_there] = inverse.reshape(-1)
    return _of_numbers(distinct), where


def _of_numbers(distinct: NDArray[Any]) -> Levels:
    """Give distinct values the one type that equal values of other types would get, too."""
    if len(distinct) == 0:
        return Levels("none", np.empty(0, dtype=object))
    if distinct.dtype.kind == "b":
        return Levels("bool", distinct)
    kinds: tuple[LevelKind, ...] = ("int", "uint", "float")
    for kind in kinds:
        values, is_exact = _exactly(distinct, np.dtype(DTYPES[kind]))
        if kind == "float" or is_exact.all():
            return Levels(kind, values)
    raise AssertionError("float takes all")


def _exactly(values: NDArray[Any], dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Convert numbers to a 64-bit type, and tell which have not changed; the others are zero."""
    if values.dtype.kind == "f":
        values = values.astype(np.float64) + 0.0  # -0.0 is 0.0
        if dtype.kind == "f":
            return values, np.ones(len(values), dtype=bool)
        low, end = (-_INT64_END, _INT64_END) if dtype.kind == "i" else (0.0, _UINT64_END)
        is_exact = (values >= low) & (values < end) & (values == np.trunc(values))
        return np.where(is_exact, values, 0.0).astype(dtype), is_exact
    if dtype.kind == "f":
        return _integers_as_floats(values)
    if values.dtype.kind in {"b", dtype.kind}:
        return values.astype(dtype), np.ones(len(values), dtype=bool)
    is_exact = values <= np.uint64(2**63 - 1) if dtype.kind == "i" else values >= 0
    return np.where(is_exact, values, values.dtype.type(0)).astype(dtype), is_exact


def _integers_as_floats(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    floats = values.astype(np.float64)
    back, is_inside = _exactly(floats, np.dtype(np.int64 if values.dtype.kind == "i" else "u8"))
    is_exact = is_inside & (back == values)
    return np.where(is_exact, floats, 0.0), is_exact
