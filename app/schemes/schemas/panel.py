"""The panel and invitations on the wire."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.languages import Language
from app.core.wire import Moment, Request, View
from app.organisations.schemas import UserView
from app.organisations.schemas.fields import Email
from app.schemes.models import InvitationOutcome, InvitedAs


class SchemeInvitationRequest(Request):
    """Whom to invite to a scheme, and as what."""

    email: Email
    invited_as: InvitedAs
    language: Language = Language.DUTCH
    tenure_ends_on: Annotated[
        date | None,
        Field(description="An expert's last day on the panel.", examples=["2028-12-31"]),
    ] = None

    @model_validator(mode="after")
    def _only_experts_have_a_tenure(self) -> Self:
        if self.tenure_ends_on is not None and self.invited_as is not InvitedAs.EXPERT:
            message = "tenureEndsOn is for experts"
            raise ValueError(message)
        return self


class SchemeInvitationView(View):
    """An invitation to a scheme, as its operator sees it."""

    id: UUID
    scheme_id: UUID
    email: str
    invited_as: InvitedAs
    language: Language
    tenure_ends_on: date | None
    created_at: Moment
    expires_at: Moment
    outcome: InvitationOutcome | None
    closed_at: Moment | None


class PanelMemberView(View):
    """An expert of a scheme."""

    id: UUID
    scheme_id: UUID
    user: UserView
    joined_at: Moment
    tenure_ends_on: date | None
    ended_at: Moment | None
    end_reason: str | None
