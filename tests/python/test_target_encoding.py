"""The statistics that stand in place of columns: the core's columns, and their arrays in files."""

import numpy as np
import pytest

from gbengine import DecisionTreeRegressor, GradientBoostingRegressor
from gbengine._encoder import learn_encoder
from gbengine._model_file import load_model
from gbengine._state import from_bytes, to_bytes
from gbengine._target_encoding import (
    StatisticTargets,
    TargetEncoding,
    learn_target_encoding,
    statistic_labels,
)
from gbengine._target_encoding_state import (
    STATISTIC_ARRAYS,
    encoding_from_arrays,
    n_columns_of_file,
    statistic_arrays,
)
from gbengine._user_table import open_table

TABLE = np.array(
    [["a", 1.0, "p"], ["b", 2.0, "q"], [None, 3.0, "p"], ["a", 4.0, "r"], ["a", 5.0, None]],
    dtype=object,
)
Y = np.array([[1.0, 8.0], [2.0, 7.0], [3.0, 6.0], [4.0, 5.0], [5.0, 4.0]])


def learnt():
    encoder = learn_encoder(open_table(TABLE, "test"), [0, 2], None)
    codes = encoder.encode(open_table(TABLE, "test"))
    targets = StatisticTargets(Y, [], None)
    encoding = learn_target_encoding(codes, encoder, [0, 2], targets, 1)
    return encoder, codes, encoding


class ModelOf:
    """What is asked of the core's model."""

    def __init__(self, encoding):
        self.n_features = encoding.n_inner


def test_columns_stand_where_they_should():
    encoder, codes, encoding = learnt()
    assert encoding.n_inner == 3 + 2 * 2
    assert encoding.owner.tolist() == [0, 1, 2, 0, 0, 2, 2]
    table = encoding.transform(codes)
    assert table.dtype == np.float64
    np.testing.assert_array_equal(table[:, 1], codes[:, 1])
    for column, places in ((0, [0, 3, 4]), (2, [2, 5, 6])):
        for row in range(5):
            code = codes[row, column]
            expected = [np.nan] * 3 if np.isnan(code) else encoding.tables[column][:, int(code)]
            np.testing.assert_array_equal(table[row, places], expected)
    training = encoding.training_table(codes, StatisticTargets(Y, [], None), 0, 1)
    np.testing.assert_array_equal(np.isnan(training), np.isnan(table))
    np.testing.assert_array_equal(training[:, [1, 4, 6]], table[:, [1, 4, 6]])
    assert encoding.n_categories(encoder).tolist() == [0] * 7
    names = encoding.names(["u", "v", "w"], statistic_labels({"n_outputs_": 2}))
    assert names[:4] == ["u: mean of y[0]", "v", "w: mean of y[0]", "u: mean of y[1]"]
    assert names[4:] == ["u: log count", "w: mean of y[1]", "w: log count"]


def test_unseen_categories_are_like_one_without_rows():
    full = TABLE.copy()
    full[2, 0] = "b"  # no row of the first column is missing any more
    encoder = learn_encoder(open_table(full, "test"), [0, 2], None)
    codes = encoder.encode(open_table(full, "test"))
    encoding = learn_target_encoding(codes, encoder, [0, 2], StatisticTargets(Y, [], None), 1)
    new = np.array([["z", 1.0, "z"], [None, 1.0, None]], dtype=object)
    cells = encoding.transform(encoder.encode(open_table(new, "test")))
    first = [0, *np.flatnonzero(encoding.owner == 0)[1:]]
    last = [2, *np.flatnonzero(encoding.owner == 2)[1:]]
    np.testing.assert_array_equal(cells[:, first], [[*Y.mean(axis=0), 0.0]] * 2)
    assert np.isnan(cells[:, last]).all()  # training rows were missing there


def test_sums_and_selections_by_column():
    _, codes, encoding = learnt()
    assert encoding.by_column(np.arange(7)).tolist() == [0 + 3 + 4, 1, 2 + 5 + 6]
    assert encoding.by_column(np.arange(7)).dtype == np.int64
    assert encoding.columns_of(np.array([1, 5])).tolist() == [1, 2]
    inner = encoding.inner_of(np.array([1, 2]))
    assert inner.tolist() == [1, 2, 5, 6]
    part = encoding.select(np.array([1, 2]))
    np.testing.assert_array_equal(part.transform(codes[:, 1:]), encoding.transform(codes)[:, inner])
    assert encoding.select(np.array([1])) is None
    assert encoding != part
    assert encoding != "something else"
    assert encoding.directions(np.array([0, -1, 0])).tolist() == [0, -1, 0, 0, 0, 0, 0]


