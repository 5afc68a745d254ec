"""Who earns more than 50 000 dollars? Four ensembles of gbengine, stacked by scikit-learn.

    python examples/stacking.py

Each row of the 1994 census stands for as many people as its column ``fnlwgt`` says. Scikit-learn
routes these weights to every member that asks for them, to the last estimator and to the score.
Needs pandas and pyarrow (the extra ``gbengine[demo]``); takes some seconds.
"""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.base import clone
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

import gbengine

DATA = Path(__file__).resolve().parent / "data" / "adult.parquet"
TARGET, WEIGHT = "target", "fnlwgt"


def read_census() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Columns as numbers (levels of strings numbered, missing ones NaN), target, weights."""
    table = pd.read_parquet(DATA)
    X = table.drop(columns=[TARGET, WEIGHT])
    for name in X.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in X.dtypes]]:
        codes = pd.Categorical(X[name]).codes.astype(np.float64)
        X[name] = np.where(codes < 0, np.nan, codes)
    weight = table[WEIGHT].to_numpy(dtype=np.float64)
    return X, table[TARGET].to_numpy(), weight / weight.mean()


def members() -> list[tuple[str, sklearn.base.ClassifierMixin]]:
    """Ensembles that err in different ways, each asking for the rows' weights."""
    found = {
        "boosting": gbengine.GradientBoostingClassifier(n_estimators=150, random_state=0),
        "forest": gbengine.RandomForestClassifier(60, min_samples_leaf=5, random_state=0),
        "extra trees": gbengine.ExtraTreesClassifier(
            60, min_samples_leaf=5, max_features=0.5, random_state=0
        ),
        "subspaces": gbengine.BaggingClassifier(
            gbengine.DecisionTreeClassifier(min_samples_leaf=5),
            60,
            max_features=0.6,
            random_state=0,
        ),
    }
    return [(name, one.set_fit_request(sample_weight=True)) for name, one in found.items()]


def log_odds(chance: np.ndarray) -> np.ndarray:
    """Bring probabilities, a forest's 0 and 1 too, to the scale on which evidence adds up."""
    inside = np.clip(chance, 0.002, 0.998)
    odds: np.ndarray = np.log(inside / (1 - inside))
    return odds


def last() -> Pipeline:
    """Weighs the members' out-of-fold predictions against each other."""
    regression = LogisticRegression().set_fit_request(sample_weight=True)
    return make_pipeline(FunctionTransformer(log_odds), regression)


def main() -> None:
    """Fit each member alone, then their vote and their stack, and judge all on the same rows."""
    sklearn.set_config(enable_metadata_routing=True)
    X, y, weight = read_census()
    X_train, X_test, y_train, y_test, w_train, w_test = train_test_split(
        X, y, weight, test_size=0.25, stratify=y, random_state=0
    )
    everything = [
        *members(),
        ("vote of all", VotingClassifier(members(), voting="soft")),
        ("stack of all", StackingClassifier(members(), last(), cv=5)),
    ]
    print(f"{'':14}{'AUC':>8}{'log loss':>10}{'fit, s':>8}")
    for name, model in everything:
        start = time.perf_counter()
        fitted = clone(model).fit(X_train, y_train, sample_weight=w_train)
        seconds = time.perf_counter() - start
        chance = fitted.predict_proba(X_test)[:, 1]
        auc = roc_auc_score(y_test, chance, sample_weight=w_test)
        loss = log_loss(y_test, chance, sample_weight=w_test)
        print(f"{name:14}{auc:8.4f}{loss:10.4f}{seconds:8.1f}")


if __name__ == "__main__":
    main()
