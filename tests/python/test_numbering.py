"""Node numbers, parents and paths against recursion; they need no trained model."""

import numpy as np
import pytest

from gbengine._numbering import number_arrays, number_tree


def random_tree(rng, n_splits):
    """left_child of a tree that splits a random leaf again and again, siblings side by side."""
    left_child = np.array([-1])
    for _ in range(n_splits):
        leaf = rng.choice(np.flatnonzero(left_child < 0))
        left_child[leaf] = len(left_child)
        left_child = np.append(left_child, [-1, -1])
    return left_child.astype(np.int32)


def walk(left_child, node=0, parent=-1, depth=0, out=None):
    """Give (node, parent, depth) depth first, left before right."""
    out = [] if out is None else out
    out.append((node, parent, depth))
    if left_child[node] >= 0:
        for child in (left_child[node], left_child[node] + 1):
            walk(left_child, child, node, depth + 1, out)
    return out


@pytest.fixture(params=range(5))
def forest(request):
    rng = np.random.default_rng(request.param)
    return [random_tree(rng, int(n)) for n in rng.integers(0, 25, size=4)]


def numbered(forest):
    begin = np.concatenate([[0], np.cumsum([len(tree) for tree in forest])])
    return begin, number_arrays(begin, np.concatenate(forest))


def test_numbers_are_depth_first(forest):
    begin, numbering = numbered(forest)
    for first, tree in zip(begin, forest, strict=False):
        order = walk(tree)
        number_of = {node: number for number, (node, _, _) in enumerate(order)}
        for number, (node, parent, depth) in enumerate(order):
            assert numbering.number[first + node] == number
            assert numbering.depth[first + number] == depth
            up = -1 if parent < 0 else first + number_of[parent]
            assert numbering.parent[first + number] == up


def test_paths_are_the_ancestors(forest):
    begin, numbering = numbered(forest)
    rng = np.random.default_rng(7)
    leaves = [rng.choice(np.flatnonzero(tree < 0), size=6) for tree in forest]
    applied = np.column_stack(leaves).astype(np.int32)
    paths = numbering.paths(applied).toarray()
    assert paths.shape == (6, begin[-1])
    for row in range(6):
        expected = set()
        for tree in range(len(forest)):
            node = begin[tree] + numbering.number[begin[tree] + applied[row, tree]]
            while node >= 0:
                expected.add(int(node))
                node = numbering.parent[node]
        assert set(np.flatnonzero(paths[row])) == expected
    assert set(np.unique(paths)) <= {0, 1}


def test_tree_of_one_node():
    numbering = number_tree({"left_child": np.array([-1], dtype=np.int32)})
    assert numbering.number.tolist() == [0]
    assert numbering.paths(np.zeros((3, 1), dtype=np.int32)).toarray().tolist() == [[1]] * 3


def test_one_long_branch():
    n_splits = 3000  # far deeper than Python recurses
    left_child = np.full(2 * n_splits + 1, -1, dtype=np.int32)
    left_child[np.arange(n_splits) * 2] = np.arange(n_splits) * 2 + 1  # always the right child
    numbering = number_tree({"left_child": left_child})
    assert numbering.depth.max() == n_splits
    assert sorted(numbering.number) == list(range(2 * n_splits + 1))
