"""Which columns are known by statistics, of which rows, and where ``cat_encoding`` is refused."""

import pickle

import numpy as np
import pandas as pd
import pytest
from cat_encoding_support import (
    CITY,
    EFFECT,
    ESTIMATORS,
    SIGNAL,
    WARM,
    WITH_TARGET,
    N,
    X,
    answers,
    assert_same,
    fit,
    new,
    replaced,
    target_of,
)
from conftest import _data_folder
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

from gbengine import (
    BaggingRegressor,
    BinnedDataset,
    DecisionTreeRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
)
from gbengine._state import to_bytes


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_estimators_with_a_target_have_it(cls):
    assert ("cat_encoding" in {row.name for row in cls._param_table}) == (cls in WITH_TARGET)


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_which_columns_are_replaced(cls):
    auto = fit(cls)
    assert replaced(auto) == [1]
    assert replaced(fit(cls, cat_encoding="sets")) == []
    both = fit(cls, cat_encoding="target")
    assert replaced(both) == [1, 2]
    assert both._model.n_features == 5
    assert both.n_features_in_ == 3
    assert both.feature_names_in_.tolist() == ["x", "city", "color"]
    assert both.is_categorical_.tolist() == [False, True, True]
    assert replaced(fit(cls, X[["x", "color"]])) == []
    if "max_bins" in auto.get_params() and "AdaBoost" not in cls.__name__:
        params = {"tree_method": "hist"} if hasattr(auto, "tree_method") else {}
        assert replaced(fit(cls, max_bins=2, **params)) == [1, 2]


@pytest.mark.parametrize("cls", WARM)
def test_warm_start_keeps_the_statistics(cls):
    model = fit(cls, warm_start=True, n_estimators=2)
    known = model._target_encoding
    model.set_params(n_estimators=4).fit(X, target_of(model))
    assert model._target_encoding is known
    assert_same(model, fit(cls))
    # A round of boosting needs the bins of those before it, and thus the same statistics.
    is_boosting = "GradientBoosting" in cls.__name__
    other = target_of(model) if is_boosting else target_of(model, SIGNAL[::-1])
    model.set_params(n_estimators=5).fit(X, other)
    assert model._target_encoding is known
    before = to_bytes(model)[0]
    model.set_params(n_estimators=6, cat_encoding="sets")
    with pytest.raises(ValueError, match=r"cat_encoding='sets' must leave columns .* \[1\] were"):
        model.fit(X, other)
    model.set_params(cat_encoding="target")
    with pytest.raises(ValueError, match="cat_encoding='target' must leave columns"):
        model.fit(X, other)
    model.set_params(cat_encoding="auto")
    with pytest.raises(ValueError, match="must stay so, which a BinnedDataset does not have"):
        model.fit(BinnedDataset(X), other)
    with pytest.raises(ValueError, match="the number of features in X must stay"):
        model.fit(X[["x", "color"]], other)
    with pytest.raises(ValueError, match="column 'city' has no more category"):
        model.fit(X.assign(city="c1"), other)
    model.set_params(n_estimators=5)
    assert to_bytes(model)[0] == before


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_binned_dataset_has_sets(cls):
    data = BinnedDataset(X)
    params = {"tree_method": "hist"} if hasattr(cls(), "tree_method") else {}
    if "Bagging" in cls.__name__:
        params = {"estimator": new(cls)._new_tree().set_params(tree_method="hist")}
    assert replaced(fit(cls, data, **params)) == []
    assert replaced(fit(cls, data, cat_encoding="sets", **params)) == []
    with pytest.raises(ValueError, match="cat_encoding='target' needs the categories of each row"):
        fit(cls, data, cat_encoding="target", **params)


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_refused_where_nothing_reads_it(cls):
    with pytest.raises(ValueError, match="cat_encoding='target' has no effect if no column is cat"):
        fit(cls, X[["x"]], cat_encoding="target")
    with pytest.raises(ValueError, match="cat_encoding"):
        fit(cls, cat_encoding="onehot")


def test_refused_in_the_tree_of_an_ensemble_and_beside_other_estimators():
    with pytest.raises(ValueError, match="cat_encoding='sets' has no effect in the estimator of"):
        BaggingRegressor(DecisionTreeRegressor(cat_encoding="sets")).fit(X, SIGNAL)
    with pytest.raises(ValueError, match="cat_encoding='target' has no effect with estimator=Lin"):
        BaggingRegressor(LinearRegression(), cat_encoding="target").fit(X[["x"]], SIGNAL)


