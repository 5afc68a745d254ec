"""Cross-validation on one binned table: the models of the naive loop, and what it refuses."""

import re
import signal
import threading
import time

import numpy as np
import pandas as pd
import pytest
from conftest import make_problem
from scipy.sparse import csr_array
from sklearn.base import clone, is_classifier
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_predict,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor as ItsTree

import gbengine
from gbengine import BinnedDataset

HIST = {"tree_method": "hist", "random_state": 3}
ESTIMATORS = [
    gbengine.DecisionTreeClassifier(**HIST, max_depth=5),
    gbengine.ExtraTreeRegressor(**HIST),
    gbengine.RandomForestClassifier(n_estimators=5, **HIST),
    gbengine.ExtraTreesRegressor(n_estimators=5, **HIST, bootstrap=True),
    gbengine.BaggingRegressor(gbengine.DecisionTreeRegressor(tree_method="hist"), 5),
    gbengine.AdaBoostClassifier(n_estimators=5, **HIST),
    gbengine.GradientBoostingClassifier(n_estimators=6, max_leaf_nodes=8),
    gbengine.GradientBoostingRegressor(n_estimators=6, loss="absolute_error", max_bins=20),
    gbengine.GradientBoostingRegressor(n_estimators=6, max_features=0.5, random_state=1),
]  # fmt: skip
PROBLEM = make_problem("regression", n_rows=400)
CLASSES = make_problem("multiclass", n_rows=400)


def problem_for(estimator):
    return CLASSES if is_classifier(estimator) else PROBLEM


def fixed(estimator):
    return clone(estimator).set_params(random_state=7)


def numbers(model, X):
    return model.predict_proba(X) if is_classifier(model) else model.predict(X)


def frame_of(problem, n_levels=6):
    frame = pd.DataFrame(problem.X, columns=list("abcdef"))
    levels = np.array([f"level {k}" for k in range(n_levels)])
    frame["kind"] = levels[np.random.default_rng(4).integers(0, n_levels, len(frame))]
    return frame


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("is_weighted", [False, True])
def test_models_of_the_naive_loop(estimator, is_weighted):
    estimator, problem = fixed(estimator), problem_for(estimator)
    X, y, weight = problem.X, problem.y, problem.weight if is_weighted else None
    found = gbengine.cv(estimator, X, y, cv=KFold(3), sample_weight=weight)
    assert found.shares_bins
    tree = getattr(estimator, "estimator", None) or estimator
    data = BinnedDataset(X, weight, max_bins=tree.max_bins)
    for k, (training, test) in enumerate(KFold(3).split(X)):
        part = None if weight is None else weight[training]
        naive = clone(estimator).fit(data.take(training), y[training], sample_weight=part)
        np.testing.assert_array_equal(numbers(found.models[k], X), numbers(naive, X))
        np.testing.assert_array_equal(found.predictions[test], numbers(naive, X[test]))
        np.testing.assert_array_equal(found.test_rows[k], test)
        part = None if weight is None else weight[test]
        assert found.scores["score"][k] == naive.score(X[test], y[test], part)
        assert found.models[k].get_params(deep=False).keys() == naive.get_params(deep=False).keys()


@pytest.mark.parametrize("has_missing", [False, True])
def test_rows_of_few_values_give_the_model_of_a_fit_on_them(has_missing):
    # Every training part shows every value, so that its own thresholds are those of all rows.
    rng = np.random.default_rng(0)
    X = rng.integers(0, 5, (600, 4)).astype(float)
    if has_missing:
        X[:9, 1] = np.nan  # only there in the first fold's test part
        X[rng.random(600) < 0.2, 2] = np.nan
    y = X[:, 0] + np.nan_to_num(X[:, 2]) * X[:, 3] + rng.normal(size=600)
    model = gbengine.GradientBoostingRegressor(n_estimators=10)
    found = gbengine.cv(model, X, y, cv=KFold(4))
    for one, (training, _) in zip(found.models, KFold(4).split(X), strict=True):
        plain = clone(model).fit(X[training], y[training])
        np.testing.assert_array_equal(one.predict(X), plain.predict(X))
    expected = cross_val_predict(model, X, y, cv=KFold(4))
    np.testing.assert_array_equal(found.predictions, expected)


