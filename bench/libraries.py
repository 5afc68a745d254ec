"""One adapter a library: its name for each setting, its estimator, its quickest one-row call.

Used by measure.py (which imports one library per process) and quality.py. Example:
`library = LIBRARIES["lightgbm"]; model = library.estimator(job, part); model.fit(part.X, part.y)`.

All libraries get the same rounds, leaves, rate, bins and rows per leaf, no L2 penalty, no sampling
and no early stopping; where a library has no such setting the nearest one is taken, and the note
says so. Everything else stays at the library's default.
"""

from __future__ import annotations

import importlib
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from metrics import Task, is_classification
from workloads import Part

RowCall = Callable[[NDArray[np.float32]], Any]


@dataclass(frozen=True)
class Settings:
    rounds: int = 100
    leaves: int = 31
    rate: float = 0.1
    bins: int = 255
    min_samples_leaf: int = 20
    threads: int = 1


@dataclass(frozen=True)
class Job:
    task: Task
    n_classes: int
    settings: Settings


def levels_for(leaves: int) -> int:
    """Depth of the smallest full binary tree with at least that many leaves."""
    return max(1, int(np.ceil(np.log2(leaves))))


def leaf_weight(job: Job, part: Part) -> float:
    """The sum of hessians that stands for `min_samples_leaf` rows where a library counts those.

    Rows times the mean hessian of the best constant model: exact for squared error, right for the
    first tree of the other losses. XGBoost's hessian of the softmax is 2 p (1 - p).
    """
    share = np.bincount(part.y.astype(np.int64)) / part.y.size if job.n_classes else np.ones(1)
    by_task = {
        "binary": float(np.prod(share)) if share.size == 2 else 0.25,
        "multiclass": float(np.mean(2.0 * share * (1.0 - share))),
        "poisson": float(np.mean(part.y * (1.0 if part.weight is None else part.weight))),
    }
    return job.settings.min_samples_leaf * by_task.get(job.task, 1.0)


class Library(ABC):
    """`name` is the row of the table; `module` must be importable, or the library is skipped."""

    name: str
    module: str
    packages: ClassVar[tuple[str, ...]]
    note: str = ""

    def absent(self) -> bool:
        return importlib.util.find_spec(self.module) is None

    def version(self) -> str:
        for package in self.packages:
            try:
                return version(package)
            except PackageNotFoundError:
                continue
        return str(getattr(importlib.import_module(self.module), "__version__", "?"))

    def unfit_for(self, task: Task) -> str | None:
        """Why the library cannot do this task, or None."""
        return None

    @abstractmethod
    def estimator(self, job: Job, part: Part) -> Any:
        """The scikit-learn style estimator, unfitted. Imports the library."""

    def fit(self, estimator: Any, part: Part) -> None:
        estimator.fit(part.X, part.y, sample_weight=part.weight)

    def predict(self, estimator: Any, X: NDArray[np.float32], job: Job) -> Any:
        """Probabilities or expected values, by the documented call, on job's threads."""
        return estimator.predict_proba(X) if is_classification(job.task) else estimator.predict(X)

    def row_call(self, estimator: Any, job: Job) -> RowCall:
        """The quickest public call for one row of shape (1, n_features) that gives the same."""
        return lambda row: self.predict(estimator, row, job)


class GBEngine(Library):
    name, module, packages = "gbengine", "gbengine", ("gbengine",)

    def estimator(self, job: Job, part: Part) -> Any:
        gbengine, s = importlib.import_module("gbengine"), job.settings
        common = {
            "n_estimators": s.rounds,
            "max_leaf_nodes": s.leaves,
            "learning_rate": s.rate,
            "max_bins": s.bins,
            "min_samples_leaf": s.min_samples_leaf,
            "n_jobs": s.threads,
        }
        if is_classification(job.task):
            return gbengine.GradientBoostingClassifier(**common)
        loss = {"regression": "squared_error"}.get(job.task, job.task)
        return gbengine.GradientBoostingRegressor(loss=loss, **common)


