"""The words after `scripts/fuzz.py`."""

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from scripts.fuzzing import links, market
from scripts.fuzzing.market import Caller, Market
from scripts.fuzzing.running import WITHOUT_LINKS, fuzz, only, told_to_hooks, without
from scripts.launcher import project
from scripts.launcher.children import stop_on_signals
from scripts.launcher.failures import LaunchError, StoppedError
from scripts.launcher.steps import Steps

STRANGER, STAFF = "nobody", "staff of the platform"
ROLES = (
    STRANGER,
    "auditor",
    "expert of the panel",
    "buyer",
    "entrepreneur",
    "authority (Rotterdam)",
    "operator, prepares",
    "operator, approves",
    "operator, admin",
    STAFF,
)
"""Who asks, in this order: those first who can do little to what the others ask for."""

OF_THE_SESSION = frozenset({"signOut", "signOutElsewhere", "revokeSession"})
"""They would end the session of the run itself, and everything after it would be a 401."""
ENDING = frozenset(
    {
        *("changePassword", "enrolSecondFactor", "eraseMe", "eraseUser", "dismissStaff"),
        *("suspendOrganisation", "declareOrganisationBankrupt", "mergeOrganisation"),
        *("endMembership", "changeMembership", "endAuthority", "endAudit", "leavePanel"),
    }
)
"""They end accounts, organisations and posts that all the rest needs: they are tried last."""
LAST = "staff, what ends things"


@dataclass(frozen=True)
class Size:
    """How much is asked by each role."""

    examples: int
    """For each operation and phase."""
    chains: int
    """Of operations that lead to each other."""
    covered: int
    """So many operations, others in each run, are tried at each edge of what is allowed."""


FULL, SOME, QUICK = Size(6, 300, 1_000), Size(1, 60, 30), Size(1, 10, 5)


@dataclass
class Row:
    """What one caller asked and was answered."""

    role: str
    answers: Counter[str] = field(default_factory=Counter)
    done: set[str] = field(default_factory=set)
    links: int = 0
    """Those that were followed."""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    """Reports of runs that found something."""

    def add(self, tally: Path) -> None:
        """Add what a run of the fuzzer counted, if it came so far."""
        if tally.exists():
            counted = json.loads(tally.read_text())
            self.answers.update(counted["answers"])
            self.done.update(counted["done"])
            tally.unlink()

    def of(self, hundred: int) -> int:
        """Count the answers of a class."""
        return sum(count for status, count in self.answers.items() if int(status) // 100 == hundred)

    def __str__(self) -> str:
        counts = "".join(f"{self.of(each):>8,}" for each in (2, 3, 4, 5))
        asked = f"{self.answers.total():>9,}{counts}{len(self.done):>12}{self.links:>7}"
        return f"{self.role:<24}{asked}{self.seconds:>9.0f}{len(self.faults):>8}"


HEAD = (
    f"{'':<24}{'requests':>9}{'2xx':>8}{'3xx':>8}{'4xx':>8}{'5xx':>8}"
    f"{'operations':>12}{'links':>7}{'seconds':>9}{'faults':>8}"
)


def main(arguments: list[str]) -> int:
    """Do what the arguments name, print a table, and return 1 if any promise was broken."""
    stop_on_signals()
    options = parser().parse_args(arguments)
    if unknown := set(options.roles) - {*ROLES, LAST}:
        choice = "; ".join((*ROLES, LAST))
        print(f"There is no {', '.join(unknown)}: choose {choice}.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    try:
        with market.opened(project.find()) as demo:
            for row in _asked(demo, options, Steps(sys.stderr)):
                rows.append(row)  # noqa: PERF402  Whoever is stopped tells of those before.
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        print(told(rows))
        return 128 + stopped.signal_number
    print(told(rows))
    return 1 if any(row.faults or row.of(5) for row in rows) else 0


def parser() -> argparse.ArgumentParser:
    """Describe the options."""
    parser = argparse.ArgumentParser(
        prog="fuzz.py",
        description="Ask a demo of its own for everything, as everybody, and see whether an answer"
        " is a 500 or not as the OpenAPI document says.",
    )
    names = f"of {'; '.join((*ROLES, LAST))}. All, if none is named"
    parser.add_argument("roles", nargs="*", metavar="ROLE", help=names)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="everything by everybody: an hour")
    size.add_argument("--quick", action="store_true", help="only to see that it works")
    parser.add_argument("--seed", type=int, help="of an earlier run, to draw the same again")
    return parser


def _asked(demo: Market, options: argparse.Namespace, steps: Steps) -> Iterator[Row]:
    size = FULL if options.full else QUICK if options.quick else SOME
    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    steps.say(f"--seed {seed}")
    document = demo.document()
    for number, role in enumerate(options.roles or (*ROLES, LAST)):
        with steps.step(role) as step:
            row = Asking(demo, document, size, seed + number).by(role)
            step.result = f"{row.answers.total():,} requests, {len(row.faults)} faults"
        yield row


@dataclass(frozen=True)
class Asking:
    """How much is asked of a demo, and from which seed."""

    demo: Market
    document: dict[str, Any]
    size: Size
    seed: int

    def by(self, role: str) -> Row:
        """Have a role ask for everything."""
        row, began = Row(role), time.monotonic()
        caller = (
            Caller(role) if role == STRANGER else self.demo.sign_in(STAFF if role == LAST else role)
        )
        with tempfile.TemporaryDirectory(prefix="baat-fuzz-") as folder:
            known, tally = Path(folder, "known.json"), Path(folder, "tally.json")
            found = self.demo.look_around(self.document, caller)
            known.write_text(json.dumps(found.everything()))
            for arguments in self._runs(role):
                report = fuzz(
                    self.demo.address,
                    *arguments,
                    *chain.from_iterable(("--header", each) for each in caller.headers),
                    *("--seed", str(self.seed)),
                    variables=told_to_hooks(known, tally),
                )
                row.add(tally)
                row.links += report.links_followed
                if not report.is_clean:
                    row.faults.append(report.text)
        row.seconds = time.monotonic() - began
        return row

    def _runs(self, role: str) -> Iterator[tuple[str, ...]]:
        examples = ("--max-examples", str(self.size.examples))
        chains = ("--max-examples", str(self.size.chains))
        every = {each.name for each in links.operations(self.document)}
        names = sorted(every - OF_THE_SESSION - ENDING)
        if role == LAST:
            # Nothing leads from one of these to another.
            yield (*WITHOUT_LINKS, *examples, *only(sorted(ENDING)))
            return
        drawing = Random(self.seed)  # noqa: S311  It is drawn again from the same seed.
        covered = drawing.sample(names, min(self.size.covered, len(names)))
        yield ("--phases", "examples,fuzzing", *examples, *without(OF_THE_SESSION | ENDING))
        yield ("--phases", "coverage", *examples, *only(covered))
        yield ("--phases", "stateful", *chains, *without(OF_THE_SESSION | ENDING))


def told(rows: Sequence[Row]) -> str:
    """Write what was asked and answered, by whom, and every broken promise."""
    total = Row("together")
    for row in rows:
        total.answers.update(row.answers)
        total.done |= row.done
        total.links += row.links
        total.seconds += row.seconds
        total.faults += row.faults
    counts = sorted(total.answers.items())
    statuses = ", ".join(f"{count:,} x {status}" for status, count in counts)
    broken = len(total.faults) or total.of(5)
    verdict = f"BROKEN PROMISES: {broken}." if broken else "Nothing was found."
    return "\n".join([HEAD, *map(str, rows), str(total), "", statuses, "", *total.faults, verdict])
