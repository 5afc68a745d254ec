"""Who earns more than 50 000 dollars? Gradient boosting on the 1994 census, next to scikit-learn's.

The frame goes in as it is, with columns of text and gaps in them.

Run it with ./scripts/demo, or ``python examples/adult_demo.py --help`` where gbengine is installed.
Needs the extra ``gbengine[demo]``. Writes out/adult.png and out/adult.safetensors.
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split

import gbengine

HERE = Path(__file__).resolve().parent
TARGET = "target"
OURS, THEIRS = "#d1495b", "#30638e"

# What both sides get; each has its own name for the number of rounds.
SETTINGS: dict[str, Any] = {
    "learning_rate": 0.1,
    "max_leaf_nodes": 31,
    "min_samples_leaf": 20,
    "max_bins": 255,
    "early_stopping": False,
    "random_state": 0,
}


@dataclass
class Split:
    """Rows to learn from, to watch while learning, and to judge by."""

    X_train: pd.DataFrame
    X_val: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_val: pd.Series
    y_test: pd.Series


@dataclass
class Outcome:
    """What one library reached on the test rows."""

    name: str
    fit_seconds: float
    predict_seconds: float
    probability: np.ndarray
    accuracy: float
    auc: float


def load_split() -> Split:
    """The bundled data, 60 % to train, 15 % to validate, 25 % to test."""
    table = pd.read_parquet(HERE / "data" / "adult.parquet")
    X, y = table.drop(columns=TARGET), table[TARGET]
    X_rest, X_test, y_rest, y_test = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=0
    )
    X_train, X_val, y_train, y_val = train_test_split(
        X_rest, y_rest, test_size=0.2, stratify=y_rest, random_state=0
    )
    return Split(X_train, X_val, X_test, y_train, y_val, y_test)


def string_columns(X: pd.DataFrame) -> list[str]:
    """The columns that hold text."""
    return [name for name in X.columns if not pd.api.types.is_numeric_dtype(X[name])]


def with_categories(split: Split) -> Split:
    """The same with pandas' categories for text: what scikit-learn's own estimator asks for."""
    parts = (split.X_train, split.X_val, split.X_test)
    names = string_columns(split.X_train)
    levels = {
        name: pd.CategoricalDtype(sorted(pd.concat([X[name] for X in parts]).dropna().unique()))
        for name in names
    }
    X_train, X_val, X_test = (X.astype(levels) for X in parts)
    return Split(X_train, X_val, X_test, split.y_train, split.y_val, split.y_test)


def fit_and_judge(name: str, model: Any, split: Split, fit_args: dict[str, Any]) -> Outcome:
    """Fits the model and measures it on the test rows."""
    start = time.perf_counter()
    model.fit(split.X_train, split.y_train, **fit_args)
    fitted = time.perf_counter()
    probability = model.predict_proba(split.X_test)[:, 1]
    done = time.perf_counter()
    accuracy = accuracy_score(split.y_test, model.classes_[(probability > 0.5).astype(int)])
    auc = roc_auc_score(split.y_test == model.classes_[1], probability)
    return Outcome(name, fitted - start, done - fitted, probability, accuracy, auc)


def save_and_reload(model: Any, split: Split, path: Path) -> None:
    """Writes the model, reads it back and demands the very same predictions."""
    model.save_model(path)
    reloaded = gbengine.load_model(path)
    if not np.array_equal(reloaded.predict_proba(split.X_test), model.predict_proba(split.X_test)):
        raise RuntimeError(f"the model read back from {path} predicts something else")


def draw(model: Any, outcomes: list[Outcome], split: Split, path: Path) -> None:
    """ROC curves, the ten features with the most gain, and the loss round by round."""
    figure = Figure(figsize=(15, 4.6), layout="constrained")
    roc, bars, curve = figure.subplots(1, 3)
    for axes in (roc, bars, curve):
        axes.spines[["top", "right"]].set_visible(False)

    for outcome, color, style in zip(outcomes, (OURS, THEIRS), ("-", "--"), strict=True):
        false_rate, true_rate, _ = roc_curve(split.y_test == model.classes_[1], outcome.probability)
        label = f"{outcome.name}, AUC {outcome.auc:.4f}"
        roc.plot(false_rate, true_rate, style, color=color, lw=2, label=label)
    roc.plot([0, 1], [0, 1], color="0.8", lw=1, zorder=0)
    roc.set(title="ROC on the test rows", xlabel="false positive rate", ylabel="true positive rate")
    roc.legend(loc="lower right", frameon=False)

    gains = pd.Series(model.feature_importances_, index=model.feature_names_in_)
    top = gains.sort_values().tail(10)
    bars.barh(top.index.str.replace("_", " "), 100 * top / gains.sum(), color=OURS)
    bars.set(title="Where the gain comes from", xlabel="% of total gain")

    # Scores are losses with their sign turned: higher is better.
    rounds = np.arange(len(model.train_score_))
    curve.plot(rounds, -model.train_score_, color="0.6", lw=2, label="train")
    curve.plot(rounds, -model.validation_score_, color=OURS, lw=2, label="validation")
    curve.set(title="Learning curve", xlabel="rounds", ylabel="log loss")
    curve.legend(frameon=False)
    figure.savefig(path, dpi=120)


class OtherWork:
    """Cores that other programs kept busy since this was made; 0 where the system cannot tell."""

    def __init__(self) -> None:
        self._start = self._now()

    @staticmethod
    def _now() -> tuple[float, float, float]:
        busy = 0.0
        stat = Path("/proc/stat")  # Linux: seconds since the start in each state, over all cores
        if stat.exists():
            user, nice, system, _idle, _wait, irq, softirq = map(
                int, stat.read_text().split("\n", 1)[0].split()[1:8]
            )
            busy = (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
        return time.perf_counter(), busy, time.process_time()

    def cores(self) -> float:
        """The mean number of cores so far."""
        seconds, busy, own = (b - a for a, b in zip(self._start, self._now(), strict=True))
        return max(0.0, busy - own) / seconds


def show_table(outcomes: list[Outcome]) -> None:
    """The comparison, one line a library."""
    print(f"\n  {'':<14}{'accuracy':>10}{'AUC':>10}{'fit':>11}{'predict':>12}")
    for outcome in outcomes:
        print(
            f"  {outcome.name:<14}{outcome.accuracy:>10.4f}{outcome.auc:>10.4f}"
            f"{outcome.fit_seconds:>9.2f} s{1000 * outcome.predict_seconds:>9.1f} ms"
        )


def main() -> None:
    """Load, fit both, compare, save, reload, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="boosting rounds (default 200)")
    parser.add_argument("--out", type=Path, default=HERE.parent / "out", help="folder for results")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    split = load_split()
    sizes = [len(part) for part in (split.X_train, split.X_val, split.X_test)]
    n_strings = len(string_columns(split.X_train))
    print("\ngbengine demo: who earns more than 50 000 dollars? (US census 1994, UCI Adult)\n")
    print(f"  rows          {sizes[0]} to train, {sizes[1]} to validate, {sizes[2]} to test")
    print(f"  columns       {split.X_train.shape[1]}, {n_strings} of them strings")
    print(f"  settings      {args.rounds} rounds, 31 leaves, learning rate 0.1\n", flush=True)

    ours = gbengine.GradientBoostingClassifier(n_estimators=args.rounds, verbose=1, **SETTINGS)
    theirs = HistGradientBoostingClassifier(
        max_iter=args.rounds, categorical_features="from_dtype", **SETTINGS
    )
    their_split = with_categories(split)
    other_work = OtherWork()
    watch = {"X_val": split.X_val, "y_val": split.y_val}
    outcomes = [
        fit_and_judge("gbengine", ours, split, watch),
        fit_and_judge("scikit-learn", theirs, their_split, {}),
    ]
    show_table(outcomes)
    others = other_work.cores()
    if others > 0.2:
        print(
            f"\n  Other programs kept {others:.1f} cores busy meanwhile, which slows some libraries"
        )
        print("  far more than others: do not compare these times.")

    model_path, picture_path = args.out / "adult.safetensors", args.out / "adult.png"
    save_and_reload(ours, split, model_path)
    draw(ours, outcomes, split, picture_path)
    size = model_path.stat().st_size / 1000
    print(f"\n  model         {model_path} ({size:.0f} kB)")
    print("                read back, it gives the same probabilities, bit for bit")
    print(f"  picture       {picture_path}\n")


if __name__ == "__main__":
    main()
