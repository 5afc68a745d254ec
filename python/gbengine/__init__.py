"""Gradient-boosted trees with a C++ core, as scikit-learn estimators.

The model is the same, bit for bit, for any number of threads, any instruction set and any order
of the rows.

Examples
--------
>>> from gbengine import GradientBoostingClassifier
>>> from sklearn.datasets import load_breast_cancer
>>> X, y = load_breast_cancer(return_X_y=True)
>>> model = GradientBoostingClassifier(n_estimators=20).fit(X, y)
>>> model.predict_proba(X[:2]).shape
(2, 2)
"""

from gbengine._classifier import GradientBoostingClassifier
from gbengine._model_file import load_model
from gbengine._regressor import GradientBoostingRegressor
from gbengine._version import __version__

__all__ = [
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "__version__",
    "load_model",
]
