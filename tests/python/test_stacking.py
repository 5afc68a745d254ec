"""Our estimators inside scikit-learn's stacking and voting, with weights routed to them."""

import numpy as np
import pytest
import sklearn
import sklearn.ensemble
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import (
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import cross_val_score

import gbengine

CLASSES = load_breast_cancer(return_X_y=True)
NUMBERS = load_diabetes(return_X_y=True)


def task_of(name):
    return "Classifier" if name.endswith("Classifier") else "Regressor"


def members(task, *, is_routed=False):
    """One of each kind of ensemble, small."""
    kinds = ("GradientBoosting", "RandomForest", "ExtraTrees", "Bagging")
    params = {"n_estimators": 10, "random_state": 0}
    named = [(kind, getattr(gbengine, f"{kind}{task}")(**params)) for kind in kinds]
    named.append(("DecisionTree", getattr(gbengine, f"DecisionTree{task}")(max_depth=4)))
    if is_routed:
        named = [(kind, one.set_fit_request(sample_weight=True)) for kind, one in named]
    return named


def ensemble(name, *, is_routed=False):
    task = task_of(name)
    last = LogisticRegression(max_iter=1000) if task == "Classifier" else RidgeCV()
    if is_routed:
        last.set_fit_request(sample_weight=True)
    if name.startswith("Voting"):
        options = {"voting": "soft"} if task == "Classifier" else {}
    else:
        options = {"final_estimator": last, "cv": 3}
    return getattr(sklearn.ensemble, name)(members(task, is_routed=is_routed), **options)


NAMES = ["StackingClassifier", "StackingRegressor", "VotingClassifier", "VotingRegressor"]


def data_for(name):
    return CLASSES if name.endswith("Classifier") else NUMBERS


@pytest.mark.parametrize("name", NAMES)
def test_as_good_as_its_members(name):
    X, y = data_for(name)
    task = task_of(name)
    together = cross_val_score(ensemble(name), X, y, cv=3).mean()
    alone = [cross_val_score(one, X, y, cv=3).mean() for _, one in members(task)]
    assert together > np.median(alone)
    assert together > max(alone) - 0.02


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_routed_to_members(name):
    X, y = data_for(name)
    weight = np.random.default_rng(0).integers(1, 4, len(y)).astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        model = ensemble(name, is_routed=True).fit(X, y, sample_weight=weight)
        plain = ensemble(name, is_routed=True).fit(X, y)
    for fitted, (_, member) in zip(model.estimators_, members(task_of(name)), strict=True):
        labels = np.unique(y, return_inverse=True)[1] if name == "VotingClassifier" else y
        alone = member.fit(X, labels, sample_weight=weight)
        np.testing.assert_array_equal(fitted.predict(X), alone.predict(X))
    assert not np.array_equal(model.transform(X), plain.transform(X))


def test_a_member_that_asks_for_no_weights_gets_none():
    X, y = NUMBERS
    weight = np.linspace(0.1, 3, len(y))
    with sklearn.config_context(enable_metadata_routing=True):
        forest = gbengine.RandomForestRegressor(n_estimators=5, random_state=0)
        boosting = gbengine.GradientBoostingRegressor(n_estimators=5)
        model = VotingRegressor(
            [
                ("forest", forest.set_fit_request(sample_weight=False)),
                ("boosting", boosting.set_fit_request(sample_weight=True)),
            ]
        ).fit(X, y, sample_weight=weight)
    unweighted = gbengine.RandomForestRegressor(n_estimators=5, random_state=0).fit(X, y)
    weighted = gbengine.GradientBoostingRegressor(n_estimators=5).fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(model.estimators_[0].predict(X), unweighted.predict(X))
    np.testing.assert_array_equal(model.estimators_[1].predict(X), weighted.predict(X))


def test_a_member_that_does_not_say_is_an_error():
    X, y = NUMBERS
    with (
        sklearn.config_context(enable_metadata_routing=True),
        pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"),
    ):
        VotingRegressor([("bagging", gbengine.BaggingRegressor())]).fit(
            X, y, sample_weight=np.ones(len(y))
        )


def test_embedding_and_outlier_scores_as_steps():
    X, y = CLASSES
    steps = sklearn.pipeline.make_pipeline(
        sklearn.pipeline.make_union(
            gbengine.RandomTreesEmbedding(20, random_state=0),
            sklearn.preprocessing.StandardScaler(),
        ),
        LogisticRegression(max_iter=2000),
    )
    assert cross_val_score(steps, X, y, cv=3).mean() > 0.94


def test_stacking_is_stacking():
    # What the last estimator sees are the members' out-of-fold predictions.
    X, y = CLASSES
    final = gbengine.DecisionTreeClassifier(max_depth=3)
    model = StackingClassifier(members("Classifier")[:2], final, cv=3, passthrough=True).fit(X, y)
    assert model.transform(X).shape == (len(X), 2 + X.shape[1])
    model = StackingRegressor(members("Regressor")[:3], cv=3).fit(*NUMBERS)
    assert model.transform(NUMBERS[0]).shape == (len(NUMBERS[0]), 3)
    vote = VotingClassifier(members("Classifier")[:3], voting="hard").fit(X, y)
    assert vote.transform(X).shape == (len(X), 3)
