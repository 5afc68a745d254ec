"""The encoder: codes by falling weight, whatever the library, the order of rows and the weights."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_support import examples

from gbengine._encoder import Encoder, learn_encoder
from gbengine._encoder_state import FILE_ARRAYS, encoder_arrays, encoder_from_arrays
from gbengine._levels import Levels
from gbengine._user_table import open_table

KINDS = {
    "text": st.text('aA 0é名🌲\n\0"', max_size=3),
    "bool": st.booleans(),
    "int": st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
    "float": st.floats(allow_nan=False, width=32),
}


@st.composite
def columns(draw):
    """A column with missing cells: its kind and its values."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    some = draw(st.lists(KINDS[kind], min_size=1, max_size=5))
    return kind, draw(st.lists(st.sampled_from([None, *some]), min_size=1, max_size=30))


def object_column(values):
    out = np.empty((len(values), 1), dtype=object)
    out[:, 0] = values
    return out


def dictionary(values):
    return pa.array(values).dictionary_encode()


def pandas_forms(values, kind):
    nullable = {"text": "string", "bool": "boolean", "int": "Int64", "float": "Float64"}[kind]
    backed = {"text": pa.string(), "bool": pa.bool_(), "int": pa.int64(), "float": pa.float64()}
    series = pd.Series(values, dtype=object)
    yield series
    yield pd.Series(values, dtype=nullable)
    yield pd.Series(values, dtype=pd.ArrowDtype(backed[kind]))
    distinct = sorted({value for value in values if value is not None}, reverse=True)
    yield pd.Series(pd.Categorical(series, categories=pd.Index(distinct, dtype=object)))
    if None not in values:
        yield pd.Series(values)


def forms(kind, values):
    """The same column from every library, as tables of one column."""
    yield object_column(values)
    for series in pandas_forms(values, kind):
        yield series.to_frame("c")
    types = {"text": pl.String, "bool": pl.Boolean, "int": pl.Int64, "float": pl.Float64}
    series = pl.Series("c", values, dtype=types[kind])
    yield series.to_frame()
    yield series.to_frame().lazy()
    yield pa.table({"c": pa.array(values)})
    if any(value is not None for value in values):
        yield pa.table({"c": dictionary(values)})
        halves = [dictionary(values[:1]), dictionary(values[1:])]
        if len({half.type for half in halves}) == 1:
            yield pa.table({"c": pa.chunked_array(halves)})
    if kind == "text":
        yield series.cast(pl.Categorical).to_frame()
        distinct = sorted({value for value in values if value is not None})
        yield series.cast(pl.Enum(distinct)).to_frame()
        if not any(value is None or value.endswith("\0") for value in values):
            yield np.array(values)[:, None]  # NumPy drops zeros at the end


def learn(table, weight=None):
    opened = open_table(table, "test")
    weight = None if weight is None else np.array(weight, dtype=np.float64)
    encoder = learn_encoder(opened, [0], weight)
    return encoder, encoder.encode(opened)[:, 0]


def naive_levels(values, weights):
    totals = {}
    for value, weight in zip(values, weights, strict=True):
        if value is not None and weight > 0:
            totals[value] = totals.get(value, 0) + weight
    return sorted(totals, key=lambda value: (-totals[value], value))


@examples(60)
@given(column=columns(), data=st.data())
def test_levels_and_codes_are_those_of_the_definition(column, data):
    _, values = column
    weight = data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    encoder, codes = learn(object_column(values), weight)
    wanted = naive_levels(values, weight)
    assert encoder.levels[0].values.tolist() == wanted
    for value, code in zip(values, codes, strict=True):
        assert np.isnan(code) if value not in wanted else wanted[int(code)] == value


@examples(60)
@given(column=columns())
def test_decoding_gives_back_what_was_encoded(column):
    _, values = column
    encoder, codes = learn(object_column(values))
    assert encoder.decode(0, codes).tolist() == values


@examples(60)
@given(column=columns())
def test_any_library_equals_any_other(column):
    kind, values = column
    expected, codes = learn(object_column(values))
    for form in forms(kind, values):
        encoder, other = learn(form)
        assert encoder == expected, type(form)
        np.testing.assert_array_equal(other, codes)


@examples(60)
@given(column=columns(), seed=st.integers(0, 99))
def test_order_of_rows_does_not_matter(column, seed):
    _, values = column
    rng = np.random.default_rng(seed)
    weight = rng.choice([0.1, 0.2, 0.3, 7.7], len(values))
    order = rng.permutation(len(values))
    table = object_column(values)
    assert learn(table, weight)[0] == learn(table[order], weight[order])[0]


