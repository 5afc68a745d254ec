"""The same mixed table from every library, for X, y and weights, at fit and at predict."""

import tracemalloc

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import DataConversionWarning

from gbengine import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    _frames,
)
from gbengine._encoder import learn_encoder
from gbengine._input import as_matrix
from gbengine._user_table import open_table

N = 120
RNG = np.random.default_rng(1)
TEXT = RNG.choice(["red", "green", "blue", "", None], N, p=[0.4, 0.3, 0.1, 0.1, 0.1])
LEVEL = RNG.choice(["low", "mid", "top"], N)
NUMBER = RNG.normal(size=N)
COUNT = RNG.integers(0, 5, N)
FLAG = RNG.random(N) > 0.5
Y = NUMBER + (TEXT == "red") + COUNT * FLAG

PANDAS = pd.DataFrame(
    {
        "number": NUMBER,
        "text": pd.Series(TEXT, dtype=object),
        "count": COUNT,
        "level": pd.Categorical(LEVEL),
        "flag": FLAG,
    }
)
POLARS = pl.DataFrame(
    {
        "number": NUMBER,
        "text": TEXT.tolist(),
        "count": COUNT,
        "level": pl.Series(LEVEL, dtype=pl.Categorical),
        "flag": FLAG,
    }
)


def arrow(chunk=N):
    batches = [
        pa.record_batch(
            {
                "number": NUMBER[rows],
                "text": pa.array(TEXT[rows].tolist(), pa.string()),
                "count": COUNT[rows],
                "level": pa.array(LEVEL[rows].tolist()).dictionary_encode(),
                "flag": FLAG[rows],
            }
        )
        for rows in (slice(begin, begin + chunk) for begin in range(0, N, chunk))
    ]
    return pa.Table.from_batches(batches)


