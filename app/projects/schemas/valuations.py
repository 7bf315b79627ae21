"""Valuations on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.projects.contents import ValuationDocument


class AdoptionRequest(Request):
    """Why the operator adopts what was found."""

    reason: Annotated[
        Reason,
        Field(
            description="The entrepreneur reads this; why, too, if it supersedes another.",
            examples=["Five of five experts valued it; decision of the board of 2026-11-20."],
        ),
    ]


class ProposalView(View):
    """What a valuation would say now."""

    document: ValuationDocument


class ValuationView(View):
    """What a project was found worth; the last number counts."""

    id: UUID
    project_id: UUID
    number: int
    plan_version_id: UUID
    policy_id: UUID
    sitting_id: UUID | None
    threshold_units: Annotated[int, Field(examples=[108])]
    impact_units: Annotated[int, Field(examples=[112])]
    document: Annotated[
        ValuationDocument, Field(description="All that is needed to do the arithmetic again.")
    ]
    reason: str
    supersedes_id: UUID | None
    adopted_by_id: UUID
    adopted_at: Moment
