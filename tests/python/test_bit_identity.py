"""The model file has the same bytes whatever the threads, instruction set, memory and row order."""

import hashlib

import numpy as np
import pytest
from conftest import estimator_for, make_problem
from sklearn.model_selection import train_test_split

from gbengine import GradientBoostingClassifier, GradientBoostingRegressor
from gbengine._runtime import core
from gbengine._state import to_bytes

SETTINGS = {"n_estimators": 15, "random_state": 0}


def sha256(model):
    return hashlib.sha256(to_bytes(model)[0]).hexdigest()


def with_gaps(X, seed=1):
    """Values that fit in float32, some of them missing."""
    X = np.asarray(X, dtype=np.float32).astype(np.float64)
    rng = np.random.default_rng(seed)
    X[rng.random(X.shape) < 0.03] = np.nan
    return X


class Case:
    """A data set with weights and missing values, and the estimator that fits it."""

    def __init__(self, X, y, weight, cls):
        self.X, self.y, self.weight, self.cls = with_gaps(X), np.asarray(y), weight, cls

    def sha256(self, X=None, rows=None, **params):
        rows = np.arange(len(self.y)) if rows is None else rows
        X = self.X if X is None else X
        model = self.cls(**{**SETTINGS, **params})
        return sha256(model.fit(X[rows], self.y[rows], self.weight[rows]))


NAMES = ["made_up_regression", "made_up_classes", "california_housing", "covtype_10k"]


@pytest.fixture(scope="module", params=NAMES)
def case(request, real_data):
    rng = np.random.default_rng(0)
    if request.param.startswith("made_up"):
        kind = "regression" if request.param.endswith("regression") else "multiclass"
        problem = make_problem(kind, n_rows=4000)
        X, y = problem.X, problem.y
    else:
        data = real_data(request.param)
        X, y = data.X.to_numpy(), data.y
        X, _, y, _ = train_test_split(X, y, train_size=6000, random_state=0)
    cls = GradientBoostingRegressor if y.dtype.kind == "f" else GradientBoostingClassifier
    return Case(X, y, rng.random(len(y)) * 3, cls)


@pytest.fixture(scope="module")
def expected(case):
    return case.sha256()


@pytest.mark.parametrize("n_jobs", [1, 2, 3, 5, 8])
def test_threads(case, expected, n_jobs):
    assert case.sha256(n_jobs=n_jobs) == expected


@pytest.mark.parametrize("isa", core.usable_isas())
def test_instruction_sets(case, expected, isa):
    before = core.isa_in_use()
    core.force_isa(isa)
    try:
        assert case.sha256() == expected
    finally:
        core.force_isa(before)


def test_memory_order(case, expected):
    # rows=slice: taking rows by an index would make every table C-ordered again.
    whole = slice(None)
    assert case.sha256(np.ascontiguousarray(case.X), whole) == expected
    assert case.sha256(np.asfortranarray(case.X), whole) == expected
    assert case.sha256(np.repeat(case.X, 2, axis=1)[:, ::2], whole) == expected


def test_width(case, expected):
    assert case.sha256(case.X.astype(np.float32)) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_row_order(case, expected, seed):
    rows = np.random.default_rng(seed).permutation(len(case.y))
    assert case.sha256(rows=rows) == expected
    assert case.sha256(rows=rows, n_jobs=3) == expected


def test_the_digest_sees_the_model(case, expected):
    assert case.sha256(learning_rate=0.11) != expected
    assert case.sha256(rows=np.arange(len(case.y) - 1)) != expected


@pytest.mark.parametrize(
    "params",
    [
        {"subsample": 0.5},
        {"max_features": 0.5},
        {"max_features_per_level": 0.7, "max_features_per_tree": 0.7},
        {"grow_policy": "depth_wise", "max_depth": 4},
        {"early_stopping": True},
    ],
    ids=str,
)
def test_threads_with_randomness(case, params):
    assert case.sha256(n_jobs=1, **params) == case.sha256(n_jobs=5, **params)


@pytest.mark.parametrize("loss", ["absolute_error", "quantile", "huber", "poisson", "tweedie"])
def test_every_loss_in_any_row_order_on_any_threads(loss):
    problem = make_problem("regression", n_rows=3000)
    y = np.floor(np.exp(problem.y)) if loss in ("poisson", "tweedie") else problem.y
    rows = np.random.default_rng(0).permutation(len(y))
    params = {"loss": loss, **({"quantile": 0.3} if loss == "quantile" else {})}
    one = estimator_for(problem, n_jobs=1, **params).fit(problem.X, y, problem.weight)
    more = estimator_for(problem, n_jobs=3, **params)
    more.fit(problem.X[rows], y[rows], problem.weight[rows])
    assert sha256(one) == sha256(more)