@examples(60)
@given(column=columns(), data=st.data())
def test_whole_weights_are_copies(column, data):
    _, values = column
    weight = data.draw(st.lists(st.integers(1, 4), min_size=len(values), max_size=len(values)))
    copies = object_column(np.repeat(object_column(values), weight).tolist())
    assert learn(object_column(values), weight)[0] == learn(copies)[0]


@examples(60)
@given(column=columns(), other=columns())
def test_files_give_back_what_was_learnt(column, other):
    n_rows = min(len(column[1]), len(other[1]))
    first, last = (object_column(values[:n_rows]) for _, values in (column, other))
    table = open_table(np.hstack([first, np.ones((n_rows, 1)), last]), "test")
    encoder = learn_encoder(table, [0, 2], None)
    again = encoder_from_arrays(encoder_arrays(encoder), model_like(encoder))
    assert again == encoder
    assert [levels.kind for levels in again.levels.values()] == [
        levels.kind for levels in encoder.levels.values()
    ]


def model_like(encoder):
    """What is asked of the core's model: how many columns, and of how many categories."""

    class Model:
        n_features = encoder.n_features
        n_categories = encoder.n_categories

    return Model()


def test_heavy_categories_come_first_and_equal_ones_by_value():
    encoder, codes = learn(object_column(["b", "a", "c", "c", None]))
    assert encoder.levels[0].values.tolist() == ["c", "a", "b"]
    np.testing.assert_array_equal(codes, [2, 1, 0, 0, np.nan])


def test_fractional_weights_are_summed_without_an_order():
    weight = np.array([0.1] * 10 + [1.0])
    values = ["a"] * 10 + ["b"]
    forward, _ = learn(object_column(values), weight)
    backward, _ = learn(object_column(values[::-1]), weight[::-1])
    assert forward == backward
    tiny, _ = learn(object_column(["a", "b"]), [1e-300, 1e15])
    assert tiny.levels[0].values.tolist() == ["b", "a"]


@pytest.mark.parametrize(
    "values",
    [
        [2**63, 2**64 - 1],
        [2**62, 2**62 + 1],
        [0.5, 2.0**70, -np.inf, np.inf],
        [-0.0, 0.0, 1.0],
        [-(2**63), 2**63 - 1],
    ],
)
def test_numbers_are_told_apart_exactly(values):
    array = np.array(values)[:, None]
    encoder, codes = learn(array)
    assert len(encoder.levels[0]) == len(set(values))
    assert encoder.decode(0, codes).tolist() == values
    assert encoder_from_arrays(encoder_arrays(encoder), model_like(encoder)) == encoder


@pytest.mark.parametrize("dtype", ["i1", "u2", "i8", "u8", "f2", "f4", "f8"])
def test_equal_numbers_of_any_type_are_one_category(dtype):
    encoder, codes = learn(np.array([[3], [1], [3], [2]], dtype=np.int64))
    other = np.array([[3], [1], [3], [2]], dtype=dtype)
    np.testing.assert_array_equal(encoder.encode(open_table(other, "test"))[:, 0], codes)


@pytest.mark.parametrize("values", [[2.0**53 + 2, 1.5], [2**53 + 1, 1]])
def test_numbers_that_only_round_to_a_category_are_none(values):
    encoder, _ = learn(np.array(values)[:, None])
    near = np.array([2.0**53 if isinstance(values[0], int) else 2**53 + 1], dtype=object)
    assert np.isnan(encoder.encode(open_table(near[:, None], "test"))).all()


def test_categories_of_rows_of_weight_zero_are_unknown():
    table = object_column(["a", "b", "b"])
    encoder, codes = learn(table, [1, 0, 0])
    assert encoder.levels[0].values.tolist() == ["a"]
    np.testing.assert_array_equal(codes, [0, np.nan, np.nan])


def test_unused_levels_of_a_dictionary_are_no_error():
    encoder, _ = learn(object_column(["a", "b"]))
    table = pd.DataFrame({"c": pd.Categorical(["a", None], categories=["zz", "a"])})
    np.testing.assert_array_equal(
        encoder.encode(open_table(table, "test"), "error")[:, 0], [0, np.nan]
    )


