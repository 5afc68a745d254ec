"""The trainer's settings: same names and meaning as the core's config."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    learning_rate: float = 0.1
    n_parallel_trees: int = 1  # for each output of a round, averaged
    multi_output: str = "separate"  # "shared": trees serve all outputs (vector_trees.py)
    max_leaf_nodes: int = 31  # 0: no limit
    max_depth: int = 0  # 0: no limit
    min_samples_leaf: int = 20
    min_hessian_leaf: float = 1e-3
    min_split_gain: float = 0.0
    l1_regularization: float = 0.0
    l2_regularization: float = 0.0
    max_delta_step: float = 0.0  # 0: none
    cat_smooth: float = 10.0  # hessian of the node's mean that a category's is mixed with
    max_cat_threshold: int = 32  # groups of categories on the smaller side of a split
    min_samples_category: int = 10  # categories of fewer rows are pooled
    subsample: float = 1.0
    max_features: float = 1.0  # fraction drawn for every split
    max_features_per_level: float = 1.0
    max_features_per_tree: float = 1.0
    max_bins: int = 255
    base_score: tuple[float, ...] = ()  # raw, one an output; empty: the best constants
    grow_policy: str = "leaf_wise"
    seed: int = 0
