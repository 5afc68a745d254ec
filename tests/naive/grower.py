"""One tree: always split the most promising open node until a limit is reached."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from naive.binning import Table
from naive.config import Config
from naive.rng import CounterRng, Purpose
from naive.split import Split, Sums, TreeData, best_split, node_value


@dataclass
class Node:
    number: int  # in order of creation
    depth: int
    rows: list[int]
    sums: Sums
    split: Split | None  # the best one, if the node may be split
    left: int = -1
    right: int = -1

    @property
    def is_leaf(self) -> bool:
        return self.left == -1

    @property
    def is_open(self) -> bool:
        return self.is_leaf and self.split is not None


@dataclass
class Tree:
    nodes: list[Node]

    def leaf_of(self, codes: Sequence[int], table: Table) -> Node:
        """The leaf that a row with these codes reaches."""
        node = self.nodes[0]
        while not node.is_leaf:
            assert node.split is not None
            goes_left = goes_left_of(codes[node.split.feature], node.split, table)
            node = self.nodes[node.left if goes_left else node.right]
        return node


def goes_left_of(code: int, split: Split, table: Table) -> bool:
    if code == table.missing_bin(split.feature):
        return split.missing_goes_left
    if table.is_categorical(split.feature):
        return code in split.left_bins
    return code <= split.bin


def draw_rows(places: list[int], tree_idx: int, config: Config) -> list[int]:
    if config.subsample == 1.0:
        return list(range(len(places)))
    rng = CounterRng(config.seed, Purpose.ROW_SAMPLE)
    return [i for i, place in enumerate(places) if rng.uniform(tree_idx, place) < config.subsample]


def draw_features(
    features: list[int], fraction: float, rng: CounterRng, a: int, b: int
) -> list[int]:
    """The features with the smallest hashes, in ascending order; at least one of them."""
    if fraction == 1.0:
        return features
    shuffled = sorted(features, key=lambda feature: (rng.bits(a, b, feature), feature))
    return sorted(shuffled[: max(1, round(fraction * len(features)))])


class Grower:
    """Grows the tree number tree_idx of the model on the given rows."""

    def __init__(self, data: TreeData, rows: list[int], tree_idx: int, config: Config) -> None:
        self.data = data
        self.config = config
        self.tree_idx = tree_idx
        rng = CounterRng(config.seed, Purpose.FEATURE_PER_TREE)
        self.features = draw_features(
            data.table.splittable_features(), config.max_features_per_tree, rng, tree_idx, 0
        )
        self.nodes: list[Node] = []
        self.add_node(rows, depth=0)

    def grow(self) -> Tree:
        limit = self.config.max_leaf_nodes or math.inf
        while sum(node.is_leaf for node in self.nodes) < limit:
            open_nodes = [node for node in self.nodes if node.is_open]
            if not open_nodes:
                break
            self.split(min(open_nodes, key=self.priority))
        return Tree(self.nodes)

    def priority(self, node: Node) -> tuple[float, ...]:
        """The smallest is split first."""
        assert node.split is not None
        if self.config.grow_policy == "leaf_wise":
            return (-node.split.gain, node.number)
        return (node.depth, -node.split.gain, node.number)

    def split(self, node: Node) -> None:
        split, table = node.split, self.data.table
        assert split is not None
        goes_left = {
            i: goes_left_of(table.codes[i][split.feature], split, table) for i in node.rows
        }
        left_rows = [i for i in node.rows if goes_left[i]]
        right_rows = [i for i in node.rows if not goes_left[i]]
        node.left = self.add_node(left_rows, node.depth + 1)
        node.right = self.add_node(right_rows, node.depth + 1)

    def add_node(self, rows: list[int], depth: int) -> int:
        number = len(self.nodes)
        sums = self.data.sums(rows)
        split = None
        if self.may_split(rows, sums, depth):
            features = self.features_of_node(depth, number)
            split = self.best_split(rows, features)
        self.nodes.append(Node(number, depth, rows, sums, split))
        return number

    def best_split(self, rows: list[int], features: list[int]) -> Split | None:
        return best_split(self.data, rows, features, self.config)

    def may_split(self, rows: list[int], sums: Sums, depth: int) -> bool:
        if self.config.max_depth != 0 and depth >= self.config.max_depth:
            return False
        return len(rows) >= 2 and sums.n >= 2 * self.config.min_samples_leaf

    def features_of_node(self, depth: int, number: int) -> list[int]:
        config = self.config
        rng = CounterRng(config.seed, Purpose.FEATURE_PER_LEVEL)
        of_level = draw_features(
            self.features, config.max_features_per_level, rng, self.tree_idx, depth
        )
        rng = CounterRng(config.seed, Purpose.FEATURE_PER_SPLIT)
        return draw_features(of_level, config.max_features, rng, self.tree_idx, number)

    def value(self, node: Node) -> float:
        """The step of the raw score that the node's gradients ask for."""
        return node_value(*self.data.real(node.sums), self.config)