class Capsule:
    """A table that is known by its Arrow interface only."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


FORMS = {
    "pandas": lambda: PANDAS,
    "pandas str": lambda: PANDAS.astype({"text": "str"}),
    "pandas string": lambda: PANDAS.astype({"text": "string", "count": "Int16", "flag": "boolean"}),
    "pandas category": lambda: PANDAS.astype({"text": "category"}),
    "pandas ordered": lambda: PANDAS.assign(
        level=pd.Categorical(LEVEL, categories=["top", "never", "low", "mid"], ordered=True)
    ),
    "pandas of arrow": lambda: arrow().to_pandas(types_mapper=pd.ArrowDtype),
    "pandas objects": lambda: PANDAS.astype(object),
    "pandas sliced": lambda: pd.concat([PANDAS, PANDAS]).iloc[N:],
    "polars": lambda: POLARS,
    "polars text": lambda: POLARS.with_columns(pl.col("level").cast(pl.String)),
    "polars enum": lambda: POLARS.with_columns(
        pl.col("level").cast(pl.Enum(["top", "never", "low", "mid"]))
    ),
    "polars lazy": lambda: POLARS.lazy().filter(pl.col("number") < np.inf),
    "polars chunks": lambda: pl.concat([POLARS[:50], POLARS[50:]], rechunk=False),
    "narwhals": lambda: nw.from_native(POLARS),
    "arrow": arrow,
    "arrow chunks": lambda: arrow(chunk=7),
    "arrow batch": lambda: arrow().to_batches()[0],
    "arrow reader": lambda: arrow(chunk=40).to_reader(),
    "capsule of arrow": lambda: Capsule(arrow(chunk=50)),
    "capsule of polars": lambda: Capsule(POLARS),
}
BY_POSITION = {
    "objects": lambda: PANDAS.to_numpy(dtype=object),
    "objects by column": lambda: np.asfortranarray(PANDAS.to_numpy(dtype=object)),
    "lists": lambda: PANDAS.to_numpy(dtype=object).tolist(),
    "masked objects": lambda: np.ma.array(
        PANDAS.to_numpy(dtype=object), mask=pd.isna(PANDAS).to_numpy()
    ),
}


def model(cls=GradientBoostingRegressor):
    return cls(max_depth=3, min_samples_leaf=3)


@pytest.fixture(scope="module")
def expected():
    return model().fit(PANDAS, Y).predict(PANDAS)


@pytest.mark.parametrize("form", FORMS)
def test_every_frame_gives_the_same(form, expected):
    fitted = model().fit(FORMS[form](), Y)
    assert fitted.feature_names_in_.tolist() == list(PANDAS)
    np.testing.assert_array_equal(fitted.predict(FORMS[form]()), expected)
    np.testing.assert_array_equal(fitted.predict(PANDAS), expected)
    np.testing.assert_array_equal(model().fit(PANDAS, Y).predict(FORMS[form]()), expected)


@pytest.mark.parametrize("form", BY_POSITION)
def test_every_array_gives_the_same(form, expected):
    fitted = model().fit(BY_POSITION[form](), Y)
    assert fitted.is_categorical_.tolist() == [False, True, False, True, False]
    np.testing.assert_array_equal(fitted.predict(BY_POSITION[form]()), expected)


@pytest.mark.parametrize("dtype", ["U", np.dtypes.StringDType()])
def test_arrays_of_text(dtype):
    table = np.array([LEVEL, RNG.choice(["x", "y"], N)], dtype=dtype).T
    fitted = model().fit(table, Y)
    assert fitted.is_categorical_.all()
    np.testing.assert_array_equal(fitted.predict(table), fitted.predict(table.astype(object)))


def test_masked_text_is_missing():
    table = np.ma.array(np.array([["a"], ["b"], ["a"]]), mask=[[True], [False], [False]])
    opened = open_table(table, "test")
    codes = learn_encoder(opened, [0], None).encode(opened)
    np.testing.assert_array_equal(codes, [[np.nan], [1], [0]])


@pytest.mark.parametrize("form", ["polars", "arrow", "pandas of arrow", "pandas string"])
def test_numeric_columns_of_frames_are_as_narrow_as_they_can_be(form):
    frame = nw.from_native(FORMS[form](), eager_only=True).select("flag").to_native()
    assert as_matrix(frame, "test").dtype == np.float32


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([1, None, 3], dtype=pl.Int128),
        pl.Series([1, None, 3]).cast(pl.Decimal(8, 2)),
        pl.Series([1.0, None, 3.0]),
        pa.chunked_array([[1, None], [3]]),
        pa.chunked_array([pa.array([1, None, 3], pa.float16())]),
        pa.chunked_array([pa.array([1, None, 3], pa.decimal128(5, 1))]),
        pd.Series([1, None, 3], dtype="UInt8"),
        pd.Series([1, None, 3], dtype=object),
        pd.Series([1, pd.NA, 3], dtype=object),
        pd.Series([1, None, 3], dtype="int32[pyarrow]"),
        pd.Series(pd.arrays.SparseArray([1.0, np.nan, 3.0])),
        pd.Series([1, None, 3], dtype="category"),
    ],
    ids=lambda column: f"{type(column).__module__.split('.')[0]} {getattr(column, 'dtype', '')}",
)
def test_numbers_of_every_type(column):
    frame = {"c": column}
    if isinstance(column, pd.Series):
        frame = pd.DataFrame(frame)
    elif isinstance(column, pl.Series):
        frame = pl.DataFrame(frame)
    else:
        frame = pa.table(frame)
    np.testing.assert_array_equal(as_matrix(frame, "test"), [[1], [np.nan], [3]])


@pytest.mark.parametrize("reader", ["pyarrow", "polars"])
def test_arrow_interface_is_read_by_what_is_there(reader, monkeypatch, expected):
    monkeypatch.setattr(_frames, "_ARROW_READERS", (reader,))
    fitted = model().fit(Capsule(POLARS), Y)
    np.testing.assert_array_equal(fitted.predict(PANDAS), expected)


def test_arrow_interface_without_a_reader(monkeypatch):
    monkeypatch.setattr(_frames, "_ARROW_READERS", ("no_such_library",))
    with pytest.raises(TypeError, match="takes pyarrow or polars to read"):
        model().fit(Capsule(POLARS), Y)


def test_arrow_interface_of_a_column_is_no_table():
    with pytest.raises(ValueError, match="cannot be read as an Arrow table"):
        model().fit(Capsule(pa.chunked_array([[1.0]])), Y)


def as_series(values):
    """y or weights in every form, by name."""
    listed = values.tolist()
    yield pd.Series(values)
    yield pl.Series(listed)
    yield pa.chunked_array([listed[:5], listed[5:]])
    yield pa.array(listed)
    yield pd.Series(listed, dtype=pd.ArrowDtype(pa.array(listed).type))
    yield pd.Series(listed).convert_dtypes()
    yield pd.Index(values)


LABELS = {
    "text": LEVEL.astype(object),
    "int": COUNT - 2,
    "bool": FLAG,
}


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("cls", [GradientBoostingClassifier, DecisionTreeClassifier])
def test_labels_of_every_library(kind, cls):
    labels = LABELS[kind]
    expected = model(cls).fit(PANDAS, labels)
    forms = [
        *as_series(labels),
        pd.Series(labels).astype("category"),
        pd.Categorical(labels),
        pa.array(labels.tolist()).dictionary_encode(),
        pa.chunked_array([pa.array(labels.tolist()).dictionary_encode()]),
    ]
    if kind == "text":
        forms += [pl.Series(labels, dtype=pl.Enum(["top", "low", "never", "mid"]))]
        forms += [pl.Series(labels, dtype=pl.Categorical), labels.astype("U")]
    for form in forms:
        fitted = model(cls).fit(PANDAS, form)
        assert fitted.classes_.tolist() == expected.classes_.tolist(), type(form)
        np.testing.assert_array_equal(
            fitted.predict_proba(PANDAS), expected.predict_proba(PANDAS), err_msg=str(type(form))
        )


@pytest.mark.parametrize("cls", [GradientBoostingRegressor, DecisionTreeRegressor])
def test_targets_and_weights_of_every_library(cls):
    weight = COUNT + 0.5
    expected = model(cls).fit(PANDAS, Y, weight).predict(PANDAS)
    for target, weights in zip(as_series(Y), as_series(weight), strict=True):
        fitted = model(cls).fit(PANDAS, target, weights)
        np.testing.assert_array_equal(fitted.predict(PANDAS), expected)
    fitted = model(cls).fit(PANDAS, pl.Series(Y), pl.DataFrame({"weight": weight}))
    np.testing.assert_array_equal(fitted.predict(PANDAS), expected)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table, pl.LazyFrame])
def test_frame_of_one_column_of_labels_is_warned_about(frame):
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        fitted = model().fit(PANDAS, frame({"y": Y}))
    np.testing.assert_array_equal(fitted.predict(PANDAS), model().fit(PANDAS, Y).predict(PANDAS))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_of_several_labels(frame):
    tree = DecisionTreeClassifier(max_depth=3).fit(PANDAS, frame({"a": COUNT, "b": LEVEL}))
    assert [classes.tolist() for classes in tree.classes_] == [
        np.unique(COUNT).tolist(),
        ["low", "mid", "top"],
    ]
    tree = DecisionTreeRegressor(max_depth=3).fit(PANDAS, frame({"a": Y, "b": COUNT}))
    assert tree.predict(PANDAS).shape == (N, 2)


MISSING_LABELS = [
    pl.Series(["a", None] * 60),
    pl.Series([1, None] * 60),
    pl.Series([1.0, np.nan] * 60),
    pd.Series(["a", None] * 60),
    pd.Series([True, None] * 60, dtype="boolean"),
    pd.Series([1, None] * 60, dtype="Int64"),
    pd.Series(["a", None] * 60, dtype="category"),
    pa.array(["a", None] * 60),
    pa.chunked_array([pa.array(["a", None] * 60).dictionary_encode()]),
    ["a", None] * 60,
    ["a", np.nan] * 60,
]


@pytest.mark.parametrize("labels", MISSING_LABELS, ids=lambda y: type(y).__name__)
@pytest.mark.parametrize("cls", [GradientBoostingClassifier, DecisionTreeClassifier])
def test_missing_labels(labels, cls):
    with pytest.raises(ValueError, match=r"Input y contains NaN \(row 1\)"):
        cls().fit(PANDAS, labels)


def test_lists_of_text_and_numbers_are_no_labels():
    with pytest.raises(ValueError, match="Unknown label type: y holds values of type int, str"):
        DecisionTreeClassifier().fit(PANDAS, ["a", 1] * 60)


def test_frames_are_converted_a_column_at_a_time():
    n_rows, n_columns = 20_000, 40
    columns = {f"c{i}": np.arange(n_rows) % (i + 2) for i in range(n_columns)}
    columns["text"] = np.array(["a", "b"] * (n_rows // 2))
    frame = pl.DataFrame(columns)
    opened = open_table(frame, "test")
    encoder = learn_encoder(opened, [n_columns], None)
    tracemalloc.start()
    matrix = encoder.encode(opened)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.25 * matrix.nbytes
