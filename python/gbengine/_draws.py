"""Which rows the trees of a forest were grown on: how many are drawn, and which were."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._grow import Rows
from gbengine._tree_config import Sampling, Size

if TYPE_CHECKING:
    from gbengine._core import ForestTrainer

_MOST_DRAWS = 2**31 - 1
_FEW_DRAWS = 10


def row_sampling(params: Mapping[str, Any], size: Size) -> Sampling:
    """Say how each tree's rows are drawn.

    Parameters
    ----------
    params : mapping of str to object
        ``bootstrap``, ``max_samples`` and ``class_weight`` are read.
    size : Size

    Raises
    ------
    ValueError
        If more rows would be drawn than can be counted.

    Warns
    -----
    UserWarning
        If a share as ``max_samples`` comes to very few rows.
    """
    if not params["bootstrap"]:
        return Sampling()
    n_draws = _n_draws(params["max_samples"], size)
    if n_draws > _MOST_DRAWS:
        raise ValueError(
            f"max_samples={params['max_samples']!r} draws {n_draws} rows for each tree (weights "
            f"that are whole numbers count as copies): at most {_MOST_DRAWS} are possible; set "
            "max_samples to a number of rows"
        )
    is_balanced = params.get("class_weight") == "balanced_subsample"
    return Sampling("with_replacement", n_draws, "subsample" if is_balanced else "none")


def _n_draws(max_samples: Any, size: Size) -> int:
    if max_samples is None:
        return size.n_copies
    if isinstance(max_samples, Integral):
        return int(max_samples)
    n_draws = max(1, int(max_samples * size.total_weight))
    if n_draws < max(_FEW_DRAWS, size.n_rows ** (1 / 3)):
        warnings.warn(
            f"max_samples={max_samples!r} of a total weight of {size.total_weight:g} draws only "
            f"{n_draws} rows for each tree: an int as max_samples is a number of rows",
            stacklevel=2,
        )
    return n_draws


@dataclass(frozen=True)
class Draws:
    """The rows of the trees that one call of fit grew.

    ``kept`` are the positions of the training rows among the user's; ``counts`` says how often
    each was drawn, (n_trees, n_rows), None if every tree saw all rows.
    """

    n_trees: int
    kept: NDArray[np.intp]
    counts: NDArray[np.unsignedinteger[Any]] | None

    def rows_of_trees(self) -> Iterator[NDArray[np.intp]]:
        """Give each tree's rows; one that was drawn twice is there twice."""
        for tree in range(self.n_trees):
            yield self.kept if self.counts is None else np.repeat(self.kept, self.counts[tree])


def read_draws(trainer: "ForestTrainer", rows: Rows, sampling: Sampling, trees: range) -> Draws:
    """Ask the core which rows it drew for some trees; small counts take one byte each."""
    kept = np.arange(rows.X.shape[0]) if rows.kept is None else rows.kept
    if sampling.kind == "all" or not trees:
        return Draws(len(trees), kept, None)
    counts = np.empty((len(trees), len(kept)), dtype=np.uint8)
    for slot, tree in enumerate(trees):
        drawn = trainer.in_bag_counts(tree)
        if drawn.max() > np.iinfo(counts.dtype).max:
            counts = counts.astype(np.uint32)
        counts[slot] = drawn
    return Draws(len(trees), kept, counts)
