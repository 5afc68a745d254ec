"""Which rows the trees of a forest were grown on: how many are drawn, and which were."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._grow import Rows
from gbengine._runtime import core
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
    """The rows of the trees that one call of fit grew, or several on the same rows.

    Kept is not what was drawn, which would take a number for each row and tree, but what draws it
    again.

    Attributes
    ----------
    first_tree : int
        Position of the first of these trees among all.
    n_trees : int
    n_rows : int
        Number of training rows.
    kept : ndarray of int or None
        Their positions among the user's rows; None if all were kept.
    sampling : Sampling
    seed : int
    order : ndarray of uint32 of shape (n_rows,)
        From the core; empty if every tree saw all rows.
    weight : ndarray of float64 of shape (n_rows,) or None
        What made some rows likelier to be drawn than others.
    """

    first_tree: int
    n_trees: int
    n_rows: int
    kept: NDArray[np.intp] | None
    sampling: Sampling
    seed: int
    order: NDArray[np.uint32]
    weight: NDArray[np.float64] | None

    def rows_of_trees(self) -> Iterator[NDArray[np.intp]]:
        """Give each tree's rows; one that was drawn twice is there twice."""
        kept = np.arange(self.n_rows) if self.kept is None else self.kept
        sampling = self.sampling
        for tree in range(self.first_tree, self.first_tree + self.n_trees):
            if sampling.kind == "all":
                yield kept.copy()
                continue
            counts = core.draw_counts(
                self.order, self.weight, sampling.kind, sampling.n_draws, self.seed, tree
            )
            yield np.repeat(kept, counts)

    def with_trees_of(self, later: "Draws") -> "Draws | None":
        """Give one for the trees of both; None if they are not drawn from the same rows."""
        is_same = (
            later.first_tree == self.first_tree + self.n_trees
            and (later.n_rows, later.sampling, later.seed)
            == (self.n_rows, self.sampling, self.seed)
            and _is_equal(later.order, self.order)
            and _is_equal(later.kept, self.kept)
            and _is_equal(later.weight, self.weight)
        )
        return replace(self, n_trees=self.n_trees + later.n_trees) if is_same else None


def read_draws(
    trainer: "ForestTrainer", rows: Rows, how: tuple[Sampling, int], trees: range
) -> Draws:
    """Keep what is needed to know later which rows some trees drew.

    Parameters
    ----------
    trainer : core.ForestTrainer
    rows : Rows
    how : tuple of Sampling and int
        How rows were drawn, and the seed.
    trees : range
        Positions of the trees.
    """
    sampling, seed = how
    # Of its own: the weights may be the user's array, which may change.
    weight = None if rows.weight is None or sampling.kind == "all" else rows.weight.copy()
    order, n_rows = trainer.draw_order(), rows.X.shape[0]
    return Draws(trees.start, len(trees), n_rows, rows.kept, sampling, seed, order, weight)


def all_draws(before: list[Draws], new: Draws) -> list[Draws]:
    """Give the draws of all trees, as few as say the same."""
    if before and new.n_trees == 0:
        return before
    joined = before[-1].with_trees_of(new) if before else None
    return [*before, new] if joined is None else [*before[:-1], joined]


def _is_equal(a: NDArray[Any] | None, b: NDArray[Any] | None) -> bool:
    return a is b if a is None or b is None else np.array_equal(a, b)
