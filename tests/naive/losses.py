"""The objectives as textbook formulas, in float64.

Raw scores and gradients are (n_outputs, n_rows). Gradients are by the raw score, unweighted, and
rounded to float32 at the end, as the core does.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = Sequence[float] | None
Gradients = tuple[NDArray[np.float32], NDArray[np.float32]]


def as_integers(values: Sequence[float] | Floats) -> tuple[list[int], int]:
    """Numbers as integers over one power of two, 2**shift; bits after the 62nd are cut off."""
    largest = max(abs(float(v)) for v in values)
    shift = 0 if largest == 0.0 else 62 - math.frexp(largest)[1]
    scale = Fraction(2) ** shift
    return [int(Fraction(float(v)) * scale) for v in values], shift


def integer_weights(n_rows: int, weights: Weights) -> list[int]:
    """Weights as integers of the same proportions."""
    return [1] * n_rows if weights is None else as_integers(weights)[0]


def weighted_mean(values: Sequence[float] | Floats, weights: Weights) -> float:
    """Exact sums, rounded once before they are divided."""
    w = integer_weights(len(values), weights)
    integers, shift = as_integers(values)
    total = sum(weight * value for weight, value in zip(w, integers, strict=True))
    return math.ldexp(float(total) / float(sum(w)), -shift)


def weighted_quantile(values: Sequence[float] | Floats, weights: Weights, level: float) -> float:
    """The first value at or below which lies that share of the weight.

    Where the share is met exactly, any step up to the next value is as good: the middle of both.
    """
    w = integer_weights(len(values), weights)
    items = sorted((float(v), w[i]) for i, v in enumerate(values) if w[i] > 0)
    target = level * float(sum(w))
    at, seen = 0, items[0][1]  # the items up to this one, and what they weigh together
    while float(seen) < target:
        at += 1
        seen += items[at][1]
    value = items[at][0]
    if float(seen) == target and at + 1 < len(items):
        return 0.5 * value + 0.5 * items[at + 1][0]
    return value


def beyond(y: Floats, offset: Floats | None) -> Floats:
    """What is left of y for a constant to explain."""
    return y if offset is None else y - offset[0]


def log_of_rate(y: Floats, weights: Weights, offset: Floats | None, power: float) -> float:
    """The constant where the deviance of Tweedie's family with that power has derivative 0."""
    if offset is None:
        return float(np.log(weighted_mean(y, weights)))
    total = weighted_mean(y * np.exp((1.0 - power) * offset[0]), weights)
    return float(np.log(total / weighted_mean(np.exp((2.0 - power) * offset[0]), weights)))


class Objective:
    """What the trainer asks of a loss."""

    n_outputs = 1
    is_const_hessian = False  # 1 for every row
    refits_leaves = False

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        """The constants with the least loss when added to each row's offset."""
        raise NotImplementedError

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        """First and second derivative of the loss by the raw score."""
        raise NotImplementedError

    def gradients(self, y: Floats, raw: Floats, weights: Weights) -> Gradients:
        grad, hess = self.derivatives(y, raw)
        return grad.astype(np.float32), hess.astype(np.float32)

    def leaf_value(self, residuals: Sequence[float], weights: Weights) -> float:
        """The step with the least loss, from the leaf's y - raw."""
        raise NotImplementedError


class SquaredError(Objective):
    """(y - raw)^2 / 2."""

    is_const_hessian = True

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [weighted_mean(beyond(y, offset), weights)]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        return raw - y, np.ones_like(raw)


class Quantile(Objective):
    """q (y - raw) where y is above raw, (1 - q)(raw - y) where it is below."""

    is_const_hessian = True
    refits_leaves = True

    def __init__(self, quantile: float) -> None:
        self.q = quantile

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [weighted_quantile(beyond(y, offset), weights, self.q)]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        grad = np.where(raw < y, -self.q, np.where(raw > y, 1.0 - self.q, 0.0))
        return grad, np.ones_like(raw)

    def leaf_value(self, residuals: Sequence[float], weights: Weights) -> float:
        return weighted_quantile(residuals, weights, self.q)


