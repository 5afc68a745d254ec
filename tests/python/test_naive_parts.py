"""The twin's parts against something more obvious still, or against what is known of them."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from naive_support import examples

from naive.binning import bin_of, bin_table, thresholds_of_column
from naive.config import Config
from naive.fixed_point import (
    NARROW_LIMIT,
    WIDE_LIMIT,
    FixedPoint,
    counts_as_fixed_point,
    row_weights,
    to_fixed_point,
)
from naive.grower import draw_features, draw_rows
from naive.rng import CounterRng, Purpose, mix
from naive.split import TreeData, best_split, node_score, node_value

eighths = st.integers(-40, 40).map(lambda k: k / 8)
float32s = st.floats(-(2.0**60), 2.0**60, width=32)


def test_mix_is_splitmix64() -> None:
    # The first outputs of the reference generator seeded with 0: state advances by the constant.
    assert mix(0) == 0xE220A8397B1DCDAF
    assert mix(0x9E3779B97F4A7C15) == 0x6E789E6AA1B965F4


def test_draws_of_different_keys_differ() -> None:
    seeds, purposes, words = range(3), list(Purpose), range(4)
    keys = itertools.product(seeds, purposes, words, words, words)
    draws = [CounterRng(seed, purpose).bits(a, b, c) for seed, purpose, a, b, c in keys]
    assert len(set(draws)) == len(draws)


def test_uniform_is_uniform() -> None:
    rng = CounterRng(5, Purpose.ROW_SAMPLE)
    draws = np.array([rng.uniform(3, i) for i in range(4000)])
    assert draws.min() >= 0.0
    assert draws.max() < 1.0
    shares = np.histogram(draws, bins=8, range=(0, 1))[0] / len(draws)
    assert np.abs(shares - 1 / 8).max() < 0.02


def quantise(values: list[float], weights: list[float] | None = None) -> FixedPoint:
    return to_fixed_point(np.array(values, np.float32), row_weights(len(values), weights))


@examples()
@given(st.lists(float32s, min_size=1, max_size=12))
def test_fixed_point_sums_fit_and_are_close(values: list[float]) -> None:
    fixed = quantise(values)
    assert sum(abs(q) for q in fixed.quanta) <= NARROW_LIMIT  # so does the sum of any subset
    unit = 1 / Fraction(2) ** fixed.shift
    for value, quantum in zip(values, fixed.quanta, strict=True):
        assert abs(Fraction(value) - quantum * unit) <= unit / 2


@examples()
@given(st.lists(float32s.filter(bool), min_size=1, max_size=12))
def test_fixed_point_uses_its_bits(values: list[float]) -> None:
    quanta = quantise(values).quanta
    assert sum(abs(q) for q in quanta) + 3 * len(values) > NARROW_LIMIT // 4


fractions = st.floats(1e-9, 1e9).filter(lambda w: not w.is_integer())


@examples()
@given(st.lists(st.tuples(float32s, fractions), min_size=1, max_size=12))
def test_fixed_point_with_fractional_weights(rows: list[tuple[float, float]]) -> None:
    values, weights = [v for v, _ in rows], [w for _, w in rows]
    fixed = quantise(values, weights)
    assert sum(abs(q) for q in fixed.quanta) <= NARROW_LIMIT
    unit = 1 / Fraction(2) ** fixed.shift
    for (value, weight), quantum in zip(rows, fixed.quanta, strict=True):
        assert abs(Fraction(value) * Fraction(weight) - quantum * unit) <= unit * Fraction(1.0001)


@examples()
@given(st.lists(eighths, min_size=1, max_size=12))
def test_fixed_point_of_eighths_is_exact(values: list[float]) -> None:
    fixed = quantise(values)
    assert [fixed.real(q) for q in fixed.quanta] == values


@examples()
@given(st.lists(st.tuples(float32s, st.integers(1, 5)), min_size=1, max_size=8))
def test_whole_weights_are_repetitions(rows: list[tuple[float, int]]) -> None:
    repeats = [k for _, k in rows]
    weighted = quantise([v for v, _ in rows], [float(k) for k in repeats])
    repeated = quantise([v for v, k in rows for _ in range(k)])
    assert weighted.shift == repeated.shift
    starts = np.cumsum([0, *repeats])[:-1]
    assert weighted.quanta == [
        k * repeated.quanta[start] for k, start in zip(repeats, starts, strict=True)
    ]


@examples()
@given(st.lists(st.tuples(float32s, st.integers(1, 2**26)), min_size=1, max_size=8))
def test_wide_cells(rows: list[tuple[float, int]]) -> None:
    heavy = [*rows, (1.0, 2**24)]
    weights = [float(w) for _, w in heavy]
    fixed = quantise([v for v, _ in heavy], weights)
    assert not row_weights(len(heavy), weights).is_narrow
    assert max(abs(q) for q in fixed.quanta) < 2**31
    assert sum(abs(q) for q in fixed.quanta) <= WIDE_LIMIT


@examples()
@given(
    st.floats(allow_nan=False),
    st.lists(st.floats(allow_nan=False), max_size=6, unique=True).map(sorted),
)
def test_bin_is_where_the_threshold_rule_says(value: float, thresholds: list[float]) -> None:
    b = bin_of(value, thresholds)
    for at, threshold in enumerate(thresholds):
        assert (value <= threshold) == (b <= at)


@examples()
@given(
    st.lists(st.tuples(st.integers(-30, 30), st.integers(1, 30)), min_size=1, max_size=60),
    st.integers(2, 12),
)
def test_cut_rule(rows: list[tuple[int, int]], max_bins: int) -> None:
    column = np.array([float(x) for x, _ in rows])
    weights = [float(w) for _, w in rows]
    thresholds = thresholds_of_column(column, weights, max_bins)
    assert thresholds == sorted(set(thresholds))
    bins = [bin_of(x, thresholds) for x in column]
    assert set(bins) == set(range(len(thresholds) + 1))  # none is empty
    assert len(set(bins)) == min(max_bins, len(set(column))) or len(set(column)) > max_bins
    assert len(set(bins)) <= max_bins
    for x in set(column):  # a heavy value shares its bin with lighter ones only for want of bins
        weight = sum(w for y, w in zip(column, weights, strict=True) if y == x)
        if weight * max_bins >= sum(weights) and len(set(bins)) < max_bins:
            shared = {y for y in column if bin_of(y, thresholds) == bin_of(x, thresholds)}
            assert shared == {x}


def test_cuts_of_even_weights_are_quantiles() -> None:
    column = np.arange(1000.0)
    assert thresholds_of_column(column, None, 4) == [249.5, 499.5, 749.5]
    assert thresholds_of_column(column, None, 1000) == list(np.arange(999.0) + 0.5)


def test_missing_bin_is_the_last() -> None:
    assert bin_of(math.nan, [1.0, 2.0]) == 3


@examples()
@given(g=eighths, h=st.integers(1, 40).map(lambda k: k / 8), data=st.data())
def test_node_value_is_the_best_step(g: float, h: float, data: st.DataObject) -> None:
    config = Config(
        l1_regularization=data.draw(st.sampled_from([0.0, 0.5, 3.0])),
        l2_regularization=data.draw(st.sampled_from([0.0, 1.0])),
        max_delta_step=data.draw(st.sampled_from([0.0, 0.25])),
    )

    def objective(w: float) -> float:
        l1, l2 = config.l1_regularization, config.l2_regularization
        return g * w + (h + l2) * w * w / 2 + l1 * abs(w)

    best = node_value(g, h, config)
    assert abs(best) <= (config.max_delta_step or math.inf)
    assert node_score(g, h, config) == pytest.approx(-2 * objective(best), abs=1e-12)
    for step in (-0.01, 0.01):
        if abs(best + step) <= (config.max_delta_step or math.inf):
            assert objective(best) <= objective(best + step)


@examples()
@given(
    X=hnp.arrays(
        np.float64,
        st.tuples(st.integers(2, 9), st.integers(1, 3)),
        elements=st.sampled_from([-math.inf, -1.0, 0.0, 0.5, 2.0, math.inf, math.nan]),
    ),
    data=st.data(),
)
def test_best_split_is_the_best_of_all_partitions(X: np.ndarray, data: st.DataObject) -> None:
    """Enumerates the rows of every possible left side, in exact fractions."""
    n_rows, n_features = X.shape
    draw = data.draw
    grad = [Fraction(draw(st.integers(-8, 8)), 8) for _ in range(n_rows)]
    config = Config(
        min_samples_leaf=draw(st.integers(1, 3)),
        min_hessian_leaf=0.0,
        l2_regularization=draw(st.sampled_from([0.0, 0.5])),
        l1_regularization=draw(st.sampled_from([0.0, 0.25])),
    )

    def score(rows: list[int]) -> Fraction:
        g = abs(sum((grad[i] for i in rows), Fraction(0)))
        t = max(g - Fraction(config.l1_regularization), Fraction(0))
        return t * t / (len(rows) + Fraction(config.l2_regularization))

    everything = list(range(n_rows))
    best_gain = Fraction(0)
    for f, threshold, missing_left in itertools.product(
        range(n_features), [-math.inf, -1.0, 0.0, 0.5, 2.0, math.inf], [False, True]
    ):
        x = X[:, f]
        left = [i for i in everything if x[i] <= threshold or (missing_left and np.isnan(x[i]))]
        right = [i for i in everything if i not in left]
        if min(len(left), len(right)) >= config.min_samples_leaf:
            best_gain = max(best_gain, score(left) + score(right) - score(everything))

    table = bin_table(X, None, 255)
    hess = counts_as_fixed_point(row_weights(n_rows, None))
    tree_data = TreeData(table, quantise([float(g) for g in grad]), hess, [1] * n_rows)
    found = best_split(tree_data, everything, range(n_features), config)
    if best_gain == 0:
        assert found is None
    else:
        assert found is not None
        assert found.gain == pytest.approx(float(best_gain), rel=1e-12)


def test_feature_draws() -> None:
    features = [0, 2, 3, 5, 7, 8]
    rng = CounterRng(1, Purpose.FEATURE_PER_SPLIT)
    # 0.75 and 0.25 of six are halves: they go to the even neighbour.
    for fraction, size in [(1.0, 6), (0.5, 3), (0.75, 4), (0.25, 2), (0.01, 1)]:
        drawn = draw_features(features, fraction, rng, 3, 4)
        assert len(drawn) == size
        assert drawn == sorted(set(drawn) & set(features))
    draws = [tuple(draw_features(features, 0.5, rng, 0, node)) for node in range(200)]
    assert len(set(draws)) == 20  # every three of six


def test_row_draws_depend_on_the_tree() -> None:
    config = Config(subsample=0.3, seed=9)
    first, second = (draw_rows(list(range(1000)), tree_idx, config) for tree_idx in (0, 1))
    assert 250 < len(first) < 350
    assert 250 < len(second) < 350
    assert 50 < len(set(first) & set(second)) < 130
