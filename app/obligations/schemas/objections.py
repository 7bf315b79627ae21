"""Objections of contractors on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, Request, View
from app.obligations.models import ContestState
from app.organisations.schemas.fields import Grounds, Reason


class ObligationObjectionRequest(Request):
    """What a contractor has against a sanction, or against the refusal of a waiver."""

    proposal_id: Annotated[UUID, Field(description="The sanction, or the waiver.")]
    grounds: Grounds
    lodged_for_id: Annotated[
        UUID | None,
        Field(
            description="For which of your organisations, if several are bound; else the oldest."
        ),
    ] = None


class ContestDecisionRequest(Request):
    """Uphold an objection or dismiss it, and why."""

    upheld: bool
    reason: Annotated[Reason, Field(description="Why; the contractor reads this.")]


class ContestView(View):
    """An objection of a contractor, and what became of it."""

    id: UUID
    state: ContestState
    grounds: str
    lodged_by_id: UUID
    lodged_at: Moment
    reason: Annotated[str | None, Field(description="Why it was upheld or dismissed.")]
    decided_by_id: UUID | None
    ended_at: Annotated[Moment | None, Field(description="When it was decided or withdrawn.")]


class ObligationObjectionView(ContestView):
    """An objection to a sanction, or to the refusal of a waiver."""

    obligation_id: UUID
    proposal_id: UUID
    lodged_for_id: Annotated[
        UUID | None,
        Field(description="The contractor that objects; unknown of some that are older."),
    ]
