"""Contracts as files tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.obligations.models import ImportOutcome


class Party(NamedTuple):
    """Somebody whom a contract binds, as its register knows them."""

    scheme: str
    identifier: str
    legal_name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract as a file tells of it."""

    reference: str
    awarded_on: date
    says: Mapping[str, Any]
    """What it says, by column of an amendment."""
    parties: tuple[Party, ...]
    """The first answers for the obligation; none: the file does not repeat who they are."""
    reason: str
    source_key: str | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether it came to nothing."""
        return bool(self.says["is_cancelled"])


@dataclass(frozen=True, slots=True)
class Unfit:
    """What can't become a contract, or need not."""

    source_key: str
    outcome: ImportOutcome
    code: str
    detail: str
