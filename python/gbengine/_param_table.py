"""The form of the parameter tables: a row for each parameter, and what their checks share.

The tables: ``_params.py`` (boosting) and ``_tree_params.py`` (trees and forests).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import Interval, RealNotInt


@dataclass(frozen=True)
class Param:
    """One row of the table.

    ``losses`` are the only ones that read the parameter, empty for all of them. If it is set where
    nothing reads it, fit refuses, or with ``warns_if_idle`` warns: scikit-learn's check_estimator
    sets some parameters on whatever has them.
    """

    name: str
    default: Any
    allowed: tuple[Any, ...]  # constraints as in sklearn.utils._param_validation
    doc: str  # the first sentence of the parameter's docstring entry
    losses: tuple[str, ...] = ()
    warns_if_idle: bool = False


def positive() -> Interval:
    """Allow numbers > 0."""
    return Interval(Real, 0, None, closed="neither")


def not_negative() -> Interval:
    """Allow numbers >= 0."""
    return Interval(Real, 0, None, closed="left")


def count(least: int) -> Interval:
    """Allow whole numbers from ``least`` on."""
    return Interval(Integral, least, None, closed="left")


def inside(low: float, high: float) -> Interval:
    """Allow numbers between two others, without these."""
    return Interval(Real, low, high, closed="neither")


def fraction() -> Interval:
    """Allow shares: numbers above 0 up to 1.0, but not the whole number 1."""
    # RealNotInt: 1 could be meant as one column, 1.0 cannot.
    return Interval(RealNotInt, 0, 1, closed="right")


def constraints(table: tuple[Param, ...]) -> dict[str, list[Any]]:
    """Give the table in the form scikit-learn's ``_parameter_constraints`` has."""
    return {row.name: list(row.allowed) for row in table}


def report_idle(row: Param, values: Mapping[str, Any], why: str, remedy: str) -> None:
    """Refuse a parameter that has no effect, or warn if its row says so."""
    text = (
        f"{row.name}={values[row.name]!r} has no effect {why}: {remedy}, or leave {row.name} at "
        f"its default, {row.default!r}"
    )
    if not row.warns_if_idle:
        raise ValueError(text)
    warnings.warn(text, stacklevel=2)
