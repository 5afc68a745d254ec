"""X as users pass it: every form of the same table gives the same model; others are refused."""

import pickle

import joblib
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import estimator_for, make_problem, raw_scores

from gbengine import GradientBoostingRegressor
from gbengine._input import as_matrix, is_ready

PROBLEM = make_problem("regression", n_rows=200)
X, Y = PROBLEM.X, PROBLEM.y
NAMES = [f"c{i}" for i in range(X.shape[1])]


def in_every_order(table):
    wide = np.zeros((2 * table.shape[0], 3 * table.shape[1]), dtype=table.dtype)
    wide[::2, 1::3] = table
    unaligned = np.zeros(table.nbytes + 1, dtype=np.uint8)[1:].view(table.dtype)
    unaligned = unaligned.reshape(table.shape)
    unaligned[:] = table
    record = np.zeros(table.shape, dtype=[("pad", np.uint8), ("x", table.dtype)])
    record["x"] = table
    return {
        "C": np.ascontiguousarray(table),
        "Fortran": np.asfortranarray(table),
        "slice": wide[::2, 1::3],
        "reversed": np.ascontiguousarray(table[::-1, ::-1])[::-1, ::-1],
        "unaligned": unaligned,
        "field of a record": record["x"],
        "swapped bytes": table.astype(table.dtype.newbyteorder()),
        "masked": np.ma.masked_invalid(np.where(np.isnan(table), np.inf, table))
        if not np.isinf(table).any()
        else np.ma.array(np.where(np.isnan(table), 0, table), mask=np.isnan(table)),
        "objects": table.astype(object),
        "lists": table.tolist(),
    }


@pytest.fixture(scope="module")
def expected():
    return estimator_for(PROBLEM).fit(X, Y).predict(X)


