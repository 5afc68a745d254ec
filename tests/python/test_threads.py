"""One fitted estimator used from many threads at once; fits side by side; Ctrl-C; fork."""

import _thread
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import estimator_for, make_problem, raw_scores

from gbengine import GradientBoostingRegressor
from gbengine._state import to_bytes

N_THREADS = 16


@pytest.mark.parametrize("n_rows", [1, 100, 600])
def test_many_threads_predict_at_once(problem, n_rows):
    model = estimator_for(problem).fit(problem.X, problem.y)
    X = problem.X[:n_rows]
    expected = raw_scores(model, X)
    start = threading.Barrier(N_THREADS)

    def work(_):
        start.wait()
        return all(np.array_equal(raw_scores(model, X), expected) for _ in range(20))

    with ThreadPoolExecutor(N_THREADS) as pool:
        assert all(pool.map(work, range(N_THREADS)))


def test_fits_side_by_side_do_not_meet(problem):
    X, y = problem.X, problem.y

    def work(seed):
        params = {"subsample": 0.5, "random_state": seed, "early_stopping": seed % 2 == 0}
        return to_bytes(estimator_for(problem, **params).fit(X, y))[0]

    alone = [work(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == alone


def test_predicting_while_the_estimator_is_fitted_again(problem):
    X, y = problem.X, problem.y
    model = estimator_for(problem).fit(X, y)
    expected = raw_scores(model, X)
    done = threading.Event()

    def work(_):
        while not done.is_set():
            np.testing.assert_array_equal(raw_scores(model, X), expected)

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(work, None) for _ in range(4)]
        for _ in range(5):
            model.fit(X, y)
        done.set()
        for future in futures:
            future.result()


@pytest.mark.slow
@pytest.mark.usefixtures("answers_ctrl_c")
def test_ctrl_c_stops_a_long_fit():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200_000, 20)), rng.normal(size=200_000)
    model = GradientBoostingRegressor(n_estimators=5_000)
    before = dict(vars(model))
    timer = threading.Timer(1.0, _thread.interrupt_main)
    timer.start()
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert time.perf_counter() - start < 10
    assert vars(model) == before


def _predict_in_child(connection, model, X):
    connection.send(raw_scores(model, X))
    connection.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_can_predict():
    problem = make_problem("regression", n_rows=5000)
    model = estimator_for(problem).fit(problem.X, problem.y)
    expected = raw_scores(model, problem.X)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=_predict_in_child, args=(there, model, problem.X))
    child.start()
    assert here.poll(30), "the child hangs"
    np.testing.assert_array_equal(here.recv(), expected)
    child.join(10)
    assert child.exitcode == 0


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no CPU affinity on this system")
@pytest.mark.parametrize(
    ("limit", "environment"),
    [
        ("os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})", {}),
        ("", {"OMP_NUM_THREADS": "1"}),
    ],
    ids=["affinity", "OMP_NUM_THREADS"],
)
def test_threads_by_default_are_those_the_process_may_use(limit, environment):
    code = f"import os; {limit}\nfrom gbengine._runtime import core; print(core.usable_threads())"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "1"
