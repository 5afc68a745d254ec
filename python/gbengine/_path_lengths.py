"""How far from the root a row ends in a random tree: what isolation forests score by.

A row that is alone is soon parted from the rest. Where growing stopped at n rows, the splits that
would part them are counted too, by their mean number in a random search tree of n rows (Liu, Ting
and Zhou, "Isolation forest", 2008). The model's leaves hold these lengths, so that a score is one
prediction.
"""

from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._numbering import number_nodes
from gbengine._runtime import core

if TYPE_CHECKING:
    from gbengine._core import Model


def mean_path_length(n_rows: float) -> float:
    """Give the mean number of splits that part one of so many rows from the others."""
    if n_rows <= 1:
        return 0.0
    if n_rows == 2:
        return 1.0
    # The logarithm stands for a harmonic number, as in the paper.
    return 2.0 * (log(n_rows - 1.0) + float(np.euler_gamma)) - 2.0 * (n_rows - 1.0) / n_rows


def with_path_lengths(model: "Model") -> "Model":
    """Give a model of the same trees whose nodes hold path lengths.

    Parameters
    ----------
    model : core.Model
        One number a leaf; ``hess_sum`` is the number of rows drawn.
    """
    arrays: dict[str, NDArray[Any]] = model.to_arrays()
    numbering = number_nodes(model)
    begin = np.repeat(numbering.begin[:-1], np.diff(numbering.begin))
    depth = numbering.depth[numbering.number + begin]
    # One logarithm for each number, by the C library: the same on every instruction set.
    counts, which = np.unique(arrays["hess_sum"], return_inverse=True)
    below = np.array([mean_path_length(float(n)) for n in counts])
    arrays["value"] = depth + below[which]
    return core.Model.from_arrays(arrays, model.link, model.aggregation)
