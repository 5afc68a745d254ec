"""One column of a data frame. Each library's own dictionaries are taken as they are."""

from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from gbengine._columns import ArrayColumn, Coded, coded, not_numeric
from gbengine._levels import make_levels
from gbengine._objects import DERIVE, Kind, object_array

_FITS_FLOAT32 = (nw.Float32, nw.Int8, nw.Int16, nw.UInt8, nw.UInt16, nw.Boolean)


class FrameColumn:
    """A column of a data frame that narwhals knows.

    Parameters
    ----------
    series : narwhals.Series
    label : str
        What error messages call it.
    """

    def __init__(self, series: "nw.Series[Any]", label: str) -> None:
        self.label = label
        self._series = series

    @property
    def dtype(self) -> str:
        """The type as the user knows it."""
        return str(getattr(self._series.to_native(), "dtype", self._type))

    @cached_property
    def _type(self) -> "nw.dtypes.DType":
        return self._series.dtype  # which narwhals finds out anew each time

    @cached_property
    def kind(self) -> Kind:
        """What it holds."""
        if self._array is not None:
            return self._array.kind
        dtype = self._type
        if dtype in (nw.Categorical, nw.Enum) or isinstance(dtype, nw.Enum):
            return "categories"
        if dtype == nw.Boolean:
            return "bools"
        if dtype == nw.String:
            return "text"
        return "numbers" if dtype.is_numeric() or self._is_empty() else "other"

    @cached_property
    def _array(self) -> ArrayColumn | None:
        """The column as an array, where the frame holds one, or narwhals does not know the type."""
        native = self._series.to_native()
        dtype = getattr(native, "dtype", None)
        if isinstance(dtype, np.dtype) and dtype.kind in "biufO":
            return ArrayColumn(native.to_numpy(), self.label)
        if self._type in (nw.Unknown, nw.Object):
            values = self._series.to_numpy()
            if values.dtype.kind in "biufO":
                return ArrayColumn(values, self.label)
        return None

    def _is_empty(self) -> bool:
        return self._series.null_count() == len(self._series)

    @property
    def is_narrow(self) -> bool:
        """Whether float32 holds its numbers exactly."""
        return self._type in _FITS_FLOAT32 if self._array is None else self._array.is_narrow

    def numbers(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Give floats, NaN for missing."""
        if self._array is not None:
            return self._array.numbers(dtype)
        if self.kind == "categories":
            return self._numbers_of_levels(dtype)
        if self.kind == "text":
            raise not_numeric(self)
        self._refuse_other()
        if not (self.kind == "bools" or self._type.is_numeric()):
            return np.full(len(self._series), np.nan, dtype=dtype)  # nothing but nulls
        wanted = nw.Float32 if dtype == np.float32 else nw.Float64
        floats: NDArray[Any] = self._series.cast(wanted).to_numpy()
        return floats.astype(dtype, copy=False)

    @cached_property
    def coded(self) -> Coded:
        """Codes and levels."""
        if self._array is not None:
            return self._array.coded
        self._refuse_other()
        if self.kind == "categories":
            return self._coded_categories()
        if self.kind == "text":
            return self._coded_text()
        series, is_missing = self._series, self._series.is_null().to_numpy()
        if is_missing.any():
            series = series.fill_null(False if self.kind == "bools" else 0)
        levels, codes = make_levels(np.asarray(series.to_numpy()), self.label)
        if not is_missing.any():
            return Coded(codes, levels)
        return coded(np.where(is_missing, -1, codes), levels.values, self.label)

    def _numbers_of_levels(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Read a categorical column of numbers as these."""
        column = self._coded_categories()
        if column.levels.family == "text":
            raise not_numeric(self)
        values = column.levels.values.astype(dtype)
        numbers: NDArray[Any] = np.append(values, np.array(np.nan, dtype))[
            np.maximum(column.codes, -1)
        ]
        return numbers

    def _coded_categories(self) -> Coded:
        native = self._series.to_native()
        if self._series.implementation.is_polars():
            return self._coded_by_polars(native)
        if self._series.implementation.is_pyarrow():
            if max(len(chunk.dictionary) for chunk in native.chunks) > len(native):
                native = native.cast(native.type.value_type).dictionary_encode()
            return self._coded_by_arrow(native)
        if hasattr(native.dtype, "categories"):
            if len(native.dtype.categories) > len(native):
                native = native.cat.remove_unused_categories()
            codes = native.cat.codes.to_numpy()
            return coded(codes, native.cat.categories.to_numpy(), self.label)
        return self._coded_by_pandas(native)

    def _coded_text(self) -> Coded:
        native, implementation = self._series.to_native(), self._series.implementation
        if implementation.is_polars():
            distinct = self._series.drop_nulls().unique()
            codes = self._series.cast(nw.Enum(distinct.to_list())).to_native().to_physical()
            return coded(_polars_codes(codes), object_array(distinct.to_list()), self.label)
        if implementation.is_pyarrow():
            return self._coded_by_arrow(native.dictionary_encode())
        if implementation.is_pandas_like():
            return self._coded_by_pandas(native)
        return ArrayColumn(self._series.to_numpy().astype(object), self.label).coded

    def _coded_by_pandas(self, native: Any) -> Coded:
        codes, distinct = native.factorize()
        return coded(codes, np.asarray(distinct), self.label)

    def _coded_by_arrow(self, native: Any) -> Coded:
        column = native.unify_dictionaries().combine_chunks()
        codes = column.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False)
        raw = column.dictionary.to_numpy(zero_copy_only=False)
        if raw.dtype.kind == "f" and column.dictionary.null_count:
            raw = object_array(column.dictionary.to_pylist())  # integers beside a null
        return coded(codes, raw, self.label)

    def _coded_by_polars(self, native: Any) -> Coded:
        """Read codes, which all columns of a process may share; only those used are looked up."""
        distinct = native.drop_nulls().unique()
        used = distinct.to_physical().to_numpy()
        order = np.argsort(used)
        names = object_array(self._polars_text(distinct))
        codes = _polars_codes(native.to_physical())
        places = np.searchsorted(used, codes, sorter=order)
        return coded(np.where(codes < 0, -1, places), names[order], self.label)

    def _polars_text(self, distinct: Any) -> list[str]:
        text: list[str] = nw.from_native(distinct, series_only=True).cast(nw.String).to_list()
        return text

    def _refuse_other(self) -> None:
        if self.kind != "other":
            return
        dtype = self._type
        if dtype.is_temporal():
            advice = DERIVE
        elif dtype.is_nested():
            advice = "make a column of each of its parts first"
        elif dtype == nw.Binary:
            advice = "decode it to text first"
        elif self.dtype.startswith("complex"):
            advice = "use real and imaginary part as two columns"
        else:
            advice = "convert it to numbers or text first"
        raise TypeError(
            f"{self.label} has dtype {self.dtype}, which is neither numeric nor text: {advice}"
        )


def _polars_codes(physical: Any) -> NDArray[np.int64]:
    """Give polars' codes as signed integers, -1 for null."""
    series = nw.from_native(physical, series_only=True)
    codes: NDArray[np.int64] = series.cast(nw.Int64).fill_null(-1).to_numpy()
    return codes
