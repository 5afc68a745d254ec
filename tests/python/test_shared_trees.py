"""multi_output="shared": one tree a round for all targets, with a value for each in its leaves."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import make_problem
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_predict

import gbengine
from gbengine import BinnedDataset, GradientBoostingRegressor
from gbengine._container import pack, unpack
from gbengine._params import REGRESSION_LOSSES

PROBLEM = make_problem("regression")
X = PROBLEM.X
TARGETS = np.abs(np.column_stack([PROBLEM.y, PROBLEM.y**2 / 4, np.roll(PROBLEM.y, 7)])) + 0.125

every_loss = pytest.mark.parametrize("loss", REGRESSION_LOSSES)


def shared(loss: str = "squared_error", **params: Any) -> GradientBoostingRegressor:
    own = {"quantile": 0.7} if loss == "quantile" else {}
    params = {"n_estimators": 12, "max_leaf_nodes": 8, **params}
    return GradientBoostingRegressor(loss, multi_output="shared", **own, **params)


@pytest.mark.parametrize("weight", [None, PROBLEM.weight])
@every_loss
def test_every_loss_learns_every_target(loss, weight):
    model = shared(loss, n_estimators=40).fit(X, TARGETS, weight, X_val=X, y_val=TARGETS)
    assert model.n_trees_per_iteration_ == 1
    assert model.apply(X).shape == (600, 40)
    assert model.predict(X).shape == TARGETS.shape
    assert model.validation_score_[-1] > model.validation_score_[0]
    for k in range(3):  # better than a constant, each of them
        alone = clone(model).set_params(multi_output="separate", validation_fraction=None)
        constant = alone.set_params(n_estimators=1, learning_rate=1e-9)
        own = [
            clone(constant).fit(X, TARGETS[:, k], X_val=X, y_val=TARGETS[:, k]).validation_score_,
            _loss_of(loss, model, k),
        ]
        assert own[1] > own[0][0]


def _loss_of(loss: str, model: GradientBoostingRegressor, k: int) -> float:
    """The score of one target's raw scores, by a fit of one round that starts from them."""
    raw = model.predict(X)[:, k]
    start = np.log(raw) if loss in ("poisson", "gamma", "tweedie") else raw
    params: Any = {"init_score": start, "init_score_val": start}
    one = clone(model).set_params(multi_output="separate", n_estimators=1)
    y = TARGETS[:, k]
    return float(one.fit(X, y, X_val=X, y_val=y, **params).validation_score_[0])


@every_loss
def test_equal_targets_are_predicted_as_one(loss):
    y = TARGETS[:, 0]
    alone = shared(loss).set_params(multi_output="separate").fit(X, y)
    both = shared(loss).fit(X, np.column_stack([y, y]))
    np.testing.assert_array_equal(both.predict(X), np.column_stack([alone.predict(X)] * 2))
    np.testing.assert_array_equal(both.feature_importances_, alone.feature_importances_)


@every_loss
def test_any_number_of_threads_and_stages(loss):
    model = shared(loss, n_jobs=1).fit(X, TARGETS)
    again = shared(loss, n_jobs=3).fit(X, TARGETS)
    np.testing.assert_array_equal(model.predict(X), again.predict(X))
    *_, last = model.staged_predict(X)
    np.testing.assert_array_equal(last, model.predict(X))


@every_loss
def test_rows_that_walk_are_scored_as_those_of_leaves(loss):
    """Rows that no tree drew, and those held out, find the leaves by their bins; one row too."""
    letters = np.array(list("abcdefgh"))[np.arange(len(X)) % 8]
    frame = pd.DataFrame({"x": X[:, 0], "z": X[:, 1], "c": letters})
    params = {"subsample": 0.5, "random_state": 0, "validation_fraction": None}
    model = shared(loss, **params).fit(frame, TARGETS, X_val=frame, y_val=TARGETS)
    np.testing.assert_array_equal(model.train_score_, model.validation_score_)
    np.testing.assert_array_equal(model.predict(frame[:1]), model.predict(frame)[:1])
    if loss == "squared_error":
        error = np.mean((model.predict(frame) - TARGETS) ** 2) / 2
        np.testing.assert_allclose(-model.train_score_[-1], error)


@every_loss
def test_whole_weights_are_copies(loss):
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 4, len(X))
    copies = np.repeat(np.arange(len(X)), weight)
    weighted = shared(loss).fit(X, TARGETS, weight.astype(float))
    repeated = shared(loss).fit(X[copies], TARGETS[copies])
    np.testing.assert_array_equal(weighted.predict(X), repeated.predict(X))


