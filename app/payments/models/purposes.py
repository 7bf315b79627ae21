"""What money is for: a noun and an id, of a domain that this one does not know."""

import re
from dataclasses import dataclass
from typing import Self
from uuid import UUID

_PURPOSE = re.compile(r"([a-z]+(?:-[a-z]+)*)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

IS_PURPOSE = "purpose ~ '^[a-z]+(-[a-z]+)*/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"
"""The same, for the constraint of a table."""

KEPT = {"rights": "SELECT, INSERT, UPDATE"}
"""`info` of the tables about money: the application removes no row of them."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What money is for; written `order/<id>`."""

    noun: str
    """Names the domain that owns it (`hooks.telling`)."""
    id: UUID

    def __str__(self) -> str:
        return f"{self.noun}/{self.id}"

    @classmethod
    def read(cls, purpose: str) -> Self:
        """Take a written purpose apart.

        Raises:
            ValueError: it is none.
        """
        parts = _PURPOSE.fullmatch(purpose)
        if parts is None:
            message = f"{purpose!r} is no purpose: write <noun>/<id>."
            raise ValueError(message)
        return cls(parts[1], UUID(parts[2]))
