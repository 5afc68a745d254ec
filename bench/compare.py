"""Times gbengine against other libraries on the same data, interleaved. See bench/README.md.

    python bench/compare.py --workloads higgs,year --repeats 3 --threads 2 --json out.json

Each fit runs in a process of its own (measure.py); repeat 1 runs every library once, then repeat 2
does, in another order, so that a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import machine
import real_data
import report
import workloads
from libraries import GROUPS, LIBRARIES, Library, Settings

CHILD = Path(__file__).with_name("measure.py")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
SHOWN_VARIABLES = ("OMP_", "GOMP_", "GBENGINE_")
LOADED = 0.1  # cores used by others from which a run is called disturbed
IDLE_CHECK_SECONDS = 2.0


def workload_names(text: str) -> list[str]:
    groups = {"synthetic": list(workloads.SYNTHETIC), "real": real_data.usable()}
    groups["all"] = groups["synthetic"] + groups["real"]
    names: list[str] = []
    for word in text.split(","):
        found = groups.get(word, [word] if word in groups["all"] else None)
        if found is None:
            choices = ", ".join([*groups, *groups["all"]])
            raise SystemExit(f"compare.py: no workload {word!r}; allowed: {choices}")
        names += [name for name in found if name not in names]
    return names


def library_names(text: str) -> list[str]:
    names: list[str] = []
    for word in text.split(","):
        found = GROUPS.get(word, (word,) if word in LIBRARIES else None)
        if found is None:
            choices = ", ".join([*GROUPS, *LIBRARIES])
            raise SystemExit(f"compare.py: no library {word!r}; allowed: {choices}")
        names += [name for name in found if name not in names]
    return names


def positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add, usual = parser.add_argument, Settings(threads=machine.usable_cores())
    add("--workloads", default="synthetic", help="names, or synthetic, real, all (comma)")
    add("--libraries", default="default", help="names, or default, all, xgboost (comma)")
    add("--repeats", type=positive, default=3)
    add("--threads", type=positive, default=usual.threads)
    add("--rounds", type=positive, default=usual.rounds)
    add("--leaves", type=positive, default=usual.leaves)
    add("--rate", type=float, default=usual.rate)
    add("--bins", type=positive, default=usual.bins)
    add("--min-samples-leaf", type=positive, default=usual.min_samples_leaf)
    add("--scale", type=float, default=1.0, help="share of the rows to use")
    add("--cold", action="store_true", help="no small fit before the measured one")
    add("--wait-idle", type=float, default=0.0, metavar="SECONDS",
        help="before each run, wait up to this long for others to finish")  # fmt: skip
    add("--timeout", type=float, default=1800.0, help="seconds a run may take")
    add("--json", type=Path, help="write settings, machine, every run and the medians here")
    add("--list", action="store_true", help="print workloads and libraries, and stop")
    return parser.parse_args(arguments)


def print_choices() -> None:
    print("workloads:", ", ".join(workload_names("all")))
    for name, reason in real_data.left_out().items():
        print(f"  left out: {name}: {reason}")
    print("libraries:")
    for name, library in LIBRARIES.items():
        state = "not installed" if library.absent() else library.version()
        print(f"  {name} {state}" + (f": {library.note}" if library.note else ""))


def child_environment(threads: int) -> dict[str, str]:
    return os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads))


def wait_for_idle(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        busy = machine.others_now(IDLE_CHECK_SECONDS)
        if busy is None or busy <= LOADED:
            return


def run_child(
    folder: Path, library: Library, settings: Settings, args: argparse.Namespace
) -> dict[str, Any]:
    """The measured figures, or {"error": text}."""
    result_path = folder / "result.json"
    result_path.unlink(missing_ok=True)
    options = json.dumps(asdict(settings) | {"cold": args.cold})
    command = [sys.executable, str(CHILD), str(folder), library.name, str(result_path), options]
    try:
        done = subprocess.run(
            command,
            env=child_environment(settings.threads),
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


def run_workload(
    workload: workloads.Workload,
    libraries: Sequence[Library],
    settings: Settings,
    args: argparse.Namespace,
) -> dict[str, list[dict[str, Any]]]:
    runs: dict[str, list[dict[str, Any]]] = {library.name: [] for library in libraries}
    with tempfile.TemporaryDirectory(prefix="gbengine-bench-") as name:
        folder = Path(name)
        workload.save(folder)
        for repeat in range(args.repeats):
            turn = repeat % max(1, len(libraries))
            for library in [*libraries[turn:], *libraries[:turn]]:
                wait_for_idle(args.wait_idle)
                result = run_child(folder, library, settings, args)
                runs[library.name].append(result)
                text = result.get("error") or f"{result['fit_s']:.2f} s"
                print(f"  {workload.name} {repeat + 1} {library.name}: {text}", file=sys.stderr)
    return runs


def fitting(libraries: Sequence[Library], workload: workloads.Workload) -> list[Library]:
    fit = []
    for library in libraries:
        reason = library.unfit_for(workload.task)
        if reason:
            print(f"skipped: {library.name} {reason}")
        else:
            fit.append(library)
    return fit


def warn_of_load(runs: dict[str, list[dict[str, Any]]]) -> None:
    """One line on runs that others disturbed, one on each that failed."""
    disturbed = {}
    for name, results in runs.items():
        most = max((result.get("others_cores") or 0.0 for result in results), default=0.0)
        if most > LOADED:
            disturbed[name] = most
        for result in results:
            if "error" in result:
                print(f"FAILED: {name}: {result['error']}")
    if disturbed:
        text = ", ".join(f"{name} {cores:.2f}" for name, cores in disturbed.items())
        print(f"\nWARNING: cores that others used during fits, at most: {text}")


def print_head(libraries: Sequence[Library], args: argparse.Namespace) -> dict[str, Any]:
    facts = machine.describe()
    print("machine:", "; ".join(f"{key} {value}" for key, value in facts.items()))
    print("libraries:")
    for library in libraries:
        print(
            f"  {library.name} {library.version()}" + (f": {library.note}" if library.note else "")
        )
    print(
        f"settings: {args.rounds} rounds, {args.leaves} leaves, rate {args.rate}, "
        f"{args.bins} bins, {args.min_samples_leaf} rows a leaf, no L2, {args.threads} threads, "
        f"median of {args.repeats}, scale {args.scale}{', cold' if args.cold else ''}"
    )
    thread_settings = {k: v for k, v in os.environ.items() if k.startswith(SHOWN_VARIABLES)}
    if thread_settings:
        print("environment:", thread_settings)
    busy = machine.others_now()
    if busy is not None and busy > LOADED:
        print(
            f"WARNING: the machine is loaded: others use {busy:.2f} cores. Libraries whose threads "
            "spin while they wait lose most: neither the times nor their ratios hold"
        )
    if args.threads > machine.usable_cores():
        print(f"WARNING: {args.threads} threads on {machine.usable_cores()} usable cores")
    return facts


def main(arguments: Sequence[str] | None = None) -> int:
    args = parse(arguments)
    if args.list:
        print_choices()
        return 0
    settings = Settings(
        args.rounds, args.leaves, args.rate, args.bins, args.min_samples_leaf, args.threads
    )
    chosen = [LIBRARIES[name] for name in library_names(args.libraries)]
    names = workload_names(args.workloads)
    libraries = [library for library in chosen if not library.absent()]
    for library in chosen:
        if library.absent():
            print(f"skipped: {library.name} is not installed")
    facts = print_head(libraries, args)

    summaries: dict[str, dict[str, report.Summary]] = {}
    runs: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in names:
        workload = workloads.build(name, args.scale)
        print(f"\n## {workload.describe()}\n", flush=True)
        runs[name] = run_workload(workload, fitting(libraries, workload), settings, args)
        summaries[name] = report.summarise(runs[name])
        report.add_ratios(summaries[name])
        if summaries[name]:
            print(report.workload_table(summaries[name]))
        warn_of_load(runs[name])
    print("\n" + report.own_summary(summaries))
    if args.json:
        versions = {library.name: library.version() for library in libraries}
        content = {
            "machine": facts,
            "versions": versions,
            "settings": asdict(settings) | {"scale": args.scale, "cold": args.cold},
            "workloads": {name: {"runs": runs[name], "summary": summaries[name]} for name in names},
        }
        args.json.write_text(json.dumps(content, indent=1) + "\n")
    has_failure = any("error" in r for by in runs.values() for rs in by.values() for r in rs)
    return 1 if has_failure else 0


if __name__ == "__main__":
    sys.exit(main())
