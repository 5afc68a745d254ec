"""Times and weighs trees and forests against other libraries, interleaved. See bench/README.md.

    python bench/forests.py --models forest,tree --repeats 3 --threads 2 --json out.json

The table is `higgs` of workloads.py cut to 100,000 x 28: once with its two classes, once with its
score as a number. Each fit runs in a process of its own, as in compare.py, whose columns these are;
`model MB` is the pickled estimator (YDF: its serialised model).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import compare
import machine
import measure
import report
import workloads
from forest_libraries import LIBRARIES, MODELS, ForestLibrary, Job, Model
from metrics import test_metrics

TASKS = ("binary", "regression")
WARM_UP_ROWS = 300
COLUMNS = (
    *(c for c in report.COLUMNS if c.key not in ("row_quick_us", "others_cores")),
    report.Column("model_mb", "model MB", 2),
    report.Column("others_cores", "others", 2, has_ratio=False),
)


def workload_of(task: str, rows: int) -> workloads.Workload:
    spec = workloads.SYNTHETIC["higgs"]
    if task == "regression":
        spec = dataclasses.replace(spec, task="regression", n_classes=0)
    return workloads.generated(f"higgs {task}", spec, rows)


# --- the measuring child ---


def warm_up(library: ForestLibrary, job: Job, part: workloads.Part) -> None:
    """Lazy imports and thread pools: one small model before the clock starts."""
    few = workloads.Part(part.X[:WARM_UP_ROWS], part.y[:WARM_UP_ROWS])
    brief = dataclasses.replace(job, model=dataclasses.replace(job.model, max_depth=3))
    estimator = library.estimator(brief, few)
    library.fit(estimator, few)
    library.predict(estimator, few.X, brief)


def run(folder: Path, library: ForestLibrary, model: Model, threads: int) -> dict[str, Any]:
    facts = json.loads((folder / "facts.json").read_text())
    job = Job(facts["task"], facts["n_classes"], model, threads)
    train, test = (workloads.load_part(folder, side) for side in ("train", "test"))
    warm_up(library, job, train)
    estimator, result = measure.measure_fit(library, job, train)  # type: ignore[arg-type]
    predicted = np.asarray(library.predict(estimator, test.X, job))
    metrics = test_metrics(job.task, test.y, predicted, None, job.n_classes)
    result |= {"metrics": metrics, "loss": next(iter(metrics.values()))}
    result |= measure.measure_predict(library, estimator, test.X, job)  # type: ignore[arg-type]
    return result | {"model_mb": library.model_mb(estimator)}


def child(arguments: Sequence[str]) -> None:
    folder, library, model, trees, threads, result_path = arguments
    warnings.simplefilter("ignore")
    result = run(Path(folder), LIBRARIES[library], of_size(MODELS[model], int(trees)), int(threads))
    Path(result_path).write_text(json.dumps(result))


# --- the parent ---


def of_size(model: Model, trees: int) -> Model:
    """The model with fewer trees, for a quick look; 0 leaves it as it is."""
    return dataclasses.replace(model, n_trees=trees) if trees and model.n_trees > 1 else model


def run_child(folder: Path, library: str, model: str, args: argparse.Namespace) -> dict[str, Any]:
    """The measured figures, or {"error": text}."""
    result_path = folder / "result.json"
    result_path.unlink(missing_ok=True)
    options = [library, model, str(args.trees), str(args.threads), str(result_path)]
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--child", str(folder), *options],
            env=compare.child_environment(args.threads),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=args.timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"took over {args.timeout:.0f} s"}
    if done.returncode != 0 or not result_path.exists():
        lines = (done.stderr or done.stdout).strip().splitlines()
        return {"error": f"exit {done.returncode}: {lines[-1] if lines else 'no output'}"}
    result: dict[str, Any] = json.loads(result_path.read_text())
    return result


def run_model(
    folder: Path, libraries: Sequence[str], model: str, args: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """Repeat 1 of every library, then repeat 2 beginning with the next one, and so on."""
    runs: dict[str, list[dict[str, Any]]] = {library: [] for library in libraries}
    for repeat in range(args.repeats):
        turn = repeat % max(1, len(libraries))
        for library in [*libraries[turn:], *libraries[:turn]]:
            compare.wait_for_idle(args.wait_idle)
            result = run_child(folder, library, model, args)
            runs[library].append(result)
            text = result.get("error") or f"{result['fit_s']:.2f} s"
            print(f"  {model} {repeat + 1} {library}: {text}", file=sys.stderr)
    return runs


def able(names: Sequence[str], model: Model) -> list[str]:
    fit = []
    for name in names:
        reason = LIBRARIES[name].lacks(model)
        if reason is None:
            fit.append(name)
        else:
            print(f"left out: {name} {reason}")
    return fit


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--models", default=",".join(MODELS), help=f"of {', '.join(MODELS)}")
    add("--libraries", default=",".join(LIBRARIES), help=f"of {', '.join(LIBRARIES)}")
    add("--tasks", default=",".join(TASKS), help=f"of {', '.join(TASKS)}")
    add("--rows", type=compare.positive, default=100_000)
    add("--trees", type=int, default=0, help="trees of a forest; 0: as the model has them")
    add("--repeats", type=compare.positive, default=3)
    add("--threads", type=compare.positive, default=machine.usable_cores())
    add("--wait-idle", type=float, default=0.0, metavar="SECONDS",
        help="before each run, wait up to this long for others to finish")  # fmt: skip
    add("--timeout", type=float, default=3600.0, help="seconds a run may take")
    add("--json", type=Path, help="write machine, every run and the medians here")
    args = parser.parse_args(arguments)
    for option, known in (("models", MODELS), ("libraries", LIBRARIES), ("tasks", TASKS)):
        names = getattr(args, option).split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            parser.error(f"--{option} {unknown[0]!r}; allowed: {', '.join(known)}")
        setattr(args, option, names)
    return args


def print_head(names: Sequence[str], args: argparse.Namespace) -> dict[str, Any]:
    facts = machine.describe()
    print("machine:", "; ".join(f"{key} {value}" for key, value in facts.items()))
    for name in names:
        library = LIBRARIES[name]
        print(f"  {name} {library.version()}" + (f": {library.note}" if library.note else ""))
    print(f"{args.rows:,} rows, {args.threads} threads, median of {args.repeats}")
    busy = machine.others_now()
    if busy is not None and busy > compare.LOADED:
        print(f"WARNING: the machine is loaded: others use {busy:.2f} cores")
    return facts


def main(arguments: Sequence[str] | None = None) -> int:
    args = parse(arguments)
    names = [name for name in args.libraries if not LIBRARIES[name].absent()]
    for name in args.libraries:
        if name not in names:
            print(f"skipped: {name} is not installed")
    facts = print_head(names, args)
    all_runs: dict[str, Any] = {}
    for task in args.tasks:
        workload = workload_of(task, args.rows)
        print(f"\n# {workload.describe()}", flush=True)
        with tempfile.TemporaryDirectory(prefix="gbengine-bench-") as folder:
            workload.save(Path(folder))
            for model in args.models:
                print(f"\n## {task}: {of_size(MODELS[model], args.trees).describe()}\n", flush=True)
                runs = run_model(Path(folder), able(names, MODELS[model]), model, args)
                summaries = report.summarise(runs, COLUMNS)
                report.add_ratios(summaries, COLUMNS)
                if summaries:
                    print(report.workload_table(summaries, COLUMNS), flush=True)
                compare.warn_of_load(runs)
                all_runs[f"{task} {model}"] = {"runs": runs, "summary": summaries}
    if args.json:
        args.json.write_text(json.dumps({"machine": facts, "results": all_runs}, indent=1) + "\n")
    every = (run for one in all_runs.values() for runs in one["runs"].values() for run in runs)
    return 1 if any("error" in run for run in every) else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2:])
    else:
        sys.exit(main())
