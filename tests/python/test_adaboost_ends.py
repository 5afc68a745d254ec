"""AdaBoost on trees: early ends, extreme rates and weights, arguments that are refused."""

import numpy as np
import pytest
import sklearn.ensemble
from adaboost_support import WAYS, codes, make_boosting, scores, table
from sklearn.base import clone

from gbengine import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    DecisionTreeClassifier,
    DecisionTreeRegressor,
)


@pytest.fixture(params=WAYS)
def boosting(request):
    return make_boosting(request.param)


# --- early ends ---


def test_perfect_tree_is_the_last():
    X = table().round()
    for model, y in (
        (AdaBoostClassifier(), (X[:, 0] > 0).astype(int)),
        (AdaBoostRegressor(random_state=0), np.where(X[:, 0] > 0, 2.0, 1.0)),
    ):
        model.fit(X, y)
        assert len(model.estimators_) == 1
        assert model.estimator_weights_.tolist() == [1.0] + [0.0] * 49
        assert model.estimator_errors_.tolist() == [0.0] + [1.0] * 49
        np.testing.assert_array_equal(model.predict(X), y)


def test_one_class():
    model = AdaBoostClassifier().fit(table(), np.full(300, "only"))
    assert set(model.predict(table())) == {"only"}
    assert model.predict_proba(table()).tolist() == [[1.0]] * 300
    assert model.decision_function(table()).tolist() == [[0.0]] * 300


def test_no_better_than_chance():
    X, y = np.ones((4, 1)), np.array([0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"wrong about 0\.5 .* no better than chance among 2"):
        AdaBoostClassifier().fit(X, y)
    with pytest.raises(ValueError, match="worse than random"):
        sklearn.ensemble.AdaBoostClassifier().fit(X, y)
    # A constant knows three of five rows. It is right about half of the weight after that: rounding
    # decides whether scikit-learn goes on with that.
    model = AdaBoostClassifier().fit(np.ones((5, 1)), [0, 0, 0, 1, 1])
    peer = sklearn.ensemble.AdaBoostClassifier().fit(np.ones((5, 1)), [0, 0, 0, 1, 1])
    assert len(model.estimators_) == 1
    np.testing.assert_allclose(model.estimator_weights_, peer.estimator_weights_, atol=1e-12)


def test_regressor_keeps_a_bad_first_tree():
    # The median row is off by the largest error, and so are all others: the loss is 1.
    X, y = np.ones((40, 1)), np.repeat([-1.0, 1.0], 20)
    model = AdaBoostRegressor(DecisionTreeRegressor(), random_state=1).fit(X, y)
    assert len(model.estimators_) == 1
    assert model.estimator_weights_.max() == 0
    assert model.estimator_errors_.min() == 1
    np.testing.assert_array_equal(model.predict(X), model.estimators_[0].predict(X))
    assert np.isfinite(model.feature_importances_).all()


@pytest.mark.parametrize("rate", [1e-9, 40.0, 1e6])
def test_learning_rates_far_out(boosting, rate):
    model, X, y = boosting
    model = clone(model).set_params(learning_rate=rate).fit(X, y)
    assert np.isfinite(model.estimator_weights_).all()
    assert np.isfinite(scores(model, X)).all()


def test_learning_rate_too_large(boosting):
    model, X, y = boosting
    with pytest.raises(ValueError, match=r"learning_rate is 1\.7e\+308: .* infinite"):
        clone(model).set_params(learning_rate=1.7e308).fit(X, y)
    assert not hasattr(model, "estimator_weights_")


@pytest.mark.parametrize("scale", [1e-250, 1e12])
def test_scale_of_weights_does_not_matter(boosting, scale):
    model, X, y = boosting
    weight = np.random.default_rng(0).random(len(X)) + 0.1
    a, b = (clone(model).fit(X, y, w) for w in (weight, weight * scale))
    np.testing.assert_allclose(a.estimator_weights_, b.estimator_weights_, rtol=1e-9)


# --- arguments ---


def test_several_outputs_are_refused(boosting):
    model, X, y = boosting
    with pytest.raises(ValueError, match=r"y has 2 columns: AdaBoost\w+ takes a single output"):
        clone(model).fit(X, np.column_stack([y, y]))


def test_method_said_twice():
    X = table()
    tree = DecisionTreeClassifier(max_depth=1, tree_method="exact")
    model = AdaBoostClassifier(tree, n_estimators=2, tree_method="hist")
    with pytest.raises(ValueError, match=r"tree_method='hist' is not the estimator's .*'exact'"):
        model.fit(X, codes(X, 2))
    model.set_params(estimator__tree_method="hist").fit(X, codes(X, 2))


def test_class_weight_list_is_refused():
    X = table()
    tree = DecisionTreeClassifier(class_weight=[{0: 1}])
    with pytest.raises(ValueError, match="must be a dict or 'balanced'"):
        AdaBoostClassifier(tree).fit(X, codes(X, 2))
