"""Quantiles of a forest against Meinshausen's definition, row by row."""

import numpy as np
import pytest

import gbengine._quantiles
from gbengine._quantiles import LeafSamples, check_levels, one_hot

LEVELS = np.array([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])


def random_samples(rng, n_trees=5, n_leaves=4, n_rows=30, n_outputs=1):
    """Leaves of trees without inner nodes; masses are small whole numbers, as of a bootstrap."""
    runs, masses = [], []
    for _ in range(n_trees):
        leaf_of_row = rng.integers(0, n_leaves, size=n_rows)
        leaf_of_row[:n_leaves] = np.arange(n_leaves)
        for leaf in range(n_leaves):
            runs.append(np.flatnonzero(leaf_of_row == leaf))
            masses.append(rng.integers(1, 4, size=len(runs[-1])))
    offset = np.concatenate([[0], np.cumsum([len(run) for run in runs])])
    y = rng.integers(0, 12, size=(n_rows, n_outputs)).astype(np.float64)  # many equal ones
    row = np.concatenate(runs).astype(np.uint32)
    return LeafSamples(offset, row, np.concatenate(masses).astype(np.float64), y)


def naive_quantile(samples, leaves, level, output):
    weight = np.zeros(len(samples.y))
    for leaf in leaves:
        run = slice(samples.offset[leaf], samples.offset[leaf + 1])
        share = samples.mass[run] / samples.mass[run].sum() / len(leaves)
        np.add.at(weight, samples.row[run], share)
    y = samples.y[:, output]
    values = np.unique(y[weight > 0])
    below = np.array([weight[y <= value].sum() for value in values])
    return values[np.argmax(below >= level - 1e-9)]


def random_leaves(rng, n_rows, n_trees=5, n_leaves=4):
    return rng.integers(0, n_leaves, size=(n_rows, n_trees)) + np.arange(n_trees) * n_leaves


@pytest.mark.parametrize("n_outputs", [1, 2])
@pytest.mark.parametrize("most", [4_000_000, 40])
def test_quantiles_are_meinshausens(n_outputs, most, monkeypatch):
    monkeypatch.setattr(gbengine._quantiles, "_MAX_WEIGHTS", most)  # one block, or many
    rng = np.random.default_rng(0)
    samples = random_samples(rng, n_outputs=n_outputs)
    leaves = random_leaves(rng, 50)
    found = samples.quantiles(leaves, LEVELS)
    assert found.shape == (50, n_outputs, len(LEVELS))
    for row in range(50):
        for output in range(n_outputs):
            expected = [naive_quantile(samples, leaves[row], q, output) for q in LEVELS]
            assert found[row, output].tolist() == expected


def test_nodes_without_rows_may_lie_between():
    samples = LeafSamples(
        offset=np.array([0, 0, 2, 2, 3, 3]),
        row=np.array([0, 2, 1], dtype=np.uint32),
        mass=np.array([1.0, 3.0, 2.0]),
        y=np.array([[5.0], [7.0], [9.0]]),
    )
    found = samples.quantiles(np.array([[1], [3]]), np.array([0.25, 0.26, 1.0]))
    assert found[:, 0].tolist() == [[5.0, 9.0, 9.0], [7.0, 7.0, 7.0]]


def test_further_trees_have_rows_of_their_own():
    rng = np.random.default_rng(1)
    first, second = random_samples(rng), random_samples(rng, n_rows=20)
    both = first.followed_by(second)
    leaves = random_leaves(rng, 8)
    np.testing.assert_array_equal(both.quantiles(leaves, LEVELS), first.quantiles(leaves, LEVELS))
    np.testing.assert_array_equal(
        both.quantiles(leaves + 20, LEVELS), second.quantiles(leaves, LEVELS)
    )


def test_one_hot():
    assert one_hot(np.array([[0, 3], [1, 2]]), 4).toarray().tolist() == [[1, 0, 0, 1], [0, 1, 1, 0]]


@pytest.mark.parametrize("quantiles", [0.5, [], [[0.5]], [1.1], [-0.1], [np.nan], ["half"], [True]])
def test_wrong_levels_are_refused(quantiles):
    with pytest.raises(ValueError, match="quantiles must be a list of numbers between 0 and 1"):
        check_levels(quantiles)


def test_levels():
    assert check_levels((0, 0.5, 1)).tolist() == [0.0, 0.5, 1.0]
