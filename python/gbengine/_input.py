"""From what users pass as X to the table the core reads: float32 or float64, NaN for missing.

NumPy float tables are read in place, whatever their strides; frames of one numeric block as well.
Everything else is converted once, a column at a time: narrow types (bool, 8 and 16 bit, float32) to
float32, which holds them exactly, wider ones to float64, categories to codes (``_encoder.py``).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._columns import FLOAT32, FLOAT64
from gbengine._encoder import Encoder
from gbengine._user_table import open_table

if TYPE_CHECKING:
    from gbengine._core import Matrix


def is_ready(X: Any) -> bool:
    """Tell whether X can go to the core as it is: a plain, packed, aligned float table."""
    return (
        type(X) is np.ndarray
        and X.ndim == 2
        and (X.dtype is FLOAT32 or X.dtype is FLOAT64)
        and (X.flags.c_contiguous or X.flags.f_contiguous)
        and X.flags.aligned
    )


def as_matrix(X: Any, caller: str, name: str = "X") -> "Matrix":
    """Check and convert a table of numbers.

    Parameters
    ----------
    X : array-like, data frame or Arrow table of shape (n_rows, n_features)
        NaN (and null) is a missing value; infinities are ordinary values.
    caller : str
        Name of the estimator, for error messages.
    name : str, default="X"
        Name of the argument, for error messages.

    Returns
    -------
    ndarray of float32 or float64 of shape (n_rows, n_features)
        X itself, or a view of it, if nothing has to be converted.

    Raises
    ------
    TypeError
        For sparse tables and for columns that are not numeric.
    ValueError
        For anything not two-dimensional, empty or complex.
    """
    table = open_table(X, caller, name)
    return Encoder(table.shape[1], {}).encode(table)
