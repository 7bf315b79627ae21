"""The demo: what a fresh home is filled with, unless somebody wants it empty.

The database itself says what it is: it is not whole as long as its clock is behind, and then it is
made anew. In a database of the caller's own nothing is ever removed.
"""

import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import children, database
from .children import Child
from .database import Database
from .failures import LaunchError
from .project import Project
from .steps import Steps

STOP_SECONDS = 20.0
WELCOME = "demo.txt"
LEFT = ("files", "mail", "payments", "uploads")
"""What an unfinished demo leaves in the home."""
FALSE = {"0", "f", "false", "n", "no", "off"}
FURNISHED = "furnished"
"""Said of a database in which a demo was made just now: it is as new as can be."""
CLEARED = "cleared"
"""Said of a database that is left for a restore, which makes everything in it."""
UNFINISHED = "The demo that is here is not whole: what set it up was interrupted."


@dataclass(frozen=True)
class Furnisher:
    """Knows what a database holds, and makes a demo of it where that is wanted."""

    project: Project
    steps: Steps
    chosen: Database
    lock: int

    def holds(self) -> str:
        """Say what there is: `nothing`, `unused`, `test`, `live`, `demo` or `unfinished`."""
        return database.ask(self.project, "installation", self.chosen.migrations_url)

    def clear(self) -> str:
        """Make room in a database of our own where nobody has an account, or half a demo lies."""
        if self.holds() in {"unused", "unfinished"} and database.external() is None:
            self._make_room()
        return CLEARED

    def insist_on_whole(self) -> str:
        """Say what the database holds, unless it is half a demo.

        Raises:
            LaunchError: It is one.
        """
        found = self.holds()
        if found == "unfinished":
            raise LaunchError(f"{UNFINISHED}\nSet it up again: python3 scripts/dev.py run")
        return found

    def settle(self, variables: Mapping[str, str], *, empty: bool) -> str:
        """Make a demo where there is nothing yet, unless it is wanted empty; say what is there now.

        Raises:
            LaunchError: It can't be made; or half of one lies where nothing may be removed.
        """
        found, wanted = self.holds(), not empty and is_wanted()
        if found == "unfinished":
            self.steps.say(f"{UNFINISHED} It is removed.")
            self._make_room()
            found = "nothing"
        elif found == "unused" and wanted and database.external() is None:
            self.steps.say("Nobody has an account here yet: a demo takes the place.")
            self._make_room()
            found = "nothing"
        elif found == "demo" and empty:
            self.steps.say("A demo is here, and stays: another BAAT_HOME is empty.")
        if found == "nothing" and wanted:
            self._furnish(variables)
            return FURNISHED
        return found

    def _make_room(self) -> None:
        """Make the database anew, and remove what lies beside it."""
        if database.external() is not None:
            raise LaunchError(
                "DATABASE_URL names a database with half a demo in it, which the launcher does not"
                " remove.\nEmpty it, or name another one."
            )
        name = self.chosen.migrations_url.rpartition("/")[2]
        beside = self.chosen.renamed("postgres").migrations_url
        for question in ("drop", "create"):
            database.ask(self.project, question, beside, name)
        for left in LEFT:
            shutil.rmtree(self.project.home / left, ignore_errors=True)

    def _furnish(self, variables: Mapping[str, str]) -> None:
        command = [self.project.program("baat"), "demo"]
        with self.steps.step("demo", talks=True) as step:
            process = Child(
                command, variables, self.project.root, alone=True, keep=(self.lock,)
            ).start()
            try:
                code = process.wait()
            except BaseException:
                children.end(process, (signal.SIGTERM, STOP_SECONDS))
                self.steps.say("The demo is not whole: the next start sets it up anew.")
                raise
            if code:
                raise LaunchError(
                    "The demo can't be set up; the reason is above.\n"
                    "Start without it: python3 scripts/dev.py run --empty"
                )
            step.result = "a market with a past, a present and a future"


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the caller's own settings leave room for a demo."""
    is_refused = environment.get("BAAT_DEMO", "").lower() in FALSE
    return environment.get("BAAT_MODE") != "live" and not is_refused


def variables(found: str) -> dict[str, str]:
    """Return what commands must be told of a database that holds this."""
    if found not in {"demo", FURNISHED}:
        return {}
    # It answers on this machine alone, and so does whoever tries a receiver of webhooks with it.
    return {"BAAT_DEMO": "true", "BAAT_WEBHOOKS_TO_LOOPBACK": "true"}


def welcome(home: Path, address: str) -> str:
    """Return what a newcomer reads, if this home's demo has something to say."""
    path = home / WELCOME
    return path.read_text().replace("{url}", address) if path.exists() else ""
