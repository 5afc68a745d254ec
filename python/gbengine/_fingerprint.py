"""Targets for trees that have none: a number for each row, a hash of what the row holds.

Splits drawn at random need no target, but a node of equal targets is not split. With these a node
is split until its rows are equal, and, unlike random numbers, they do not depend on where a row
stands in the table.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

if TYPE_CHECKING:
    from gbengine._core import Matrix
    from gbengine._sparse import Sparse

Words = NDArray[np.uint64]

# The finaliser of splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
# generators", 2014): each bit of the result depends on each bit of the word.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
# Of NaN and of zero there are many bit patterns; these two stand for all.
_NAN, _ZERO = np.float64(np.nan), np.float64(0.0)
# The highest 53 bits are a double in [0, 1).
_UNUSED_BITS, _UNIT = np.uint64(11), 2.0**-53


def row_fingerprints(table: "Matrix | Sparse") -> NDArray[np.float64]:
    """Give each row a number in [0, 1) that depends on its values alone.

    Parameters
    ----------
    table : ndarray or csr_matrix of float32 or float64 of shape (n_rows, n_features)
        Equal numbers of either type count as equal, and so do equal tables in either form.
    """
    words: Words = np.zeros(table.shape[0], dtype=np.uint64)
    for column in _columns(table):
        words = _mixed(words ^ _bits(column))
    return (words >> _UNUSED_BITS).astype(np.float64) * _UNIT


def _columns(table: Any) -> Iterator[np.ndarray[Any, Any]]:
    if not issparse(table):
        yield from table.T
        return
    columns = table.tocsc()
    column = np.empty(table.shape[0], dtype=columns.dtype)
    for begin, end in pairwise(columns.indptr):
        column[:] = 0
        column[columns.indices[begin:end]] = columns.data[begin:end]
        yield column


def _bits(column: np.ndarray[Any, Any]) -> Words:
    values = column.astype(np.float64)
    values[np.isnan(values)] = _NAN
    values[values == 0] = _ZERO
    return values.view(np.uint64)


def _mixed(words: Words) -> Words:
    words = words + _STEP
    words = (words ^ (words >> _SHIFTS[0])) * _FACTORS[0]
    words = (words ^ (words >> _SHIFTS[1])) * _FACTORS[1]
    return words ^ (words >> _SHIFTS[2])