class LightGBM(Library):
    module, packages = "lightgbm", ("lightgbm",)

    def __init__(self, name: str, quantised: bool) -> None:
        self.name, self.quantised = name, quantised
        self.note = "use_quantized_grad, 4 gradient levels (its default)" if quantised else ""

    def estimator(self, job: Job, part: Part) -> Any:
        lightgbm, s = importlib.import_module("lightgbm"), job.settings
        common: dict[str, Any] = {
            "n_estimators": s.rounds,
            "num_leaves": s.leaves,
            "learning_rate": s.rate,
            "max_bin": s.bins,
            "min_child_samples": s.min_samples_leaf,
            "reg_lambda": 0.0,
            "n_jobs": s.threads,
            "verbose": -1,
        }
        if self.quantised:
            common["use_quantized_grad"] = True
        if is_classification(job.task):
            return lightgbm.LGBMClassifier(**common)
        if job.task == "poisson":
            common["poisson_max_delta_step"] = 1e-9  # plain Newton steps, as the others take
        return lightgbm.LGBMRegressor(objective=job.task, **common)

    def row_call(self, estimator: Any, job: Job) -> RowCall:
        predict = estimator.booster_.predict
        return lambda row: predict(row, num_threads=1)


class XGBoost(Library):
    module = "xgboost"
    packages: ClassVar[tuple[str, ...]] = ("xgboost", "xgboost-cpu")

    def __init__(self, name: str, leaf_wise: bool) -> None:
        self.name, self.leaf_wise = name, leaf_wise
        shape = "lossguide, no depth limit" if leaf_wise else "depthwise, one level beyond balanced"
        self.note = f"hist, {shape}; rows per leaf as min_child_weight"

    def _tree_shape(self, leaves: int) -> dict[str, Any]:
        if self.leaf_wise:
            return {"grow_policy": "lossguide", "max_depth": 0, "max_leaves": leaves}
        depth = levels_for(leaves) + 1
        return {"grow_policy": "depthwise", "max_depth": depth, "max_leaves": leaves}

    def _objective(self, task: Task) -> str:
        names = {
            "regression": "reg:squarederror",
            "binary": "binary:logistic",
            "multiclass": "multi:softprob",
            "poisson": "count:poisson",
            "gamma": "reg:gamma",
        }
        return names[task]

    def _parameters(self, job: Job, part: Part) -> dict[str, Any]:
        s = job.settings
        common: dict[str, Any] = {
            "objective": self._objective(job.task),
            "n_estimators": s.rounds,
            "learning_rate": s.rate,
            "tree_method": "hist",
            "max_bin": s.bins,
            "min_child_weight": leaf_weight(job, part),
            "reg_lambda": 0.0,
            "n_jobs": s.threads,
            **self._tree_shape(s.leaves),
        }
        if job.task == "poisson":
            common["max_delta_step"] = 0.0  # plain Newton steps, as the others take
        return common

    def estimator(self, job: Job, part: Part) -> Any:
        xgboost = importlib.import_module("xgboost")
        kind = xgboost.XGBClassifier if is_classification(job.task) else xgboost.XGBRegressor
        return kind(**self._parameters(job, part))

    def row_call(self, estimator: Any, job: Job) -> RowCall:
        booster = estimator.get_booster().copy()
        booster.set_param({"nthread": 1})
        return lambda row: booster.inplace_predict(row, validate_features=False)


class HessBoost(XGBoost):
    module = "hessboost"
    packages: ClassVar[tuple[str, ...]] = ("hessboost",)

    def __init__(self, name: str, quantised: bool) -> None:
        super().__init__(name, leaf_wise=True)
        self.quantised = quantised
        if quantised:
            self.note = "use_quantized_grad; " + self.note

    def estimator(self, job: Job, part: Part) -> Any:
        sklearn_part = importlib.import_module("hessboost.sklearn")
        is_class = is_classification(job.task)
        kind = sklearn_part.HessboostClassifier if is_class else sklearn_part.HessboostRegressor
        extra = {"params": {"use_quantized_grad": True}} if self.quantised else {}
        return kind(**self._parameters(job, part), **extra)

    def row_call(self, estimator: Any, job: Job) -> RowCall:
        predict_row = estimator.get_booster().predict_row
        return lambda row: predict_row(row[0])


