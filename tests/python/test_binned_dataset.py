"""A table binned once: the same models as on the table itself, and what is refused."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from conftest import make_problem
from sklearn.base import is_classifier

import gbengine
from gbengine import BinnedDataset
from gbengine._config import core_config
from gbengine._runtime import core

HIST = {"tree_method": "hist"}
ESTIMATORS = [
    gbengine.DecisionTreeClassifier(**HIST),
    gbengine.DecisionTreeRegressor(**HIST, max_depth=5),
    gbengine.ExtraTreeClassifier(**HIST),
    gbengine.ExtraTreeRegressor(**HIST),
    gbengine.RandomForestClassifier(n_estimators=5, **HIST, oob_score=False),
    gbengine.RandomForestRegressor(n_estimators=5, **HIST, keep_leaf_samples=True),
    gbengine.ExtraTreesClassifier(n_estimators=5, **HIST, bootstrap=True),
    gbengine.ExtraTreesRegressor(n_estimators=5, **HIST),
    gbengine.BaggingClassifier(gbengine.DecisionTreeClassifier(**HIST), 5, max_features=3),
    gbengine.BaggingRegressor(gbengine.ExtraTreeRegressor(**HIST), 5),
    gbengine.AdaBoostClassifier(n_estimators=5, **HIST),
    gbengine.AdaBoostRegressor(n_estimators=5, **HIST),
    gbengine.GradientBoostingClassifier(n_estimators=8, max_leaf_nodes=8),
    gbengine.GradientBoostingRegressor(n_estimators=8, loss="absolute_error", subsample=0.7),
    gbengine.GradientBoostingRegressor(n_estimators=8, max_features=0.5, grow_policy="depth_wise"),
]  # fmt: skip
PROBLEM = make_problem("regression", n_rows=400)
CLASSES = make_problem("multiclass", n_rows=400)


def fresh(estimator, **params):
    return type(estimator)(**{**estimator.get_params(deep=False), "random_state": 5, **params})


def problem_for(estimator):
    return CLASSES if is_classifier(estimator) else PROBLEM


def numbers(model, X):
    return model.predict_proba(X) if is_classifier(model) else model.predict(X)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("is_weighted", [False, True])
def test_same_model_as_on_the_table(estimator, is_weighted):
    problem = problem_for(estimator)
    weight = problem.weight if is_weighted else None
    data = BinnedDataset(problem.X, weight)
    for _ in range(2):  # a table serves any number of fits
        binned = fresh(estimator).fit(data, problem.y, sample_weight=weight)
        plain = fresh(estimator).fit(problem.X, problem.y, sample_weight=weight)
        np.testing.assert_array_equal(numbers(binned, problem.X), numbers(plain, problem.X))


def test_auto_takes_the_bins_there_are():
    auto = gbengine.DecisionTreeRegressor(max_bins=16).fit(
        BinnedDataset(PROBLEM.X, max_bins=16), PROBLEM.y
    )
    hist = gbengine.DecisionTreeRegressor(max_bins=16, **HIST).fit(PROBLEM.X, PROBLEM.y)
    np.testing.assert_array_equal(auto.predict(PROBLEM.X), hist.predict(PROBLEM.X))


def test_attributes_and_memory():
    data = BinnedDataset(PROBLEM.X, max_bins=64, n_jobs=1)
    assert data.shape == PROBLEM.X.shape
    assert len(data) == 400
    assert data.max_bins == 64
    assert PROBLEM.X.size <= data.n_bytes <= 3 * PROBLEM.X.size + 4096
    assert repr(data) == "<BinnedDataset of 400 rows and 6 columns>"
    assert data.feature_names_in_ is None


def test_names_of_a_frame():
    frame = pd.DataFrame(PROBLEM.X, columns=list("abcdef"))
    for estimator in (
        gbengine.GradientBoostingRegressor(n_estimators=3),
        gbengine.RandomForestRegressor(n_estimators=3),
    ):
        model = estimator.fit(BinnedDataset(frame), PROBLEM.y)
        assert model.feature_names_in_.tolist() == list("abcdef")
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(frame[list("fedcba")])


@pytest.mark.parametrize("n_parallel_trees", [1, 2])
def test_warm_start_of_boosting(n_parallel_trees):
    params = {"n_parallel_trees": n_parallel_trees, "subsample": 0.8, "random_state": 1}
    data = BinnedDataset(CLASSES.X)
    model = gbengine.GradientBoostingClassifier(n_estimators=3, warm_start=True, **params)
    model.fit(data, CLASSES.y).set_params(n_estimators=6).fit(data, CLASSES.y)
    plain = gbengine.GradientBoostingClassifier(n_estimators=3, warm_start=True, **params)
    plain.fit(CLASSES.X, CLASSES.y).set_params(n_estimators=6).fit(CLASSES.X, CLASSES.y)
    np.testing.assert_array_equal(model.predict_proba(CLASSES.X), plain.predict_proba(CLASSES.X))
    other = BinnedDataset(CLASSES.X[:200])
    with pytest.raises(ValueError, match="inside a bin of the table"):
        model.set_params(n_estimators=8).fit(other, CLASSES.y[:200])


def test_warm_start_of_a_forest():
    data = BinnedDataset(PROBLEM.X)
    model = gbengine.RandomForestRegressor(n_estimators=3, warm_start=True, random_state=0).fit(
        data, PROBLEM.y
    )
    model.set_params(n_estimators=6).fit(data, PROBLEM.y)
    at_once = gbengine.RandomForestRegressor(n_estimators=6, random_state=0).fit(data, PROBLEM.y)
    np.testing.assert_array_equal(model.predict(PROBLEM.X), at_once.predict(PROBLEM.X))


def test_out_of_bag_on_bins():
    model = gbengine.RandomForestRegressor(
        n_estimators=30, oob_score=True, oob_importances=True, random_state=0
    )
    model.fit(BinnedDataset(PROBLEM.X), PROBLEM.y)
    assert model.oob_score_ > 0.5
    assert model.oob_importances_.argmax() < 4


def test_validation_rows_are_a_plain_table():
    half = slice(0, 200), slice(200, 400)
    X, y = PROBLEM.X, PROBLEM.y
    params = {"n_estimators": 30, "early_stopping": True, "validation_fraction": None}
    val = {"X_val": X[half[1]], "y_val": y[half[1]]}
    data = BinnedDataset(X[half[0]])
    binned = gbengine.GradientBoostingRegressor(**params).fit(data, y[half[0]], **val)
    plain = gbengine.GradientBoostingRegressor(**params).fit(X[half[0]], y[half[0]], **val)
    np.testing.assert_array_equal(binned.validation_score_, plain.validation_score_)
    with pytest.raises(TypeError, match="holds bins, not numbers"):
        gbengine.GradientBoostingRegressor(**params).fit(
            data, y[half[0]], X_val=data, y_val=y[half[0]]
        )


@pytest.mark.parametrize(
    ("estimator", "match"),
    [
        (gbengine.DecisionTreeRegressor(tree_method="exact"), "tree_method='exact' keeps every"),
        (gbengine.RandomForestRegressor(max_bins=64, **HIST), "max_bins=64 is not that .* 255"),
        (gbengine.GradientBoostingRegressor(max_bins=64), "max_bins=64 is not that .* 255"),
        (gbengine.BaggingRegressor(gbengine.DecisionTreeRegressor(max_bins=9)), "max_bins=9 "),
        (gbengine.GradientBoostingRegressor(early_stopping=True), "set validation_fraction=None"),
        (
            gbengine.GradientBoostingRegressor(
                early_stopping=True, validation_fraction=None, scoring="r2"
            ),
            "scoring='r2' scores the values",
        ),
    ],
    ids=str,
)
def test_estimators_that_need_other_bins_or_more(estimator, match):
    with pytest.raises(ValueError, match=match):
        estimator.fit(BinnedDataset(PROBLEM.X), PROBLEM.y)


@pytest.mark.parametrize(
    "estimator",
    [
        gbengine.RandomForestRegressor(n_estimators=3),
        gbengine.GradientBoostingRegressor(n_estimators=3),
    ],
    ids=str,
)
def test_rows_that_do_not_fit(estimator):
    data = BinnedDataset(PROBLEM.X)
    with pytest.raises(ValueError, match="400 in X, 399 in y"):
        estimator.fit(data, PROBLEM.y[:-1])
    weight = PROBLEM.weight.copy()
    weight[7] = 0
    with pytest.raises(ValueError, match="sample_weight is 0 in row 7: rows cannot be left out"):
        estimator.fit(data, PROBLEM.y, sample_weight=weight)
    model = estimator.fit(data, PROBLEM.y)
    with pytest.raises(ValueError, match="expecting 6 features"):
        model.predict(PROBLEM.X[:, :5])


def test_only_fit_takes_it():
    data = BinnedDataset(PROBLEM.X)
    for refused in (
        lambda: gbengine.RandomForestRegressor(n_estimators=3).fit(data, PROBLEM.y).predict(data),
        lambda: gbengine.IsolationForest().fit(data),
        lambda: gbengine.RandomTreesEmbedding().fit(data),
        lambda: np.asarray(data),
    ):
        with pytest.raises(TypeError, match="a BinnedDataset holds bins, not numbers"):
            refused()
    with pytest.raises(TypeError, match="cannot be pickled: make it again"):
        pickle.dumps(data)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"max_bins": 256}, ValueError, r"max_bins=256 must be an int in \[2, 255\]"),
        ({"max_bins": 2.0}, ValueError, "max_bins=2.0"),
        ({"sample_weight": [1.0, 0.0]}, ValueError, "sample_weight is 0 in row 1"),
        ({"sample_weight": [1.0]}, ValueError, r"sample_weight must have shape \(2,\)"),
        ({"X": [["a"], [1.0]]}, TypeError, "column 0 of X .dtype object. holds both 'a'"),
        ({"X": [["a"], ["b"]], "categorical_features": None}, TypeError, "column 0 of X has dtype"),
    ],
)
def test_arguments_that_are_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        BinnedDataset(**{"X": [[1.0], [2.0]]} | arguments)


def test_fits_at_the_same_time():
    data = BinnedDataset(PROBLEM.X)

    def fit(seed):
        model = gbengine.RandomForestRegressor(n_estimators=4, random_state=seed)
        return model.fit(data, PROBLEM.y).predict(PROBLEM.X)

    one_by_one = [fit(seed) for seed in range(6)]
    with ThreadPoolExecutor(3) as pool:
        np.testing.assert_array_equal(list(pool.map(fit, range(6))), one_by_one)


def test_the_core_checks_its_table():
    config = core_config(gbengine.GradientBoostingRegressor()._params(), n_classes=0, seed=0)
    X, y = PROBLEM.X, PROBLEM.y
    for max_bins in (0, 64):
        table = core.Table(X, None, max_bins, 1)
        with pytest.raises(ValueError, match=f"max_bins is 255; the table has max_bins {max_bins}"):
            core.Trainer(table, y, None, config)
    with pytest.raises(TypeError, match="X must be an array"):
        core.Trainer(X.tolist(), y, None, config)
    with pytest.raises(ValueError, match="y must have one dimension and 400 values"):
        core.Trainer(core.Table(X, None, 255, 1), y[:-1], None, config)


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([np.zeros((5, 2))], "only 2 of 3 columns were given"),
        ([np.zeros((5, 2)), np.zeros((5, 2))], "more columns than n_categories"),
        ([np.zeros((4, 3))], "the next columns are 4 x 3; they must have 5 rows"),
        ([np.zeros(5)], "2 dimensions"),
        ([np.zeros((5, 3), dtype=int)], "float32 or float64"),
        ([], "only 0 of 3 columns were given"),
    ],
)
def test_columns_that_do_not_make_the_table_are_refused(chunks, message):
    with pytest.raises((ValueError, TypeError), match=message):
        core.Table.from_columns(chunks, 5, None, 255, 1, [0, 0, 0])


def test_bins_of_columns_at_a_time_need_bins():
    with pytest.raises(ValueError, match=r"max_bins is 0; it must be in \[2, 255\]"):
        core.Table.from_columns([np.zeros((5, 1))], 5, None, 0, 1, [0])
