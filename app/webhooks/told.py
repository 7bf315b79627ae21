"""That somebody is told of an event: values that the sequencer hands on."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Placed:
    """An event that has its position now."""

    position: int
    event_id: UUID
    type: str


@dataclass(frozen=True, slots=True)
class Told:
    """That an organisation is told of an event."""

    event: Placed
    organisation_id: UUID
    inner: bool