def mixed_table():
    return pd.DataFrame(
        {
            "i": np.arange(6, dtype=np.int8),
            "c": list("abcabc"),
            "f": np.linspace(0, 1, 6, dtype=np.float32),
            "k": pd.Categorical([1, 2, 1, 2, 1, 1]),
            "b": [True, False] * 3,
        }
    )


@pytest.mark.parametrize("n_columns", [1, 2, 3, 5, 9])
def test_chunks_are_the_table(n_columns):
    table = mixed_table()
    encoder = learn_encoder(open_table(table, "test"), [1, 3], None)
    chunks = list(encoder.chunks(table, n_columns))
    assert all(chunk.flags.f_contiguous and chunk.shape[1] <= n_columns for chunk in chunks)
    whole = encoder.encode(open_table(table, "test"))
    assert {chunk.dtype for chunk in chunks} == {whole.dtype} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(np.hstack(chunks), whole)


def test_select_keeps_the_columns_places():
    encoder = learn_encoder(open_table(mixed_table(), "test"), [1, 3], None)
    part = encoder.select([0, 3, 4])
    assert part.is_categorical.tolist() == [False, True, False]
    assert part.n_categories.tolist() == [0, 2, 0]
    assert not encoder.select([0, 2])


def test_encoder_has_no_identity():
    a, b = (learn(object_column(["a", "b"]))[0] for _ in range(2))
    assert a == b
    assert hash(a) == hash(b)
    assert a != Encoder(1, {})
    assert a != "encoder"


def damaged_arrays():
    """One change each that makes the arrays those of no encoder."""
    yield "category_kind", lambda a: a + 9
    yield "category_kind", lambda a: a * 0
    yield "category_column", lambda a: a + 99
    yield "category_column", lambda a: a[::-1]
    yield "category_column", lambda a: a.astype(np.int32)
    yield "category_end", lambda a: a - 1
    yield "category_end", lambda a: a[::-1]
    yield "category_end", lambda a: a + np.int64(2**62)
    yield "category_text", lambda a: a[:-1]
    yield "category_text", lambda a: a * 0 + 255
    yield "category_text", lambda a: a * 0 + 97
    yield "category_text_end", lambda a: a[::-1]
    yield "category_text_end", lambda a: a - np.int64(2**62)
    yield "category_text_end", lambda a: np.append(a, a[-1:])
    yield "category_whole", lambda a: a * 0
    yield "category_whole", lambda a: a[:-1]
    yield "category_whole", lambda a: np.append(a, 5)
    yield "category_fraction", lambda a: a * np.nan
    yield "category_fraction", lambda a: a.reshape(1, -1)


@pytest.mark.parametrize("index", range(19))
def test_damaged_arrays_are_refused(index):
    name, damage = list(damaged_arrays())[index]
    table = mixed_table().assign(g=[0.5, 1.5, 0.5, 0.5, 1.5, 0.25])
    encoder = learn_encoder(open_table(table, "test"), [1, 3, 4, 5], None)
    arrays = encoder_arrays(encoder)
    arrays[name] = damage(arrays[name])
    with pytest.raises((ValueError, OverflowError)):
        encoder_from_arrays(arrays, model_like(encoder))


@pytest.mark.parametrize("name", FILE_ARRAYS)
def test_arrays_are_there_together_or_not_at_all(name):
    encoder, _ = learn(object_column(["a", "b"]))
    arrays = encoder_arrays(encoder)
    del arrays[name]
    with pytest.raises(ValueError, match="must all be there, or none"):
        encoder_from_arrays(arrays, model_like(encoder))
    assert encoder_arrays(None) == {}


def test_categories_must_be_those_of_the_trees():
    encoder, _ = learn(object_column(["a", "b"]))
    other, _ = learn(object_column(["a", "b", "c"]))
    with pytest.raises(ValueError, match="not those that the trees were grown for"):
        encoder_from_arrays(encoder_arrays(encoder), model_like(other))
    with pytest.raises(ValueError, match="not those that the trees were grown for"):
        encoder_from_arrays({}, model_like(other))


def test_levels_of_other_families_do_not_compare():
    text, numbers = Levels("text", np.array(["a"], dtype=object)), Levels("int", np.array([1]))
    with pytest.raises(TypeError, match=r"holds numbers \(1\), but it held text \('a'\) in fit"):
        text.positions_of(numbers)
    nothing = Levels("none", np.empty(0, dtype=object))
    assert nothing.positions_of(numbers).tolist() == [-1]
    assert text.positions_of(nothing).tolist() == []
