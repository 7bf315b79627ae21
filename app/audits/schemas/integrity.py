"""Integrity on the wire."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from app.audits.models import IntegrityCheck
from app.core.invariants import Kept
from app.core.wire import Moment, View

PATIENCE = timedelta(minutes=2)
"""So long after its time a check may still be under way."""


class IntegrityStatus(StrEnum):
    """What is known of an invariant, or of all of them."""

    HOLDS = "holds"
    BROKEN = "broken"
    """Something breaks it: the operator is told what."""
    STALE = "stale"
    """It was not looked at when it should have been: whether it holds, nobody knows."""
    UNMIGRATED = "unmigrated"
    """Of all of them: nobody looks, for migrations of this software are missing."""


class InvariantView(View):
    """Something that must always be true, and whether it was when somebody looked last."""

    name: Annotated[str, Field(examples=["serials-without-a-gap"])]
    says: Annotated[str, Field(examples=["The serials of a project have no gap, from 1 on."])]
    status: IntegrityStatus
    faults: Annotated[int | None, Field(description="How many rows break it.", examples=[0])]
    checked_at: Moment | None
    since: Annotated[
        Moment | None, Field(description="When it was first found as it is now, in a row.")
    ]
    position: Annotated[
        int | None, Field(description="How far the books had come.", examples=[70_000])
    ]
    took_milliseconds: Annotated[int | None, Field(examples=[12])]

    @classmethod
    def of(cls, kept: Kept, row: IntegrityCheck | None, now: datetime) -> Self:
        """Show one invariant."""
        if row is None:
            return cls(
                name=kept.name,
                says=kept.says,
                status=IntegrityStatus.STALE,
                faults=None,
                checked_at=None,
                since=None,
                position=None,
                took_milliseconds=None,
            )
        return cls(
            name=kept.name,
            says=kept.says,
            status=_status(row, now),
            faults=row.fault_count,
            checked_at=row.checked_at,
            since=row.since,
            position=row.position,
            took_milliseconds=row.took_milliseconds,
        )


def _status(row: IntegrityCheck, now: datetime) -> IntegrityStatus:
    if row.fault_count:
        return IntegrityStatus.BROKEN
    return IntegrityStatus.STALE if now > row.due_at + PATIENCE else IntegrityStatus.HOLDS


_WORST_FIRST = (
    *(IntegrityStatus.BROKEN, IntegrityStatus.UNMIGRATED),
    *(IntegrityStatus.STALE, IntegrityStatus.HOLDS),
)


class IntegrityView(View):
    """Whether everything that must be true is, as far as is known."""

    status: Annotated[
        IntegrityStatus,
        Field(
            description="`broken` if anything is; else `unmigrated` while migrations lack, as"
            " nobody looks; else `stale` if anything is; else `holds`."
        ),
    ]
    checked_at: Annotated[
        Moment | None, Field(description="Everything was looked at since then; null: not yet.")
    ]
    invariants: list[InvariantView]

    @classmethod
    def of(
        cls,
        invariants: Iterable[Kept],
        rows: Mapping[str, IntegrityCheck],
        now: datetime,
        *,
        is_unmigrated: bool,
    ) -> Self:
        """Show all of them."""
        shown = [InvariantView.of(each, rows.get(each.name), now) for each in invariants]
        found = {each.status for each in shown}
        if is_unmigrated:
            found.add(IntegrityStatus.UNMIGRATED)
        moments = [each.checked_at for each in shown]
        return cls(
            status=next(each for each in _WORST_FIRST if each in found),
            checked_at=None if None in moments else min(filter(None, moments)),
            invariants=shown,
        )
