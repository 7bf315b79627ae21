"""A second server that follows the first: a base backup of it, which its log keeps current."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .cluster import Cluster, Server
from .failures import LaunchError, last_lines
from .project import write_private

ROLE = "baat_standby"
"""Streams the log of the primary, and may do nothing else."""


def allow(primary: Cluster, password: str) -> None:
    """Let standbys that know the password follow a stopped cluster."""
    primary.administer(f"CREATE ROLE {ROLE} LOGIN REPLICATION PASSWORD '{password}'")
    primary.configure("pg_hba.conf", f"host replication {ROLE} 127.0.0.1/32 scram-sha-256")


@dataclass(frozen=True)
class Followed:
    """A running primary, and the password that it allows to be followed with."""

    server: Server
    password: str


class Standby(Cluster):
    """The data of a standby, and the server on it: it reads until it is promoted."""

    def __init__(
        self, programs: Path, folder: Path, lock: int, *, follows: Followed, durable: bool = True
    ) -> None:
        super().__init__(programs, folder, lock, durable=durable)
        self._follows, self._password = follows.server, follows.password

    def promote(self) -> None:
        """Make it the primary, as an operator does; it takes writes when this returns.

        Raises:
            LaunchError: it does not run, or was promoted before.
        """
        outcome = self._outcome("pg_ctl", self._data, "promote")
        if outcome.returncode:
            raise LaunchError(f"The standby is not promoted:\n{last_lines(outcome.stdout)}")

    def _fill(self, aside: Path) -> subprocess.CompletedProcess[str]:
        """Copy the primary while it works, and write down where its log is to be had."""
        write_private(self._folder / "passwords.json", json.dumps(dict(self._follows.passwords)))
        where = ("--host=127.0.0.1", f"--port={self._follows.port}", f"--username={ROLE}")
        how = ("--write-recovery-conf", "--checkpoint=fast", "--no-password")
        return self._outcome("pg_basebackup", aside, *where, *how, PGPASSWORD=self._password)
