"""Locks that the operating system releases, whatever happens to their holder."""

import fcntl
import os
import time
from pathlib import Path

POLL_SECONDS = 0.02


class Lock:
    """An advisory lock on a file or folder; children that inherit `descriptor` hold it too."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            path.touch(mode=0o600)
        self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def take(self, patience_seconds: float = 0, *, shared: bool = False) -> bool:
        """Try to get the lock for so long, and tell whether it was got."""
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                fcntl.flock(self.descriptor, mode)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(POLL_SECONDS)
            else:
                return True

    def release(self) -> None:
        """Close it; the lock is free once every child that inherited it has ended."""
        os.close(self.descriptor)
