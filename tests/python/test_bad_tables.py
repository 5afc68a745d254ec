"""Odd and bad tables: each row of the tables in docs/tables.md is made and tried."""

import datetime
import decimal
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import REPO
from scipy import sparse
from sklearn.linear_model import LinearRegression

import gbengine
from gbengine import DecisionTreeClassifier, DecisionTreeRegressor, RandomForestRegressor
from gbengine._encoder_state import encoder_arrays, encoder_from_arrays

N = 40
RNG = np.random.default_rng(0)
X = pd.DataFrame({"x": RNG.normal(size=N), "c": RNG.choice(["a", "b", "d"], N)})
Y = RNG.normal(size=N) + (X["c"] == "a")


def rows_below(title):
    """The rows of a table of the document: a tuple of cells each."""
    text = (REPO / "docs" / "tables.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {title}\n(.*?)(^## |\Z)", text, re.DOTALL | re.MULTILINE)[1]
    table = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in cells) for cells in table[2:]]


def fit(table, y=Y, **params):
    sample_weight = params.pop("sample_weight", None)
    return DecisionTreeRegressor(max_depth=3, **params).fit(table, y, sample_weight)


def with_column(values):
    return pd.DataFrame({"x": X["x"], "c": values})


def objects(*values):
    column = np.empty(N, dtype=object)
    column[:] = [values[row % len(values)] for row in range(N)]
    return column


def polars_column(values):
    return pl.DataFrame({"c": values})


def predict(table, **params):
    return fit(X, **params).predict(table)


def named(table=X, **params):
    return lambda: fit(table, **params)


def again(table):
    forest = RandomForestRegressor(n_estimators=2, warm_start=True).fit(X, Y)
    forest.set_params(n_estimators=3).fit(table, Y)


def numbers_as_categories():
    return fit(with_column(np.arange(N) % 3), categorical_features=["c"])


def broken_sparse():
    table = sparse.csr_array(np.eye(N))
    table.indices[3] = N
    return table


NUMBERS = X[["x"]]
UNSEEN = X.assign(c="zz")
ENUM = pl.from_pandas(UNSEEN).with_columns(pl.col("c").cast(pl.Enum(["zz", "a", "b", "d"])))

