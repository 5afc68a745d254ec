"""Callbacks: when they are called, what they may do, and that what they raise comes out."""

import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import make_problem
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import gbengine
from gbengine import BinnedDataset, GradientBoostingClassifier, GradientBoostingRegressor
from gbengine.callbacks import Checkpoint, LearningRateSchedule, RoundCallback, Scores, TimeLimit

PROBLEM = make_problem("regression", n_rows=300)
CLASSES = make_problem("multiclass", n_rows=300)
X, y = PROBLEM.X, PROBLEM.y


class Recorder(RoundCallback):
    """Writes down what it is told; stops at a round, and raises at one."""

    def __init__(self, stop_at=None, raise_at=None, error=RuntimeError):
        self.stop_at, self.raise_at, self.error = stop_at, raise_at, error
        self.begun, self.ended, self.rounds = [], [], []

    def before_round(self, now):
        self.begun.append(now.n_rounds)

    def after_round(self, now):
        self.ended.append(now.n_rounds)
        self.rounds.append(now)
        if now.n_rounds == self.raise_at:
            raise self.error("no more")
        return now.n_rounds == self.stop_at


def model(n_estimators=6, **params):
    return GradientBoostingRegressor(n_estimators=n_estimators, max_leaf_nodes=8, **params)


@pytest.mark.parametrize("table", [X, BinnedDataset(X)], ids=["X", "bins"])
def test_each_round_begins_and_ends(table):
    seen = Recorder()
    fitted = model().set_callbacks(seen).fit(table, y)
    assert (seen.begun, seen.ended) == ([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(fitted.predict(X), model().fit(X, y).predict(X))
    assert seen.rounds[0].train_scores == ()
    seconds = [one.seconds for one in seen.rounds]
    assert seconds == sorted(seconds)
    assert fitted.set_callbacks().fit(X, y).n_iter_ == 6
    assert len(seen.ended) == 6  # not called any more


def test_stop():
    first, second = Recorder(stop_at=3), Recorder()
    fitted = model().set_callbacks(first, second).fit(X, y)
    assert fitted.n_iter_ == 3
    assert second.ended == [1, 2, 3]  # asked also where another has said stop
    assert second.begun == [0, 1, 2]
    np.testing.assert_array_equal(fitted.predict(X), model(3).fit(X, y).predict(X))


def test_scores_are_there_and_stopping_by_them_comes_first():
    seen = Recorder()
    params = {"early_stopping": True, "learning_rate": 1.0, "n_iter_no_change": 2}
    fitted = model(80, **params).set_callbacks(seen).fit(X, y)
    assert seen.ended[-1] == len(seen.begun) < 80
    assert seen.rounds[-1].validation_scores == fitted.validation_score_.tolist()
    assert seen.rounds[0].train_scores == tuple(fitted.train_score_[:2])  # as it was then
    assert len(seen.rounds) == len(fitted.train_score_) - 1 > fitted.n_iter_


def test_scores_are_a_view_that_stays_as_it_was():
    known = [3.0, 1.0, 2.0]
    scores = Scores(known)
    known.append(0.5)
    assert (len(scores), list(scores), scores[-1], scores[:2]) == (3, [3, 1, 2], 2, [3, 1])
    assert scores == Scores([3.0, 1.0, 2.0]) == [3.0, 1.0, 2.0]
    assert scores != Scores(known)
    assert scores != 3
    assert hash(scores) == hash(Scores([3.0, 1.0, 2.0]))
    assert repr(scores) == "[3.0, 1.0, 2.0]"
    assert 0.5 not in scores
    with pytest.raises(IndexError):
        scores[3]
    with pytest.raises(TypeError):
        scores[0] = 1.0


def test_no_scores_are_copied_from_round_to_round():
    seen = Recorder()
    model(30, early_stopping=True, n_iter_no_change=30).set_callbacks(seen).fit(X, y)
    lists = {id(one.validation_scores._scores) for one in seen.rounds}
    assert len(lists) == 1


def test_the_end_of_fit_is_told_of_the_model_without_the_rounds_after_the_best():
    pytest.importorskip("sklearn.callback")
    rounds = []

    class End:
        def setup(self, estimator, context): ...

        def teardown(self, estimator, context): ...

        def on_fit_task_begin(self, estimator, context): ...

        def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
            rounds.append((context.task_name, fitted_estimator.n_iter_))

    params = {"early_stopping": True, "learning_rate": 1.0, "n_iter_no_change": 2}
    fitted = model(80, **params).set_callbacks(End()).fit(X, y)
    assert rounds[-1] == ("fit", fitted.n_iter_)
    assert rounds[-2] == ("round", len(fitted.train_score_) - 1)
    assert rounds[-2][1] > fitted.n_iter_


class Keep(RoundCallback):
    """Keeps a copy of each round's model."""

    kept = []  # noqa: RUF012 (a test's)

    def after_round(self, now):
        self.kept.append(now.fitted())
        return False


def test_fitted_is_the_estimator_as_if_fit_had_ended():
    kept = Keep.kept
    text = np.where(X[:, 0] > 0, "warm", "cold").astype(object)[:, None]
    other = GradientBoostingClassifier(n_estimators=4).set_callbacks(Keep())
    other.fit(np.hstack([X.astype(object), text]), CLASSES.y)
    kept.clear()
    other.fit(X, CLASSES.y)  # nothing of the first fit may be left in the copies
    for k, one in enumerate(kept):
        plain = GradientBoostingClassifier(n_estimators=k + 1).fit(X, CLASSES.y)
        assert one.n_iter_ == k + 1
        np.testing.assert_array_equal(one.predict_proba(X), plain.predict_proba(X))
        np.testing.assert_array_equal(
            pickle.loads(pickle.dumps(one)).predict_proba(X), plain.predict_proba(X)
        )


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_comes_out_and_the_estimator_is_as_it_was(error):
    n_threads = threading.active_count()
    fresh = model().set_callbacks(Recorder(raise_at=2, error=error))
    with pytest.raises(error, match="no more"):
        fresh.fit(X, y)
    assert not hasattr(fresh, "n_iter_")
    assert threading.active_count() == n_threads
    fitted = model(3).fit(X, y)
    before = fitted.predict(X)
    attributes = set(fitted.__dict__)
    fitted.set_callbacks(Recorder(raise_at=2, error=error))
    with pytest.raises(error, match="no more"):
        fitted.set_params(n_estimators=9).fit(X, -y)
    np.testing.assert_array_equal(fitted.predict(X), before)
    assert set(fitted.__dict__) == attributes | {"_skl_callbacks"}
    assert fitted.set_callbacks().fit(X, y).n_iter_ == 9


def test_an_error_before_the_first_round():
    class Early(RoundCallback):
        def before_round(self, now):
            raise LookupError("not yet")

    fresh = model().set_callbacks(Early())
    with pytest.raises(LookupError, match="not yet"):
        fresh.fit(X, y)
    assert not hasattr(fresh, "_model")


def test_time_limit():
    fitted = model(10**6).set_callbacks(TimeLimit(0.05)).fit(X, y)
    assert 1 <= fitted.n_iter_ < 10**6
    assert model().set_callbacks(TimeLimit(1e-9)).fit(X, y).n_iter_ == 1
    assert model().set_callbacks(TimeLimit(float("inf"))).fit(X, y).n_iter_ == 6


def test_checkpoint_and_going_on_from_it(tmp_path):
    path = tmp_path / "model.safetensors"
    params = {"subsample": 0.7, "random_state": 3}
    saved = model(10, **params).set_callbacks(Checkpoint(path, every=4), Recorder(raise_at=9))
    with pytest.raises(RuntimeError, match="no more"):
        saved.fit(X, y)
    read = gbengine.load_model(path)
    assert read.n_iter_ == 8
    read.set_params(warm_start=True, n_estimators=10).fit(X, y)
    np.testing.assert_array_equal(read.predict(X), model(10, **params).fit(X, y).predict(X))
    missing = model().set_callbacks(Checkpoint(tmp_path / "none" / "model", every=1))
    with pytest.raises(OSError, match="none"):
        missing.fit(X, y)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_learning_rate_schedule(n_jobs):
    constant = model(n_jobs=n_jobs).set_callbacks(LearningRateSchedule(lambda _: 0.3)).fit(X, y)
    plain = model(learning_rate=0.3).fit(X, y)
    np.testing.assert_array_equal(constant.predict(X), plain.predict(X))
    rates = [0.5, 0.5, 0.25, 0.25]
    fitted = model(4, n_jobs=n_jobs).set_callbacks(LearningRateSchedule(rates.__getitem__))
    fitted.fit(X, y)
    # The naive way: warm starts, which go on with a rate of their own.
    half = model(2, learning_rate=0.5).fit(X, y)
    raw = half.predict(X)
    quarter = model(2, learning_rate=0.25, base_score=0.0).fit(X, y, init_score=raw)
    np.testing.assert_allclose(fitted.predict(X), raw + quarter.predict(X), rtol=1e-12)
    # A warm start counts the rounds that are there.
    asked = []
    warm = model(2, warm_start=True).fit(X, y).set_params(n_estimators=4)
    warm.set_callbacks(LearningRateSchedule(lambda k: asked.append(k) or 0.1)).fit(X, y)
    assert asked == [2, 3]


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), "0.1", None, True])
def test_rates_that_are_none(rate):
    with pytest.raises(ValueError, match="schedule must return a finite number above 0, got"):
        model().set_callbacks(LearningRateSchedule(lambda _: rate)).fit(X, y)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_the_core_refuses_such_rates_too(rate):
    class Setter(RoundCallback):
        def before_round(self, now):
            now.set_learning_rate(rate)

    with pytest.raises(ValueError, match="it must be above 0 and finite"):
        model().set_callbacks(Setter()).fit(X, y)


