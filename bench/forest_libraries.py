"""Trees and forests of gbengine and its peers, an adapter a library. Used by forests.py.

`MODELS` are what is measured; an adapter says how its library names each, or that it has none.
Everything that a model does not name stays at scikit-learn's default, which all are set to:
bootstrap samples, sqrt(columns) tried a split for classes and all for numbers, leaves of one row.
Example: `LIBRARIES["ydf"].estimator(job, part)` with `job = Job("binary", 2, MODELS["forest"], 2)`.
"""

from __future__ import annotations

import importlib
import pickle
from abc import abstractmethod
from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

import libraries
from metrics import Task, is_classification
from workloads import Part


@dataclass(frozen=True)
class Model:
    name: str
    kind: str  # stem of scikit-learn's class
    title: str
    n_trees: int = 1  # 1: a single tree
    max_depth: int | None = None
    exact: bool = False

    def describe(self) -> str:
        return self.title + (f", {self.n_trees} trees" if self.n_trees > 1 else "")


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("forest", "RandomForest", "random forest, fully grown", 100),
        Model("extra", "ExtraTrees", "extra trees, fully grown", 100),
        Model("tree8", "DecisionTree", "one tree, exact, depth 8", max_depth=8, exact=True),
        Model("tree", "DecisionTree", "one tree, exact, fully grown", exact=True),
        Model("adaboost", "AdaBoost", "AdaBoost of stumps (numbers: depth 3)", 50),
    )
}


@dataclass(frozen=True)
class Job:
    task: Task
    n_classes: int
    model: Model
    threads: int

    @property
    def suffix(self) -> str:
        return "Classifier" if is_classification(self.task) else "Regressor"

    def columns_tried(self, n_features: int) -> int:
        return max(1, int(sqrt(n_features))) if is_classification(self.task) else n_features


class ForestLibrary(libraries.Library):
    def lacks(self, model: Model) -> str | None:
        """Why the library cannot grow this model, or None."""
        return None

    @abstractmethod
    def estimator(self, job: Job, part: Part) -> Any:  # type: ignore[override]
        """The estimator, unfitted. Imports the library."""

    def model_mb(self, estimator: Any) -> float:
        """Size of the pickled estimator."""
        return len(pickle.dumps(estimator)) / 2**20


class SklearnStyle(ForestLibrary):
    """scikit-learn's names and signatures."""

    def find(self, kind: str) -> Any:
        for module in (self.module, "sklearn.ensemble", "sklearn.tree"):
            found = getattr(importlib.import_module(module), kind, None)
            if found is not None and module.split(".")[0] == self.module:
                return found
        raise AttributeError(f"{self.module} has no {kind}")

    def own(self, job: Job) -> dict[str, Any]:
        """What only this library takes."""
        return {}

    def estimator(self, job: Job, part: Part) -> Any:  # type: ignore[override]
        model = job.model
        params: dict[str, Any] = {"random_state": 0} | self.own(job)
        if model.kind != "AdaBoost":
            params["max_depth"] = model.max_depth
        if model.n_trees > 1:
            params["n_estimators"] = model.n_trees
            if model.kind != "AdaBoost":
                params["n_jobs"] = job.threads
        return self.find(model.kind + job.suffix)(**params)


class GBEngine(SklearnStyle):
    name, module, packages = "gbengine", "gbengine", ("gbengine",)

    def __init__(self, name: str, exact: bool) -> None:
        self.name, self.exact = name, exact
        self.note = "exact throughout" if exact else "single trees exact, others tree_method='auto'"

    def lacks(self, model: Model) -> str | None:
        if self.exact and (model.exact or model.kind == "AdaBoost"):
            return "is the same there as gbengine"
        return None

    def own(self, job: Job) -> dict[str, Any]:
        own: dict[str, Any] = {"n_jobs": job.threads}
        if self.exact or job.model.exact:
            own["tree_method"] = "exact"
        return own


class ScikitLearn(SklearnStyle):
    name, module, packages = "scikit-learn", "sklearn", ("scikit-learn",)


class YDF(ForestLibrary):
    name, module, packages = "ydf", "ydf", ("ydf",)
    note = "exact splits; no depth limit, one row a leaf, mean of class shares"

    def lacks(self, model: Model) -> str | None:
        if model.kind in ("AdaBoost", "ExtraTrees"):
            return f"has no {model.kind}"
        return None

    def estimator(self, job: Job, part: Part) -> Any:  # type: ignore[override]
        ydf, model = importlib.import_module("ydf"), job.model
        ydf.verbose(0)
        is_class = is_classification(job.task)
        common: dict[str, Any] = {
            "label": "y",
            "task": ydf.Task.CLASSIFICATION if is_class else ydf.Task.REGRESSION,
            "max_depth": -1 if model.max_depth is None else model.max_depth + 1,  # levels of nodes
            "min_examples": 1,
            "num_threads": job.threads,
        }
        if model.n_trees == 1:
            return _YDFEstimator(ydf.CartLearner(**common, validation_ratio=0.0))
        return _YDFEstimator(
            ydf.RandomForestLearner(
                **common,
                num_trees=model.n_trees,
                winner_take_all=False,
                num_candidate_attributes=job.columns_tried(part.X.shape[1]),
                compute_oob_performances=False,
            )
        )

    def fit(self, estimator: Any, part: Part) -> None:
        estimator.fit(part.X, part.y)

    def predict(self, estimator: Any, X: NDArray[np.float32], job: Any) -> Any:
        return estimator.predict(X, job.threads)

    def model_mb(self, estimator: Any) -> float:
        return len(estimator.model.serialize()) / 2**20


class _YDFEstimator:
    """A learner and the model it made, on matrices."""

    def __init__(self, learner: Any) -> None:
        self.learner, self.model = learner, None

    def fit(self, X: Any, y: Any) -> None:
        self.model = self.learner.train({"x": X, "y": y})

    def predict(self, X: Any, threads: int) -> Any:
        assert self.model is not None
        return self.model.predict({"x": X}, num_threads=threads)


class XGBoostForest(ForestLibrary):
    name, module = "xgboost-forest", "xgboost"
    packages: ClassVar[tuple[str, ...]] = ("xgboost", "xgboost-cpu")
    note = "XGBRF, hist, depth 12 (each open node has a histogram), subsample 0.632, no L2"

    def lacks(self, model: Model) -> str | None:
        return None if model.kind == "RandomForest" else f"has no {model.kind}"

    def estimator(self, job: Job, part: Part) -> Any:  # type: ignore[override]
        xgboost = importlib.import_module("xgboost")
        kind = xgboost.XGBRFClassifier if is_classification(job.task) else xgboost.XGBRFRegressor
        n_features = part.X.shape[1]
        return kind(
            n_estimators=job.model.n_trees,
            max_depth=12,
            min_child_weight=0.0,
            reg_lambda=0.0,
            subsample=0.632,
            colsample_bynode=job.columns_tried(n_features) / n_features,
            tree_method="hist",
            n_jobs=job.threads,
        )


_ALL: tuple[ForestLibrary, ...] = (
    GBEngine("gbengine", exact=False),
    GBEngine("gbengine-exact", exact=True),
    ScikitLearn(),
    YDF(),
    XGBoostForest(),
)
LIBRARIES: dict[str, ForestLibrary] = {library.name: library for library in _ALL}
