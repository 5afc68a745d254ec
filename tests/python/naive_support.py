"""Training sets and settings, made up for the tests of the twin and of the core."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from naive.config import Config
from naive.losses import Floats

EFFORT = int(os.environ.get("GBENGINE_FUZZ", "0"))  # 20: search 20 times as long, at random


def examples(n: int = 100) -> settings:
    """Property tests that are the same on every run, unless a search is asked for."""
    return settings(max_examples=n * max(EFFORT, 1), derandomize=EFFORT == 0, deadline=None)


SPECIAL_VALUES = (np.nan, -np.inf, np.inf, -1e300, 0.0, 5e-324)


@dataclass(frozen=True)
class Loss:
    """A loss by name, and how to make labels that it allows out of any numbers."""

    name: str
    params: dict[str, float]

    def labels(self, signal: Floats) -> Floats:
        if self.name == "binary_log_loss":
            return self.with_all_classes((signal > 0).astype(np.float64), 2)
        if self.name == "multiclass_log_loss":
            n_classes = int(self.params["n_classes"])
            codes = np.floor(signal * 2) % n_classes
            return self.with_all_classes(codes, n_classes)
        if self.name == "gamma":
            return np.abs(signal) + 0.125
        if self.name in ("poisson", "tweedie"):
            return np.append(np.maximum(signal[:-1], 0.0), 1.0)
        return signal

    @staticmethod
    def with_all_classes(codes: Floats, n_classes: int) -> Floats:
        first = np.arange(min(n_classes, len(codes)))
        codes[first] = first
        return codes


LOSSES = [
    Loss("squared_error", {}),
    Loss("absolute_error", {}),
    Loss("quantile", {"quantile": 0.75}),
    Loss("huber", {"alpha": 0.9}),
    Loss("poisson", {}),
    Loss("gamma", {}),
    Loss("tweedie", {"power": 1.5}),
    Loss("binary_log_loss", {}),
    Loss("multiclass_log_loss", {"n_classes": 3}),
]


@dataclass(frozen=True)
class Problem:
    """A training set; `signal` becomes labels through Loss.labels."""

    X: Floats
    signal: Floats  # multiples of 1/8
    weight: Floats | None = None
    n_categories: list[int] | None = None  # a number a column; 0: numbers


def make_problem(
    n_rows: int, n_features: int, seed: int = 0, missing: float = 0.1, weights: str = "none"
) -> Problem:
    """Columns of many kinds, and a target that hangs on the first ones."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features))
    X[:, 1::3] = rng.integers(0, 5, X[:, 1::3].shape)  # few values
    X[:, 2::3] = X[:, 2::3].round(1)  # ties
    signal = 1.5 * X[:, 0] + (X[:, -1] > 0) + rng.normal(size=n_rows) * 0.75
    X[rng.random(X.shape) < missing] = np.nan
    signal = np.round(signal * 8) / 8
    return Problem(X, signal, make_weights(rng, n_rows, weights))


def make_weights(rng: np.random.Generator, n_rows: int, kind: str) -> Floats | None:
    """Some are 0, but not that of the last row, whose label is above 0 for every loss."""
    if kind == "none":
        return None
    if kind == "whole":
        weight = rng.integers(0, 4, n_rows).astype(np.float64)
    else:
        weight = rng.random(n_rows) * (rng.random(n_rows) < 0.9)
    weight[-1] += 0.5 if kind == "fractional" else 1.0
    return weight


@st.composite
def problems(draw: st.DrawFn, max_rows: int = 24, max_features: int = 3) -> Problem:
    """Small tables full of ties, missing and infinite values, constant and repeated columns."""
    n_rows = draw(st.integers(1, max_rows))
    n_features = draw(st.integers(1, max_features))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.integers(-3, draw(st.integers(-2, 12)), (n_rows, n_features)).astype(np.float64)
    special = draw(st.lists(st.sampled_from(SPECIAL_VALUES), max_size=4))
    for value in special:
        X[rng.random(X.shape) < 0.15, ...] = value
    if n_features >= 2 and draw(st.booleans()):
        X[:, -1] = X[:, 0]
    signal = rng.integers(-24, 24, n_rows) / 8
    kind = draw(st.sampled_from(["none", "none", "whole", "fractional"]))
    return Problem(X, signal, make_weights(rng, n_rows, kind))


def configs(**fixed: Any) -> st.SearchStrategy[Config]:
    """Settings of all kinds, small enough for small tables; each mostly at its neutral value."""

    def mostly(neutral: float, *others: float) -> st.SearchStrategy[float]:
        return st.sampled_from([neutral] * len(others) + list(others))

    choices: dict[str, st.SearchStrategy[Any]] = {
        "learning_rate": st.sampled_from([0.1, 0.5, 1.0]),
        "n_parallel_trees": mostly(1, 2, 3),
        "max_leaf_nodes": st.sampled_from([0, 0, 2, 3, 4, 7]),
        "max_depth": st.sampled_from([0, 0, 1, 2, 3]),
        "min_samples_leaf": st.sampled_from([1, 1, 2, 3, 5, 8]),
        "min_hessian_leaf": st.sampled_from([0.0, 1e-3, 0.5, 3.0]),
        "min_split_gain": mostly(0.0, 0.125, 1.0),
        "l1_regularization": mostly(0.0, 0.125, 1.0),
        "l2_regularization": mostly(0.0, 0.25, 3.0),
        "max_delta_step": mostly(0.0, 0.25, 1.0),
        "subsample": mostly(1.0, 0.5, 0.9),
        "max_features": mostly(1.0, 0.1, 0.5),
        "max_features_per_level": mostly(1.0, 0.5),
        "max_features_per_tree": mostly(1.0, 0.7),
        "max_bins": mostly(255, 2, 3, 6),
        "grow_policy": st.sampled_from(["leaf_wise", "depth_wise"]),
        "seed": st.integers(0, 2**64 - 1),
    }
    choices |= {name: st.just(value) for name, value in fixed.items()}
    return st.fixed_dictionaries(choices).map(lambda chosen: Config(**chosen))
