"""Node numbers as scikit-learn's trees have them: depth first, a node before its left child's kin.

The core keeps siblings side by side, because that is how rows walk fastest. Users know the other
order from ``tree_``, and ``apply`` and ``decision_path`` speak of the same nodes. All trees of a
model are renumbered at once, one level at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    from gbengine._core import Model

Index = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True)
class Numbering:
    """The nodes of all trees of a model.

    Attributes
    ----------
    begin : ndarray of int64 of shape (n_trees + 1,)
        Position of each tree's root among all nodes, in either order.
    number : ndarray of int32 or int64 of shape (n_nodes,)
        From the core's order to the number of the node in its tree.
    parent : ndarray of int32 or int64 of shape (n_nodes,)
        In the new order, counted over all trees; -1 for a root.
    depth : ndarray of int32 or int64 of shape (n_nodes,)
        In the new order; 0 for a root.
    """

    begin: NDArray[np.int64]
    number: Index
    parent: Index
    depth: Index

    def leaves(self, applied: NDArray[np.int32]) -> NDArray[np.int64]:
        """Renumber what the core's apply gave, (n_rows, n_trees)."""
        leaves: Index = self.number[applied + self.begin[:-1]]
        return leaves.astype(np.int64, copy=False)

    def positions(self, applied: NDArray[np.int32]) -> NDArray[np.int64]:
        """Give the same as positions among the nodes of all trees."""
        return self.leaves(applied) + self.begin[:-1]

    def paths(self, applied: NDArray[np.int32]) -> Any:
        """Give the nodes that rows pass on their way, as a CSR matrix (n_rows, n_nodes)."""
        n_rows, n_trees = applied.shape
        node = self.positions(applied).ravel()
        ends = np.cumsum(self.depth[node] + 1)
        n_entries = int(ends[-1])
        indices = np.empty(n_entries, dtype=np.int64)
        slot = ends - 1
        while len(node):  # one step up from all leaves at once
            indices[slot] = node
            node = self.parent[node]
            below_root = node >= 0
            node, slot = node[below_root], slot[below_root] - 1
        indptr = np.concatenate([[0], ends[n_trees - 1 :: n_trees]])
        ones = np.ones(n_entries, dtype=np.int64)
        return sparse.csr_matrix((ones, indices, indptr), shape=(n_rows, self.begin[-1]))


def number_nodes(model: "Model") -> Numbering:
    """Number the nodes of all trees."""
    arrays = model.to_arrays(copy=False)
    return number_arrays(arrays["tree_begin"], arrays["left_child"])


def number_tree(tree: Mapping[str, NDArray[Any]]) -> Numbering:
    """Number the nodes of one tree, given as its arrays."""
    left_child = tree["left_child"]
    return number_arrays(np.array([0, len(left_child)]), left_child)


def number_arrays(tree_begin: NDArray[Any], left_child: NDArray[Any]) -> Numbering:
    """Number the nodes of trees whose right children follow their left ones."""
    begin = tree_begin.astype(np.int64)
    n_nodes = len(left_child)
    # A forest has millions of nodes; half the memory, unless it has billions.
    index: type[np.signedinteger[Any]] = np.int32 if n_nodes < 2**31 else np.int64
    roots = begin[:-1].astype(index)
    first = np.repeat(roots, np.diff(begin))
    left = left_child + first
    nodes, splits = roots, []  # of each level the nodes, and of these the ones that are split
    while len(nodes):
        splits.append(nodes[left_child[nodes] >= 0])
        below = left[splits[-1]]
        nodes = np.concatenate([below, below + 1])
    n_below = np.ones(n_nodes, dtype=index)
    for nodes in reversed(splits):
        n_below[nodes] += n_below[left[nodes]] + n_below[left[nodes] + 1]
    position = np.zeros(n_nodes, dtype=index)
    position[roots] = roots
    parent = np.full(n_nodes, -1, dtype=index)
    depth = np.zeros(n_nodes, dtype=index)
    for level, nodes in enumerate(splits):
        at, below = position[nodes], left[nodes]
        position[below] = at + 1
        position[below + 1] = at + 1 + n_below[below]
        for child in (below, below + 1):
            parent[position[child]] = at
            depth[position[child]] = level + 1
    return Numbering(begin, position - first, parent, depth)