class AbsoluteError(Objective):
    """|y - raw|."""

    is_const_hessian = True
    refits_leaves = True

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [weighted_quantile(beyond(y, offset), weights, 0.5)]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        return np.sign(raw - y), np.ones_like(raw)

    def leaf_value(self, residuals: Sequence[float], weights: Weights) -> float:
        return weighted_quantile(residuals, weights, 0.5)


class Huber(Objective):
    """r^2 / 2 up to |r| = delta, then delta (|r| - delta / 2), r = y - raw.

    delta is found again every round: the alpha quantile of |r|, or the least above 0 if it is 0.
    """

    is_const_hessian = True
    refits_leaves = True

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha
        self.delta = 1.0

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [weighted_quantile(beyond(y, offset), weights, 0.5)]

    def gradients(self, y: Floats, raw: Floats, weights: Weights) -> Gradients:
        distances = np.abs(y - raw[0])
        self.delta = weighted_quantile(distances, weights, self.alpha)
        if self.delta == 0.0:
            self.delta = min((float(d) for d in distances if d > 0.0), default=0.0)
        return super().gradients(y, raw, weights)

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        return np.clip(raw - y, -self.delta, self.delta), np.ones_like(raw)

    def leaf_value(self, residuals: Sequence[float], weights: Weights) -> float:
        median = weighted_quantile(residuals, weights, 0.5)
        rest = np.clip(np.array(residuals) - median, -self.delta, self.delta)
        return median + weighted_mean(rest, weights)


class Poisson(Objective):
    """exp(raw) - y raw: the mean is exp(raw)."""

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [log_of_rate(y, weights, offset, 1.0)]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        return np.exp(raw) - y, np.exp(raw)


class Gamma(Objective):
    """raw + y exp(-raw): the mean is exp(raw)."""

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [log_of_rate(y, weights, offset, 2.0)]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        return 1.0 - y * np.exp(-raw), y * np.exp(-raw)


class Tweedie(Objective):
    """exp((2 - p) raw) / (2 - p) - y exp((1 - p) raw) / (1 - p), 1 < p < 2.

    The mean is exp(raw).
    """

    def __init__(self, power: float) -> None:
        self.power = power

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        return [log_of_rate(y, weights, offset, self.power)]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        a, b = 1.0 - self.power, 2.0 - self.power
        grad = np.exp(b * raw) - y * np.exp(a * raw)
        hess = b * np.exp(b * raw) - a * y * np.exp(a * raw)
        return grad, hess


def class_shares(y: Floats, weights: Weights, n_classes: int) -> Floats:
    """Shares of the weight; a class without rows counts as one with hardly any."""
    shares = [weighted_mean((y == k).astype(np.float64), weights) for k in range(n_classes)]
    return np.maximum(shares, 2.0**-52)


class BinaryLogLoss(Objective):
    """-log of the probability of the row's class, p = 1 / (1 + exp(-raw)) for class 1."""

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        assert offset is None, "no best constant is known"
        p_0, p_1 = class_shares(y, weights, 2)
        return [float(np.log(p_1 / p_0))]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        p = 1.0 / (1.0 + np.exp(-raw))
        return p - y, p * (1.0 - p)


class MulticlassLogLoss(Objective):
    """-log of the probability of the row's class, p_k = exp(raw_k) / sum_j exp(raw_j)."""

    def __init__(self, n_classes: int) -> None:
        self.n_outputs = n_classes

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        assert offset is None, "no best constant is known"
        return [float(s) for s in np.log(class_shares(y, weights, self.n_outputs))]

    def derivatives(self, y: Floats, raw: Floats) -> tuple[Floats, Floats]:
        p = np.exp(raw - raw.max(axis=0))
        p /= p.sum(axis=0)
        is_class = y[None, :] == np.arange(self.n_outputs)[:, None]
        return p - is_class, p * (1.0 - p)


OBJECTIVES: dict[str, Callable[..., Objective]] = {
    "squared_error": SquaredError,
    "absolute_error": AbsoluteError,
    "quantile": Quantile,
    "huber": Huber,
    "poisson": Poisson,
    "gamma": Gamma,
    "tweedie": Tweedie,
    "binary_log_loss": BinaryLogLoss,
    "multiclass_log_loss": MulticlassLogLoss,
}


def make_objective(name: str, params: Mapping[str, Any]) -> Objective:
    return OBJECTIVES[name](**params)
