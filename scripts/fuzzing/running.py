"""One run of the fuzzer, which reads the OpenAPI document and tries to break its promises."""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from scripts.launcher.children import Child

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
    "unsupported_method"
)
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
ROOT = Path(__file__).parents[2]
HOOKS = "scripts.fuzzing.hooks"
KNOWN, TALLY = "BAAT_FUZZ_KNOWN", "BAAT_FUZZ_TALLY"
"""Files: the addresses that are known in the beginning, and where the count is written."""
_LINKS = re.compile(r"API Links:\s+(\d+) covered")


@dataclass(frozen=True)
class Report:
    """What the fuzzer says in the end, and whether it found nothing."""

    is_clean: bool
    text: str

    @property
    def links_followed(self) -> int:
        """How many links led to a request."""
        found = _LINKS.search(self.text)
        return int(found[1]) if found else 0


def fuzz(address: str, *arguments: str, variables: Mapping[str, str] | None = None) -> Report:
    """Run the fuzzer to its end, with further arguments and variables of the environment."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
        *("run", f"{address}/v1/openapi.json", "--url", f"{address}/v1", "--checks", CHECKS),
        # One worker: CPython 3.11 parses source in two threads at once at its own risk.
        *("--workers", "1"),
        *("--generation-database", "none", "--suppress-health-check", "all", "--no-color"),
        *arguments,
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, **(variables or {})}
    outcome = Child(command, environment, ROOT).outcome()
    return Report(outcome.returncode == 0, outcome.stdout)


WITHOUT_LINKS = ("--phases", "examples,coverage,fuzzing")
"""For operations that no link joins: the fuzzer calls it a fault if it can follow none."""


def only(names: Iterable[str]) -> chain[str]:
    """Try these operations and no others."""
    return chain.from_iterable(("--include-operation-id", name) for name in names)


def without(names: Iterable[str]) -> chain[str]:
    """Try all operations but these."""
    return chain.from_iterable(("--exclude-operation-id", name) for name in names)


def told_to_hooks(known: Path, tally: Path) -> dict[str, str]:
    """Say where the addresses are that are known in the beginning, and where to count."""
    return {KNOWN: str(known), TALLY: str(tally)}
