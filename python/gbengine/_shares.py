"""The numbers in a classification tree's leaf: shares of the classes, for all outputs in a row.

One output with two classes has a single number, the share of the second; otherwise there is one
number for each class of each output.
"""

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]


def leaf_width(n_classes: list[int]) -> int:
    """Count the numbers in a leaf."""
    return 1 if n_classes == [2] else sum(n_classes)


def split_shares(values: Shares, n_classes: list[int]) -> list[Shares]:
    """Give the shares of each output's classes, each (n_rows, n_classes of the output).

    Parameters
    ----------
    values : ndarray of shape (n_rows, leaf_width)
    n_classes : list of int
        Number of classes of each output.
    """
    if n_classes == [2]:
        both = np.empty((len(values), 2))
        both[:, 1] = values[:, 0]
        np.subtract(1.0, both[:, 1], out=both[:, 0])
        return [both]
    return np.split(values, np.cumsum(n_classes)[:-1], axis=1)
