"""A cluster for one test run: in memory if there is room, gone afterwards."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import binaries, database
from .cluster import APPLICATION, OWNER, Cluster
from .database import Database
from .locks import Lock
from .project import Project
from .steps import Steps

MEMORY = Path("/dev/shm")  # noqa: S108  In memory; the folders made there are private.
ENOUGH_BYTES = 2**30


@contextmanager
def variables_for_tests(project: Project, steps: Steps) -> Iterator[dict[str, str]]:
    """Yield the environment of a test run: a fresh cluster or the caller's server, a fresh home."""
    delete_stale_folders()
    folder, lock = _make_folder()
    try:
        home = folder / "home"
        home.mkdir()
        with _database(project, folder, lock, steps) as chosen:
            yield database.given_to_commands(project, home, chosen, secrets.token_hex(32))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


@contextmanager
def _database(project: Project, folder: Path, lock: Lock, steps: Steps) -> Iterator[Database]:
    with steps.step("database") as step:
        if chosen := database.external():
            version = database.require_server(project, chosen)
            step.result = f"PostgreSQL {version} of DATABASE_URL"
        else:
            cluster = Cluster(binaries.find(project), folder, lock.descriptor, durable=False)
            server = cluster.start()
            step.result = f"PostgreSQL in {folder}"
    if chosen:
        yield chosen
        return
    try:
        yield Database(server.url(APPLICATION), server.url(OWNER))
    finally:
        Cluster.stop(server)


def delete_stale_folders() -> None:
    """Delete what test runs left that were killed: their folders are locked by nobody."""
    for place in {MEMORY, Path(tempfile.gettempdir())}:
        for folder in place.glob(f"{_prefix()}*"):
            with suppress(OSError):
                if folder.lstat().st_uid != os.geteuid() or folder.is_symlink():
                    continue
                lock = Lock(folder)
                if lock.take():
                    shutil.rmtree(folder, ignore_errors=True)
                lock.release()


def _make_folder() -> tuple[Path, Lock]:
    # It gets the name that others sweep only when it is locked.
    folder = Path(tempfile.mkdtemp(prefix=".baat-new-", dir=_place()))
    lock = Lock(folder)
    lock.take()
    name = folder.with_name(_prefix() + folder.name.removeprefix(".baat-new-"))
    return folder.rename(name), lock


def _prefix() -> str:
    return f"baat-test-{os.geteuid()}-"


def _place() -> Path:
    with suppress(OSError):
        room = os.statvfs(MEMORY)
        if room.f_bavail * room.f_frsize >= ENOUGH_BYTES and os.access(MEMORY, os.W_OK):
            return MEMORY
    return Path(tempfile.gettempdir())
