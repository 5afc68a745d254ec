"""The categories of a model in its file: arrays, and the checks that they go through when read.

Text is one run of UTF-8 with the end of each piece; whole numbers, bools and fractions are runs of
8-byte numbers. Files of models without categories have none of these arrays.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._encoder import Encoder
from gbengine._levels import DTYPES, LevelKind, Levels
from gbengine._target_encoding_state import n_columns_of_file, replaced_columns

if TYPE_CHECKING:
    from gbengine._core import Model

Array = np.ndarray[Any, Any]

# In the file a column's kind is its place here.
_KINDS: tuple[LevelKind, ...] = ("none", "text", "bool", "int", "uint", "float")
_COLUMN, _KIND, _END = "category_column", "category_kind", "category_end"
_TEXT, _TEXT_END = "category_text", "category_text_end"
_WHOLE, _FRACTION = "category_whole", "category_fraction"
FILE_ARRAYS = (_COLUMN, _KIND, _END, _TEXT, _TEXT_END, _WHOLE, _FRACTION)
_FILE_DTYPES = {
    _COLUMN: np.int64,
    _KIND: np.uint8,
    _END: np.int64,
    _TEXT: np.uint8,
    _TEXT_END: np.int64,
    _WHOLE: np.int64,
    _FRACTION: np.float64,
}


def encoder_arrays(encoder: Encoder | None) -> dict[str, Array]:
    """Give an encoder as arrays of a model file; none if there is none.

    ``category_end`` counts, over all columns, the categories up to the end of each. Text and
    numbers stand in runs of their own, each in the order of columns and codes.
    """
    if not encoder:
        return {}
    levels = list(encoder.levels.values())
    text = [value.encode() for part in levels if part.kind == "text" for value in part.values]
    whole = [_as_int64(part) for part in levels if part.kind in ("bool", "int", "uint")]
    fraction = [part.values for part in levels if part.kind == "float"]
    return {
        _COLUMN: np.array(list(encoder.levels), dtype=np.int64),
        _KIND: np.array([_KINDS.index(part.kind) for part in levels], dtype=np.uint8),
        _END: np.cumsum([len(part) for part in levels], dtype=np.int64),
        _TEXT: np.frombuffer(b"".join(text), dtype=np.uint8),
        _TEXT_END: np.cumsum([len(value) for value in text], dtype=np.int64),
        _WHOLE: np.concatenate([np.empty(0, dtype=np.int64), *whole]),
        _FRACTION: np.concatenate([np.empty(0), *fraction]),
    }


def encoder_from_arrays(arrays: Mapping[str, Array], model: "Model") -> Encoder | None:
    """Read it back; None if the file has no categories, ValueError if they are not right."""
    found = [name for name in FILE_ARRAYS if name in arrays]
    if found and len(found) != len(FILE_ARRAYS):
        raise ValueError(f"{FILE_ARRAYS[0]} and its like must all be there, or none: {found}")
    for name in found:
        if arrays[name].dtype != _FILE_DTYPES[name] or arrays[name].ndim != 1:
            raise ValueError(
                f"{name} has dtype {arrays[name].dtype} and shape {arrays[name].shape}"
            )
    encoder = _read(arrays, n_columns_of_file(arrays, model)) if found else None
    _check_against(model, encoder, replaced_columns(arrays))
    return encoder


def _read(arrays: Mapping[str, Array], n_features: int) -> Encoder:
    columns, kinds = arrays[_COLUMN], arrays[_KIND]
    counts = _counts(arrays[_END], _END)
    if len(columns) == 0 or len(kinds) != len(columns) or len(counts) != len(columns):
        raise ValueError(f"{len(columns)} columns, {len(kinds)} kinds, {len(counts)} ends")
    if columns[0] < 0 or columns[-1] >= n_features or np.any(np.diff(columns) <= 0):
        raise ValueError(f"{_COLUMN} does not hold ascending columns below {n_features}")
    if kinds.max() >= len(_KINDS):
        raise ValueError(f"{_KIND} must be below {len(_KINDS)}")
    runs = _Runs(arrays)
    levels = {
        int(column): runs.next_levels(_KINDS[kind], int(count))
        for column, kind, count in zip(columns, kinds, counts, strict=True)
    }
    runs.check_all_read()
    return Encoder(n_features, levels)


class _Runs:
    """The values of all columns, taken one column after the other."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._runs: dict[str, NDArray[Any]] = {
            _TEXT: _texts(arrays[_TEXT], arrays[_TEXT_END]),
            _WHOLE: arrays[_WHOLE],
            _FRACTION: arrays[_FRACTION],
        }
        self._places = dict.fromkeys(self._runs, 0)

    def next_levels(self, kind: LevelKind, count: int) -> Levels:
        if (kind == "none") != (count == 0):
            raise ValueError(f"{count} categories of kind {kind!r}")
        if kind == "none":
            return Levels(kind, np.empty(0, dtype=object))
        run = _TEXT if kind == "text" else _FRACTION if kind == "float" else _WHOLE
        values = self._runs[run][self._places[run] : self._places[run] + count]
        self._places[run] += count
        if len(values) != count:
            raise ValueError(f"{run} is too short")
        return Levels(kind, _checked(values, kind))

    def check_all_read(self) -> None:
        for name, place in self._places.items():
            if place != len(self._runs[name]):
                raise ValueError(f"{name} is too long")


