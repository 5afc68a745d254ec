"""A column of Python objects: numbers, bools or text, any of them missing; all else is refused.

Rows are never walked in Python: ``map``, ``set`` and ``dict`` do that in C.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from numbers import Number
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["numbers", "bools", "text", "categories", "other"]
Objects = NDArray[np.object_]

DERIVE = (
    "derive numbers from it first, for example the year, the day of the week, or the days since a "
    "date"
)
# By name, so that pandas need not be there.
_MISSING_NAMES = ("NoneType", "NAType", "NaTType")
_FLOATS = (float, np.floating)
_BOOLS = (bool, np.bool_)
_NUMBERS = (bool, np.bool_, int, np.integer, *_FLOATS)


@dataclass(frozen=True)
class ObjectColumn:
    """Objects, what they are, and which are missing: None, NaN, pandas' NA and NaT."""

    values: Objects
    kind: Kind
    is_missing: NDArray[np.bool_]

    def numbers(self) -> NDArray[np.float64]:
        """Give numbers or bools as float64, NaN for missing; OverflowError if one is too large."""
        out = np.full(len(self.values), np.nan)
        is_there = ~self.is_missing
        out[is_there] = self.values[is_there].astype(np.float64)
        return out

    def coded_text(self) -> tuple[NDArray[np.int64], Objects]:
        """Give each row's position among the distinct strings, -1 for missing, and these."""
        values = self.values
        if self.is_missing.any():
            values = values.copy()
            values[self.is_missing] = None
        rows = values.tolist()
        distinct = dict.fromkeys(rows)
        distinct.pop(None, None)
        code_of: dict[Any, int] = {text: code for code, text in enumerate(distinct)}
        code_of[None] = -1
        codes = np.fromiter(map(code_of.__getitem__, rows), np.int64, len(rows))
        return codes, object_array(list(distinct))


def read_objects(values: Objects, label: str) -> ObjectColumn:
    """Find out what a column of objects holds.

    Parameters
    ----------
    values : ndarray of object of shape (n_rows,)
    label : str
        What error messages call the column.

    Raises
    ------
    TypeError
        If it holds strings and something else, or what is neither text nor number.
    """
    types = list(map(type, values.tolist()))
    found = set(types)
    never = {cls for cls in found if cls.__name__ in _MISSING_NAMES}
    is_missing = _are_of(types, never)
    floats = {cls for cls in found if issubclass(cls, _FLOATS)}
    if floats:
        is_float = _are_of(types, floats)
        is_missing[is_float] = np.isnan(values[is_float].astype(np.float64))
        if is_missing[is_float].all():
            never |= floats
    kind = _kind_of(found - never)
    if kind is None:
        raise _refusal(values, is_missing, found - never, label)
    return ObjectColumn(values, kind, is_missing)


def object_array(values: list[Any]) -> Objects:
    """Give a list as an array of objects, whatever they are."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _are_of(types: list[type], wanted: set[type]) -> NDArray[np.bool_]:
    if not wanted:
        return np.zeros(len(types), dtype=bool)
    return np.fromiter(map(wanted.__contains__, types), np.bool_, len(types))


def _kind_of(types: set[type]) -> Kind | None:
    if types and all(issubclass(cls, str) for cls in types):
        return "text"
    if types and all(issubclass(cls, _BOOLS) for cls in types):
        return "bools"
    if all(issubclass(cls, _NUMBERS) for cls in types):
        return "numbers"
    return None


def _refusal(
    values: Objects, is_missing: NDArray[np.bool_], types: set[type], label: str
) -> TypeError:
    examples: dict[type, Any] = {}
    for value in values[~is_missing]:
        examples.setdefault(type(value), value)
        if len(examples) == len(types):
            break
    if any(issubclass(cls, str) for cls in types):
        texts = sorted((cls for cls in types if issubclass(cls, str)), key=repr)
        others = sorted((cls for cls in types if not issubclass(cls, str)), key=repr)
        text, other = examples[texts[0]], examples[others[0]]
        return TypeError(
            f"{label} (dtype object) holds both {text!r} of type {type(text).__name__} and "
            f"{other!r} of type {type(other).__name__}: make it all text or all numbers, for "
            "example by astype(str) or pandas.to_numeric"
        )
    odd = next(value for cls, value in examples.items() if not issubclass(cls, _NUMBERS))
    return TypeError(f"{label} (dtype object) cannot be read as numbers or text: {_why(odd)}")


def _why(value: Any) -> str:
    name = type(value).__name__
    if isinstance(value, bytes):
        return f"{value!r} is of type bytes: decode it to str first"
    if isinstance(value, complex | np.complexfloating):
        return f"{value!r} is of type {name}: use real and imaginary part as two columns"
    if isinstance(value, date | time | timedelta) or name == "Period":
        return f"{value!r} is of type {name}: {DERIVE}"
    if isinstance(value, Number) or name == "Decimal":
        return f"{value!r} is of type {name}: convert it by astype(float) first"
    try:
        float(value)
    except (TypeError, ValueError) as error:
        return f"{error} ({value!r})"
    return f"{value!r} is of type {name}"
