"""``categorical_features`` and ``handle_unknown`` of every estimator that has them."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone, is_classifier
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import gbengine
from gbengine import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    BinnedDataset,
    DecisionTreeRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from gbengine._runtime import core
from gbengine._state import to_bytes

ESTIMATORS = [
    public
    for public in (getattr(gbengine, name) for name in gbengine.__all__)
    if hasattr(public, "_param_table")
]
WITH_TARGET = [cls for cls in ESTIMATORS if cls().__sklearn_tags__().target_tags.required]
N = 200
RNG = np.random.default_rng(0)
# Frequencies are all different, and so is the order of codes from that of the alphabet.
TEXT = np.array(["d"] * 70 + ["b"] * 60 + ["c"] * 40 + ["a"] * 30)[RNG.permutation(N)]
CODE = RNG.choice([10, 20, 30], N, p=[0.2, 0.3, 0.5])
X = pd.DataFrame({"x": RNG.normal(size=N), "text": TEXT, "code": CODE, "flag": RNG.random(N) > 0.5})
X.loc[::9, "text"] = None
# The same values and categories, but the rarest of these is now the most frequent.
OTHER_WEIGHTS = X.index.repeat(np.where(X["text"] == "a", 5, 1))
SIGNAL = X["x"] + 2 * (X["text"] == "b") + (X["code"] == 20)


def new(cls, **params):
    """A small estimator of a class, always with the same draws."""
    known = {row.name for row in cls._param_table}
    small = {"n_estimators": 4, "random_state": 0, "max_leaf_nodes": 8}
    return cls(**({name: value for name, value in small.items() if name in known} | params))


def target_of(model, signal=SIGNAL):
    return np.asarray(signal > 1) if is_classifier(model) else np.asarray(signal)


def fit(cls, table, signal=SIGNAL, sample_weight=None, **params):
    model = new(cls, **params)
    return model.fit(table, target_of(model, signal), sample_weight=sample_weight)


def answers(model, table):
    """The numbers that a fitted estimator gives for a table."""
    for method in ("predict_proba", "score_samples", "transform", "predict"):
        if hasattr(model, method):
            numbers = getattr(model, method)(table)
            return numbers.toarray() if hasattr(numbers, "toarray") else numbers
    raise AssertionError(model)


def assert_same(one, other, table, other_table=None):
    expected = answers(one, table)
    found = answers(other, table if other_table is None else other_table)
    np.testing.assert_array_equal(found, expected)


def splits_on(model, column):
    return int(np.sum(model._model.to_arrays()["feature"] == column))


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_text_needs_no_conversion(cls):
    model = fit(cls, X)
    assert model.is_categorical_.tolist() == [False, True, False, False]
    assert model._encoder.levels[1].values.tolist() == ["d", "b", "c", "a"]
    assert_same(model, model, X, pl.from_pandas(X))
    assert_same(model, model, X, X.assign(text=X["text"].astype("category")))
    assert_same(model, model, X.assign(text="never seen"), X.assign(text=None))


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_columns_by_name_by_index_and_by_mask(cls):
    by_name = fit(cls, X, categorical_features=["code", "text"])
    assert by_name.is_categorical_.tolist() == [False, True, True, False]
    for columns in ([1, 2], np.array([False, True, True, False]), pd.Index(["text", "code"])):
        assert_same(by_name, fit(cls, X, categorical_features=columns), X)
    as_floats = X.astype({"code": np.float32})
    assert_same(by_name, by_name, X, as_floats)
    assert_same(by_name, fit(cls, as_floats, categorical_features=[1, 2]), X, as_floats)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_flags_may_be_categories(cls):
    model = fit(cls, X, categorical_features=["text", "flag"])
    assert model._encoder.levels[3].kind == "bool"
    with pytest.raises(TypeError, match=r"column 'flag' of X holds numbers \(0\), but .* bools"):
        answers(model, X.assign(flag=0))


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_none_is_no_categories(cls):
    with pytest.raises(TypeError, match=r"column 'text' of X has dtype .* name it in cat"):
        fit(cls, X, categorical_features=None)
    numbers = X.drop(columns="text")
    model = fit(cls, numbers, categorical_features=None)
    assert model.is_categorical_ is None
    assert_same(model, fit(cls, numbers), numbers)
    as_category = numbers.assign(code=numbers["code"].astype("category"))
    assert_same(model, fit(cls, as_category, categorical_features=None), numbers, as_category)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_unknown_categories(cls):
    unseen = X.assign(text=["new", *X["text"][1:]])
    strict = fit(cls, X, handle_unknown="error")
    with pytest.raises(ValueError, match=r"column 'text' of X holds categories .*\['new'\]"):
        answers(strict, unseen)
    answers(strict, X.assign(text=None))
    strict.set_params(handle_unknown="missing")
    assert_same(strict, strict, unseen, X.assign(text=[None, *X["text"][1:]]))
    with pytest.raises(ValueError, match="handle_unknown='error' has no effect if no column"):
        fit(cls, X[["x"]], handle_unknown="error")


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_files_pickles_and_copies(cls, tmp_path):
    model = fit(cls, X, categorical_features=["text", "code"])
    model.save_model(tmp_path / "model")
    for again in (
        gbengine.load_model(tmp_path / "model"),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
    ):
        assert again._encoder == model._encoder
        assert again.get_params() == model.get_params()
        assert_same(model, again, X)
        assert to_bytes(again)[0] == to_bytes(model)[0]
    blank = clone(model)
    assert not hasattr(blank, "_encoder")
    assert blank.categorical_features == ["text", "code"]


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_numeric_models_have_none_of_it_in_their_files(cls):
    data = to_bytes(fit(cls, X[["x", "code"]]))[0]
    for word in (b"categor", b"handle_unknown"):
        assert word not in data


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_order_of_rows_does_not_matter(cls):
    order = RNG.permutation(N)
    assert_same(fit(cls, X), fit(cls, X.iloc[order], SIGNAL.iloc[order]), X)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_categories_of_rows_of_weight_zero_are_unknown(cls):
    weight = np.where(X["text"] == "a", 0.0, 1.0)
    model = fit(cls, X, sample_weight=weight)
    assert model._encoder.levels[1].values.tolist() == ["d", "b", "c"]
    assert_same(model, fit(cls, X[weight > 0], SIGNAL[weight > 0]), X)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_whole_weights_order_categories_as_copies_do(cls):
    weight = np.where(X["text"] == "a", 5, 1)
    weighted = fit(cls, X, sample_weight=weight.astype(float))
    copies = fit(cls, X.loc[X.index.repeat(weight)], SIGNAL.repeat(weight))
    assert weighted._encoder == copies._encoder
    assert weighted._encoder.levels[1].values[0] == "a"


@pytest.mark.parametrize("cls", [cls for cls in ESTIMATORS if hasattr(cls(), "warm_start")])
def test_warm_start_keeps_the_codes(cls):
    model = fit(cls, X, warm_start=True)
    known = model._encoder
    rows = OTHER_WEIGHTS
    model.set_params(n_estimators=6)
    model.fit(X.loc[rows], target_of(model, SIGNAL.loc[rows]))
    assert model._encoder == known != fit(cls, X.loc[rows], SIGNAL.loc[rows])._encoder
    model.set_params(n_estimators=8)
    signal = target_of(model)
    for table, text in (
        (X.assign(text=["new", *X["text"][1:]]), "column 'text' has the new category 'new'"),
        (X.assign(text="d"), "column 'text' has no more category"),
        (X.assign(text=1), "column 'text' was categorical and is not so now"),
    ):
        with pytest.raises(ValueError, match=f"with warm_start=True the categories .* {text}"):
            model.fit(table, signal)
    assert model._encoder == known


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_binned_dataset_has_categories_of_its_own(cls):
    data = BinnedDataset(X, categorical_features=["text", "code"])
    assert data.is_categorical_.tolist() == [False, True, True, False]
    assert BinnedDataset(X[["x"]]).is_categorical_ is None
    params = {"tree_method": "hist"} if hasattr(cls(), "tree_method") else {}
    model = new(cls, **params)
    if "Bagging" in cls.__name__:
        tree = model._new_tree().set_params(tree_method="hist")
        model, params = model.set_params(estimator=tree), {"estimator": tree}
    model.fit(data, target_of(model))
    assert_same(fit(cls, X, categorical_features=["text", "code"], **params), model, X)
    with pytest.raises(ValueError, match="categorical_features=None has no effect with a Binned"):
        fit(cls, data, categorical_features=None, **params)


def test_binned_dataset_goes_on_only_in_the_same_order():
    model = GradientBoostingRegressor(n_estimators=2, warm_start=True)
    model.fit(BinnedDataset(X), SIGNAL).set_params(n_estimators=3)
    model.fit(BinnedDataset(X), SIGNAL).set_params(n_estimators=4)
    with pytest.raises(ValueError, match="in the order of the first fit"):
        model.fit(BinnedDataset(X.loc[OTHER_WEIGHTS]), SIGNAL.loc[OTHER_WEIGHTS])


@pytest.mark.parametrize("cls", [cls for cls in ESTIMATORS if hasattr(cls, "estimators_")])
def test_trees_taken_out_of_an_ensemble_know_the_categories(cls):
    params = {"max_features": 0.5} if "Bagging" in cls.__name__ else {}
    model = fit(cls, X, handle_unknown="error", **params)
    for index, tree in enumerate(model.estimators_):
        columns = range(4)
        if hasattr(model, "estimators_features_"):
            columns = model.estimators_features_[index]
        part = X.iloc[:, list(columns)]
        leaves = tree.apply(part.to_numpy(dtype=object))
        assert leaves.shape == (N,)
        if 1 in columns:
            with pytest.raises(ValueError, match="that fit has not seen"):
                tree.apply(part.assign(text="new").to_numpy(dtype=object))
        else:
            assert tree.is_categorical_ is None


@pytest.mark.parametrize("cls", [GradientBoostingClassifier, GradientBoostingRegressor])
def test_rows_to_be_scored_are_encoded_too(cls):
    model = new(cls, early_stopping=True, validation_fraction=None)
    y = target_of(model)
    model.fit(X, y, X_val=pl.from_pandas(X), y_val=y)
    np.testing.assert_array_equal(model.train_score_, model.validation_score_)
    own = new(cls, early_stopping=True, validation_fraction=0.3, scoring=None).fit(X, y)
    assert len(own.validation_score_) > own.n_iter_
    with pytest.raises(TypeError, match=r"column 'text' of X_val holds numbers \(1\)"):
        model.fit(X, y, X_val=X.assign(text=1), y_val=y)
    with pytest.raises(ValueError, match="column 'text' of X_val holds categories"):
        new(cls, handle_unknown="error").fit(X, y, X_val=X.assign(text="new"), y_val=y)


def test_all_methods_encode():
    model = fit(GradientBoostingClassifier, X)
    for stage in model.staged_predict_proba(pl.from_pandas(X)):
        last = stage
    np.testing.assert_array_equal(last, model.predict_proba(X))
    assert model.apply(pl.from_pandas(X)).shape[0] == N
    assert model.score(pl.from_pandas(X), target_of(model)) > 0.7
    forest = fit(RandomForestRegressor, X, n_estimators=30, oob_score=True, oob_importances=True)
    assert forest.decision_path(pl.from_pandas(X))[0].shape[0] == N
    assert forest.proximity(X[:5], pl.from_pandas(X[:7])).shape == (5, 7)
    assert forest.oob_prediction_.shape == (N,)
    staged = fit(AdaBoostClassifier, X)
    assert len(list(staged.staged_score(pl.from_pandas(X), target_of(staged)))) >= 1


def test_out_of_bag_predictions_of_rows_of_weight_zero():
    weight = np.where(X["text"] == "a", 0.0, 1.0)
    forest = fit(RandomForestRegressor, X, sample_weight=weight, oob_score=True, n_estimators=30)
    unseen = (X["text"] == "a").to_numpy()
    np.testing.assert_array_equal(
        forest.oob_prediction_[unseen], forest.predict(X.assign(text=None))[unseen]
    )


@pytest.mark.parametrize(
    ("ensemble", "name"),
    [
        (BaggingRegressor(LinearRegression(), categorical_features=[0]), "categorical_features"),
        (BaggingClassifier(LogisticRegression(), handle_unknown="error"), "handle_unknown"),
        (AdaBoostClassifier(LogisticRegression(), categorical_features=None), "categorical_feat"),
    ],
)
def test_other_estimators_in_an_ensemble_have_no_categories(ensemble, name):
    table = X[["x", "code"]]
    with pytest.raises(ValueError, match=f"{name}.* has no effect with estimator=L"):
        ensemble.fit(table, target_of(ensemble))


def test_other_estimators_in_an_ensemble_get_the_table_as_it_is():
    inner = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    table = X[["text", "code"]].astype(object)
    model = BaggingClassifier(inner, n_estimators=3, random_state=0)
    model.fit(table, target_of(model))
    assert not hasattr(model, "_encoder")
    assert model.predict(table).shape == (N,)


@pytest.mark.parametrize("cls", [BaggingRegressor, gbengine.AdaBoostRegressor])
@pytest.mark.parametrize(
    "params", [{"categorical_features": ["text"]}, {"handle_unknown": "error"}]
)
def test_trees_in_an_ensemble_leave_categories_to_it(cls, params):
    with pytest.raises(ValueError, match=f"{next(iter(params))}=.* set that of {cls.__name__}"):
        cls(DecisionTreeRegressor(**params)).fit(X, SIGNAL)


def test_columns_are_chosen_as_by_scikit_learn():
    table = X.assign(text=X["text"].astype("category"), code=X["code"].astype("category"))
    for columns in ("from_dtype", ["code", "text"], [1], [True, False, True, False][::-1], None):
        data = table if not isinstance(columns, list) else X.assign(text=X["code"] % 7)
        theirs = HistGradientBoostingRegressor(max_iter=1, categorical_features=columns)
        if columns is None:
            data = X[["x", "code"]]
        expected = theirs.fit(data, SIGNAL).is_categorical_
        ours = new(GradientBoostingRegressor, categorical_features=columns).fit(data, SIGNAL)
        np.testing.assert_array_equal(ours.is_categorical_, expected)


def test_column_without_a_category_is_never_split_and_knows_none():
    table = X.assign(text=pd.Series([None] * N, dtype="str"))
    model = fit(GradientBoostingRegressor, table)
    assert model._encoder.n_categories.tolist() == [0, 0, 0, 0]
    assert splits_on(model, 1) == 0
    assert_same(model, pickle.loads(pickle.dumps(model)), X)
    strict = fit(GradientBoostingRegressor, table, handle_unknown="error")
    with pytest.raises(ValueError, match="that fit has not seen"):
        strict.predict(X)


def test_light_path_is_not_taken_past_the_encoder():
    table = CODE[:, None].astype(np.float64)
    model = fit(GradientBoostingRegressor, table, categorical_features=[0])
    assert model._table(table) is not table
    assert sorted(np.unique(model._table(table))) == [0, 1, 2]
    numeric = fit(GradientBoostingRegressor, table)
    assert numeric._table(table) is table


def test_more_categories_than_bins():
    many = np.array([f"c{i}" for i in range(1000)])[np.arange(3000) % 1000]
    signal = np.arange(3000) % 1000 % 2 + 0.1 * RNG.normal(size=3000)
    model = GradientBoostingRegressor(n_estimators=5).fit(many[:, None], signal)
    assert model._encoder.n_categories.tolist() == [1000]
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(many[:, None]), model.predict(many[:, None]))


def test_set_params_of_class_weights_does_not_change_categories():
    model = fit(RandomForestClassifier, X, class_weight={True: 100.0, False: 1.0})
    assert model._encoder == fit(RandomForestClassifier, X)._encoder


@pytest.mark.parametrize(
    "columns", [pd.Index(["text"]), np.array(["text"]), ("text",), np.array([1]), [False, True] * 2]
)
def test_any_list_of_columns_is_in_the_file(columns, tmp_path):
    table = X.assign(flag=X["flag"].astype(float))
    model = fit(DecisionTreeRegressor, table, categorical_features=columns)
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert again.categorical_features == list(columns)
    assert again.is_categorical_.tolist() == model.is_categorical_.tolist()


def test_core_is_told_the_number_of_categories():
    encoder = fit(DecisionTreeRegressor, X)._encoder
    table = core.Table(np.zeros((3, 4)), None, 0, 1, encoder.n_categories)
    assert table.n_features == 4
