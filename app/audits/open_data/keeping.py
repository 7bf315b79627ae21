"""Keeping files of closed quarters: they never change, and adding a quarter up takes a while."""

import asyncio
from dataclasses import dataclass, field

MOST_FILES = 1_000
"""Of some kilobytes each; of more the oldest are written anew when somebody asks."""


@dataclass(slots=True)
class Kept:
    """The files that this process wrote, and whose turn it is to write one."""

    files: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Everybody may ask, and nobody must be able to keep the database busy with it."""

    def keep(self, key: tuple[str, ...], content: bytes) -> None:
        """Keep a file."""
        while len(self.files) >= MOST_FILES:
            del self.files[next(iter(self.files))]
        self.files[key] = content
