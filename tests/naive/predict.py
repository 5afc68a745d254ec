"""Raw scores from a model's arrays: a recursive walk down every tree."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


def leaf_of_row(arrays: Arrays, row: NDArray[np.floating], root: int, node: int = 0) -> int:
    """The leaf's index in the tree whose first node is `root`."""
    at = root + node
    feature = int(arrays["feature"][at])
    if feature < 0:
        return node
    x = float(row[feature])
    if math.isnan(x):
        goes_left = bool(arrays["missing_goes_left"][at])
    elif "n_categories" in arrays and arrays["n_categories"][feature] > 0:
        code = min(int(x), 255)
        words = arrays["category_sets"][int(arrays["threshold"][at])]
        goes_left = bool(int(words[code // 64]) >> code % 64 & 1)
    else:
        goes_left = x <= float(arrays["threshold"][at])
    child = int(arrays["left_child"][at]) + (0 if goes_left else 1)  # side by side
    return leaf_of_row(arrays, row, root, child)


def apply(arrays: Arrays, X: NDArray[np.floating]) -> NDArray[np.int32]:
    """(n_rows, n_trees): the leaf that each row reaches in each tree."""
    roots = [int(begin) for begin in arrays["tree_begin"][:-1]]
    leaves = [[leaf_of_row(arrays, row, root) for root in roots] for row in X]
    return np.array(leaves, np.int32).reshape(len(X), len(roots))


def raw_scores(arrays: Arrays, X: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n_rows, n_outputs): base score and the leaves' values, added in tree order."""
    scores = np.repeat(arrays["base_score"][None, :], len(X), axis=0).astype(np.float64)
    for i, row_leaves in enumerate(apply(arrays, X)):
        for tree, leaf in enumerate(row_leaves):
            output = int(arrays["tree_output"][tree])
            scores[i, output] += arrays["value"][arrays["tree_begin"][tree] + leaf]
    return scores
