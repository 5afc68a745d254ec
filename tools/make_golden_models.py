"""Write the golden model files of this version: small models, and what they predict.

Run it once a version, when the file format or the training algorithm has changed on purpose:
``python tools/make_golden_models.py``. Files of earlier versions stay as they are: every later
version must read them and predict the same bits (tests/python/test_golden_models.py).
"""

from pathlib import Path
from typing import Any

import numpy as np

import gbengine

FOLDER = Path(__file__).parents[1] / "tests" / "models"
QUANTILES = [0.25, 0.75]


def table(n_rows: int, seed: int) -> np.ndarray:
    """Make rows with missing values, infinities and a column of few values."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 4))
    X[:, 3] = rng.integers(0, 3, size=n_rows)
    X[rng.random((n_rows, 4)) < 0.1] = np.nan
    X[0, 0], X[1, 0] = np.inf, -np.inf
    return X


def boosted(X: np.ndarray, signal: np.ndarray) -> dict[str, Any]:
    """Train one small model for each link, of several trees a round, and of shared trees."""
    small: dict[str, Any] = {"n_estimators": 5, "max_leaf_nodes": 6, "random_state": 0}
    classes = np.array(["no", "yes"])[(signal > 1).astype(int)]
    three = np.digitize(signal, [0, 1])
    several: dict[str, Any] = small | {"n_parallel_trees": 3, "subsample": 0.5}
    return {
        "identity": gbengine.GradientBoostingRegressor(**small).fit(X, signal),
        "log": gbengine.GradientBoostingRegressor("poisson", **small).fit(X, np.exp(signal)),
        "logit": gbengine.GradientBoostingClassifier(**small).fit(X, classes),
        "softmax": gbengine.GradientBoostingClassifier(**small).fit(X, three),
        "shared_trees": gbengine.GradientBoostingRegressor(multi_output="shared", **small).fit(
            X, np.column_stack([signal, signal**2, np.nan_to_num(X[:, 1])])
        ),
        "parallel_trees": gbengine.GradientBoostingRegressor(**several).fit(X, signal),
    }


def grown(X: np.ndarray, signal: np.ndarray) -> dict[str, Any]:
    """Train one small model of each other kind."""
    small: dict[str, Any] = {"n_estimators": 5, "max_leaf_nodes": 8, "random_state": 0}
    few: dict[str, Any] = {"n_estimators": 5, "random_state": 0}
    three = np.array(["high", "low", "mid"])[np.digitize(signal, [0, 1])]
    outputs = np.column_stack([signal, np.nan_to_num(X[:, 1]), signal**2])
    shallow = gbengine.DecisionTreeClassifier(max_depth=3)
    return {
        "decision_tree": gbengine.DecisionTreeClassifier(max_leaf_nodes=20).fit(X, three),
        "random_forest_classifier": gbengine.RandomForestClassifier(**small).fit(X, three),
        "random_forest_outputs": gbengine.RandomForestRegressor(**small, keep_statistics=True).fit(
            X, outputs
        ),
        "random_forest_quantiles": gbengine.RandomForestRegressor(
            **small | {"n_estimators": 2}, keep_leaf_samples=True
        ).fit(X, signal),
        "extra_trees": gbengine.ExtraTreesRegressor(**small).fit(X, signal),
        "adaboost_classifier": gbengine.AdaBoostClassifier(shallow, **few).fit(X, three),
        "adaboost_binary": gbengine.AdaBoostClassifier(**few).fit(X, three == "mid"),
        "adaboost_regressor": gbengine.AdaBoostRegressor(**few).fit(X, signal),
        "bagging": gbengine.BaggingClassifier(shallow, **few, max_features=2).fit(X, three),
        "isolation_forest": gbengine.IsolationForest(**few, max_samples=16).fit(X),
    }


def predict(model: Any, X: np.ndarray) -> Any:
    """Predict as tests/python/test_golden_models.py does."""
    if getattr(model, "keep_leaf_samples", False):
        return model.predict(X, quantiles=QUANTILES)
    for name in ("decision_function", "predict_proba"):
        if hasattr(model, name):
            return getattr(model, name)(X)
    return model.predict(X)


def main() -> None:
    """Write the model files, and the predictions of all."""
    folder = FOLDER / gbengine.__version__
    folder.mkdir(parents=True, exist_ok=True)
    X = table(300, seed=1)
    signal = np.nan_to_num(X[:, 0], posinf=1, neginf=-1) + np.nan_to_num(X[:, 3])
    rows = table(50, seed=2)
    expected: dict[str, Any] = {}
    for name, model in (boosted(X, signal) | grown(X, signal)).items():
        model.save_model(folder / f"{name}.safetensors")
        expected[name] = predict(model, rows)
    np.savez(folder / "expected.npz", X=rows, **expected)


if __name__ == "__main__":
    main()