@pytest.mark.parametrize("form", in_every_order(X))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_form_of_an_array_gives_the_same(form, dtype, expected):
    table = in_every_order(X.astype(dtype))[form]
    model = estimator_for(PROBLEM).fit(table, Y)
    np.testing.assert_array_equal(model.predict(table), expected)
    np.testing.assert_array_equal(model.predict(X), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("form", ["C", "Fortran", "slice", "reversed"])
def test_float_arrays_are_not_copied(form, dtype):
    table = in_every_order(X.astype(dtype))[form]
    assert np.shares_memory(as_matrix(table, "Test"), table)


def test_read_only_array(expected):
    table = X.copy()
    table.setflags(write=False)
    np.testing.assert_array_equal(estimator_for(PROBLEM).fit(table, Y).predict(table), expected)


FRAMES = {
    "pandas": lambda x: pd.DataFrame(x, columns=NAMES),
    "pandas by column": lambda x: pd.DataFrame({n: x[:, i].copy() for i, n in enumerate(NAMES)}),
    "pandas nullable": lambda x: pd.DataFrame(x, columns=NAMES).astype(
        "Float32" if x.dtype == np.float32 else "Float64"
    ),
    "polars": lambda x: pl.DataFrame(x, schema=NAMES, nan_to_null=True),
    "polars chunks": lambda x: pl.concat(
        [pl.DataFrame(x[:50], schema=NAMES), pl.DataFrame(x[50:], schema=NAMES)], rechunk=False
    ),
    "arrow": lambda x: pa.table({n: x[:, i] for i, n in enumerate(NAMES)}),
}


@pytest.mark.parametrize("form", FRAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_frame_gives_the_same(form, dtype, expected):
    frame = FRAMES[form](X.astype(dtype))
    assert as_matrix(frame, "Test").dtype == dtype
    model = estimator_for(PROBLEM).fit(frame, Y)
    np.testing.assert_array_equal(model.predict(frame), expected)
    assert model.feature_names_in_.tolist() == NAMES


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pandas_frame_of_one_block_is_not_copied(dtype):
    block = np.asfortranarray(X.astype(dtype))
    frame = pd.DataFrame(block, columns=NAMES, copy=False)
    assert np.shares_memory(as_matrix(frame, "Test"), frame.iloc[:, 0].to_numpy())


WIDTHS = {
    "bool": np.float32,
    "int8": np.float32,
    "uint8": np.float32,
    "int16": np.float32,
    "uint16": np.float32,
    "float16": np.float32,
    "float32": np.float32,
    "int32": np.float64,
    "uint32": np.float64,
    "int64": np.float64,
    "uint64": np.float64,
    "float64": np.float64,
    "longdouble": np.float64,
}


@pytest.mark.parametrize("dtype", WIDTHS)
def test_width_of_numpy_numbers(dtype):
    table = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
    matrix = as_matrix(table, "Test")
    assert matrix.dtype == WIDTHS[dtype]
    np.testing.assert_array_equal(matrix, table.astype(np.float64))


def test_mixed_frame_is_as_wide_as_its_widest_column():
    narrow = pd.DataFrame({"a": np.array([1, 2], np.int8), "b": [True, False]})
    assert as_matrix(narrow, "Test").dtype == np.float32
    wide = narrow.assign(c=[2**40 + 1, 2])
    matrix = as_matrix(wide, "Test")
    assert matrix.dtype == np.float64
    assert matrix.flags.f_contiguous
    np.testing.assert_array_equal(matrix, [[1, 1, 2**40 + 1], [2, 0, 2]])


def test_nulls_are_missing():
    frames = [
        pl.DataFrame({"i": [1, None], "b": [None, True], "f": [0.5, None], "d": [None, 2.5]}),
        pd.DataFrame(
            {
                "i": pd.array([1, None], dtype="Int64"),
                "b": pd.array([None, True], dtype="boolean"),
                "f": pd.array([0.5, None], dtype="Float32"),
                "d": pd.array([None, 2.5], dtype="double[pyarrow]"),
            }
        ),
    ]
    for frame in frames:
        matrix = as_matrix(frame, "Test")
        np.testing.assert_array_equal(matrix, [[1, np.nan, 0.5, np.nan], [np.nan, 1, np.nan, 2.5]])


def test_extreme_values_are_ordered():
    column = np.array([-np.inf, -1e308, -1.0, 0.0, 5e-324, 1.0, 1e308, np.inf]).repeat(5)
    y = np.arange(8.0).repeat(5)
    model = GradientBoostingRegressor(
        n_estimators=50, learning_rate=0.5, min_samples_leaf=1, max_leaf_nodes=8
    ).fit(column[:, None], y)
    np.testing.assert_allclose(model.predict(column[:, None]), y, atol=1e-3)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (["a", "b"], "has dtype str.*OrdinalEncoder"),
        (pd.Series(["a", "b"], dtype=object), "has dtype object.*OrdinalEncoder"),
        (np.array(["a", 1], dtype=object), "dtype object. holds both 'a'"),
        (pd.Categorical(["a", "b"]), "has dtype category.*OrdinalEncoder"),
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), "has dtype datetime64.*derive numbers"),
        (pd.to_timedelta([1, 2]), "has dtype timedelta64.*derive numbers"),
        (np.array([1j, 2j]), "has dtype complex128.*real and imaginary"),
    ],
)
def test_pandas_column_that_is_not_numeric(column, text):
    frame = pd.DataFrame({"ok": [1.0, 2.0], "täglich": column})
    with pytest.raises(TypeError, match=f"column 'täglich' of X .?{text}"):
        GradientBoostingRegressor(categorical_features=None).fit(frame, [1, 2])


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (["a", "b"], "String.*OrdinalEncoder"),
        (pl.Series(["a", "b"], dtype=pl.Categorical), "Categorical.*OrdinalEncoder"),
        (pl.Series([1, 2], dtype=pl.Date), "Date.*derive numbers"),
        (pl.Series([[1], [2]]), "List.*each of its parts"),
    ],
)
def test_polars_column_that_is_not_numeric(column, text):
    frame = pl.DataFrame({"ok": [1.0, 2.0], "名前": column})
    with pytest.raises(TypeError, match=f"column '名前' of X has dtype {text}"):
        GradientBoostingRegressor(categorical_features=None).fit(frame, [1, 2])


@pytest.mark.parametrize(
    ("table", "error", "text"),
    [
        (np.zeros(4), ValueError, "Expected 2D array"),
        (np.zeros((4, 2, 2)), ValueError, "dim 3"),
        (np.zeros((0, 2)), ValueError, "0 sample"),
        (np.zeros((4, 0)), ValueError, "0 feature"),
        (np.zeros((4, 1)) * 1j, ValueError, "Complex data not supported"),
        (np.array([["1.5"]] * 4), TypeError, "column 0 of X has dtype <U3"),
        (np.array([["1.5"]] * 4, dtype=object), TypeError, "column 0 of X has dtype object"),
        (np.array([[b"x"]] * 4), TypeError, "dtype .S1"),
        (np.array([[1, {}]] * 4), TypeError, "column 1 of X .dtype object. cannot be read"),
        (np.array([["2020-01-01"]] * 4, dtype="M8[D]"), TypeError, "dtype datetime64"),
        (pd.DataFrame(np.zeros((4, 2)), columns=["a", "a"]), ValueError, "different names"),
        (None, ValueError, "Expected 2D"),
        ("text", ValueError, "Expected 2D"),
    ],
)
def test_wrong_tables(table, error, text):
    with pytest.raises(error, match=text):
        GradientBoostingRegressor(categorical_features=None).fit(table, np.arange(4))


