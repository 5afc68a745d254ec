"""What ``scoring`` asks for: metrics, each with a name, of which the first stops fit."""

from collections.abc import Callable, Mapping
from typing import Any

LOSS = "loss"

Scorer = str | Callable[..., Any] | None


def metrics_of(scoring: Any) -> dict[str, Scorer]:
    """Give the metrics by name, in order.

    Parameters
    ----------
    scoring : str, callable, None, list, tuple or mapping
        The estimator's parameter.

    Raises
    ------
    ValueError
        If there is none, an item is neither a name nor a function, or two have the same name.
    """
    if isinstance(scoring, Mapping):
        metrics = dict(scoring)
    elif isinstance(scoring, list | tuple):
        metrics = {metric_name(metric): metric for metric in scoring}
        if len(metrics) < len(scoring):
            names = [metric_name(metric) for metric in scoring]
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(
                f"scoring={scoring!r} has two metrics of the name {twice!r}: give a dict of names "
                "and metrics"
            )
    else:
        return {metric_name(scoring): scoring}
    if not metrics:
        raise ValueError(f"scoring={scoring!r} has no metric")
    for name, metric in metrics.items():
        if not isinstance(name, str) or not (isinstance(metric, str) or callable(metric)):
            raise ValueError(
                f"scoring={scoring!r} must have names of scorers, 'loss' or functions, and in a "
                f"dict names as keys: not {name!r}: {metric!r}"
            )
    return metrics


def metric_name(scorer: Any) -> str:
    """Name what is scored: as the user did, or as the function is named; "score" if neither."""
    if isinstance(scorer, str):
        return scorer
    return str(getattr(scorer, "__name__", "score"))


def first_name(scoring: Any) -> str:
    """Name the first metric of what ``in_order`` gave."""
    return str(scoring[0][0]) if isinstance(scoring, list) else metric_name(scoring)


def in_order(scoring: Any) -> Any:
    """Give a form of ``scoring`` in which the order counts, to be compared and stored."""
    if isinstance(scoring, list | tuple | Mapping):
        return [[name, metric] for name, metric in metrics_of(scoring).items()]
    return scoring
