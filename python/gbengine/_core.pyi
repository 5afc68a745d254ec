"""The C++ core. Private: use the estimators. Errors are ValueError or TypeError."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32] | NDArray[np.float64]  # 2-D, any strides, read in place
Vector = NDArray[np.float64]

def usable_threads() -> int: ...
def threads_of_n_jobs(n_jobs: int) -> int: ...
def usable_isas() -> list[str]: ...
def isa_in_use() -> str: ...
def force_isa(name: str) -> None: ...
def objectives() -> list[dict[str, Any]]:
    """Rows of the registry: name, task, params (list of names), metric."""

def metrics() -> list[dict[str, Any]]:
    """Rows of the registry: name, params."""

def objective_gradients(
    name: str, params: Mapping[str, float], y: Vector, raw: Vector
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """raw is (n_outputs, n_rows); returns (grad, hess) of that shape."""

def objective_base_score(
    name: str, params: Mapping[str, float], y: Vector, sample_weight: Vector | None
) -> Vector: ...
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
    @staticmethod
    def from_arrays(arrays: Mapping[str, NDArray[Any]], link: str) -> Model:
        """Copies and validates; ValueError naming the array and the place."""

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """base_score, tree_begin, tree_output, n_features (1 int64), one array per node field."""

    def raw_scores(
        self,
        X: Matrix,
        n_threads: int,
        first_tree: int = 0,
        last_tree: int = -1,
        init: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """(n_rows, n_outputs); init (same shape) replaces base_score; last_tree=-1: all trees."""

    def response(self, X: Matrix, n_threads: int) -> NDArray[np.float64]:
        """raw_scores through the link: (n_rows, n_outputs), (n_rows, 2) for the logit link."""

    def link_response(self, raw: NDArray[np.float64], n_threads: int) -> NDArray[np.float64]:
        """Raw scores (n_rows, n_outputs) through the link."""

    def apply(self, X: Matrix, n_threads: int) -> NDArray[np.int32]:
        """(n_rows, n_trees): the leaf's node index in its tree."""

    def split_gains(self) -> Vector:
        """(n_features,): total split gain of each feature."""

    def split_counts(self) -> NDArray[np.int64]:
        """(n_features,): number of splits on each feature."""

    def keep_trees(self, n_trees: int) -> Model:
        """A copy with the first n_trees trees."""

class Trainer:
    """Boosting over one table; bins it at construction, then adds rounds on demand.

    config holds exactly these keys (a missing or unknown key is a ValueError): objective (str),
    objective_params (dict), learning_rate, max_leaf_nodes (0: no limit), max_depth (0: no limit),
    min_samples_leaf, min_hessian_leaf, min_split_gain, l1_regularization, l2_regularization,
    max_delta_step (0: none), subsample, max_features, max_features_per_level,
    max_features_per_tree (fractions in (0, 1]), max_bins, grow_policy ("leaf_wise" or
    "depth_wise"), seed (int, 64 bit), n_threads.
    """

    def __init__(
        self,
        X: Matrix,
        y: Vector,
        sample_weight: Vector | None,
        config: Mapping[str, Any],
        init_model: Model | None = None,
    ) -> None: ...
    def set_validation(self, X: Matrix, y: Vector, sample_weight: Vector | None) -> None: ...
    def run(self, n_rounds: int, on_round: Callable[[int], bool] | None = None) -> int:
        """Adds up to n_rounds; on_round(rounds so far) after each: True stops. Returns the number
        of rounds the model now has. No GIL while it works; Ctrl-C raises KeyboardInterrupt."""

    @property
    def n_rounds(self) -> int: ...
    def train_loss(self) -> float:
        """Mean loss of the current model on the training rows."""

    def validation_loss(self) -> float: ...
    def train_raw(self) -> NDArray[np.float64]:
        """(n_rows, n_outputs) raw scores of the current model on the training rows."""

    def validation_raw(self) -> NDArray[np.float64]: ...
    def model(self) -> Model: ...