def test_columns_at_predict():
    frame = pd.DataFrame(X, columns=NAMES)
    model = estimator_for(PROBLEM).fit(frame, Y)
    with pytest.raises(ValueError, match="in the same order"):
        model.predict(frame[NAMES[::-1]])
    with pytest.raises(ValueError, match="seen at fit time, yet now missing"):
        model.predict(frame[NAMES[:-1]])
    with pytest.raises(ValueError, match="unseen at fit time"):
        model.predict(frame.rename(columns={"c0": "other"}))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict(X)
    with pytest.raises(ValueError, match=r"X_val has 1 features|missing"):
        estimator_for(PROBLEM).fit(frame, Y, X_val=frame[["c0"]], y_val=Y)
    with pytest.raises(ValueError, match=r"X_val has 2 features, but \w+ is expecting 6"):
        estimator_for(PROBLEM).fit(X, Y, X_val=X[:, :2], y_val=Y)
    unnamed = estimator_for(PROBLEM).fit(X, Y)
    with pytest.warns(UserWarning, match="was fitted without feature names"):
        unnamed.predict(frame)


@pytest.mark.parametrize("names", [["ä", "名前", "🌲", "a b", 'q"\\', "\n"], [0, 1, 2, 3, 4, 5]])
def test_any_names(names):
    frame = pd.DataFrame(X, columns=names)
    model = estimator_for(PROBLEM).fit(frame, Y)
    model.predict(frame)
    if isinstance(names[0], str):
        assert model.feature_names_in_.tolist() == names
    else:
        assert not hasattr(model, "feature_names_in_")


def test_names_go_when_fit_sees_none():
    model = estimator_for(PROBLEM).fit(pd.DataFrame(X, columns=NAMES), Y)
    model.fit(X, Y)
    assert not hasattr(model, "feature_names_in_")


def test_light_path_takes_only_what_the_core_can_read():
    assert is_ready(X)
    assert is_ready(np.asfortranarray(X, dtype=np.float32))
    for table in (
        X.tolist(),
        X[0],
        X.astype(int, copy=False) if False else X.astype(">f8"),
        X[::2, ::2],
        np.ma.array(X),
        X.astype(np.float16),
        pd.DataFrame(X),
    ):
        assert not is_ready(table)


@pytest.mark.parametrize("n_rows", [1, 2, 127, 128, 129, 200])
def test_rows_are_predicted_alike_alone_and_together(n_rows, problem):
    model = estimator_for(problem).fit(problem.X, problem.y)
    together = raw_scores(model, problem.X)[:n_rows]
    np.testing.assert_array_equal(raw_scores(model, problem.X[:n_rows]), together)


def test_unpickled_array_is_read_in_place(tmp_path):
    path = tmp_path / "X.joblib"
    joblib.dump(X, path)
    mapped = joblib.load(path, mmap_mode="r")
    assert mapped.dtype is not X.dtype or type(mapped) is not np.ndarray
    assert np.shares_memory(as_matrix(mapped, "Test"), mapped)
    model = estimator_for(PROBLEM).fit(mapped, Y)
    np.testing.assert_array_equal(model.predict(mapped), model.predict(X))
    copy = pickle.loads(pickle.dumps(X))
    np.testing.assert_array_equal(model.predict(copy), model.predict(X))


def test_names_of_both_kinds_are_refused():
    frame = pd.DataFrame(X, columns=["a", 1, 2, 3, 4, 5])
    with pytest.raises(TypeError, match=r"string names.*\['int', 'str'\]"):
        estimator_for(PROBLEM).fit(frame, Y)


@pytest.mark.parametrize("form", FRAMES)
def test_names_are_compared_in_every_frame(form):
    frame = FRAMES[form](X)
    model = estimator_for(PROBLEM).fit(frame, Y)
    other = FRAMES[form](X[:, [1, 0, 2, 3, 4, 5]])
    other = nw.from_native(other).select(*NAMES[1::-1], *NAMES[2:]).to_native()
    with pytest.raises(ValueError, match="must be in the same order"):
        model.predict(other)