@pytest.mark.parametrize(
    ("make", "kind", "match"),
    [
        (lambda: TimeLimit(0), ValueError, "seconds=0 must be"),
        (lambda: TimeLimit(float("nan")), ValueError, "seconds=nan must be"),
        (lambda: TimeLimit("1"), ValueError, "seconds='1' must be"),
        (lambda: TimeLimit(True), ValueError, "seconds=True must be"),
        (lambda: Checkpoint(3), TypeError, "path=3 must be"),
        (lambda: Checkpoint("m", every=0), ValueError, "every=0 must be"),
        (lambda: Checkpoint("m", every=1.5), ValueError, "every=1.5 must be"),
        (lambda: Checkpoint("m", every=float("inf")), ValueError, "every=inf must be"),
        (lambda: LearningRateSchedule(0.1), TypeError, "schedule=0.1 must be a function"),
        (lambda: model().set_callbacks(TimeLimit), TypeError, "callbacks must be instances"),
        (lambda: model().set_callbacks(print), TypeError, "callbacks must be instances"),
    ],
)
def test_bad_arguments(make, kind, match):
    with pytest.raises(kind, match=match):
        make()


def test_repr_and_clone():
    assert repr(TimeLimit(3)) == "TimeLimit(3)"
    assert repr(Checkpoint("m", 2)) == "Checkpoint('m', every=2)"
    copy = clone(model().set_callbacks(Recorder(stop_at=2)))
    pytest.importorskip("sklearn.callback")
    assert copy.fit(X, y).n_iter_ == 2  # scikit-learn's clone keeps callbacks


