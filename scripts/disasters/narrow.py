"""Small file systems in memory, laid over a folder: disks that are full when it is wanted."""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.children import Child

SPARE_BYTES = 64 * 1024
"""What is left on a full disk: less than most things want at once."""

ROOMY_BYTES = 512 * 1024 * 1024
"""A disk with all the room that is wanted."""


def why_none() -> str:
    """Say why no file system can be mounted here, if that is so."""
    if os.geteuid() != 0:
        return "only root may mount a small file system"
    if not (shutil.which("mount") and shutil.which("umount")):
        return "there is no mount on this machine"
    return ""


@dataclass(frozen=True)
class Disk:
    """A mounted file system, of any size that is wanted at a moment."""

    folder: Path

    def fill(self, left_bytes: int = SPARE_BYTES) -> None:
        """Let it be full but for a little."""
        room = os.statvfs(self.folder)
        used = (room.f_blocks - room.f_bfree) * room.f_frsize
        self._resize(used + left_bytes)

    async def stay_full(self, seconds: float, left_bytes: int = SPARE_BYTES) -> None:
        """Let it be full for so long, whatever is removed from it meanwhile."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.fill(left_bytes)
            await asyncio.sleep(0.5)

    def make_room(self) -> None:
        """Let it have room again."""
        self._resize(ROOMY_BYTES)

    def _resize(self, size_bytes: int) -> None:
        _run("mount", "-o", f"remount,size={size_bytes}", str(self.folder))


@contextmanager
def disk_over(folder: Path) -> Iterator[Disk]:
    """Put a folder on a disk of its own, with all that lies in it; afterwards it is empty.

    Nobody may use what lies there at the beginning.

    Raises:
        LaunchError: this machine lets nobody mount.
    """
    aside = folder.with_name(f"{folder.name}.before")
    facts = folder.stat()
    folder.rename(aside)
    folder.mkdir()
    options = f"size={ROOMY_BYTES},mode=700,uid={facts.st_uid},gid={facts.st_gid}"
    _run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    try:
        # With its owners: PostgreSQL is another user than root.
        _run("cp", "-a", f"{aside}/.", str(folder))
        shutil.rmtree(aside)
        yield Disk(folder)
    finally:
        _run("umount", "-l", str(folder))


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program) or program
    Child([found, *arguments], os.environ, Path("/")).require(f"{program} failed:")