@pytest.mark.parametrize("n_jobs", [1, 3])
def test_threads_and_order_of_rows(n_jobs):
    data = BinnedDataset(PROBLEM.X)
    rows = np.random.default_rng(1).integers(0, 400, 300)
    plain = gbengine.GradientBoostingRegressor(n_estimators=5, n_jobs=1)
    one = clone(plain).fit(data.take(rows, n_jobs=1), PROBLEM.y[rows])
    other = clone(plain).set_params(n_jobs=n_jobs)
    other.fit(data.take(rows[::-1], n_jobs=n_jobs), PROBLEM.y[rows[::-1]])
    np.testing.assert_array_equal(one.predict(PROBLEM.X), other.predict(PROBLEM.X))
    parts = (data.take(rows).take(np.arange(100)), data.take(rows[:100]))  # rows of rows
    first, second = (clone(plain).fit(part, PROBLEM.y[rows[:100]]) for part in parts)
    np.testing.assert_array_equal(first.predict(PROBLEM.X), second.predict(PROBLEM.X))


def test_frames_with_categories():
    frame = frame_of(CLASSES)
    for table in (frame, pytest.importorskip("polars").from_pandas(frame)):
        model = gbengine.GradientBoostingClassifier(n_estimators=5)
        found = gbengine.cv(model, table, CLASSES.y, scoring=["accuracy", "neg_log_loss"])
        assert found.shares_bins
        assert found.models[0].is_categorical_.tolist() == [False] * 6 + [True]
        assert found.models[0].feature_names_in_.tolist() == [*"abcdef", "kind"]
        assert list(found.scores) == ["accuracy", "neg_log_loss"]
        np.testing.assert_allclose(found.predictions.sum(axis=1), 1)
    data = BinnedDataset(frame)
    for one, (training, test) in zip(
        found.models, StratifiedKFold(5).split(frame, CLASSES.y), strict=True
    ):
        naive = clone(model).fit(data.take(training), CLASSES.y[training])
        np.testing.assert_array_equal(one.predict_proba(frame), naive.predict_proba(frame))
        rows = frame.iloc[test]
        np.testing.assert_array_equal(found.predictions[test], naive.predict_proba(rows))
    named = clone(model).set_params(categorical_features=["kind"])
    same = gbengine.cv(named, frame, CLASSES.y)
    np.testing.assert_array_equal(same.predictions, found.predictions)
    assert same.models[0].categorical_features == ["kind"]
    assert same.models[0].get_params() == named.get_params()


UNSHARED = [
    gbengine.GradientBoostingRegressor(n_estimators=4, cat_encoding="target"),
    gbengine.GradientBoostingRegressor(n_estimators=4, max_bins=4),  # fewer than categories
    gbengine.GradientBoostingRegressor(n_estimators=4, early_stopping=True),
    gbengine.RandomForestRegressor(n_estimators=3, cat_encoding="target"),
    gbengine.DecisionTreeRegressor(tree_method="exact"),
    gbengine.DecisionTreeRegressor(),  # as good as exact on few rows
]


@pytest.mark.parametrize("estimator", UNSHARED, ids=repr)
def test_what_needs_more_than_bins_is_fitted_on_the_rows(estimator):
    estimator, frame = fixed(estimator), frame_of(PROBLEM)
    found = gbengine.cv(estimator, frame, PROBLEM.y, cv=3)
    assert not found.shares_bins
    expected = cross_validate(estimator, frame, PROBLEM.y, cv=3, return_estimator=True)
    np.testing.assert_array_equal(found.scores["score"], expected["test_score"])
    for one, other in zip(found.models, expected["estimator"], strict=True):
        np.testing.assert_array_equal(one.predict(frame), other.predict(frame))


