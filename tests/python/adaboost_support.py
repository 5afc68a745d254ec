"""What the tests of AdaBoost share: a problem for each way to boost, and what must be equal."""

import numpy as np

from gbengine import AdaBoostClassifier, AdaBoostRegressor, DecisionTreeClassifier

WAYS = ["reweight", "resample", "numbers"]


def table(n_rows=300, n_features=3, seed=0):
    """Values that fit in float32, all different: splits of large nodes are, too."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_rows, n_features)).astype(np.float32).astype(np.float64)


def signal(X, seed=1):
    rng = np.random.default_rng(seed)
    return X[:, 0] + X[:, 1] * X[:, -1] + 0.5 * rng.normal(size=len(X))


def codes(X, n_classes):
    z = signal(X)
    return np.digitize(z, np.quantile(z, np.arange(1, n_classes) / n_classes))


def scores(model, X):
    """The numbers behind the predictions."""
    return model.decision_function(X) if hasattr(model, "classes_") else model.predict(X)


def assert_same(a, b, X):
    np.testing.assert_array_equal(a.estimator_weights_, b.estimator_weights_)
    np.testing.assert_array_equal(a.estimator_errors_, b.estimator_errors_)
    np.testing.assert_array_equal(scores(a, X), scores(b, X))


def make_boosting(way):
    """Give an estimator that boosts in that way, and a problem for it."""
    X = table(400)
    if way == "numbers":
        return AdaBoostRegressor(n_estimators=12, random_state=3), X, signal(X)
    tree = DecisionTreeClassifier(max_depth=2)
    resample = way == "resample"
    model = AdaBoostClassifier(tree, n_estimators=12, random_state=3, resample=resample)
    return model, X, codes(X, 3)
