"""Is gbengine as good a learner as LightGBM? Test losses on every real set, over several splits.

    python bench/quality.py --seeds 5 --threads 2 --markdown quality.md --json quality.json

Each library trains with the same settings (libraries.py) on the same split; the *paired*
difference of the test losses is averaged over the splits. Verdicts, from the first that holds:

- same: the mean difference is at most 0.2 % of LightGBM's loss, or 0.05 % of the loss of a model
  without features (which matters where the loss itself is near zero).
- noise: it is at most two standard errors. The splits share training rows, so the plain standard
  error would be too small; it is corrected as Nadeau and Bengio (2003) do:
  sd x sqrt(1 / splits + test rows / train rows).
- better, worse: neither.

A set in the noise says little by itself, so the last lines look at all sets at once: on how many
the mean loss is lower, and the difference in "explained", which is 1 - loss / the loss of a model
without features.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import machine
import real_data
import report
from libraries import LIBRARIES, OWN, Job, Library, Settings
from metrics import LOSS_NAME, constant_prediction, test_metrics
from real_data import TEST_SHARE, Table

REFERENCE = "lightgbm"
SAME_OF_LOSS, SAME_OF_CONSTANT = 0.002, 0.0005
STANDARD_ERRORS = 2.0
TINY = 1e-12


@dataclass(frozen=True)
class Comparison:
    """One library against the reference on one set; losses: lower is better."""

    data_set: str
    library: str
    loss_name: str
    loss: float
    reference_loss: float
    constant_loss: float
    mean_difference: float
    sd_difference: float
    standard_error: float
    verdict: str

    def relative(self) -> float:
        return self.mean_difference / max(self.reference_loss, TINY)

    def relative_text(self) -> str:
        return f"{self.relative():+.2%}" if abs(self.relative()) < 10.0 else "over 1000%"

    def explained_points(self) -> float:
        """Explained share above the reference's, in percentage points."""
        return -100.0 * self.mean_difference / self.constant_loss


def verdict_of(mean: float, error: float, reference: float, constant: float) -> str:
    if abs(mean) <= max(SAME_OF_LOSS * reference, SAME_OF_CONSTANT * constant):
        return "same"
    if abs(mean) <= STANDARD_ERRORS * error:
        return "noise"
    return "better" if mean < 0 else "worse"


def compare(
    table: Table,
    library: str,
    losses: Mapping[str, NDArray[np.float64]],
    reference_name: str = REFERENCE,
) -> Comparison:
    difference = losses[library] - losses[reference_name]
    mean, splits = float(difference.mean()), difference.size
    sd = float(difference.std(ddof=1)) if splits > 1 else float("nan")
    error = sd * np.sqrt(1.0 / splits + TEST_SHARE / (1.0 - TEST_SHARE))
    reference, constant = float(losses[reference_name].mean()), float(losses["constant"].mean())
    return Comparison(
        table.name,
        library,
        LOSS_NAME[table.task],
        float(losses[library].mean()),
        reference,
        constant,
        mean,
        sd,
        float(error),
        verdict_of(mean, float(error), reference, constant),
    )


def losses_of_split(
    table: Table, libraries: Sequence[Library], settings: Settings, seed: int
) -> dict[str, float]:
    """Test loss of each library, and of the best constant."""
    train, test = real_data.split(table, seed)
    job = Job(table.task, table.n_classes, settings)

    def loss(predicted: Any) -> float:
        metrics = test_metrics(table.task, test.y, predicted, test.weight, table.n_classes)
        return next(iter(metrics.values()))

    constant = constant_prediction(table.task, train.y, train.weight, len(test.y), table.n_classes)
    out = {"constant": loss(constant)}
    for library in libraries:
        estimator = library.estimator(job, train)
        library.fit(estimator, train)
        out[library.name] = loss(np.asarray(library.predict(estimator, test.X, job)))
    return out


def run_set(
    name: str, libraries: Sequence[Library], settings: Settings, seeds: int
) -> list[Comparison]:
    table = real_data.load(name)
    able = [library for library in libraries if library.unfit_for(table.task) is None]
    by_seed = [losses_of_split(table, able, settings, seed) for seed in range(seeds)]
    losses = {key: np.array([one[key] for one in by_seed]) for key in by_seed[0]}
    return [compare(table, lib.name, losses) for lib in able if lib.name != REFERENCE]