def test_rows_of_weight_zero():
    weight = PROBLEM.weight.copy()
    weight[::5] = 0
    model = gbengine.GradientBoostingRegressor(n_estimators=4)
    found = gbengine.cv(model, PROBLEM.X, PROBLEM.y, sample_weight=weight)
    assert not found.shares_bins
    assert np.isfinite(found.predictions).all()


def test_an_estimator_of_another_library_inside():
    model = gbengine.BaggingRegressor(ItsTree(max_depth=3), 3, random_state=0)
    X = np.nan_to_num(PROBLEM.X, posinf=9, neginf=-9)
    found = gbengine.cv(model, X, PROBLEM.y, cv=3)
    expected = cross_validate(model, X, PROBLEM.y, cv=3)["test_score"]
    np.testing.assert_array_equal(found.scores["score"], expected)


def test_early_stopping_on_the_fold():
    model = gbengine.GradientBoostingRegressor(
        n_estimators=60, learning_rate=0.5, early_stopping=True, n_iter_no_change=3
    )
    found = gbengine.cv(model, PROBLEM.X, PROBLEM.y, cv=3, early_stop_on_fold=True)
    assert found.shares_bins
    assert found.rounds.tolist() == [one.n_iter_ for one in found.models]
    assert found.rounds.max() < 60
    assert found.models[0].get_params() == model.get_params()
    data = BinnedDataset(PROBLEM.X)
    training, test = next(KFold(3).split(PROBLEM.X))
    naive = clone(model).set_params(validation_fraction=None)
    naive.fit(
        data.take(training), PROBLEM.y[training], X_val=PROBLEM.X[test], y_val=PROBLEM.y[test]
    )
    np.testing.assert_array_equal(naive.validation_score_, found.models[0].validation_score_)


def test_folds():
    model = gbengine.GradientBoostingClassifier(n_estimators=2)
    X, y = CLASSES.X, CLASSES.y
    stratified = gbengine.cv(model, X, y, cv=4)
    for rows, (_, test) in zip(stratified.test_rows, StratifiedKFold(4).split(X, y), strict=True):
        np.testing.assert_array_equal(rows, test)
    groups = np.arange(400) // 10
    for how in (5, GroupKFold(5)):
        for rows in gbengine.cv(model, X, y, cv=how, groups=groups).test_rows:
            assert np.isin(groups[rows], groups[np.setdiff1d(np.arange(400), rows)]).sum() == 0
    mask = np.arange(400) < 100
    by_mask = gbengine.cv(model, X, y, cv=[(~mask, mask), (mask, ~mask)])
    assert by_mask.predictions.shape == (400, 4)
    # Rows that are tested twice, or not at all, have no prediction of their own.
    for splitter in (ShuffleSplit(2, random_state=0), RepeatedKFold(n_splits=2, n_repeats=2)):
        found = gbengine.cv(model, X, y, cv=splitter)
        assert found.predictions is None
        assert len(found.models) == len(found.scores["score"])


