"""The C++ core. Private: use the estimators. Errors are ValueError or TypeError."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# 2-D, any strides, read in place. X of Model, Table, Trainer and weighted_median may also be a CSR
# matrix or array of scipy, float32 or float64, whose indices ascend in each row.
Matrix = NDArray[np.float32] | NDArray[np.float64]
Vector = NDArray[np.float64]

def usable_threads() -> int: ...
def threads_of_n_jobs(n_jobs: int) -> int: ...
def give_back_free_memory() -> None:
    """Give the kernel what the C library keeps of freed memory."""

def usable_isas() -> list[str]: ...
def isa_in_use() -> str: ...
def force_isa(name: str) -> None: ...

class CancelToken:
    """Ends the core's work, with KeyboardInterrupt, in the threads that have entered it."""

    def cancel(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...

def indices_ascend(name: str, indptr: NDArray[Any], indices: NDArray[Any], n_minor: int) -> bool:
    """Whether they do in every row; ValueError if the arrays are no CSR (or CSC) table."""

def objectives() -> list[dict[str, Any]]:
    """Rows of the registry: name, task, params (list of names), metric."""

def metrics() -> list[dict[str, Any]]:
    """Rows of the registry: name, params."""

def objective_gradients(
    name: str, params: Mapping[str, float], y: Vector, raw: Vector
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """raw is (n_outputs, n_rows); returns (grad, hess) of that shape."""

def objective_base_score(
    name: str,
    params: Mapping[str, float],
    y: Vector,
    sample_weight: Vector | None,
    offset: NDArray[np.float64] | None = None,
) -> Vector:
    """offset is (n_outputs, n_rows), added to raw scores."""

def link_inverse(link: str, response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Raw scores behind predictions, each value by itself; logit: of the second class."""

def metric_value(
    name: str,
    params: Mapping[str, float],
    y: Vector,
    raw: Vector,
    sample_weight: Vector | None,
) -> float: ...
def bin_thresholds(
    X: Matrix, sample_weight: Vector | None, max_bins: int, n_threads: int
) -> list[Vector]:
    """Ascending thresholds of each column."""

class Model:
    """A validated ensemble; immutable, any number of threads may predict with it at once."""

    @property
    def n_features(self) -> int: ...
    @property
    def n_outputs(self) -> int: ...
    @property
    def n_trees(self) -> int: ...
    @property
    def link(self) -> str: ...
    @property
    def leaf_width(self) -> int:
        """Values of a node: 1, or n_outputs where a tree speaks for all outputs."""

    @property
    def aggregation(self) -> str:
        """How trees are joined: "sum" or "mean"."""

    @property
    def n_categories(self) -> NDArray[np.int32]:
        """(n_features,): 0 for a column of numbers; empty if all are numbers."""

    @property
    def category_sets(self) -> NDArray[np.uint64]:
        """(n_sets, 4): of each split on categories, in the order of the nodes, those that go left.

        Bit c % 64 of word c // 64 is category c; categories above 255 share the last bit. The
        split's threshold is the number of its set.
        """

    @staticmethod
    def from_arrays(
        arrays: Mapping[str, NDArray[Any]], link: str, aggregation: str = "sum"
    ) -> Model:
        """Copies and validates; ValueError naming the array and the place.

        The arrays of to_arrays; leaf_width may be left out if it is 1, n_categories and
        category_sets if all columns are numbers, and right_child may be given if it is
        left_child + 1.
        """

    def to_arrays(self, copy: bool = True) -> dict[str, NDArray[Any]]:
        """base_score, tree_begin, tree_output, n_features and leaf_width (1 int64 each), one array
        per node field (value: leaf_width a node); of split_gain, hess_sum, n_samples and impurity
        those that were kept; of a model with columns of categories n_categories and category_sets.
        copy=False: read-only views of the model's own memory."""

    def raw_scores(
        self,
        X: Matrix,
        n_threads: int,
        first_tree: int = 0,
        last_tree: int = -1,
        init: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """(n_rows, n_outputs); last_tree=-1: all trees. init (same shape) replaces base_score;
        not with aggregation "mean", which is over the trees asked for."""

    def response(self, X: Matrix, n_threads: int) -> NDArray[np.float64]:
        """raw_scores through the link: (n_rows, n_outputs), (n_rows, 2) for the logit link."""

    def link_response(self, raw: NDArray[np.float64], n_threads: int) -> NDArray[np.float64]:
        """Raw scores (n_rows, n_outputs) through the link."""

    def apply(self, X: Matrix, n_threads: int) -> NDArray[np.int32]:
        """(n_rows, n_trees): the leaf's node index in its tree."""

    def tree_values(self, X: Matrix, n_threads: int) -> NDArray[np.float64]:
        """(n_rows, n_trees, leaf_width): the values of those leaves."""

    def tree(self, tree: int) -> dict[str, NDArray[Any]]:
        """One tree's arrays, a slot a node: feature, threshold, left_child, right_child,
        missing_goes_left, value (n_nodes, leaf_width), the statistics that were kept and, if the
        model has columns of categories, the tree's own category_sets, which its thresholds
        number."""

    def select(self, trees: Sequence[int]) -> Model:
        """A copy with these trees, in this order; a tree may be named again."""

    def split_gains(self) -> Vector:
        """(n_features,): total split gain of each feature; ValueError if gains were not kept."""

    def split_counts(self) -> NDArray[np.int64]:
        """(n_features,): number of splits on each feature."""

    def keep_trees(self, n_trees: int) -> Model:
        """A copy with the first n_trees trees."""

class Trainer:
    """Boosting over one table; bins it at construction, then adds rounds on demand.

    config holds exactly these keys (a missing or unknown key is a ValueError): objective (str),
    objective_params (dict), learning_rate, max_leaf_nodes (0: no limit), max_depth (0: no limit),
    min_samples_leaf, min_hessian_leaf, min_split_gain, l1_regularization, l2_regularization,
    max_delta_step (0: none), cat_smooth, max_cat_threshold, min_samples_category, subsample,
    max_features, max_features_per_level, max_features_per_tree (fractions in (0, 1]),
    n_parallel_trees (trees per round and output, averaged; model order: round, output, parallel
    tree), multi_output ("separate", or "shared": a tree serves all outputs), max_bins, base_score
    (list of raw scores, empty: the best constants), grow_policy ("leaf_wise" or "depth_wise"),
    seed (int, 64 bit), n_threads.
    """

    def __init__(
        self,
        X: Matrix | Table,  # a Table with the config's max_bins
        y: Vector,
        sample_weight: Vector | None,
        config: Mapping[str, Any],
        init_model: Model | None = None,
        offset: NDArray[np.float64] | None = None,
    ) -> None:
        """y may be (n_targets, n_rows) for losses of regression, which then have an output each.

        offset is (n_outputs, n_rows), added to raw scores but no part of the model.
        """

    def set_validation(
        self,
        X: Matrix,
        y: Vector,
        sample_weight: Vector | None,
        offset: NDArray[np.float64] | None = None,
    ) -> None: ...
    def run(self, n_rounds: int, on_round: Callable[[int], bool] | None = None) -> int:
        """Adds up to n_rounds; on_round(rounds so far) after each: True stops. Returns the number
        of rounds the model now has. No GIL while it works; Ctrl-C raises KeyboardInterrupt."""

    def set_learning_rate(self, rate: float) -> None:
        """Of the rounds to come, also from within on_round."""

    @property
    def n_rounds(self) -> int: ...
    def train_loss(self) -> float:
        """Mean loss of the current model on the training rows."""

    def validation_loss(self) -> float: ...
    def train_raw(self) -> NDArray[np.float64]:
        """(n_rows, n_outputs) raw scores of the current model on the training rows."""

    def validation_raw(self) -> NDArray[np.float64]: ...
    def model(self) -> Model: ...

class Table:
    """A training table in the form that growing reads; immutable, shared by any number of fits."""

    def __init__(
        self,
        X: Matrix,
        sample_weight: Vector | None,
        max_bins: int,
        n_threads: int,
        n_categories: Sequence[int] = ...,
    ) -> None:
        """max_bins 2 to 255: quantile bins; 0: every distinct value is kept.

        n_categories has a number for each column, or is empty: 0 for numbers, else the number of
        categories, whose codes 0, 1, … the column holds, the frequent ones first. A sparse X has
        none.
        """

    @staticmethod
    def from_columns(
        chunks: Iterable[Matrix],
        n_rows: int,
        sample_weight: Vector | None,
        max_bins: int,
        n_threads: int,
        n_categories: Sequence[int],
    ) -> Table:
        """Make it of a table that comes some columns at a time; n_categories has all of them."""

    def take_rows(self, rows: NDArray[np.int64], n_threads: int) -> Table:
        """These rows, which may repeat, by the same bins; ValueError if every value is kept."""

    @property
    def n_rows(self) -> int: ...
    @property
    def n_features(self) -> int: ...
    @property
    def n_bytes(self) -> int: ...
    @property
    def max_bins(self) -> int: ...

class ForestTrainer:
    """Grows trees that do not know of each other: one tree, a forest, bagging, isolation.

    y is (n_rows, n_outputs), C order: numbers, or positions in the classes, of which n_classes has
    a number for each output ([] for regression). config holds exactly these keys (a missing or
    unknown key is a ValueError): criterion, splitter ("best" or "random"), max_depth (0: no limit),
    max_leaf_nodes (0: no limit), min_samples_split, min_samples_leaf, min_weight_leaf,
    min_impurity_decrease, max_features (columns per split), ccp_alpha, monotonic_cst ([]: none),
    sampling ("all", "with_replacement" or "without_replacement"), n_draws, features_per_tree,
    features_with_replacement, balance ("none" or "subsample"), keep_statistics (whether nodes have
    impurity and n_samples), keep_leaf_samples, seed (int, 64 bit), n_threads. What is said of all
    trees includes those of init_model.
    """

    def __init__(
        self,
        table: Table,
        y: NDArray[np.float64],
        n_classes: list[int],
        sample_weight: Vector | None,
        config: Mapping[str, Any],
        init_model: Model | None = None,
    ) -> None: ...
    def run(self, n_trees: int, on_trees: Callable[[int], bool] | None = None) -> int:
        """Adds up to n_trees; on_trees(trees so far) now and then: True stops. Returns how many
        trees the model now has. No GIL while it works; Ctrl-C raises KeyboardInterrupt."""

    def model(self) -> Model:
        """Aggregation "mean", link "identity", base score 0."""

    def importances(self) -> Vector:
        """(n_features,): sum over the trees grown here of each tree's normalised importances."""

    def oob_values(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """(n_rows, leaf_width) means over the trees that did not draw the row, NaN if none; and
        how many those were; all trees."""

    def oob_importances(self, n_repeats: int) -> Vector:
        """(n_features,): growth of a tree's error on rows not drawn if a column is shuffled."""

    def in_bag_counts(self, tree: int) -> NDArray[np.int64]:
        """(n_rows,): how often the tree drew each row; any tree."""

    def draw_order(self) -> NDArray[np.uint32]:
        """(n_rows,): what draw_counts needs to draw the same again; empty if all are taken."""

    def columns_of(self, tree: int) -> NDArray[np.int64]:
        """Columns that the tree may ask; any tree."""

    def leaf_samples(self) -> dict[str, NDArray[Any]]:
        """offset (int64, one more than the nodes of the trees grown here), row and count
        (uint32): the rows in each leaf and how often drawn. Needs keep_leaf_samples."""

def draw_counts(
    order: NDArray[np.uint32],
    sample_weight: Vector | None,
    sampling: str,
    n_draws: int,
    seed: int,
    tree: int,
) -> NDArray[np.int64]:
    """in_bag_counts(tree) without the trainer: from its draw_order, and what it was given."""

def pruning_path(model: Model) -> tuple[Vector, Vector]:
    """(ccp_alphas, impurities) of a model of one tree with statistics."""

class AdaBoostTrainer:
    """SAMME (n_classes > 0: y are class codes) and AdaBoost.R2 (n_classes == 0).

    trees has the keys of ForestTrainer's config: sampling "all" weighs the rows (classes only),
    "with_replacement" draws n_draws of them by their weights. config: loss ("wrong_class" for
    classes; "linear", "square", "exponential"), learning_rate, class_factors (list of float in
    (0, 1], of the rows' weights in the trees, or empty).
    """

    def __init__(
        self,
        table: Table,
        y: Vector,
        n_classes: int,
        sample_weight: Vector | None,
        trees: Mapping[str, Any],
        config: Mapping[str, Any],
    ) -> None: ...
    def run(self, n_trees: int) -> int:
        """Adds up to n_trees; fewer if boosting has come to its end. Returns how many there are."""

    def model(self) -> Model:
        """Leaves of class shares or means; aggregation "mean", link "identity"."""

    def tree_weights(self) -> Vector: ...
    def tree_errors(self) -> Vector: ...

def vote_model(shares: Model, n_classes: int, tree_weights: Sequence[float]) -> Model:
    """Raw scores are the weighted votes of trees of class shares; link "logit" or "softmax"."""

def weighted_median(
    model: Model, X: Matrix, tree_weights: Sequence[float], n_threads: int
) -> Vector:
    """Of each row, the weighted median of its values in the model's first trees."""

def shuffled_rows(
    X: Matrix, columns: NDArray[np.float64], seed: int, n_threads: int
) -> NDArray[np.uint32]:
    """All rows in random order, by what is in X and in the columns, (n_columns, n_rows)."""

def category_folds(X: Matrix, seed: int, n_threads: int) -> NDArray[np.uint8]:
    """The fold of each row, by what its cells are: 0 to 4."""

def category_statistics(
    X: Matrix,
    feature: int,
    n_categories: int,
    y: NDArray[np.float64],
    n_classes: Sequence[int],
    sample_weight: Vector | None,
    folds: NDArray[np.uint8],
    n_threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """What y, (n_rows, n_outputs), is in the categories of a column of codes or NaN.

    ``n_classes`` has a number for each output, of which y are codes; 0 for numbers. Statistics are
    means, or shares of classes (of two that of the second), and last log(1 + weight).

    Returns the statistics of each category, (n_statistics, n_categories), those of each row by the
    rows of other folds, (n_statistics, n_rows), and the share of weight that other folds hold in
    the category of a row.
    """