def test_saved_and_pickled(tmp_path):
    model = shared("huber", n_parallel_trees=2, subsample=0.5, random_state=1).fit(X, TARGETS)
    model.save_model(tmp_path / "model")
    for again in (gbengine.load_model(tmp_path / "model"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        assert again.n_trees_per_iteration_ == 2
        assert again.get_params() == model.get_params()


@pytest.mark.parametrize("before", ["shared", "separate"])
def test_files_name_it_only_if_it_is_not_the_default(before, tmp_path):
    model = shared().set_params(multi_output=before).fit(X, TARGETS)
    model.save_model(tmp_path / "model")
    arrays, content = unpack((tmp_path / "model").read_bytes(), "the file")
    for part in ("params", "trained_with"):
        assert ("multi_output" in content[part]) == (before == "shared")
    now = "separate" if before == "shared" else "shared"
    content["trained_with"]["multi_output"] = now
    (tmp_path / "altered").write_bytes(pack(arrays, content))
    with pytest.raises(ValueError, match=r"leaves of [13] values with multi_output"):
        gbengine.load_model(tmp_path / "altered")


@pytest.mark.parametrize("loss", ["gamma", "quantile"])
@pytest.mark.parametrize("n_parallel_trees", [1, 2])
def test_warm_start_and_bins(loss, n_parallel_trees):
    forest = {"n_parallel_trees": n_parallel_trees, "subsample": 0.8, "random_state": 1}
    through = shared(loss, **forest).fit(X, TARGETS)
    model = shared(loss, warm_start=True, **forest).set_params(n_estimators=5)
    model.fit(BinnedDataset(X), TARGETS)
    model.set_params(n_estimators=8).fit(BinnedDataset(X), TARGETS)
    model.fit_more(X, TARGETS, 4)
    np.testing.assert_array_equal(model.predict(X), through.predict(X))
    with pytest.raises(ValueError, match="multi_output must stay as in the first fit"):
        model.set_params(multi_output="separate", n_estimators=20).fit(X, TARGETS)


def test_sparse_is_dense():
    table = sparse.random_array((700, 30), density=0.1, rng=np.random.default_rng(0)).tocsr()
    y = table @ np.random.default_rng(1).normal(size=(30, 4))
    model, dense = shared().fit(table, y), shared().fit(table.toarray(), y)
    np.testing.assert_array_equal(model.predict(table), dense.predict(table.toarray()))
    held_out = {"X_val": table, "y_val": y}
    validated = shared(validation_fraction=None).fit(table, y, **held_out)
    np.testing.assert_array_equal(validated.predict(table), model.predict(table))
    error = np.mean((y - model.predict(table)) ** 2) / 2
    np.testing.assert_allclose(-validated.validation_score_[-1], error)


def test_starts():
    table = np.nan_to_num(X, posinf=3, neginf=-3)
    model = shared(init=LinearRegression()).fit(table, TARGETS)
    start = model.init_.predict(table)
    other = shared().fit(table, TARGETS, init_score=start)
    np.testing.assert_allclose(model.predict(table), start + other.predict(table))
    exposure = PROBLEM.weight
    rates = shared("poisson").fit(X, TARGETS, exposure=exposure)
    np.testing.assert_allclose(
        rates.predict(X, exposure=exposure), rates.predict(X) * exposure[:, None]
    )
    base = shared(base_score=[1.0, 2.0, 3.0], n_estimators=1, learning_rate=1e-12).fit(X, TARGETS)
    np.testing.assert_allclose(base.predict(X[:1])[0], [1, 2, 3], rtol=1e-9)


def test_early_stopping_callbacks_and_cv():
    stopped = shared(n_estimators=400, early_stopping=True, random_state=0, learning_rate=0.5)
    assert stopped.fit(X, TARGETS).n_iter_ < 400
    scored = stopped.set_params(scoring="neg_mean_squared_error").fit(X, TARGETS)
    assert scored.n_iter_ < 400
    found = gbengine.cv(shared(), X, TARGETS, cv=3)
    assert found.predictions.shape == TARGETS.shape
    assert cross_val_predict(shared(), X, TARGETS, cv=3).shape == TARGETS.shape


@pytest.mark.parametrize("cat_encoding", ["auto", "sets", "target"])
def test_categories(cat_encoding):
    letters = np.array(list("abcdef"))[np.digitize(np.roll(PROBLEM.y, 7), [-2, -1, 0, 1, 2])]
    frame = pd.DataFrame({"x": X[:, 0], "c": letters})
    model = shared(cat_encoding=cat_encoding, random_state=0).fit(frame, TARGETS)
    assert model.score(frame, TARGETS) > 0.3
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
    if cat_encoding != "target":
        binned = shared().fit(BinnedDataset(frame), TARGETS)
        np.testing.assert_array_equal(binned.predict(frame), model.predict(frame))


@pytest.mark.parametrize("y", [TARGETS[:, 0], TARGETS[:, :1]])
@pytest.mark.filterwarnings("ignore:A column-vector y")
def test_one_target_has_nothing_to_share(y):
    with pytest.raises(ValueError, match="multi_output='shared' has no effect with one target"):
        shared().fit(X, y)


def test_a_scale_decides_what_a_target_weighs():
    """The tree follows the target that is larger; alone, both follow themselves."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(500, 2))
    y = np.column_stack([table[:, 0] > 0, 1000 * (table[:, 1] > 0)])
    tree = shared(n_estimators=1, max_leaf_nodes=2).fit(table, y)
    assert tree.feature_importances_.tolist() == [0.0, 1.0]
    other = shared(n_estimators=1, max_leaf_nodes=2).fit(table, y / [1e-3, 1e3])
    assert other.feature_importances_.tolist() == [1.0, 0.0]
