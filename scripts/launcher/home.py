"""Who owns a home now: one supervisor at a time, and the guests it lends its servers to.

Three locks, all released by the operating system: `supervisor.lock` is held by the launcher that
owns the home; `servers.lock` by it and by every server it started, so that a successor waits for
servers that are still ending; `guests.lock` is shared by those who borrow the database.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .failures import LaunchError
from .locks import Lock
from .project import require_writable, write_private

SERVERS_END_SECONDS = 90


@dataclass(frozen=True)
class Announcement:
    """What a supervisor tells other launchers; `port` is its PostgreSQL's, once it is ready."""

    process_id: int
    doing: str
    port: int = 0
    url: str = ""
    migrations_url: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    """What else a command must know."""


class Home:
    """The folder of one installation's data, locked or not."""

    def __init__(self, folder: Path) -> None:
        require_writable(folder, "BAAT_HOME", 0o700)
        self.folder = folder
        self._supervisor = Lock(folder / "supervisor.lock")
        self._guests = Lock(folder / "guests.lock")
        self.servers = Lock(folder / "servers.lock")
        self._announcement = folder / "supervisor.json"

    def take(self, doing: str) -> bool:
        """Become the supervisor, unless another one lives; wait for servers of a killed one.

        Raises:
            LaunchError: Servers of a supervisor that was killed do not end.
        """
        if not self._supervisor.take():
            return False
        self._announcement.unlink(missing_ok=True)
        if not self.servers.take(SERVERS_END_SECONDS):
            raise LaunchError(
                f"Servers of an earlier start still use {self.folder} and do not end.\n"
                f"See who they are: fuser -v {self.folder / 'servers.lock'}"
            )
        self.announce(Announcement(os.getpid(), doing))
        return True

    def announce(self, announcement: Announcement) -> None:
        """Tell other launchers who owns this home."""
        write_private(self._announcement, json.dumps(asdict(announcement)))

    def announcement(self) -> Announcement | None:
        """Return what the present supervisor told, if it is there already."""
        try:
            return Announcement(**json.loads(self._announcement.read_text()))
        except FileNotFoundError:
            return None

    def refuse_second(self) -> LaunchError:
        """Return the reason why this home cannot be taken now."""
        if told := self.announcement():
            return LaunchError(
                f"Baat is already running: {told.doing} (process {told.process_id})."
            )
        return LaunchError("Another launcher is starting here at this moment.")

    def enter_as_guest(self) -> None:
        """Ask the supervisor, if it is a passing command, to keep its servers until we end."""
        self._guests.take(SERVERS_END_SECONDS, shared=True)

    def leave_as_guest(self) -> None:
        """Let the supervisor go."""
        self._guests.release()
        self._guests = Lock(self.folder / "guests.lock")

    def wait_for_guests(self) -> None:
        """Invite nobody any more, and wait until every guest has left."""
        self._announcement.unlink(missing_ok=True)
        while not self._guests.take(SERVERS_END_SECONDS):
            pass

    def release(self) -> None:
        """Give the home free for the next supervisor."""
        self._announcement.unlink(missing_ok=True)
        self.servers.release()
        self._supervisor.release()
        self._guests.release()