def test_a_class_that_a_fold_has_not_to_fit_on():
    y = np.array(["a", "b", "c"])[np.arange(90) // 30]
    X = np.random.default_rng(0).normal(size=(90, 3))
    model = gbengine.GradientBoostingClassifier(n_estimators=2)
    found = gbengine.cv(model, X, y, cv=KFold(3))
    assert found.classes.tolist() == ["a", "b", "c"]
    assert (found.predictions[np.arange(90), np.arange(90) // 30] == 0).all()
    assert gbengine.cv(model, X, y, cv=KFold(3), method="predict").predictions.shape == (90,)
    rows = np.arange(90)
    folds = [(rows[30:], rows[:30]), (rows, rows[30:])]
    with pytest.raises(ValueError, match="use fewer folds"):
        gbengine.cv(model, X, y, cv=folds, method="decision_function")


def test_several_outputs():
    y = np.column_stack([CLASSES.y, CLASSES.y[::-1]])
    model = gbengine.RandomForestClassifier(n_estimators=3, random_state=0)
    found = gbengine.cv(model, CLASSES.X, y, cv=KFold(3), scoring=lambda m, X, y: 1.0)
    assert [part.shape for part in found.predictions] == [(400, 4), (400, 4)]
    assert found.classes is None
    numbers_of = gbengine.RandomForestRegressor(n_estimators=3, random_state=0)
    y = np.column_stack([PROBLEM.y, PROBLEM.y[::-1]])
    assert gbengine.cv(numbers_of, PROBLEM.X, y).predictions.shape == (400, 2)


def test_other_tables():
    model = gbengine.GradientBoostingRegressor(n_estimators=3)
    plain = gbengine.cv(model, PROBLEM.X, PROBLEM.y)
    for table in (csr_array(PROBLEM.X), PROBLEM.X.tolist(), np.asfortranarray(PROBLEM.X)):
        found = gbengine.cv(model, table, pd.Series(PROBLEM.y, index=np.arange(400) + 7))
        np.testing.assert_array_equal(found.predictions, plain.predictions)
    assert repr(plain).startswith("<CrossValidation of 5 folds: score ")


def test_scorers():
    model = gbengine.GradientBoostingClassifier(n_estimators=3)
    X, y = CLASSES.X, CLASSES.y
    assert list(gbengine.cv(model, X, y, scoring="accuracy").scores) == ["accuracy"]
    by_name = {"one": "accuracy", "two": lambda m, X, y: m.score(X, y)}
    both = gbengine.cv(model, X, y, scoring=by_name).scores
    np.testing.assert_array_equal(both["one"], both["two"])
    mapped = gbengine.cv(model, X, y, scoring=lambda m, X, y: {"a": 1, "b": 2}).scores
    assert mapped["b"].tolist() == [2.0] * 5


BAD = [
    ({"cv": 1}, ValueError, "n_splits=1"),
    ({"cv": None}, ValueError, "cv=None must be"),
    ({"cv": True}, ValueError, "cv=True must be"),
    ({"cv": "five"}, ValueError, "cv='five' must be"),
    ({"cv": 500}, ValueError, "n_splits=500"),
    ({"cv": []}, ValueError, "no folds"),
    ({"cv": [3]}, ValueError, "fold 0 of cv must be a pair"),
    ({"cv": [([0, 1], [])]}, ValueError, "fold 0 of cv must have rows"),
    ({"cv": [([0.5, 1], [2])]}, ValueError, "fold 0 of cv must have rows"),
    ({"cv": [(range(9), [400])]}, ValueError, "names rows outside"),
    ({"cv": [(range(9), [-1])]}, ValueError, "names rows outside"),
    ({"groups": [1, 2]}, ValueError, r"groups must have shape \(400,\)"),
    ({"cv": 3, "groups": np.zeros(400)}, ValueError, "n_splits=3"),
    ({"sample_weight": [1.0]}, ValueError, "sample_weight must have shape"),
    ({"exposure": [1.0]}, ValueError, r"exposure must have shape \(400,\)"),
    ({"exposure": np.ones(400)}, ValueError, "exposure needs a loss"),
    ({"exposure": -np.ones(400)}, ValueError, "exposure must be > 0: row 0"),
    ({"init_score": [1.0]}, ValueError, r"init_score must have shape \(400,\)"),
    ({"init_score": np.ones((400, 2))}, ValueError, "init_score has 2 columns"),
    ({"validation_groups": [1]}, ValueError, r"validation_groups must have shape \(400,\)"),
    ({"validation_groups": np.arange(400)}, ValueError, "validation_groups has no effect"),
    (
        {"estimator": gbengine.RandomForestRegressor(), "exposure": np.ones(400)},
        ValueError,
        "exposure was given, but RandomForestRegressor.fit takes none",
    ),
    ({"scoring": "nothing"}, ValueError, "nothing"),
    ({"scoring": lambda m, X, y: "good"}, ValueError, "scoring must return a number"),
    ({"method": "predict_proba"}, ValueError, "method='predict_proba' must be None or one of"),
    ({"early_stop_on_fold": True}, ValueError, "needs early_stopping=True"),
    ({"early_stop_on_fold": "yes"}, ValueError, "must be True or False"),
    ({"X": BinnedDataset(PROBLEM.X)}, TypeError, "X is a BinnedDataset"),
    ({"X": 3}, ValueError, "has no rows"),
    ({"X": PROBLEM.X[:1], "y": PROBLEM.y[:1]}, ValueError, "at least 2"),
    ({"y": PROBLEM.y[:9]}, ValueError, "y must have 400 rows"),
    ({"y": 1.0}, ValueError, "y must have 400 rows"),
    ({"estimator": gbengine.IsolationForest()}, TypeError, "not a classifier or regressor"),
    ({"estimator": make_pipeline(ItsTree())}, TypeError, "use scikit-learn's cross_validate"),
    ({"estimator": gbengine.GradientBoostingRegressor(max_bins=1)}, ValueError, "max_bins"),
    ({"estimator": gbengine.GradientBoostingRegressor}, TypeError, "not a classifier"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "match"), BAD, ids=lambda x: str(x)[:30])
def test_bad_arguments(given, kind, match):
    known = {"X": PROBLEM.X, "y": PROBLEM.y}
    known["estimator"] = gbengine.GradientBoostingRegressor(n_estimators=2)
    with pytest.raises(kind, match=match):
        gbengine.cv(**{**known, **given})


@pytest.mark.parametrize("rows", [[], [0.5], [[1]], ["a"], [400], [-1], None])
def test_rows_that_a_table_has_not(rows):
    with pytest.raises(ValueError, match=re.compile("rows|row ")):
        BinnedDataset(PROBLEM.X).take(rows)


@pytest.mark.parametrize("params", [{}, {"random_state": 3, "subsample": 0.5}])
def test_folds_fitted_at_once_are_those_fitted_in_turn(params):
    model = gbengine.GradientBoostingRegressor(n_estimators=12, **params)
    in_turn, at_once = (
        gbengine.cv(clone(model).set_params(n_jobs=n_jobs), PROBLEM.X, PROBLEM.y)
        for n_jobs in (1, 3)
    )
    assert np.array_equal(in_turn.predictions, at_once.predictions)
    assert [fitted.n_jobs for fitted in at_once.models] == [3] * 5


def test_verbose_and_an_estimator_left_alone(capsys):
    model = gbengine.GradientBoostingRegressor(n_estimators=2)
    gbengine.cv(model, PROBLEM.X, PROBLEM.y, cv=3, verbose=2)
    assert len(re.findall(r"^fold \d/3, score ", capsys.readouterr().out, re.MULTILINE)) == 3
    assert not hasattr(model, "n_iter_")


@pytest.mark.usefixtures("answers_ctrl_c")
@pytest.mark.parametrize("seconds", [0.0, 0.005, 0.02, 0.1, 0.5])
def test_ctrl_c_comes_back_at_once(seconds):
    model = gbengine.GradientBoostingRegressor(n_estimators=1_000_000, n_jobs=2)
    main = threading.main_thread().ident
    timer = threading.Timer(seconds, lambda: signal.pthread_kill(main, signal.SIGINT))
    started = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 (it may come at once)
        timer.start()
        gbengine.cv(model, PROBLEM.X, PROBLEM.y)
    assert time.perf_counter() - started < 30  # not the hours that the rounds would take
    timer.join()


def test_an_error_of_a_later_fold_is_not_waited_for():
    y = np.repeat([0, 1], 200)
    rows = np.arange(400)
    folds = [(rows, rows[:9]), (rows[:150], rows[:9])]  # the second has only one class
    model = gbengine.GradientBoostingClassifier(n_estimators=1_000_000, n_jobs=2)
    started = time.perf_counter()
    with pytest.raises(ValueError, match="only one class"):
        gbengine.cv(model, PROBLEM.X, y, cv=folds)
    assert time.perf_counter() - started < 30  # not the hours of the first