BAD = {
    "text and numbers in a column of objects": named(with_column(objects("a", 1))),
    "text and numbers in a category type": named(with_column(pd.Categorical(objects("a", 1)))),
    "columns of the same name": named(pd.DataFrame(np.zeros((N, 2)), columns=["a", "a"])),
    "names of which some are no strings": named(pd.DataFrame(np.eye(N)[:, :2], columns=["a", 1])),
    "a complex array": named(np.ones((N, 1)) * 1j),
    "a complex column": named(with_column(np.ones(N) * 1j)),
    "a datetime column": named(with_column(pd.date_range("2020", periods=N))),
    "a duration column": named(with_column(pd.to_timedelta(np.arange(N)))),
    "datetimes as objects": named(with_column(objects(datetime.date(2020, 1, 1)))),
    "categories that are datetimes": named(
        with_column(pd.Categorical(pd.date_range("2020", periods=N)))
    ),
    "a list column": named(polars_column([[1, 2]] * N)),
    "a struct column": named(polars_column([{"a": 1}] * N)),
    "a binary column": named(polars_column([b"a"] * N)),
    "bytes as objects": named(with_column(objects(b"a"))),
    "decimals as objects": named(with_column(objects(decimal.Decimal("1.5")))),
    "dicts as objects": named(with_column(objects({}))),
    "an integer beyond float64": named(with_column(objects(10**400))),
    "text that is not Unicode": named(objects("\ud800")[:, None]),
    "ragged lists": named([[1, 2], [3]] * (N // 2)),
    "a broken sparse matrix": named(broken_sparse()),
    "a complex sparse matrix": named(sparse.csr_array(np.eye(N) * 1j)),
    "categories in a sparse matrix": named(sparse.csr_array(np.eye(N)), categorical_features=[0]),
    "one dimension": named(np.arange(N)),
    "three dimensions": named(np.zeros((N, 2, 2))),
    "no rows": named(X[:0]),
    "no columns": named(X[[]]),
    "a text column that is not named": named(categorical_features=["x"]),
    "a text column where none is categorical": named(categorical_features=None),
    "a name that is no column": named(categorical_features=["c", "zz"]),
    "names for a table without": named(X.to_numpy(), categorical_features=["c"]),
    "an index out of range": named(categorical_features=[1, 7]),
    "a mask of another length": named(categorical_features=[True]),
    "columns by fractions": named(categorical_features=[1.0]),
    "handle_unknown without categories": named(NUMBERS, handle_unknown="error"),
    'a category that fit has not seen, with handle_unknown="error"': lambda: predict(
        UNSEEN, handle_unknown="error"
    ),
    'Enum with unseen levels, with handle_unknown="error"': lambda: predict(
        ENUM, handle_unknown="error"
    ),
    "numbers where categories were text": lambda: predict(X.assign(c=1)),
    "text where categories were numbers": lambda: numbers_as_categories().predict(X.assign(c="q")),
    "text where fit saw numbers": lambda: predict(X.assign(x="q")),
    "other columns at predict": lambda: predict(X.assign(new=1)),
    "columns in another order at predict": lambda: predict(X[["c", "x"]]),
    "fewer columns at predict": lambda: fit(X.to_numpy()).predict(X[["x"]].to_numpy()),
    "a new category with warm_start": lambda: again(X.assign(c=["new", *X["c"][1:]])),
    "a category less with warm_start": lambda: again(X.assign(c=X["c"].replace("d", "a"))),
    "categories in bagging of another estimator": lambda: gbengine.BaggingRegressor(
        LinearRegression(), categorical_features=["c"]
    ).fit(NUMBERS, Y),
    "categories named in an ensemble's tree": lambda: gbengine.AdaBoostRegressor(
        DecisionTreeRegressor(categorical_features=["c"])
    ).fit(X, Y),
    "categories named beside a BinnedDataset": lambda: fit(
        gbengine.BinnedDataset(X), categorical_features=["c"]
    ),
    "statistics without categories": named(NUMBERS, cat_encoding="target"),
    "statistics of a BinnedDataset": lambda: fit(
        gbengine.BinnedDataset(X), cat_encoding="target", tree_method="hist"
    ),
    "statistics that rise": named(cat_encoding="target", monotonic_cst=[0, 1]),
    "a model with categories to scikit-learn": lambda: fit(X).to_sklearn(),
    "a missing label": lambda: DecisionTreeClassifier().fit(NUMBERS, pl.Series(["a", None] * 20)),
    "a missing weight": lambda: fit(X, sample_weight=pd.Series([1, None] * 20, dtype="Int64")),
}


@pytest.mark.parametrize(("name", "error", "text"), rows_below("Errors"))
def test_every_error_that_the_document_lists(name, error, text):
    expected = {"TypeError": TypeError, "ValueError": ValueError}[error]
    with pytest.raises(expected, match=re.escape(text)):
        BAD[name]()


def test_the_document_lists_every_error():
    assert [name for name, *_ in rows_below("Errors")] == list(BAD)


def splits_on(model, column):
    return int(np.sum(model._model.to_arrays()["feature"] == column))


def all_nan():
    for nothing in (np.full(N, np.nan), objects(None), pd.array([pd.NA] * N, dtype="string")):
        model = fit(with_column(nothing))
        assert splits_on(model, 1) == 0 < splits_on(model, 0)
        model.predict(with_column(nothing))
    null = polars_column(pl.Series([None] * N, dtype=pl.Null))
    assert splits_on(fit(null), 0) == 0


def infinite_numbers():
    column = np.where(np.arange(N) % 2, np.inf, -np.inf)
    assert splits_on(fit(column[:, None], y=column > 0), 0) == 1


def empty_text():
    column = objects("", None, "b")
    model = fit(with_column(column))
    assert set(model._encoder.levels[1].values) == {"", "b"}
    codes = model._encoder.encode(gbengine._user_table.open_table(with_column(column), "test"))
    assert np.isnan(codes[1::3, 1]).all()
    assert not np.isnan(codes[::3, 1]).any()


def lazy_frame():
    lazy = pl.from_pandas(X).lazy()
    np.testing.assert_array_equal(fit(lazy).predict(lazy), fit(X).predict(X))


def unseen_enum():
    np.testing.assert_array_equal(predict(ENUM), predict(X.assign(c=None)))


def million_categories():
    n = 10**6
    table = pl.DataFrame({"c": pl.int_range(n, eager=True).cast(pl.String)})
    model = DecisionTreeRegressor(tree_method="hist", max_depth=2).fit(table, np.arange(n))
    encoder = model._encoder
    assert len(encoder.levels[0]) == n
    assert encoder_from_arrays(encoder_arrays(encoder), model._model) == encoder
    assert len(model.predict(table[:5])) == 5


def another_order():
    other = X.assign(c=pd.Categorical(X["c"], categories=["d", "never", "b", "a"], ordered=True))
    np.testing.assert_array_equal(predict(other), predict(X))


def floats_for_integers():
    model = numbers_as_categories()
    whole = with_column(np.arange(N) % 3)
    np.testing.assert_array_equal(
        model.predict(whole.astype({"c": np.float32})), model.predict(whole)
    )


def missing_categories():
    column = X["c"].where(X["c"] != "a", None)
    model = fit(with_column(column))
    np.testing.assert_array_equal(
        model.predict(with_column(objects(None, np.nan, pd.NA))),
        model.predict(with_column(objects(None))),
    )
    assert np.unique(model.predict(with_column(column))).size > 1


def value_twice():
    import pyarrow as pa

    indices = pa.array([0, 1, 2] * 13 + [0], pa.int8())
    twice = pa.table({"c": pa.DictionaryArray.from_arrays(indices, pa.array(["a", "b", "a"]))})
    assert sorted(fit(twice)._encoder.levels[0].values) == ["a", "b"]


ODD = {
    "all NaN": all_nan,
    "infinite numbers": infinite_numbers,
    "empty text beside missing": empty_text,
    "a lazy frame": lazy_frame,
    "Enum with unseen levels": unseen_enum,
    "a million categories": million_categories,
    "categories in another order at predict": another_order,
    "integers at fit, floats at predict": floats_for_integers,
    "missing categories at fit and predict": missing_categories,
    "a dictionary with a value twice": value_twice,
}


ALLOWED = [
    pytest.param(name, marks=pytest.mark.slow if "million" in name else ())
    for name, _ in rows_below("Odd, but allowed")
]


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_odd_but_allowed(name):
    ODD[name]()


def test_the_document_lists_all_that_is_odd():
    assert [name for name, _ in rows_below("Odd, but allowed")] == list(ODD)
