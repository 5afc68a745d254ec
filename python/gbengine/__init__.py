"""Gradient boosting, forests and single trees with a C++ core, as scikit-learn estimators.

Also here: bagging, AdaBoost, isolation forests, an embedding by random trees, tables binned once
for several fits (``BinnedDataset``), model files (``load_model``), trees as text and as plots. The
model is the same, bit for bit, for any number of threads, any instruction set and any order of the
rows.

Examples
--------
>>> from gbengine import GradientBoostingClassifier
>>> from sklearn.datasets import load_breast_cancer
>>> X, y = load_breast_cancer(return_X_y=True)
>>> model = GradientBoostingClassifier(n_estimators=20).fit(X, y)
>>> model.predict_proba(X[:2]).shape
(2, 2)
"""

from gbengine._adaboost_classifier import AdaBoostClassifier
from gbengine._adaboost_regressor import AdaBoostRegressor
from gbengine._bagging_classifier import BaggingClassifier
from gbengine._bagging_regressor import BaggingRegressor
from gbengine._binned_dataset import BinnedDataset
from gbengine._classifier import GradientBoostingClassifier
from gbengine._cv import CrossValidation, cv
from gbengine._decision_tree import DecisionTreeClassifier, DecisionTreeRegressor
from gbengine._extra_tree import ExtraTreeClassifier, ExtraTreeRegressor
from gbengine._extra_trees_classifier import ExtraTreesClassifier
from gbengine._extra_trees_regressor import ExtraTreesRegressor
from gbengine._isolation_forest import IsolationForest
from gbengine._model_file import load_model
from gbengine._random_forest_classifier import RandomForestClassifier
from gbengine._random_forest_regressor import RandomForestRegressor
from gbengine._regressor import GradientBoostingRegressor
from gbengine._tree_export import export_graphviz, export_text, plot_tree
from gbengine._trees_embedding import RandomTreesEmbedding
from gbengine._version import __version__

__all__ = [
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "BinnedDataset",
    "CrossValidation",
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "ExtraTreeClassifier",
    "ExtraTreeRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "IsolationForest",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "RandomTreesEmbedding",
    "__version__",
    "cv",
    "export_graphviz",
    "export_text",
    "load_model",
    "plot_tree",
]
