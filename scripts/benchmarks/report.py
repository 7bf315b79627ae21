"""The table that people read, and the JSON for machines."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from scripts.benchmarks.rounds import Report, Row

Load = tuple[float, float, float]


@dataclass(frozen=True)
class Machine:
    """Where it was measured, and what else was going on there: the load before and after."""

    postgresql: int
    before: Load
    after: Load

    def __str__(self) -> str:
        loads = [f"{load[0]:.1f}" for load in (self.before, self.after)]
        return (
            f"{os.cpu_count()} cores, PostgreSQL {self.postgresql}, durable;"
            f" load {loads[0]} before and {loads[1]} after"
        )


def table(report: Report, machine: Machine) -> str:
    """Write medians and ratios, one line for each contender."""
    head = f"{'':<44}{'entries/s':>10}{'ratio':>8}{'target':>8}{'CPU µs':>9}{'ratio':>7}"
    lines = [str(machine), "CPU: of PostgreSQL's processes, for an entry.", "", head]
    for what, rows in groupby(report.rows, lambda row: row.what):
        lines += ["", what, *map(_line, rows)]
    return "\n".join([*lines, "", *_growth(report.growth)])


def _line(row: Row) -> str:
    target = f"{row.target:.2f}" if row.target else ""
    missed = "  missed" if row.target and row.ratio < row.target else ""
    return (
        f"  {row.contender:<42}{row.per_second:>10,.0f}{row.ratio:>8.2f}{target:>8}"
        f"{row.server_microseconds:>9,.0f}{row.server_ratio:>7.2f}{missed}"
    )


def _growth(costs: Sequence[dict[str, float]]) -> list[str]:
    smallest = costs[0]
    head = f"{'microseconds, at so many lines':<34}"
    lines = [head + "".join(f"{cost['lines']:>16,.0f}" for cost in costs)]
    for what in smallest.keys() - {"lines"}:
        figures = [f"{cost[what]:,.0f} ({cost[what] / smallest[what]:.2f})" for cost in costs]
        lines.append(f"  {what:<32}" + "".join(f"{figure:>16}" for figure in figures))
    return [lines[0], *sorted(lines[1:])]


def as_json(report: Report, machine: Machine) -> str:
    """Write all figures."""
    rows = [
        {
            "what": row.what,
            "contender": row.contender,
            "entriesPerSecond": row.per_second,
            "ratio": row.ratio,
            "target": row.target,
            "serverMicroseconds": row.server_microseconds,
            "serverRatio": row.server_ratio,
            "rounds": [figure.per_second for figure in row.figures],
        }
        for row in report.rows
    ]
    where = {
        "cores": os.cpu_count(),
        "postgresql": machine.postgresql,
        "loadBefore": machine.before,
        "loadAfter": machine.after,
    }
    return json.dumps({"machine": where, "rows": rows, "growth": report.growth}, indent=2) + "\n"