def test_scoring_monitor_of_scikit_learn():
    callback = pytest.importorskip("sklearn.callback")
    monitor = callback.ScoringMonitor(scoring="r2")
    weight = PROBLEM.weight
    table = np.nan_to_num(X, posinf=9, neginf=-9)
    fitted = model().set_callbacks(monitor)
    for _ in range(2):  # an estimator that is fitted already too
        fitted.fit(table, y, sample_weight=weight)
        log = monitor.get_logs().data_as_pandas
        scores = log.loc[log["task_name"] == "round", "r2"].to_numpy()
        expected = [
            model(k).fit(table, y, sample_weight=weight).score(table, y, weight)
            for k in range(1, 7)
        ]
        np.testing.assert_allclose(scores, expected)
        assert log.loc[log["task_name"] == "fit", "r2"].tolist() == [expected[-1]]
    assert not [name for name in fitted.__dict__ if "callback" in name and name != "_skl_callbacks"]


def test_hooks_of_scikit_learn():
    pytest.importorskip("sklearn.callback")
    calls = []

    class Hooks:
        def setup(self, estimator, context):
            calls.append(("setup", context.max_subtasks))

        def teardown(self, estimator, context):
            calls.append(("teardown", context.task_name))

        def on_fit_task_begin(self, estimator, context):
            calls.append(("begin", context.task_name, context.task_id))

        def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
            calls.append(("end", context.task_name, fitted_estimator.n_iter_))
            return context.task_name == "round" and context.task_id == 1

    estimator = model(5).set_callbacks(Hooks())
    assert estimator.fit(X, y).n_iter_ == 2
    assert calls == [
        ("setup", 5),
        ("begin", "fit", 0),
        ("begin", "round", 0),
        ("end", "round", 1),
        ("begin", "round", 1),
        ("end", "round", 2),
        ("end", "fit", 2),
        ("teardown", "fit"),
    ]
    calls.clear()
    with pytest.raises(ValueError, match="y must have"):
        estimator.fit(X, y[:3])
    assert calls in ([], [("setup", 5), ("teardown", "fit")])


def test_progress_bar_in_a_search():
    callback = pytest.importorskip("sklearn.callback")
    pytest.importorskip("rich")
    search = GridSearchCV(model(3), {"max_depth": [2, 3]}, cv=2)
    search.set_callbacks(callback.ProgressBar()).fit(X, y)
    assert search.best_estimator_.n_iter_ == 3
    # A search hands the estimator's own callbacks on with its clones.
    seen = Recorder()
    GridSearchCV(model(3).set_callbacks(seen), {"max_depth": [2]}, cv=2).fit(X, y)
    assert seen.ended == [1, 2, 3] * 3


WITHOUT = """
import sys
import numpy as np
import sklearn.ensemble, sklearn.inspection, sklearn.model_selection, sklearn.pipeline
sys.modules["sklearn.callback"] = None  # as before scikit-learn 1.9
from gbengine import GradientBoostingRegressor
from gbengine.callbacks import TimeLimit
X = np.arange(80.0).reshape(40, 2)
model = GradientBoostingRegressor(n_estimators=3).set_callbacks(TimeLimit(1e-9))
assert model.fit(X, X[:, 0]).n_iter_ == 1
assert model.set_callbacks().fit(X, X[:, 0]).n_iter_ == 3
try:
    model.set_callbacks(print)
except TypeError as error:
    assert "1.9" in str(error)
else:
    raise AssertionError
"""


def test_without_the_protocol_of_scikit_learn():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