def _texts(text: NDArray[Any], ends: NDArray[Any]) -> NDArray[np.object_]:
    lengths = _counts(ends, _TEXT_END)
    if lengths.sum() != len(text):
        raise ValueError(f"{_TEXT_END} does not cut {_TEXT} into pieces")
    data = text.tobytes()
    out = np.empty(len(ends), dtype=object)
    out[:] = [
        data[begin:end].decode()
        for begin, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
    ]
    return out


def _counts(ends: NDArray[Any], name: str) -> NDArray[np.int64]:
    """Give the lengths of pieces by where they end."""
    # Before any difference is taken, which might overflow.
    if len(ends) and (ends[0] < 0 or np.any(ends[1:] < ends[:-1])):
        raise ValueError(f"{name} does not ascend from 0")
    counts: NDArray[np.int64] = np.diff(ends, prepend=np.int64(0))
    return counts


def _as_int64(levels: Levels) -> NDArray[np.int64]:
    values = levels.values
    return values.view(np.int64) if levels.kind == "uint" else values.astype(np.int64)


def _checked(values: NDArray[Any], kind: LevelKind) -> NDArray[Any]:
    """Give values of a file in the type of their kind; ValueError if two are the same."""
    if kind == "bool" and not np.isin(values, (0, 1)).all():
        raise ValueError("bools must be 0 or 1")
    if kind == "float" and np.isnan(values).any():
        raise ValueError("NaN is no category")
    own = values.view(np.uint64) if kind == "uint" else values.astype(DTYPES[kind])
    n_distinct = len(set(own.tolist())) if kind == "text" else len(np.unique(own))
    if n_distinct != len(own):
        raise ValueError(f"{len(own) - n_distinct} categories of a column are there twice")
    return own.copy()  # the container's arrays are read-only views


def _check_against(model: "Model", encoder: Encoder | None, replaced: list[int]) -> None:
    """Compare with what the trees were grown for, where the core says it."""
    known = getattr(model, "n_categories", None)
    if known is None:
        return
    wanted = np.zeros(model.n_features, dtype=np.int64)
    wanted[: len(known)] = known
    found = np.zeros_like(wanted)
    if encoder is not None:
        found[: encoder.n_features] = encoder.n_categories
        found[replaced] = 0  # numbers stand there
    if not np.array_equal(wanted, found):
        raise ValueError("the categories are not those that the trees were grown for")
