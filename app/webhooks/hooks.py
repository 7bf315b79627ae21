"""Who is told of which event: each domain says it for its own nouns; `main` wires it at start.

An event is told to those who may read what it is about, and shows no more of its data than all of
them may know. Where that is in doubt, it is told to the operator or the authority only.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import Identified
from app.core.events import Event
from app.core.wiring import Hook, NotWired
from app.organisations.callers import Caller

TOLD = (
    sa.select(Event.id, Event.type, Event.subject_id, Event.data)
    .where(Event.id == sa.func.any(sa.bindparam("event_ids", type_=sa.ARRAY(sa.Uuid()))))
    .cte("told")
)
"""The events that an audience is asked for."""

Side: TypeAlias = sa.Select[UUID, UUID]
"""Selects, of those events, the id of each and an organisation that is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """Who is told of the events of a noun: `order` of `order.paid`."""

    noun: str
    sides: tuple[Side, ...] = ()
    """Without any, only the platform's staff reads them."""
    shows: tuple[str, ...] = ()
    """What of the data everybody who is told may know."""
    scope: str | None = None
    """What an API key must be allowed beside reading events."""
    inner: bool = False
    """Only the admins of those organisations are told."""


def about(
    thing: type[Identified], organisation_id: InstrumentedAttribute[Any], *not_of: str
) -> Side:
    """Tell an organisation that the subject names, or a thing joined to it; but not of some types.

    A subject that is not there any more tells nobody.
    """
    side: Side = sa.select(TOLD.c.id, organisation_id).join_from(
        TOLD, thing, thing.id == TOLD.c.subject_id
    )
    return side.where(TOLD.c.type.not_in(not_of)) if not_of else side


def naming(
    thing: type[Identified], member: str, organisation_id: InstrumentedAttribute[Any]
) -> Side:
    """Tell an organisation through a thing that the event's data names: the subject may be gone."""
    return sa.select(TOLD.c.id, organisation_id).join_from(TOLD, thing, thing.id == _named(member))


def named(member: str) -> Side:
    """Tell an organisation that the event's data names."""
    return sa.select(TOLD.c.id, _named(member))


def _named(member: str) -> sa.ColumnElement[UUID]:
    return sa.cast(TOLD.c.data[member].as_string(), sa.Uuid())


_audiences: defaultdict[str, list[Audience]] = defaultdict(list)

audited_by: Hook[[AsyncSession, Caller, UUID | None], Collection[UUID]] = Hook(
    "webhooks.audited-by"
)
"""Say which organisations (or whether that one) a caller audits now, and note that they read."""


def wire(*audiences: Audience) -> None:
    """Say who is told of some nouns; what others said of the same ones stays."""
    for audience in audiences:
        if audience not in _audiences[audience.noun]:
            _audiences[audience.noun].append(audience)


def insist_on_wiring() -> None:
    """Refuse to start while nobody is told of anything.

    Raises:
        NotWired: no audience is wired.
    """
    if not _audiences:
        message = "Nobody is told of any event: wire the audiences in app/main.py."
        raise NotWired(message)


def noun_of(kind: str) -> str:
    """Say what a type of events is about."""
    return kind.partition(".")[0]


def nouns() -> frozenset[str]:
    """Name all nouns that somebody has spoken for."""
    return frozenset(_audiences)


def unknown(kind: str) -> str | None:
    """Say why nobody is ever told of a type, or of any of a noun; nothing, if somebody may be."""
    if noun_of(kind) in nouns():
        return None
    return "No event is about this. The nouns are: " + ", ".join(sorted(nouns()))


def of(noun: str) -> Collection[Audience]:
    """Give what was said of a noun; nothing, if nobody has."""
    return tuple(_audiences.get(noun, ()))


def shown(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Leave of an event's data what its audience may know."""
    shows = {member for each in of(noun_of(kind)) for member in each.shows}
    return {member: value for member, value in data.items() if member in shows}


def read_with(scopes: frozenset[str]) -> frozenset[str]:
    """Name the nouns that an API key with these scopes may read of."""
    return frozenset(
        noun
        for noun, said in _audiences.items()
        if all(each.scope is None or each.scope in scopes for each in said)
    )
