"""The words after `scripts/bench.py`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.benchmarks import audit, ledger, market, orders, ratios, report
from scripts.benchmarks.ratios import Ratio
from scripts.benchmarks.server import Bench, copied, durable
from scripts.launcher import binaries, project
from scripts.launcher.children import stop_on_signals
from scripts.launcher.failures import LaunchError, StoppedError
from scripts.launcher.steps import Steps

ALL = "all"


@dataclass(frozen=True)
class Measured:
    """What a section found."""

    table: Callable[[report.Machine], str]
    ratios: Sequence[Ratio]
    json: Callable[[report.Machine], str] | None = None
    """All figures, of a section that has more than ratios."""


def main(arguments: list[str]) -> int:
    """Measure what the arguments name, print the tables, and return the exit code."""
    stop_on_signals()
    if not arguments or arguments[0] in {"--quick", "--tiny", "--big"}:
        arguments = [ALL, *arguments]
    options = parser().parse_args(arguments)
    try:
        return _all(options) if options.section == ALL else _one(options)
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        return 128 + stopped.signal_number


def parser() -> argparse.ArgumentParser:
    """Describe the sections and their options."""
    parser = argparse.ArgumentParser(prog="bench.py", description="Measure how fast Baat is.")
    sections = parser.add_subparsers(dest="section", required=True, metavar="SECTION")
    every = sections.add_parser(ALL, help="one after another; also where no section is named")
    books = sections.add_parser("ledger", help="the books, against hand-written SQL")
    public = sections.add_parser("market", help="the public market, against a bare endpoint")
    demand = sections.add_parser("orders", help="reservations and events, against the same SQL")
    proof = sections.add_parser("audit", help="the public log: sealing, proofs, verification")
    for section in (every, books):
        section.add_argument(
            "--pgledger", type=Path, nargs="+", default=[], metavar="FILE", help="its SQL, in order"
        )
    for section in (every, books, public, demand, proof):
        section.add_argument("--output", type=Path, help="a file for the figures, as JSON")
        size = section.add_mutually_exclusive_group()
        size.add_argument("--quick", action="store_true", help="few rounds, short loads")
        size.add_argument("--tiny", action="store_true", help="only to see that it works")
        if section in {every, books, proof}:
            size.add_argument("--big", action="store_true", help="ten million rows, too")
    return parser


def _one(options: argparse.Namespace) -> int:
    before = os.getloadavg()
    with durable(project.find()) as bench:
        found = SECTIONS[options.section](bench, options, Steps(sys.stderr))
    machine = _machine(bench, before)
    print(found.table(machine))
    if options.output and found.json:
        options.output.write_text(found.json(machine))
    elif options.output:
        whole = {options.section: found.ratios}
        options.output.write_text(ratios.as_json(whole, str(machine)))
    return 0


def _all(options: argparse.Namespace) -> int:
    """Measure every section in a database of its own; one that fails keeps no other from it."""
    steps, before = Steps(sys.stderr), os.getloadavg()
    found: dict[str, Sequence[Ratio] | str] = {}
    with durable(project.find()) as bench:
        for name, measure in SECTIONS.items():
            steps.say(f"\n{name}")
            at_first = os.getloadavg()
            try:
                with copied(bench, f"bench_{name}") as own:
                    measured = measure(own, options, steps)
            except LaunchError as error:
                found[name] = str(error)
                continue
            found[name] = measured.ratios
            print(f"{name}\n\n{measured.table(_machine(bench, at_first))}\n", flush=True)
    machine = str(_machine(bench, before))
    print(ratios.table(found, machine))
    if options.output:
        options.output.write_text(ratios.as_json(found, machine))
    return int(any(isinstance(each, str) for each in found.values()))


def _machine(bench: Bench, before: report.Load) -> report.Machine:
    return report.Machine(binaries.major_version(bench.programs), before, os.getloadavg())


def _ledger(bench: Bench, options: argparse.Namespace, steps: Steps) -> Measured:
    plan = ledger.TINY if options.tiny else ledger.QUICK if options.quick else ledger.FULL
    lines = plan.lines + (ledger.BIG if options.big else ())
    plan = replace(plan, lines=lines, pgledger=tuple(options.pgledger))
    found = ledger.run(bench, plan, steps)
    return Measured(
        lambda machine: report.table(found, machine),
        list(ledger.ratios(found)),
        lambda machine: report.as_json(found, machine),
    )


def _market(bench: Bench, options: argparse.Namespace, steps: Steps) -> Measured:
    plan = market.TINY if options.tiny else market.QUICK if options.quick else market.FULL
    found = market.run(bench, plan, steps)
    return Measured(lambda machine: market.table(found, str(machine)), list(market.ratios(found)))


def _orders(bench: Bench, options: argparse.Namespace, steps: Steps) -> Measured:
    plan = orders.TINY if options.tiny else orders.QUICK if options.quick else orders.FULL
    found = orders.run(bench, plan, steps)
    return Measured(lambda machine: orders.table(found, str(machine)), list(orders.ratios(found)))


def _audit(bench: Bench, options: argparse.Namespace, steps: Steps) -> Measured:
    plan = audit.TINY if options.tiny else audit.QUICK if options.quick else audit.FULL
    plan = replace(plan, leaves=plan.leaves + (audit.BIG if options.big else ()))
    found = audit.run(bench, plan, steps)
    return Measured(lambda machine: audit.table(found, str(machine)), list(audit.ratios(found)))


SECTIONS = {"ledger": _ledger, "market": _market, "orders": _orders, "audit": _audit}
