"""Bagging of any other estimator: scikit-learn does it, and its attributes are ours."""

import pickle

import numpy as np
import pytest
import sklearn
import sklearn.ensemble
import sklearn.tree
from scipy import sparse
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.svm import SVC

import gbengine
from gbengine import BaggingClassifier, BaggingRegressor, DecisionTreeClassifier

IRIS, DIABETES = load_iris(return_X_y=True), load_diabetes(return_X_y=True)
CASES = [
    ("BaggingClassifier", SVC(), IRIS),
    ("BaggingClassifier", GaussianNB(), IRIS),
    ("BaggingClassifier", sklearn.tree.DecisionTreeClassifier(max_depth=2), IRIS),
    ("BaggingRegressor", Ridge(), DIABETES),
]


@pytest.mark.filterwarnings("ignore:divide by zero encountered in log:RuntimeWarning")
@pytest.mark.parametrize(
    ("name", "estimator", "data"), CASES, ids=[str(estimator) for _, estimator, _ in CASES]
)
def test_same_as_scikit_learn(name, estimator, data):
    params = {"estimator": estimator, "n_estimators": 40, "max_features": 0.7, "random_state": 0}
    params["oob_score"] = True
    ours = getattr(gbengine, name)(**params).fit(*data)
    theirs = getattr(sklearn.ensemble, name)(**params).fit(*data)
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        assert hasattr(ours, method) == hasattr(theirs, method)
        if hasattr(theirs, method):
            np.testing.assert_array_equal(
                getattr(ours, method)(data[0]), getattr(theirs, method)(data[0])
            )
    names = {name for name in vars(theirs) if name.endswith("_") and not name.startswith("_")}
    assert len(ours.estimators_) == len(theirs.estimators_) == 40
    assert type(ours.estimator_) is type(theirs.estimator_)
    for attribute in names - {"estimator_", "estimators_"}:
        np.testing.assert_array_equal(getattr(ours, attribute), getattr(theirs, attribute))
    np.testing.assert_array_equal(ours.estimators_samples_, theirs.estimators_samples_)
    np.testing.assert_array_equal(ours.estimators_features_, theirs.estimators_features_)


@pytest.mark.parametrize("params", [{"class_weight": "balanced"}, {"class_weight": {0: 3, 1: 1}}])
def test_class_weights_of_a_tree_multiply_those_of_drawn_rows(params):
    X, y = IRIS[0][:100], IRIS[1][:100]
    X = X + np.random.default_rng(0).normal(size=X.shape)
    settings = {"n_estimators": 10, "random_state": 0}
    ours = BaggingClassifier(DecisionTreeClassifier(max_depth=2, **params), **settings).fit(X, y)
    theirs = sklearn.ensemble.BaggingClassifier(
        sklearn.tree.DecisionTreeClassifier(max_depth=2, **params), **settings
    ).fit(X, y)
    assert np.mean(ours.predict(X) == theirs.predict(X)) > 0.95


def test_warm_start_leaves_the_fitted_one_alone():
    model = BaggingRegressor(Ridge(), n_estimators=3, warm_start=True, random_state=0)
    model.fit(*DIABETES)
    before, trees = model.predict(DIABETES[0]), model.estimators_
    model.set_params(n_estimators=5)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(DIABETES[0], DIABETES[1][:-1])
    assert len(trees) == 3
    np.testing.assert_array_equal(model.predict(DIABETES[0]), before)
    assert len(model.fit(*DIABETES).estimators_) == 5
    assert model.estimators_[:3] == trees
    with pytest.raises(ValueError, match="estimator must stay of its kind"):
        model.set_params(estimator=None, n_estimators=6).fit(*DIABETES)


def test_pickle_but_no_model_file(tmp_path):
    model = BaggingRegressor(Ridge(), random_state=0).fit(*DIABETES)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(DIABETES[0]), model.predict(DIABETES[0]))
    with pytest.raises(TypeError, match=r"not estimators like Ridge\(\): use pickle"):
        model.save_model(tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_sparse_tables_where_the_estimator_takes_them():
    X = sparse.csr_matrix(IRIS[0])
    model = BaggingClassifier(MultinomialNB(), random_state=0).fit(X, IRIS[1])
    assert model.score(X, IRIS[1]) > 0.9
    assert sklearn.utils.get_tags(model).input_tags.sparse


def test_refit_with_trees_forgets_scikit_learn():
    model = BaggingClassifier(SVC(), n_estimators=4, random_state=0).fit(*IRIS)
    assert hasattr(model, "decision_function")
    model.set_params(estimator=None).fit(*IRIS)
    assert not hasattr(model, "decision_function")
    assert isinstance(model.estimators_[0], DecisionTreeClassifier)
    assert model.predict_proba(IRIS[0]).shape == (150, 3)


def test_arguments_are_routed():
    X, y = DIABETES
    weight = np.linspace(0.1, 2, len(y))
    with sklearn.config_context(enable_metadata_routing=True):
        params = {"n_estimators": 5, "random_state": 0, "max_samples": 100}
        forest = BaggingRegressor(Ridge().set_fit_request(sample_weight=True), **params)
        theirs = sklearn.ensemble.BaggingRegressor(
            Ridge().set_fit_request(sample_weight=True), **params
        )
        for model in (forest, theirs):
            model.fit(X, y, sample_weight=weight)
        np.testing.assert_array_equal(forest.predict(X), theirs.predict(X))
