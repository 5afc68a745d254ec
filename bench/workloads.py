"""The data sets of the benchmark, by name: generated ones here, real ones from real_data.py.

Called by compare.py: `workload = build("higgs", scale=0.1); workload.save(folder)`; the measuring
child reads the arrays back with `load_part(folder, "train")`.

Generated columns: a tenth have 2 to 12 levels, half of the others are normal and half log-normal.
The target is a sum of products, joint steps and sines of up to 20 columns, plus noise: no column
alone says much, and the best possible loss is well above zero. All is a function of the seed and
the number of rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics import Task

Float = NDArray[np.float32]
BLOCK = 100_000  # rows drawn at a time, to keep the generator's own memory small
TEST_SHARE = 0.2
MAX_INFORMATIVE = 20
N_TERMS = 15


@dataclass(frozen=True)
class Part:
    """Rows of one side of the split. X is float32 in C order, y int64 classes or float64."""

    X: Float
    y: NDArray[Any]
    weight: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Workload:
    name: str
    task: Task
    n_classes: int
    train: Part
    test: Part
    origin: str

    def save(self, folder: Path) -> None:
        facts = {"name": self.name, "task": self.task, "n_classes": self.n_classes}
        (folder / "facts.json").write_text(json.dumps(facts))
        for side, part in (("train", self.train), ("test", self.test)):
            np.save(folder / f"{side}_X.npy", part.X)
            np.save(folder / f"{side}_y.npy", part.y)
            if part.weight is not None:
                np.save(folder / f"{side}_weight.npy", part.weight)

    def describe(self) -> str:
        rows, columns = self.train.X.shape
        classes = f", {self.n_classes} classes" if self.task == "multiclass" else ""
        return (
            f"{self.name}: {self.task}{classes}, {rows:,} x {columns}, "
            f"{self.test.X.shape[0]:,} test rows, {self.origin}"
        )


def load_part(folder: Path, side: str) -> Part:
    weight_file = folder / f"{side}_weight.npy"
    weight = np.load(weight_file) if weight_file.exists() else None
    return Part(np.load(folder / f"{side}_X.npy"), np.load(folder / f"{side}_y.npy"), weight)


@dataclass(frozen=True)
class Spec:
    rows: int
    columns: int
    task: Task
    n_classes: int = 0
    seed: int = 1


SYNTHETIC: dict[str, Spec] = {
    "higgs": Spec(1_000_000, 28, "binary", 2, seed=101),
    "wide": Spec(100_000, 500, "binary", 2, seed=102),
    "year": Spec(400_000, 90, "regression", seed=103),
    "cov": Spec(400_000, 54, "multiclass", 7, seed=104),
    "small": Spec(5_000, 20, "binary", 2, seed=105),
    "tall": Spec(5_000_000, 10, "regression", seed=106),
}


class Recipe:
    """What the columns and the target of one Spec are, before any row is drawn."""

    def __init__(self, spec: Spec) -> None:
        rng = np.random.default_rng([spec.seed, 2])
        self.spec = spec
        order = rng.permutation(spec.columns)
        n_low = max(1, spec.columns // 10)
        self.low = order[:n_low]
        self.log_normal = order[n_low + (spec.columns - n_low) // 2 :]
        self.levels = rng.integers(2, 13, size=n_low)
        n_informative = min(spec.columns, MAX_INFORMATIVE)
        # At least two low-cardinality columns (or all there are) carry signal.
        used = np.concatenate([order[: min(2, n_low)], order[n_low:]])[:n_informative]
        n_scores = spec.n_classes if spec.task == "multiclass" else 1
        self.terms = [
            [(rng.integers(3), *rng.choice(used, 2, replace=False), *rng.normal(0.0, 0.7, 2))
             for _ in range(N_TERMS)]
            for _ in range(n_scores)
        ]  # fmt: skip
        _, probe = self._columns(np.random.default_rng([spec.seed, 3]), 20_000)
        raw = self._raw_scores(probe)
        self.centre, self.spread = raw.mean(axis=0), raw.std(axis=0)

    def _columns(self, rng: np.random.Generator, rows: int) -> tuple[Float, Float]:
        """X as the libraries see it, and the same columns at one scale for the target."""
        signal = rng.standard_normal((rows, self.spec.columns), dtype=np.float32)
        for column, levels in zip(self.low, self.levels, strict=True):
            code = np.clip(np.floor((signal[:, column] + 2.0) / 4.0 * levels), 0, levels - 1)
            signal[:, column] = code
        X = signal.copy()
        X[:, self.log_normal] = np.exp(signal[:, self.log_normal])
        for column, levels in zip(self.low, self.levels, strict=True):
            signal[:, column] = (signal[:, column] + 0.5) / levels * 4.0 - 2.0
        return X, np.clip(signal, -3.0, 3.0)

    def _raw_scores(self, signal: Float) -> NDArray[np.float64]:
        out = np.zeros((signal.shape[0], len(self.terms)))
        for k, terms in enumerate(self.terms):
            for kind, i, j, a, b in terms:
                u, v = signal[:, i].astype(np.float64), signal[:, j].astype(np.float64)
                if kind == 0:
                    out[:, k] += u * v
                elif kind == 1:
                    out[:, k] += 2.0 * ((u > a) & (v > b))
                else:
                    out[:, k] += np.sin(2.0 * u + a) * (1.0 + v)
        return out

    def rows(self, rng: np.random.Generator, rows: int) -> tuple[Float, NDArray[Any]]:
        X, signal = self._columns(rng, rows)
        score = (self._raw_scores(signal) - self.centre) / self.spread
        if self.spec.task == "binary":
            chance = 1.0 / (1.0 + np.exp(-2.0 * score[:, 0]))
            return X, (rng.random(rows) < chance).astype(np.int64)
        if self.spec.task == "multiclass":
            return X, (2.0 * score + rng.gumbel(size=score.shape)).argmax(axis=1)
        return X, score[:, 0] + 0.5 * rng.standard_normal(rows)


def _draw(recipe: Recipe, side: int, rows: int) -> Part:
    spec = recipe.spec
    X = np.empty((rows, spec.columns), dtype=np.float32)
    y = np.empty(rows, dtype=np.float64 if spec.task == "regression" else np.int64)
    for block, begin in enumerate(range(0, rows, BLOCK)):
        end = min(begin + BLOCK, rows)
        rng = np.random.default_rng([spec.seed, side, block])
        X[begin:end], y[begin:end] = recipe.rows(rng, end - begin)
    return Part(X, y)


def synthetic(name: str, scale: float = 1.0) -> Workload:
    spec = SYNTHETIC[name]
    return generated(name, spec, max(200, round(spec.rows * scale)))


def generated(name: str, spec: Spec, rows: int) -> Workload:
    """Rows of a spec, and a fifth more to test on."""
    recipe = Recipe(spec)
    train = _draw(recipe, 0, rows)
    test = _draw(recipe, 1, max(100, round(rows * TEST_SHARE)))
    return Workload(name, spec.task, spec.n_classes, train, test, f"generated, seed {spec.seed}")


def build(name: str, scale: float = 1.0) -> Workload:
    if name in SYNTHETIC:
        return synthetic(name, scale)
    import real_data

    return real_data.workload(name, scale=scale)
