"""The words after `scripts/bench.py`."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from scripts.benchmarks import audit, ledger, market, orders, report
from scripts.benchmarks.server import durable
from scripts.launcher import binaries, project
from scripts.launcher.children import stop_on_signals
from scripts.launcher.failures import LaunchError, StoppedError
from scripts.launcher.steps import Steps


def main(arguments: list[str]) -> int:
    """Measure what the arguments name, print the table, and return the exit code."""
    stop_on_signals()
    options = parser().parse_args(arguments)
    try:
        return _SECTIONS[options.section](options)
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        return 128 + stopped.signal_number


def parser() -> argparse.ArgumentParser:
    """Describe the sections and their options."""
    parser = argparse.ArgumentParser(prog="bench.py", description="Measure how fast Baat is.")
    sections = parser.add_subparsers(dest="section", required=True, metavar="SECTION")
    books = sections.add_parser("ledger", help="the books, against hand-written SQL")
    books.add_argument("--output", type=Path, help="a file for all figures, as JSON")
    books.add_argument(
        "--pgledger", type=Path, nargs="+", default=[], metavar="FILE", help="its SQL, in order"
    )
    size = books.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="few rounds, small books")
    size.add_argument("--big", action="store_true", help="books of ten million lines, too")
    size.add_argument("--tiny", action="store_true", help="only to see that it works")
    public = sections.add_parser("market", help="the public market, against a bare endpoint")
    demand = sections.add_parser("orders", help="reservations and events, against the same SQL")
    proof = sections.add_parser("audit", help="the public log: sealing, proofs, verification")
    for section in (public, demand, proof):
        size = section.add_mutually_exclusive_group()
        size.add_argument("--quick", action="store_true", help="few rounds, short loads")
        size.add_argument("--tiny", action="store_true", help="only to see that it works")
        if section is proof:
            size.add_argument("--big", action="store_true", help="a log of ten million leaves, too")
    return parser


def _audit(options: argparse.Namespace) -> int:
    plan = audit.TINY if options.tiny else audit.QUICK if options.quick else audit.FULL
    plan = replace(plan, leaves=plan.leaves + (audit.BIG if options.big else ()))
    before = os.getloadavg()
    with durable(project.find()) as bench:
        found = audit.run(bench, plan, Steps(sys.stderr))
    version = binaries.major_version(bench.programs)
    print(audit.table(found, str(report.Machine(version, before, os.getloadavg()))))
    return 0


def _orders(options: argparse.Namespace) -> int:
    plan = orders.TINY if options.tiny else orders.QUICK if options.quick else orders.FULL
    before = os.getloadavg()
    with durable(project.find()) as bench:
        found = orders.run(bench, plan, Steps(sys.stderr))
    version = binaries.major_version(bench.programs)
    print(orders.table(found, str(report.Machine(version, before, os.getloadavg()))))
    return 0


def _market(options: argparse.Namespace) -> int:
    plan = market.TINY if options.tiny else market.QUICK if options.quick else market.FULL
    before = os.getloadavg()
    with durable(project.find()) as bench:
        found = market.run(bench, plan, Steps(sys.stderr))
    version = binaries.major_version(bench.programs)
    print(market.table(found, str(report.Machine(version, before, os.getloadavg()))))
    return 0


def _ledger(options: argparse.Namespace) -> int:
    here = project.find()
    steps = Steps(sys.stderr)
    plan = replace(_plan(options), pgledger=tuple(options.pgledger))
    before = os.getloadavg()
    with durable(here) as bench:
        measured = ledger.run(bench, plan, steps)
    version = binaries.major_version(bench.programs)
    machine = report.Machine(version, before, os.getloadavg())
    print(report.table(measured, machine))
    if options.output:
        options.output.write_text(report.as_json(measured, machine))
    return 0


def _plan(options: argparse.Namespace) -> ledger.Plan:
    if options.tiny:
        return ledger.TINY
    if options.quick:
        return ledger.QUICK
    return replace(ledger.FULL, lines=ledger.FULL.lines + (ledger.BIG if options.big else ()))


_SECTIONS = {"audit": _audit, "ledger": _ledger, "market": _market, "orders": _orders}
