"""What fitting a tree and fitting a forest share: arguments, the core's table and trainer.

Read the arguments → drop rows of weight zero → find classes → configure → sort or bin
(``core.Table``) → grow (``core.ForestTrainer``). The estimator is only read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import is_classifier

from gbengine._binned_dataset import BinnedDataset, core_table
from gbengine._config import seed_from
from gbengine._encoder import encoder_of
from gbengine._outputs import (
    Targets,
    check_poisson,
    class_outputs,
    n_copies,
    regression_outputs,
    target_columns,
    times_class_weights,
)
from gbengine._progress import Progress
from gbengine._runtime import core
from gbengine._statistics_fit import encoding_for
from gbengine._target_encoding import StatisticTargets, TargetEncoding, n_inner
from gbengine._training_table import read_training_table
from gbengine._tree_config import Size
from gbengine._tree_params import most_categories, table_bins

if TYPE_CHECKING:
    from gbengine._core import ForestTrainer, Matrix, Model, Table, Vector
    from gbengine._sparse import Sparse


@dataclass(frozen=True)
class Rows:
    """The training rows, read and checked.

    ``learnt`` is what X has told of its columns, ``X`` the rows that are trained on. ``weight`` is
    that of the user times that of the classes, never zero, None for all ones; ``kept`` are the
    positions of these rows among the user's, and ``dropped`` the others; both None if all were
    kept. ``n_copies`` counts rows as the user's weights do that are all whole numbers.
    """

    learnt: dict[str, Any]
    X: "Matrix | BinnedDataset"
    targets: Targets
    weight: "Vector | None"
    kept: NDArray[np.intp] | None
    dropped: "Matrix | None"
    n_copies: int

    @property
    def encoding(self) -> TargetEncoding | None:
        """The columns that the core is given in place of those of X; None for the same."""
        return self.learnt.get("_target_encoding")

    @property
    def statistic_targets(self) -> StatisticTargets:
        """What statistics of categories are of."""
        return StatisticTargets(self.targets.values, self.targets.n_classes, self.weight)

    @property
    def size(self) -> Size:
        """What a configuration counts from."""
        n_rows, n_features = self.X.shape[0], n_inner(self.encoding, self.X.shape[1])
        total = float(n_rows) if self.weight is None else fsum(self.weight)
        n_outputs = self.targets.values.shape[1]
        n_classes = self.targets.n_classes
        return Size(n_rows, self.n_copies, n_features, n_outputs, n_classes, total, self.encoding)


def read_rows(
    estimator: Any,
    params: Mapping[str, Any],
    arguments: tuple[Any, Any, Any],
    *,
    warns_of_column: bool,
) -> Rows:
    """Check the arguments of fit.

    Parameters
    ----------
    estimator : estimator
        Says whether y holds classes, and who complains.
    params : mapping of str to object
        Of these ``criterion`` and ``class_weight`` are read.
    arguments : tuple
        X, y and sample_weight as the user passed them; y may also be a function of the table.
    warns_of_column : bool
        Whether y of shape (n_rows, 1) is worth a warning.
    """
    X, y, sample_weight = arguments
    read = read_training_table(estimator, X, sample_weight)
    table, weight, learnt = read.X, read.weight, read.learnt()
    del read  # or the rows of weight zero would stay as long as the others
    y = y(_values(table)) if callable(y) else y
    columns = target_columns(y, table.shape[0], warns_of_column=warns_of_column)
    kept = dropped = None
    if not isinstance(table, BinnedDataset) and weight is not None and weight.min() == 0:
        kept, dropped = np.flatnonzero(weight), table[weight == 0]
        table, columns, weight = table[kept], columns[kept], weight[kept]
        weight = None if np.all(weight == 1) else weight
    targets = class_outputs(columns) if is_classifier(estimator) else regression_outputs(columns)
    if params.get("criterion") == "poisson":
        check_poisson(targets)
    copies = n_copies(weight, table.shape[0])
    class_weight = params.get("class_weight")
    # Balanced on each tree's rows, by the core; without drawing that is balanced on all rows.
    if class_weight == "balanced_subsample":
        class_weight = None if params["bootstrap"] else "balanced"
    if targets.classes:
        weight = times_class_weights(weight, targets, class_weight)
    encoding = encoding_for(
        estimator,
        (table, learnt.get("_encoder")),
        StatisticTargets(targets.values, targets.n_classes, weight),
        lambda: most_categories(params, copies),
    )
    if encoding is not None:
        learnt["_target_encoding"] = encoding
    return Rows(learnt, table, targets, weight, kept, dropped, copies)


def _values(table: "Matrix | Sparse | BinnedDataset") -> "Matrix | Sparse":
    """Give the values of a table; TypeError if it has only bins."""
    if issparse(table):
        return table
    values: Matrix = np.asarray(table)
    return values


def learnt_attributes(rows: Rows) -> dict[str, Any]:
    """Give what fit learns of the arguments: columns, categories, classes, number of outputs."""
    classes, n_classes = rows.targets.classes, rows.targets.n_classes
    n_outputs = rows.targets.values.shape[1]
    learnt = rows.learnt | {"n_outputs_": n_outputs}
    if classes:
        learnt["classes_"] = classes[0] if n_outputs == 1 else classes
        learnt["n_classes_"] = n_classes[0] if n_outputs == 1 else np.array(n_classes)
    return learnt


def make_table(rows: Rows, params: Mapping[str, Any], seed: int) -> "Table":
    """Bring the rows into the form that growing reads, unless they are in it already."""
    if isinstance(rows.X, BinnedDataset):
        return rows.X.table_for(params)
    max_bins = table_bins(params, rows.n_copies)
    encoder, encoding = encoder_of(rows.learnt, rows.X.shape[1]), rows.encoding
    n_jobs = params["n_jobs"]
    if encoding is None:
        return core_table(rows.X, rows.weight, max_bins, n_jobs, encoder.n_categories)
    table = encoding.training_table(rows.X, rows.statistic_targets, seed, n_jobs)
    return core_table(table, rows.weight, max_bins, n_jobs, encoding.n_categories(encoder))


def make_trainer(
    rows: Rows,
    params: Mapping[str, Any],
    config: Mapping[str, Any],
    init_model: "Model | None" = None,
) -> "ForestTrainer":
    """Give a trainer that has grown nothing yet."""
    table = make_table(rows, params, config["seed"])
    targets = rows.targets
    return core.ForestTrainer(
        table, targets.values, targets.n_classes, rows.weight, config, init_model
    )


def grow_trees(trainer: "ForestTrainer", n_trees: int, n_before: int, verbose: Any) -> None:
    """Add trees until there are ``n_trees``, of which ``n_before`` are there already."""
    if n_trees == n_before:
        return
    if not verbose:
        trainer.run(n_trees - n_before)
        return
    with Progress(verbose, n_trees, n_before, unit="tree") as progress:

        def on_trees(n_grown: int) -> bool:
            progress.show(n_grown, "")
            return False

        trainer.run(n_trees - n_before, on_trees)


def seed_for(random_state: Any, *, draws: bool) -> int:
    """Give the seed of all draws; a generator is asked for one only if something is drawn."""
    return seed_from(random_state) if draws or isinstance(random_state, int | np.integer) else 0
