"""AdaBoost of any other estimator: scikit-learn does it, and its attributes are ours."""

import pickle

import numpy as np
import pytest
import sklearn.ensemble
import sklearn.tree
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge

import gbengine
from gbengine import AdaBoostClassifier, DecisionTreeRegressor

CASES = [
    ("AdaBoostClassifier", LogisticRegression(max_iter=500), load_iris(return_X_y=True)),
    ("AdaBoostClassifier", sklearn.tree.DecisionTreeClassifier(max_depth=1), None),
    ("AdaBoostRegressor", Ridge(), load_diabetes(return_X_y=True)),
    ("AdaBoostRegressor", sklearn.tree.DecisionTreeRegressor(max_depth=2), None),
]
METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function")
STAGED = ("staged_predict", "staged_predict_proba", "staged_decision_function")


@pytest.fixture(params=CASES, ids=str)
def pair(request):
    """Ours and scikit-learn's, fitted, and the data."""
    name, estimator, data = request.param
    if data is None:
        data = (load_iris if name.endswith("Classifier") else load_diabetes)(return_X_y=True)
    params = {"n_estimators": 8, "learning_rate": 0.8, "random_state": 0}
    return (
        getattr(gbengine, name)(estimator, **params).fit(*data),
        getattr(sklearn.ensemble, name)(estimator, **params).fit(*data),
        data,
    )


def test_same_as_scikit_learn(pair):
    ours, theirs, (X, y) = pair
    for method in METHODS:
        assert hasattr(ours, method) == hasattr(theirs, method)
        if hasattr(theirs, method):
            np.testing.assert_array_equal(getattr(ours, method)(X), getattr(theirs, method)(X))
    for method in STAGED:
        assert hasattr(ours, method) == hasattr(theirs, method)
        if hasattr(theirs, method):
            stages = zip(getattr(ours, method)(X), getattr(theirs, method)(X), strict=True)
            assert all(np.array_equal(a, b) for a, b in stages)
    np.testing.assert_allclose(list(ours.staged_score(X, y)), list(theirs.staged_score(X, y)))
    for name in ("estimator_weights_", "estimator_errors_", "classes_", "n_classes_"):
        assert hasattr(ours, name) == hasattr(theirs, name)
        if hasattr(theirs, name):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    assert hasattr(ours, "feature_importances_") == hasattr(theirs, "feature_importances_")
    assert len(ours) == len(theirs)
    assert type(ours.estimator_) is type(theirs.estimator_)
    assert ours.n_features_in_ == X.shape[1]


def test_pickle_but_no_file(pair, tmp_path):
    ours, _, (X, _) = pair
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(ours)).predict(X), ours.predict(X))
    with pytest.raises(TypeError, match="a model file holds trees only"):
        ours.save_model(tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "params", [{"resample": True}, {"tree_method": "hist"}, {"max_bins": 20}], ids=str
)
def test_what_has_no_effect_is_refused(params):
    model = AdaBoostClassifier(LogisticRegression(), **params)
    (name,) = params
    with pytest.raises(ValueError, match=f"{name}=.* has no effect with estimator=Logistic"):
        model.fit(*load_iris(return_X_y=True))


def test_fit_again_with_trees():
    X, y = load_iris(return_X_y=True)
    model = AdaBoostClassifier(LogisticRegression(), n_estimators=3).fit(X, y)
    model.set_params(estimator=None).fit(X, y)
    fresh = AdaBoostClassifier(n_estimators=3).fit(X, y)
    assert model.__dict__.keys() == fresh.__dict__.keys()
    np.testing.assert_array_equal(model.predict_proba(X), fresh.predict_proba(X))


def test_a_subclass_of_a_tree_fits_itself():
    class Doubled(DecisionTreeRegressor):
        def predict(self, X):
            return 2 * super().predict(X)

    X, y = load_diabetes(return_X_y=True)
    model = gbengine.AdaBoostRegressor(Doubled(max_depth=2), n_estimators=3, random_state=0)
    model.fit(X, y)
    assert isinstance(model.estimators_[0], Doubled)
