"""A table with a column of more categories than there are bins, and small estimators for it."""

import numpy as np
import pandas as pd
from sklearn.base import is_classifier

import gbengine

ESTIMATORS = [
    public
    for public in (getattr(gbengine, name) for name in gbengine.__all__)
    if hasattr(public, "_param_table")
]
WITH_TARGET = [cls for cls in ESTIMATORS if cls().__sklearn_tags__().target_tags.required]
WARM = [cls for cls in WITH_TARGET if hasattr(cls(), "warm_start")]
N = 900
RNG = np.random.default_rng(0)
EFFECT = RNG.normal(size=300)
CITY = RNG.integers(0, 300, N)
CITY[:300] = np.arange(300)  # more than have bins of their own
COLOR = RNG.integers(0, 3, N)
X = pd.DataFrame(
    {
        "x": RNG.normal(size=N),
        "city": np.array([f"c{i}" for i in range(300)], dtype=object)[CITY],
        "color": np.array(["red", "green", "blue"], dtype=object)[COLOR],
    }
)
X.loc[::29, "city"] = None
SIGNAL = (X["x"] + 2 * EFFECT[CITY] + 0.5 * (COLOR == 1)).to_numpy().round(3)


def new(cls, **params):
    """A small estimator of a class, always with the same draws."""
    known = {row.name for row in cls._param_table}
    small = {"n_estimators": 4, "random_state": 0, "max_leaf_nodes": 8}
    return cls(**({name: value for name, value in small.items() if name in known} | params))


def target_of(model, signal=SIGNAL):
    return np.where(signal > 0.3, "yes", "no") if is_classifier(model) else np.asarray(signal)


def fit(cls, table=X, signal=SIGNAL, sample_weight=None, **params):
    model = new(cls, **params)
    return model.fit(table, target_of(model, signal), sample_weight=sample_weight)


def answers(model, table=X):
    return (model.predict_proba if hasattr(model, "predict_proba") else model.predict)(table)


def assert_same(one, other, table=X):
    np.testing.assert_array_equal(answers(one, table), answers(other, table))


def replaced(model):
    encoding = model.__dict__.get("_target_encoding")
    return [] if encoding is None else list(encoding.tables)
