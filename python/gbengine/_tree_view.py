"""Trees as users know them: a genuine scikit-learn ``Tree``, and the list ``estimators_``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from sklearn.tree._tree import NODE_DTYPE, TREE_LEAF, TREE_UNDEFINED, Tree

from gbengine._numbering import number_tree
from gbengine._shares import split_shares

_STATISTICS = ("impurity", "n_samples", "hess_sum")


def sklearn_tree(
    arrays: Mapping[str, NDArray[Any]], n_features: int, n_classes: list[int], n_outputs: int
) -> Tree:
    """Build scikit-learn's own tree from one of ours.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        What ``core.Model.tree`` gives.
    n_features : int
    n_classes : list of int
        Of each output; empty for regression.
    n_outputs : int

    Raises
    ------
    ValueError
        If the nodes have no statistics.
    """
    missing = [name for name in _STATISTICS if name not in arrays]
    if missing:
        raise ValueError(
            f"the nodes were grown without {' and '.join(missing)}, which scikit-learn's trees "
            "have: fit with keep_statistics=True"
        )
    numbering = number_tree(arrays)
    number = numbering.number
    is_leaf = arrays["left_child"] < 0
    nodes = np.zeros(len(number), dtype=NODE_DTYPE)
    left = number[arrays["left_child"]]  # of leaves: some number, replaced in the next lines
    right = number[arrays["right_child"]]
    nodes["left_child"][number] = np.where(is_leaf, TREE_LEAF, left)
    nodes["right_child"][number] = np.where(is_leaf, TREE_LEAF, right)
    nodes["feature"][number] = np.where(is_leaf, TREE_UNDEFINED, arrays["feature"])
    nodes["threshold"][number] = np.where(is_leaf, TREE_UNDEFINED, arrays["threshold"])
    nodes["missing_go_to_left"][number] = np.where(is_leaf, 0, arrays["missing_goes_left"])
    nodes["impurity"][number] = arrays["impurity"]
    nodes["n_node_samples"][number] = arrays["n_samples"]
    nodes["weighted_n_node_samples"][number] = arrays["hess_sum"]
    widths = n_classes or [1] * n_outputs
    values = np.zeros((len(number), n_outputs, max(widths)))
    for output, part in enumerate(_values_of_outputs(arrays["value"], n_classes)):
        values[number, output, : part.shape[1]] = part
    tree = Tree(n_features, np.array(widths, dtype=np.intp), n_outputs)
    tree.__setstate__(
        {
            "max_depth": int(numbering.depth.max()),
            "node_count": len(number),
            "nodes": nodes,
            "values": values,
        }
    )
    return tree


def _values_of_outputs(
    value: NDArray[np.float64], n_classes: list[int]
) -> list[NDArray[np.float64]]:
    if n_classes:
        return split_shares(value, n_classes)
    return list(value.T[:, :, np.newaxis])


class TreeSequence(Sequence[Any]):
    """The trees of a forest as estimators, each made when it is asked for.

    Parameters
    ----------
    n_trees : int
    make : callable
        From a tree's position to the estimator.
    """

    def __init__(self, n_trees: int, make: Callable[[int], Any]) -> None:
        self._n_trees = n_trees
        self._make = make

    def __len__(self) -> int:
        return self._n_trees

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Give one tree, or a list of them for a slice."""
        positions = range(self._n_trees)[index]
        if isinstance(positions, range):
            return [self._make(position) for position in positions]
        return self._make(positions)

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, range(self._n_trees))

    def __repr__(self) -> str:
        return f"<{self._n_trees} trees>"
