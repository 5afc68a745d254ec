"""Training sets with columns of categories, and settings for them, made up for the tests."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from naive_support import Problem, configs, make_weights

from naive.config import Config


def with_categories(
    n_rows: int, n_categories: list[int], seed: int = 0, missing: float = 0.1, weights: str = "none"
) -> Problem:
    """Columns of categories, the frequent ones first, with effects in no order; 0: of numbers."""
    rng = np.random.default_rng(seed)
    columns, signal = [], rng.normal(size=n_rows) * 0.5
    for n in n_categories:
        if n == 0:
            columns.append(rng.normal(size=n_rows).round(1))
            signal += columns[-1]
        else:
            codes = np.minimum(rng.geometric(2 / (n + 1), n_rows) - 1, n - 1)
            columns.append(codes.astype(np.float64))
            signal += rng.normal(size=n)[codes]
    X = np.column_stack(columns)
    X[rng.random(X.shape) < missing] = np.nan
    signal = np.round(signal * 8) / 8
    return Problem(X, signal, make_weights(rng, n_rows, weights), n_categories)


@st.composite
def category_problems(draw: st.DrawFn) -> Problem:
    """Small tables in which many categories are rare, unseen in a node, or tied."""
    n_rows = draw(st.integers(1, 40))
    n_categories = draw(st.lists(st.sampled_from([0, 1, 2, 3, 5, 9, 300]), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_used = draw(st.sampled_from([2, 6, 12, 40]))
    X = np.column_stack([rng.integers(0, min(n or 9, n_used), n_rows) for n in n_categories])
    X = X.astype(np.float64)
    if 300 in n_categories:
        X[:, n_categories.index(300)] *= draw(st.sampled_from([1, 7]))  # codes above 255
    if draw(st.booleans()):
        X[rng.random(X.shape) < 0.2] = np.nan
    signal = rng.integers(-24, 24, n_rows) / 8
    kind = draw(st.sampled_from(["none", "none", "whole", "fractional"]))
    return Problem(X, signal, make_weights(rng, n_rows, kind), n_categories)


def category_configs() -> st.SearchStrategy[Config]:
    return st.builds(
        lambda config, smooth, threshold, least: replace(
            config, cat_smooth=smooth, max_cat_threshold=threshold, min_samples_category=least
        ),
        configs(),
        st.sampled_from([0.0, 1.0, 10.0]),
        st.sampled_from([1, 2, 4, 32, 2**31 - 1]),
        st.sampled_from([1, 1, 2, 5, 2**62]),
    )