def test_rows_set_aside_are_not_in_the_statistics():
    params = {"early_stopping": True, "validation_fraction": 0.3}
    model = fit(GradientBoostingRegressor, **params)
    log_counts = [table[-1, :-1] for table in model._target_encoding.tables.values()]
    assert np.expm1(log_counts).sum() == pytest.approx(0.7 * N, abs=0.05 * N)
    scored = fit(GradientBoostingRegressor, scoring="r2", **params)
    np.testing.assert_array_equal(
        scored._target_encoding.tables[1], model._target_encoding.tables[1]
    )
    own = new(GradientBoostingRegressor, early_stopping=True, validation_fraction=None)
    own.fit(X, SIGNAL, X_val=X, y_val=SIGNAL)
    loss = -np.mean((own.predict(X) - SIGNAL) ** 2)
    assert own.validation_score_[-1] in (pytest.approx(loss), pytest.approx(loss / 2))


def test_boosting_of_several_targets_has_the_mean_of_each():
    pair = np.column_stack([SIGNAL, -SIGNAL])
    model = new(GradientBoostingRegressor).fit(X, pair)
    assert model._target_encoding.n_statistics == 3
    tables = fit(GradientBoostingRegressor)._target_encoding.tables
    np.testing.assert_array_equal(model._target_encoding.tables[1][[0, 2]], tables[1])
    assert_same(model, pickle.loads(pickle.dumps(model)))


def test_class_weights_are_weights():
    model = new(GradientBoostingClassifier, class_weight={"yes": 3, "no": 0.5})
    y = target_of(model)
    model.fit(X, y)
    weight = np.where(y == "yes", 3.0, 0.5)
    for code, category in enumerate(model._encoder.levels[1].values.tolist()):
        rows = (X["city"] == category).to_numpy()
        share, log_count = model._target_encoding.tables[1][:, code]
        total, prior = weight[rows].sum(), np.average(y == "yes", weights=weight)
        expected = (weight[rows & (y == "yes")].sum() + 5 * prior) / (total + 5)
        assert share == pytest.approx(expected, rel=1e-12)
        assert log_count == pytest.approx(np.log1p(total), rel=1e-14)


def test_columns_that_alone_tell_rows_apart_are_left_to_sets():
    """All rows of a category would be in one fold, and training know nothing of it."""
    only = X[["city"]]
    for signal in (SIGNAL, EFFECT[CITY]):
        model = fit(GradientBoostingRegressor, only, signal)
        assert replaced(model) == []
        assert replaced(fit(GradientBoostingRegressor, only, signal, cat_encoding="target")) == [0]
    assert replaced(fit(GradientBoostingClassifier, X[["city", "color"]])) == [0]


def test_column_without_a_category_stays_a_number():
    table = X.assign(color=pd.Series([None] * N, dtype="str"))
    model = fit(GradientBoostingRegressor, table, cat_encoding="target")
    assert replaced(model) == [1]
    assert_same(model, pickle.loads(pickle.dumps(model)), table)


def test_fit_that_draws_nothing_leaves_the_generator_alone():
    state = np.random.RandomState(1)
    one, other = (fit(GradientBoostingRegressor, random_state=state) for _ in range(2))
    assert_same(one, other)
    assert state.randint(2**31) == np.random.RandomState(1).randint(2**31)
    assert one._target_encoding == fit(GradientBoostingRegressor, random_state=7)._target_encoding
    assert not np.array_equal(
        answers(one), answers(fit(GradientBoostingRegressor, random_state=7))
    )  # other folds


def real_table(name):
    path = _data_folder() / f"{name}.parquet"
    if not path.is_file():
        pytest.skip(f"no real data: {path} does not exist (set GBENGINE_DATA to their folder)")
    return pd.read_parquet(path)


def holdout_error(table, target, **params):
    table = table[table[target].notna()]
    X, y = table.drop(columns=target), table[target].to_numpy(float)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
    model = GradientBoostingRegressor(**params).fit(X_train, y_train)
    return root_mean_squared_error(y_test, model.predict(X_test))


def test_better_than_sets_on_real_data():
    columns = ["genres", "userId", "movieId"]
    assert holdout_error(real_table("movielens"), "rating", categorical_features=columns) < 0.875
    salaries, target = real_table("employee_salaries"), "current_annual_salary"
    by_statistics = holdout_error(salaries, target)
    assert by_statistics < 0.97 * holdout_error(salaries, target, cat_encoding="sets")