def table_of(comparisons: Sequence[Comparison], reference: str = REFERENCE) -> str:
    header = [
        "data set", "library", "loss", "its loss", reference, "explained", f"{reference}'s",
        "difference ± sd", "relative", "verdict",
    ]  # fmt: skip
    rows = [
        [
            c.data_set,
            c.library,
            c.loss_name,
            f"{c.loss:.6g}",
            f"{c.reference_loss:.6g}",
            f"{1.0 - c.loss / c.constant_loss:.2%}",
            f"{1.0 - c.reference_loss / c.constant_loss:.2%}",
            f"{c.mean_difference:+.2g} ± {c.sd_difference:.2g}",
            c.relative_text(),
            c.verdict,
        ]
        for c in comparisons
    ]
    return report.markdown(header, rows)


def closing_lines(comparisons: Sequence[Comparison], reference: str = REFERENCE) -> list[str]:
    lines = []
    for library in dict.fromkeys(c.library for c in comparisons):
        own = [c for c in comparisons if c.library == library]
        counts = dict.fromkeys(("better", "same", "noise", "worse"), 0)
        for c in own:
            counts[c.verdict] += 1
        lower = sum(c.mean_difference < 0 for c in own)
        points = [c.explained_points() for c in own]
        lines.append(
            f"{library}: {', '.join(f'{n} {word}' for word, n in counts.items())}; lower mean loss "
            f"on {lower} of {len(own)} sets; explained above {reference}'s: mean "
            f"{np.mean(points):+.3f}, median {np.median(points):+.3f} percentage points"
        )
    return lines


def report_of(comparisons: Sequence[Comparison], reference: str = REFERENCE) -> str:
    return "\n".join([table_of(comparisons, reference), "", *closing_lines(comparisons, reference)])


def write_files(
    args: argparse.Namespace, text: str, facts: dict[str, Any], comparisons: Sequence[Comparison]
) -> None:
    """After every set, so that a run that is stopped leaves what it has."""
    if args.markdown:
        args.markdown.write_text(text)
    if args.json:
        content = facts | {"comparisons": [asdict(c) for c in comparisons]}
        args.json.write_text(json.dumps(content, indent=1) + "\n")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sets", default="all", help="names (comma) or all")
    add("--libraries", default=f"{OWN},xgboost-leafwise", help=f"compared with {REFERENCE}")
    add("--seeds", type=int, default=5, help="number of splits, from 2 on")
    add("--threads", type=int, default=machine.usable_cores())
    add("--rounds", type=int, default=100)
    add("--markdown", type=Path, help="write the table here too")
    add("--json", type=Path)
    args = parser.parse_args(arguments)
    if args.seeds < 2:
        parser.error(f"--seeds {args.seeds}: at least 2, else there is no standard deviation")
    return args


def main(arguments: Sequence[str] | None = None) -> int:
    args = parse(arguments)
    warnings.simplefilter("ignore")
    names = real_data.usable() if args.sets == "all" else args.sets.split(",")
    wanted = [LIBRARIES[REFERENCE], *[LIBRARIES[name] for name in args.libraries.split(",")]]
    libraries = [library for library in wanted if not library.absent()]
    for library in wanted:
        if library.absent():
            print(f"skipped: {library.name} is not installed")
    for name, reason in real_data.left_out().items():
        print(f"left out: {name}: {reason}")
    settings = Settings(rounds=args.rounds, threads=args.threads)

    versions = ", ".join(f"{library.name} {library.version()}" for library in libraries)
    head = (
        f"{versions}; {args.seeds} splits, {TEST_SHARE:.0%} held out, {settings.rounds} rounds, "
        f"{settings.leaves} leaves, rate {settings.rate}"
    )
    facts = {"settings": asdict(settings), "seeds": args.seeds, "versions": versions}
    comparisons: list[Comparison] = []
    for name in names:
        found = run_set(name, libraries, settings, args.seeds)
        comparisons += found
        words = ", ".join(f"{c.library} {c.relative_text()} {c.verdict}" for c in found)
        print(f"  {name}: {words}", file=sys.stderr, flush=True)
        write_files(args, f"{head}\n\n{report_of(comparisons)}\n", facts, comparisons)
    print(f"{head}\n\n{report_of(comparisons)}")
    return int(any(c.library == OWN and c.verdict == "worse" for c in comparisons))


if __name__ == "__main__":
    sys.exit(main())
