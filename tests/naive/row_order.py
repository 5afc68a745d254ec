"""Twin of data/row_order: the place of each row in an order given by what it holds."""

from collections.abc import Sequence

from naive.rng import MASK_64, mix


def row_hashes(rows: Sequence[Sequence[int]]) -> list[int]:
    """A hash of a row's codes, without those of columns that are all the same."""
    columns = varying_columns(rows)
    return [mix(sum(mix(f) * row[f] for f in columns) & MASK_64) for row in rows]


def varying_columns(rows: Sequence[Sequence[int]]) -> list[int]:
    return [f for f, column in enumerate(zip(*rows, strict=True)) if len(set(column)) > 1]


def places_by_content(hashes: list[int], columns: Sequence[Sequence[float]]) -> list[int]:
    """Places by ascending hash, of equal ones by the columns, the first of which counts most."""
    keys = list(zip(hashes, *columns, strict=True))
    order = sorted(range(len(keys)), key=lambda row: (keys[row], row))
    places = [0] * len(order)
    for place, row in enumerate(order):
        places[row] = place
    return places
