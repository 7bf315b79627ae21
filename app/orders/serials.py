"""Serials: the number of one unit, as one integer and as people read it."""

import re
from dataclasses import dataclass
from typing import Self

BITS = 32
_WRITTEN = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,9})")
LARGEST_PROJECT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Serial:
    """The project's number, and which of its units it is, from 1: written `12-108`."""

    project_number: int
    count: int

    @property
    def number(self) -> int:
        """The two as one integer, so that one range constraint covers all projects."""
        return self.project_number << BITS | self.count

    def __str__(self) -> str:
        return f"{self.project_number}-{self.count}"

    @classmethod
    def of(cls, number: int) -> Self:
        """Read it from the integer."""
        return cls(number >> BITS, number & (1 << BITS) - 1)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it as people write it.

        Raises:
            ValueError: it is no serial.
        """
        found = _WRITTEN.fullmatch(written)
        if found is None:
            message = f"{written!r} is no serial: write the project's number and a count, as 12-108"
            raise ValueError(message)
        project, count = map(int, found.groups())
        if project > LARGEST_PROJECT or count >= 1 << BITS:
            message = f"{written!r} is larger than any serial"
            raise ValueError(message)
        return cls(project, count)
