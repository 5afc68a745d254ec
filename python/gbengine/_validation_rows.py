"""The rows that fit sets aside to be scored: drawn by what they hold, by groups, or the last ones.

A draw knows rows by their cells, targets, weights and starts and not by their places, so that a
table whose rows are shuffled gives the same model. A row goes to one side with all of its weight.
"""

import math
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gbengine._binned_dataset import BinnedDataset
from gbengine._config import thread_count
from gbengine._groups import draw_groups
from gbengine._parts import Part
from gbengine._runtime import core

Rows = NDArray[np.intp]


def set_aside(
    part: Part, params: Mapping[str, Any], seed: int, *, is_stratified: bool
) -> tuple[Part, Part]:
    """Part the rows into those to train on and those to score.

    Parameters
    ----------
    part : Part
        All rows; ``y`` is encoded.
    params : mapping of str to object
        ``validation_fraction``, ``validation_split`` and ``n_jobs`` are read.
    seed : int
        The same seed gives the same rows.
    is_stratified : bool
        Whether ``y`` are classes: each keeps its share on both sides, and a row to train on.

    Returns
    -------
    (training, validation) : tuple of Part

    Raises
    ------
    ValueError
        If there are too few rows, groups or rows of a class.
    """
    n_rows, fraction = len(part.y), params["validation_fraction"]
    is_count = isinstance(fraction, Integral)
    n_wanted = int(fraction) if is_count else math.ceil(fraction * n_rows)
    if n_wanted >= n_rows:
        raise ValueError(
            f"validation_fraction={fraction!r} sets {n_wanted} of {n_rows} rows aside, and leaves "
            "none to train on"
        )
    if params["validation_split"] == "time":
        validation = np.arange(n_rows - n_wanted, n_rows)
        if is_stratified:
            _need_all_classes(part.y, n_rows - n_wanted)
    elif part.groups is None:
        validation = drawn_rows(
            part, n_wanted, seed, params["n_jobs"], is_stratified=is_stratified, n_spared=1
        )
    else:
        codes = part.y.astype(np.intp) if is_stratified else np.zeros(n_rows, dtype=np.intp)
        is_drawn = draw_groups(part.groups, codes, n_wanted, seed)
        order = _in_random_order(part, seed, params["n_jobs"])
        validation = order[is_drawn[order]]
    is_training = np.ones(n_rows, dtype=bool)
    is_training[validation] = False
    return part.rows(np.flatnonzero(is_training)), part.rows(validation)


def drawn_rows(
    part: Part, n_wanted: int, seed: int, n_jobs: int | None, *, is_stratified: bool, n_spared: int
) -> Rows:
    """Draw rows without replacement, and give them in an order that is random, too.

    Parameters
    ----------
    part : Part
    n_wanted : int
    seed : int
    n_jobs : int or None
    is_stratified : bool
        Whether each class gives its share.
    n_spared : int
        Rows of each class that are not drawn.

    Raises
    ------
    ValueError
        If the classes have not as many rows to give.
    """
    order = _in_random_order(part, seed, n_jobs)
    if not is_stratified:
        return order[:n_wanted]
    codes = part.y[order].astype(np.intp)
    counts = np.bincount(codes)
    wanted = _shares(counts, n_wanted, n_spared)
    by_class = np.argsort(codes, kind="stable")
    rank = np.empty_like(by_class)  # of each row among those of its class
    rank[by_class] = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    drawn: Rows = order[rank < wanted[codes]]
    return drawn


def _in_random_order(part: Part, seed: int, n_jobs: int | None) -> Rows:
    assert not isinstance(part.X, BinnedDataset)
    columns = [part.y, part.weight, part.exposure, part.init_score]
    known = [column.reshape(len(part.y), -1) for column in columns if column is not None]
    rows = core.shuffled_rows(part.X, np.hstack(known).T, seed, thread_count(n_jobs))
    return rows.astype(np.intp)


def _shares(counts: NDArray[np.intp], n_wanted: int, n_spared: int) -> NDArray[np.intp]:
    """Give each class its share of the rows to draw, by largest remainders."""
    most = counts - n_spared
    if n_wanted > most.sum():
        raise ValueError(
            f"validation_fraction asks for {n_wanted} of {counts.sum()} rows, but {len(counts)} "
            "classes need a row to train on, each"
        )
    exact = counts * n_wanted
    wanted: Rows = np.minimum(exact // counts.sum(), most)
    largest_first = np.argsort(-(exact % counts.sum()), kind="stable")
    while (n_more := n_wanted - wanted.sum()) > 0:
        open_ones = largest_first[(wanted < most)[largest_first]]
        wanted[open_ones[:n_more]] += 1
    return wanted


def _need_all_classes(y: NDArray[Any], n_training: int) -> None:
    lacking = np.setdiff1d(y, y[:n_training])
    if len(lacking):
        raise ValueError(
            f"validation_split='time' sets the last {len(y) - n_training} rows aside, and the "
            f"{n_training} before them have no row of {len(lacking)} of the classes (the first of "
            f"these is classes_[{int(lacking[0])}]): set another validation_fraction"
        )
