"""Are our trees and forests as good as scikit-learn's? Test losses on every real set, 5 splits.

    python bench/forest_quality.py --seeds 5 --threads 2

Both libraries train the same estimator with its defaults on the same split, each split with a seed
of its own. The tables, the paired differences and the verdicts are those of quality.py, with
scikit-learn as the reference; the losses are of probabilities and of numbers, and the fully grown
single trees, whose log loss says nothing, are judged by the share of wrong classes. Writes
FOREST_QUALITY.md beside itself unless told otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

import machine
import quality
import real_data
from forest_libraries import LIBRARIES, MODELS, Job, Model
from metrics import constant_prediction, is_classification, test_metrics
from real_data import Table
from workloads import Part

OURS, REFERENCE = "gbengine", "scikit-learn"
JUDGED_BY_ERROR = ("tree", "adaboost")  # shares of 0 and 1, or none at all


def loss_of(table: Table, model: Model, predicted: Any, test: Part) -> float:
    if is_classification(table.task) and model.name in JUDGED_BY_ERROR:
        p = np.asarray(predicted)
        return 1.0 - float(np.average(p.argmax(axis=1) == test.y, weights=test.weight))
    return next(
        iter(test_metrics(table.task, test.y, predicted, test.weight, table.n_classes).values())
    )


def task_of(table: Table) -> Any:
    """Forests have no loss to choose: all numbers are a regression."""
    return table.task if is_classification(table.task) else "regression"


def losses_of_split(table: Table, model: Model, threads: int, seed: int) -> dict[str, float]:
    """Test loss of each library, and of the best constant."""
    train, test = real_data.split(table, seed)
    job = Job(task_of(table), table.n_classes, model, threads)
    plain = replace(table, task=job.task)
    constant = constant_prediction(job.task, train.y, train.weight, len(test.y), table.n_classes)
    out = {"constant": loss_of(plain, model, constant, test)}
    for name in (OURS, REFERENCE):
        library = LIBRARIES[name]
        estimator = library.estimator(job, train).set_params(random_state=seed)
        library.fit(estimator, train)
        out[name] = loss_of(plain, model, library.predict(estimator, test.X, job), test)
    return out


def unfit_for(table: Table, model: Model) -> str | None:
    """Why scikit-learn cannot grow the model on a table, or None."""
    if model.kind == "AdaBoost" and np.isnan(table.X).any():
        return "scikit-learn's AdaBoost takes no missing values"
    return None


def run_set(table: Table, model: Model, threads: int, seeds: int) -> quality.Comparison:
    by_seed = [losses_of_split(table, model, threads, seed) for seed in range(seeds)]
    losses = {key: np.array([one[key] for one in by_seed]) for key in by_seed[0]}
    comparison = quality.compare(replace(table, task=task_of(table)), OURS, losses, REFERENCE)
    if is_classification(table.task) and model.name in JUDGED_BY_ERROR:
        return replace(comparison, loss_name="error")
    return comparison


def section(model: Model, comparisons: Sequence[quality.Comparison]) -> str:
    body = quality.report_of(comparisons, REFERENCE) if comparisons else "No set yet."
    return f"## {model.describe()}\n\n{body}\n"


def report_of(sections: dict[str, list[quality.Comparison]], args: argparse.Namespace) -> str:
    versions = ", ".join(f"{name} {LIBRARIES[name].version()}" for name in (OURS, REFERENCE))
    head = (
        "# Trees and forests beside scikit-learn\n\n"
        f"`python bench/forest_quality.py --seeds {args.seeds}`: the same estimators with their "
        "defaults on the same splits; what the columns and verdicts mean is in "
        f"[README.md](README.md).\n\n{versions}; {args.seeds} splits, 20% held out\n\n"
    )
    return head + "\n".join(
        section(of_size(MODELS[name], args.trees), found)
        for name, found in sections.items()
        if found
    )


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sets", default="all", help="names (comma) or all")
    add("--models", default=",".join(MODELS), help=f"of {', '.join(MODELS)}")
    add("--seeds", type=int, default=5, help="number of splits, from 2 on")
    add("--trees", type=int, default=0, help="trees of a forest; 0: as the model has them")
    add("--max-rows", type=int, default=400_000, help="sets with more rows are left out")
    add("--threads", type=int, default=machine.usable_cores())
    add("--markdown", type=Path, default=Path(__file__).with_name("FOREST_QUALITY.md"))
    add("--json", type=Path)
    args = parser.parse_args(arguments)
    if args.seeds < 2:
        parser.error(f"--seeds {args.seeds}: at least 2, else there is no standard deviation")
    args.models = args.models.split(",")
    for name in args.models:
        if name not in MODELS:
            parser.error(f"--models {name!r}; allowed: {', '.join(MODELS)}")
    return args


def of_size(model: Model, trees: int) -> Model:
    return replace(model, n_trees=trees) if trees and model.n_trees > 1 else model


def main(arguments: Sequence[str] | None = None) -> int:
    args = parse(arguments)
    warnings.simplefilter("ignore")
    names = real_data.usable() if args.sets == "all" else args.sets.split(",")
    sections: dict[str, list[quality.Comparison]] = {name: [] for name in args.models}
    for name in names:
        table = real_data.load(name)
        if len(table.y) > args.max_rows:
            print(f"left out: {name} has more than {args.max_rows:,} rows")
            continue
        for model in args.models:
            reason = unfit_for(table, MODELS[model])
            if reason is not None:
                print(f"left out: {name} {model}: {reason}")
                continue
            begin = time.perf_counter()
            found = run_set(table, of_size(MODELS[model], args.trees), args.threads, args.seeds)
            sections[model].append(found)
            seconds = time.perf_counter() - begin
            print(f"{name} {model}: {found.relative_text()} {found.verdict}, {seconds:.0f} s")
            # After every set, so that a run that is stopped leaves what it has.
            args.markdown.write_text(report_of(sections, args))
            if args.json:
                content = {key: [asdict(c) for c in found] for key, found in sections.items()}
                args.json.write_text(json.dumps(content, indent=1) + "\n")
    verdicts = [c.verdict for found in sections.values() for c in found]
    print(", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts)))
    return 1 if "worse" in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
