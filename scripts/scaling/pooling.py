"""A PgBouncer in transaction mode, which is told when the database has moved."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import URL

from scripts.launcher import children
from scripts.launcher.children import Child
from scripts.launcher.cluster import free_port

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
STOP_SECONDS = 5.0

SETTINGS = """
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = transaction
auth_type = {auth}
auth_file = {folder}/users
default_pool_size = {connections}
; A database that is away is asked for each second again (15 by default) ...
server_login_retry = 1
; ... and who waits for it gets an answer before his own patience ends (120 s by default).
query_wait_timeout = 5
"""


class Pooler:
    """One before one database, whose address may change."""

    def __init__(self, folder: Path, url: URL, connections: int, port: int) -> None:
        self._folder = folder
        self._url = url
        self._connections = connections
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the database through it."""
        through = self._url.set(host="127.0.0.1", port=self.port)
        return through.render_as_string(hide_password=False)

    def start(self, program: str) -> None:
        """Start it before the database that it was made for."""
        users = self._folder / "users"
        users.touch(mode=0o600)
        users.write_text(f'"{self._url.username}" "{self._url.password or ""}"\n')
        settings = self._write(self._url.host or "127.0.0.1", self._url.port or 5432)
        ordinary = []
        if os.geteuid() == 0:  # It refuses to run as root.
            for path in (self._folder, users, settings):
                shutil.chown(path, "nobody")
            ordinary = ["-u", "nobody"]
        command = [program, "-q", *ordinary, str(settings)]
        self._process = Child(command, os.environ, self._folder).start()

    def point_at(self, port: int) -> None:
        """Send everybody to another server from now on, as an operator does."""
        self._write("127.0.0.1", port)
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            children.end(self._process, (signal.SIGTERM, STOP_SECONDS))

    def _write(self, host: str, port: int) -> Path:
        file = self._folder / "pgbouncer.ini"
        file.write_text(
            f"[databases]\n{self._url.database} = host={host} port={port}\n"
            + SETTINGS.format(
                port=self.port,
                folder=self._folder,
                connections=self._connections,
                auth="scram-sha-256" if self._url.password else "trust",
            )
        )
        return file


@contextmanager
def pooled(
    program: str, url: URL, *, connections: int, port: int | None = None
) -> Iterator[Pooler]:
    """Have one before a database while this lasts."""
    with TemporaryDirectory(prefix="baat-pgbouncer-") as folder:
        pooler = Pooler(Path(folder), url, connections, port or free_port())
        pooler.start(program)
        try:
            yield pooler
        finally:
            pooler.stop()


def version(program: str) -> str:
    """Say what it is called, with its version."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[0]
