"""Medians, ratios and the printed tables of compare.py. Pure functions over plain results.

Example: `print(workload_table("higgs", summarise(runs)))`, where `runs` maps a library's name to
the list of objects that measure.py wrote, one a repeat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from libraries import OWN

Summary = dict[str, Any]


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    decimals: int
    has_ratio: bool = True
    ratio_decimals: int = 2


COLUMNS = (
    Column("fit_s", "fit s", 2),
    Column("cpu_s", "CPU s", 2),
    Column("extra_mb", "extra MB", 0),
    Column("loss", "loss", 5, ratio_decimals=4),
    Column("second_metric", "", 4, has_ratio=False),
    Column("batch_us", "batch µs/row", 3),
    Column("row_us", "1 row µs", 1),
    Column("row_quick_us", "1 row, quickest call µs", 1),
    Column("others_cores", "others", 2, has_ratio=False),
)


def _median(values: Sequence[Any]) -> float | None:
    present = [value for value in values if value is not None]
    return median(present) if present else None


def summarise(
    runs: Mapping[str, Sequence[Mapping[str, Any]]], columns: Sequence[Column] = COLUMNS
) -> dict[str, Summary]:
    """Library → median of each figure over its good repeats; without one it is left out."""
    out: dict[str, Summary] = {}
    for library, results in runs.items():
        good = [result for result in results if "error" not in result]
        if not good:
            continue
        summary: Summary = {
            column.key: _median([result.get(column.key) for result in good]) for column in columns
        }
        names = list(good[0]["metrics"])
        summary["loss_name"] = names[0]
        summary["second_name"] = names[1] if len(names) > 1 else ""
        if len(names) > 1:
            summary["second_metric"] = _median([result["metrics"][names[1]] for result in good])
        summary["fit_s_range"] = [f([result["fit_s"] for result in good]) for f in (min, max)]
        summary["repeats"] = len(good)
        out[library] = summary
    return out


def best_peers(
    summaries: Mapping[str, Summary], columns: Sequence[Column] = COLUMNS
) -> dict[str, tuple[str, float]]:
    """Column key → (name, value) of the best peer; all columns with a ratio: less is better."""
    best: dict[str, tuple[str, float]] = {}
    for column in columns:
        if not column.has_ratio:
            continue
        values = {
            name: summary[column.key]
            for name, summary in summaries.items()
            if not name.startswith(OWN) and summary[column.key] is not None
        }
        if values:
            name = min(values, key=lambda library: values[library])
            best[column.key] = (name, values[name])
    return best


def add_ratios(summaries: Mapping[str, Summary], columns: Sequence[Column] = COLUMNS) -> None:
    """Writes `ratio` (column key → value / best peer's value) into each summary."""
    best = best_peers(summaries, columns)
    for summary in summaries.values():
        summary["ratio"] = {
            key: summary[key] / value
            for key, (_, value) in best.items()
            if summary[key] is not None and value > 0
        }


def _cell(column: Column, summary: Summary) -> str:
    value = summary[column.key]
    if value is None:
        return "-"
    text = f"{value:.{column.decimals}f}"
    ratio = summary["ratio"].get(column.key)
    return text if ratio is None else f"{text} ({ratio:.{column.ratio_decimals}f}x)"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table that is also aligned as plain text; first column left, others right."""
    table = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[j]) for row in table) for j in range(len(header))]
    rule = ["-" * widths[0], *["-" * (width - 1) + ":" for width in widths[1:]]]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return "| " + " | ".join(cells) + " |"

    return "\n".join([line(table[0]), line(rule), *[line(row) for row in table[1:]]])


def workload_table(summaries: Mapping[str, Summary], columns: Sequence[Column] = COLUMNS) -> str:
    """One row a library, quickest fit first, each figure with its ratio to the best peer's."""
    any_summary = next(iter(summaries.values()))
    titles = {"loss": any_summary["loss_name"], "second_metric": any_summary["second_name"]}
    columns = [c for c in columns if c.key != "second_metric" or any_summary["second_name"]]
    header = ["library", *[titles.get(column.key, column.title) for column in columns]]
    ordered = sorted(summaries.items(), key=lambda item: item[1]["fit_s"])
    rows = [[name, *[_cell(column, summary) for column in columns]] for name, summary in ordered]
    return markdown(header, rows)


def own_summary(all_summaries: Mapping[str, Mapping[str, Summary]]) -> str:
    """gbengine against the best peer of each column, one row a workload."""
    rows = []
    compared = [column for column in COLUMNS if column.has_ratio]
    for workload, summaries in all_summaries.items():
        if OWN not in summaries:
            continue
        best, ratios = best_peers(summaries), summaries[OWN]["ratio"]
        cells = [
            f"{ratios[column.key]:.{column.ratio_decimals}f}x {best[column.key][0]}"
            if column.key in ratios
            else "-"
            for column in compared
        ]
        rows.append([workload, *cells])
    if not rows:
        return ""
    header = [f"{OWN} ÷ best peer", *[column.title for column in compared]]
    return markdown(header, rows)
