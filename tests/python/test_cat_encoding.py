"""``cat_encoding`` of every estimator that has it: models, files, texts in terms of statistics."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from cat_encoding_support import (
    COLOR,
    RNG,
    SIGNAL,
    WITH_TARGET,
    N,
    X,
    answers,
    assert_same,
    fit,
    new,
    target_of,
)
from sklearn.base import clone, is_classifier

import gbengine
from gbengine import (
    BaggingRegressor,
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    GradientBoostingClassifier,
    RandomForestRegressor,
    export_graphviz,
    export_text,
)
from gbengine._runtime import core
from gbengine._state import to_bytes


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_statistics_are_those_of_their_definition(cls):
    model = fit(cls, cat_encoding="target")
    y = target_of(model)
    y = (y == "yes").astype(float) if is_classifier(model) else y
    for column, name in ((1, "city"), (2, "color")):
        for code, category in enumerate(model._encoder.levels[column].values.tolist()):
            rows = (X[name] == category).to_numpy()
            mean, log_count = model._target_encoding.tables[column][:, code]
            expected = (y[rows].sum() + 5 * y.mean()) / (rows.sum() + 5)
            assert mean == pytest.approx(expected, rel=1e-12)
            assert log_count == pytest.approx(np.log1p(rows.sum()), rel=1e-14)


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_predictions_are_those_of_a_model_on_these_numbers(cls):
    """The same estimator, fitted on the columns that the core is given."""
    model = fit(cls, cat_encoding="target")
    codes = model._encoder.encode(gbengine._user_table.open_table(X, "test"))
    y = target_of(model)
    numbers = np.searchsorted(["no", "yes"], y).astype(float) if is_classifier(model) else y
    n_classes = [2] if is_classifier(model) else [0]
    folds = core.category_folds(codes, model._seed, 1)
    columns, further = [codes[:, 0]], []
    for column in (1, 2):
        n = len(model._encoder.levels[column])
        y_2d = numbers.reshape(-1, 1)
        _, training, _ = core.category_statistics(codes, column, n, y_2d, n_classes, None, folds, 1)
        columns.append(training[0])
        further += list(training[1:])
    plain = fit(cls, np.column_stack([*columns, *further]))
    table = model._target_encoding.transform(codes)
    np.testing.assert_array_equal(answers(plain, table), answers(model))
    if hasattr(plain, "feature_importances_"):
        inner = plain.feature_importances_
        np.testing.assert_allclose(
            model.feature_importances_, [inner[0], inner[1] + inner[3], inner[2] + inner[4]]
        )


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_order_of_rows_and_threads_do_not_matter(cls):
    order = RNG.permutation(N)
    model = fit(cls, n_jobs=1)
    assert_same(model, fit(cls, X.iloc[order], SIGNAL[order], n_jobs=4))
    assert_same(model, fit(cls, pl.from_pandas(X)), X)


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_weight_is_copies_and_rows_of_weight_zero_are_not_there(cls):
    weight = RNG.integers(0, 4, N).astype(float)
    rows = np.repeat(np.arange(N), weight.astype(int))
    weighted = fit(cls, sample_weight=weight)
    copies = fit(cls, X.iloc[rows], SIGNAL[rows])
    assert weighted._target_encoding == copies._target_encoding
    kept = weight > 0
    without = fit(cls, X[kept], SIGNAL[kept], sample_weight=weight[kept])
    assert weighted._target_encoding == without._target_encoding
    assert_same(weighted, without)
    if "AdaBoost" not in cls.__name__:  # counts rows
        assert_same(weighted, copies)


@pytest.mark.parametrize("cls", WITH_TARGET)
def test_unseen_categories_are_missing(cls):
    model = fit(cls)
    unseen, missing = X.assign(city="never seen"), X.assign(city=None)
    np.testing.assert_array_equal(answers(model, unseen), answers(model, missing))
    strict = fit(cls, handle_unknown="error")
    with pytest.raises(ValueError, match="column 'city' of X holds categories that fit has not"):
        answers(strict, unseen)


@pytest.mark.parametrize("cls", WITH_TARGET)
@pytest.mark.parametrize("how", ["auto", "target"])
def test_files_pickles_and_copies(cls, how, tmp_path):
    model = fit(cls, cat_encoding=how)
    model.save_model(tmp_path / "model")
    for again in (
        gbengine.load_model(tmp_path / "model"),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
    ):
        assert again._target_encoding == model._target_encoding
        assert hash(again._target_encoding) == hash(model._target_encoding)
        assert again.cat_encoding == how
        assert again.n_features_in_ == 3
        assert_same(model, again)
        assert to_bytes(again)[0] == to_bytes(model)[0]
    assert "_target_encoding" not in clone(model).__dict__
    for word in (b"statistic_", b"cat_encoding"):
        assert word not in to_bytes(fit(cls, X[["x"]]))[0]


def test_many_classes_and_several_outputs():
    y = np.array(["a", "b", "c", "d"])[RNG.integers(0, 4, N)]
    model = new(GradientBoostingClassifier).fit(X, y)
    assert model._target_encoding.n_statistics == 5
    assert model._model.n_features == 3 + 4
    assert model.feature_importances_.shape == (3,)
    assert model.feature_importances("split").dtype == np.int64
    pair = new(DecisionTreeClassifier).fit(X, np.column_stack([y, y > "b"]))
    assert pair._target_encoding.n_statistics == 4 + 1 + 1
    again = pickle.loads(pickle.dumps(pair))
    np.testing.assert_array_equal(again.predict(X), pair.predict(X))
    assert "city: share of b in y[0]" in pair._target_encoding.names(
        ["x", "city", "color"], gbengine._target_encoding.statistic_labels(pair.__dict__)
    )
    both = new(RandomForestRegressor).fit(X, np.column_stack([SIGNAL, -SIGNAL]))
    assert both._target_encoding.n_statistics == 3
    assert both.predict(X).shape == (N, 2)


def test_monotonic_constraints_are_those_of_the_users_columns():
    tree = fit(DecisionTreeRegressor, monotonic_cst=[1, 0, 0])
    grid = pd.DataFrame({"x": np.linspace(-3, 3, 50), "city": "c1", "color": "red"})
    assert np.all(np.diff(tree.predict(grid)) >= 0)
    with pytest.raises(ValueError, match=r"monotonic_cst is -1 for column 1, .* must be 0 there"):
        fit(DecisionTreeRegressor, monotonic_cst=[0, -1, 0])
    with pytest.raises(ValueError, match="one number for each of the 3 columns of X"):
        fit(DecisionTreeRegressor, monotonic_cst=[0, 0, 0, 0])


def test_exports_name_the_statistics():
    tree = fit(DecisionTreeRegressor)
    assert "city: mean of y <=" in export_text(tree)
    assert "city: mean of y &le;" in export_graphviz(tree, special_characters=True)
    names = export_text(tree, feature_names=["one", "two", "three"])
    assert "two: mean of y <=" in names
    assert "city: share of yes >" in export_text(fit(DecisionTreeClassifier))
    assert "feature_1: mean of y" in export_text(fit(DecisionTreeRegressor, X.to_numpy(object)))
    assert tree.tree_.n_features == 4
    with pytest.raises(ValueError, match=r"to_sklearn\(\) is for models of numeric columns"):
        tree.to_sklearn()
    # Beside it a column that is split by a set.
    colors = fit(DecisionTreeRegressor, signal=COLOR == 1.0)
    assert "color not in {blue, red}" in export_text(colors)


@pytest.mark.parametrize("max_features", [1, 2, 0.5])
@pytest.mark.parametrize("how", ["auto", "target"])
def test_trees_of_bagging_have_columns_of_their_own(max_features, how):
    model = fit(BaggingRegressor, n_estimators=8, max_features=max_features, cat_encoding=how)
    predictions = []
    for tree, columns in zip(model.estimators_, model.estimators_features_, strict=True):
        assert columns.max() < 3
        assert tree.n_features_in_ == len(columns)
        predictions.append(tree.predict(X.iloc[:, columns].to_numpy(object)))
    np.testing.assert_allclose(np.mean(predictions, axis=0), model.predict(X), rtol=1e-12)
    again = pickle.loads(pickle.dumps(model))
    for one, other in zip(again.estimators_features_, model.estimators_features_, strict=True):
        np.testing.assert_array_equal(one, other)


def test_out_of_bag():
    params = {"n_estimators": 30, "oob_score": True, "oob_importances": True}
    weight = np.where(COLOR == 2, 0.0, 1.0)
    forest = fit(RandomForestRegressor, sample_weight=weight, **params)
    assert forest.oob_importances_.shape == (3,)
    assert forest.oob_importances_.argmax() == 1
    assert forest.oob_score_ > 0.3
    unseen = COLOR == 2
    np.testing.assert_array_equal(forest.oob_prediction_[unseen], forest.predict(X)[unseen])
    again = pickle.loads(pickle.dumps(forest))
    np.testing.assert_array_equal(again.oob_importances_, forest.oob_importances_)
    assert_same(again, forest)