def test_labels_of_outputs():
    yes, many = np.array(["no", "yes"]), np.array([3, 5, 7])
    assert statistic_labels({"classes_": np.array(["one"])}) == ["share of one", "log count"]
    assert statistic_labels({"classes_": many, "n_outputs_": 1})[1] == "share of 5"
    assert statistic_labels({"classes_": [yes, many], "n_outputs_": 2}) == [
        "share of yes in y[0]",
        "share of 3 in y[1]",
        "share of 5 in y[1]",
        "share of 7 in y[1]",
        "log count",
    ]


def test_arrays_give_back_what_was_learnt():
    encoder, _, encoding = learnt()
    arrays = statistic_arrays(encoding)
    assert tuple(arrays) == STATISTIC_ARRAYS
    assert n_columns_of_file(arrays, ModelOf(encoding)) == 3
    assert encoding_from_arrays(arrays, encoder) == encoding
    assert statistic_arrays(None) == {}
    assert n_columns_of_file({}, ModelOf(encoding)) == 7
    assert encoding_from_arrays({}, encoder) is None


DAMAGE = [
    ("statistic_column", lambda a: a[:0]),
    ("statistic_column", lambda a: a[::-1].copy()),
    ("statistic_column", lambda a: a[:1]),
    ("statistic_column", lambda a: a - 1),
    ("statistic_column", lambda a: a + 1),
    ("statistic_column", lambda a: np.array([0, 1])),
    ("statistic_column", lambda a: a.astype(np.int32)),
    ("statistic_column", lambda a: np.array([-(2**63), 2**63 - 1])),
    ("statistic_column", lambda a: a.reshape(1, -1)),
    ("statistic_count", lambda a: a - 1),
    ("statistic_count", lambda a: a + 1),
    ("statistic_count", lambda a: a * 0),
    ("statistic_count", lambda a: np.array([2**63 - 1])),
    ("statistic_count", lambda a: np.array([-(2**63)])),
    ("statistic_count", lambda a: a[:0]),
    ("statistic_count", lambda a: np.append(a, a)),
    ("statistic_table", lambda a: a[:-1]),
    ("statistic_table", lambda a: np.append(a, 1.0)),
    ("statistic_table", lambda a: a * np.nan),
    ("statistic_table", lambda a: a * np.inf),
    ("statistic_table", lambda a: -a),
    ("statistic_table", lambda a: a.astype(np.float32)),
    ("statistic_table", lambda a: a[:0]),
]


@pytest.mark.parametrize("index", range(len(DAMAGE)))
def test_damaged_arrays_are_refused(index):
    encoder, _, encoding = learnt()
    name, damage = DAMAGE[index]
    arrays = statistic_arrays(encoding)
    arrays[name] = damage(arrays[name])
    with pytest.raises(ValueError, match="statisti"):
        read(arrays, encoder, encoding)


def read(arrays, encoder, encoding):
    # As a file is read: X must have the columns that the encoder is of.
    n_features = n_columns_of_file(arrays, ModelOf(encoding))
    if n_features != encoder.n_features:
        raise ValueError("not the statistics of these columns")
    return encoding_from_arrays(arrays, encoder)


@pytest.mark.parametrize("name", STATISTIC_ARRAYS)
def test_arrays_are_there_together_or_not_at_all(name):
    encoder, _, encoding = learnt()
    arrays = statistic_arrays(encoding)
    del arrays[name]
    with pytest.raises(ValueError, match="must all be there, or none"):
        read(arrays, encoder, encoding)
    with pytest.raises(ValueError, match="columns without categories"):
        encoding_from_arrays(statistic_arrays(encoding), None)


@pytest.mark.parametrize("cls", [DecisionTreeRegressor, GradientBoostingRegressor])
def test_files_whose_parts_do_not_go_together_are_refused(cls, tmp_path):
    table = np.tile(TABLE, (20, 1))
    y = np.arange(100.0)
    model = cls(cat_encoding="target", random_state=0).fit(table, y)
    encoding = model._target_encoding
    model.save_model(tmp_path / "model")
    assert load_model(tmp_path / "model")._target_encoding == encoding
    tables = encoding.tables
    for changed in (
        {i: np.vstack([table, table[-1:]]) for i, table in tables.items()},
        {1: np.zeros((2, 1))},
        {0: tables[0]},
        {0: tables[0], 1: tables[0], 2: tables[2]},
        {i: table * np.nan for i, table in tables.items()},
    ):
        other = model._blank()
        encoding = TargetEncoding(3, changed)
        other._adopt({**model._fitted_attributes(), "_target_encoding": encoding})
        with pytest.raises(ValueError, match="the test"):
            from_bytes(to_bytes(other)[0], "the test", lambda _: cls)
