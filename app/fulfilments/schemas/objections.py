"""Objections to rejections and revocations, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Request
from app.obligations.schemas.objections import ContestView
from app.organisations.schemas.fields import Grounds


class FulfilmentObjectionRequest(Request):
    """What a claimant has against the rejection, or the revocation, of its claim."""

    decision_id: Annotated[UUID, Field(description="The decision that is contested.")]
    grounds: Grounds


class FulfilmentObjectionView(ContestView):
    """An objection to a rejection, or to a revocation."""

    fulfilment_id: UUID
    decision_id: UUID
