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


def table(n_rows: int, seed: int) -> np.ndarray:
    """Make rows with missing values, infinities and a column of few values."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 4))
    X[:, 3] = rng.integers(0, 3, size=n_rows)
    X[rng.random((n_rows, 4)) < 0.1] = np.nan
    X[0, 0], X[1, 0] = np.inf, -np.inf
    return X


def models() -> dict[str, gbengine.GradientBoostingClassifier | gbengine.GradientBoostingRegressor]:
    """Train one small model for each link."""
    X = table(300, seed=1)
    signal = np.nan_to_num(X[:, 0], posinf=1, neginf=-1) + np.nan_to_num(X[:, 3])
    small: dict[str, Any] = {"n_estimators": 5, "max_leaf_nodes": 6, "random_state": 0}
    classes = np.array(["no", "yes"])[(signal > 1).astype(int)]
    three = np.digitize(signal, [0, 1])
    return {
        "identity": gbengine.GradientBoostingRegressor(**small).fit(X, signal),
        "log": gbengine.GradientBoostingRegressor("poisson", **small).fit(X, np.exp(signal)),
        "logit": gbengine.GradientBoostingClassifier(**small).fit(X, classes),
        "softmax": gbengine.GradientBoostingClassifier(**small).fit(X, three),
    }


def main() -> None:
    """Write one model file a link and the predictions of all."""
    folder = FOLDER / gbengine.__version__
    folder.mkdir(parents=True, exist_ok=True)
    X = table(50, seed=2)
    expected: dict[str, Any] = {}
    for name, model in models().items():
        model.save_model(folder / f"{name}.safetensors")
        is_classifier = hasattr(model, "classes_")
        expected[name] = model.decision_function(X) if is_classifier else model.predict(X)
    np.savez(folder / "expected.npz", X=X, **expected)


if __name__ == "__main__":
    main()