class CatBoost(Library):
    module, packages = "catboost", ("catboost",)

    def __init__(self, name: str, symmetric: bool) -> None:
        self.name, self.symmetric = name, symmetric
        shape = (
            "symmetric trees of the same number of leaves, no rows-per-leaf limit"
            if symmetric
            else "Lossguide"
        )
        self.note = f"{shape}; Plain, no bootstrap, no random strength, one Newton step a leaf"

    def unfit_for(self, task: Task) -> str | None:
        return "has no gamma loss" if task == "gamma" else None

    def _tree_shape(self, s: Settings) -> dict[str, Any]:
        if self.symmetric:
            return {"depth": levels_for(s.leaves)}
        return {
            "grow_policy": "Lossguide",
            "max_leaves": s.leaves,
            "depth": 16,
            "min_data_in_leaf": s.min_samples_leaf,
        }

    def estimator(self, job: Job, part: Part) -> Any:
        catboost, s = importlib.import_module("catboost"), job.settings
        losses = {
            "regression": "RMSE",
            "binary": "Logloss",
            "multiclass": "MultiClass",
            "poisson": "Poisson",
        }
        common = {
            "loss_function": losses[job.task],
            "iterations": s.rounds,
            "learning_rate": s.rate,
            "border_count": s.bins - 1,
            "l2_leaf_reg": 0.0,
            "bootstrap_type": "No",
            "random_strength": 0.0,
            "boosting_type": "Plain",
            "leaf_estimation_method": "Newton",
            "leaf_estimation_iterations": 1,
            "thread_count": s.threads,
            "allow_writing_files": False,
            "verbose": False,
            **self._tree_shape(s),
        }
        is_class = is_classification(job.task)
        kind = catboost.CatBoostClassifier if is_class else catboost.CatBoostRegressor
        return kind(**common)

    def _predict(self, estimator: Any, X: Any, job: Job, threads: int) -> Any:
        kinds = {"regression": "RawFormulaVal", "poisson": "Exponent"}
        kind = kinds.get(job.task, "Probability")
        return estimator.predict(X, prediction_type=kind, thread_count=threads)

    def predict(self, estimator: Any, X: NDArray[np.float32], job: Job) -> Any:
        return self._predict(estimator, X, job, job.settings.threads)

    def row_call(self, estimator: Any, job: Job) -> RowCall:
        return lambda row: self._predict(estimator, row, job, 1)


class ScikitLearn(Library):
    name, module, packages = "scikit-learn", "sklearn", ("scikit-learn",)
    note = "HistGradientBoosting; works on float64, threads by OMP_NUM_THREADS"

    def estimator(self, job: Job, part: Part) -> Any:
        ensemble, s = importlib.import_module("sklearn.ensemble"), job.settings
        common = {
            "max_iter": s.rounds,
            "max_leaf_nodes": s.leaves,
            "learning_rate": s.rate,
            "max_bins": s.bins,
            "min_samples_leaf": s.min_samples_leaf,
            "l2_regularization": 0.0,
            "early_stopping": False,
        }
        if is_classification(job.task):
            return ensemble.HistGradientBoostingClassifier(**common)
        loss = {"regression": "squared_error"}.get(job.task, job.task)
        return ensemble.HistGradientBoostingRegressor(loss=loss, **common)


_ALL: tuple[Library, ...] = (
    GBEngine(),
    LightGBM("lightgbm", quantised=False),
    LightGBM("lightgbm-quantised", quantised=True),
    XGBoost("xgboost-leafwise", leaf_wise=True),
    XGBoost("xgboost-depthwise", leaf_wise=False),
    CatBoost("catboost", symmetric=True),
    ScikitLearn(),
    HessBoost("hessboost", quantised=False),
    CatBoost("catboost-lossguide", symmetric=False),
    HessBoost("hessboost-quantised", quantised=True),
)
LIBRARIES: dict[str, Library] = {library.name: library for library in _ALL}
OWN = "gbengine"
NOT_BY_DEFAULT = ("catboost-lossguide", "hessboost-quantised")
GROUPS: dict[str, tuple[str, ...]] = {
    "default": tuple(name for name in LIBRARIES if name not in NOT_BY_DEFAULT),
    "all": tuple(LIBRARIES),
    "xgboost": ("xgboost-leafwise", "xgboost-depthwise"),
}
