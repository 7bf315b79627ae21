"""Members, their deputies and invitations, on the wire."""

from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.languages import Language
from app.core.money import LARGEST_AMOUNT
from app.core.wire import Moment, Request, View
from app.organisations.models import Role
from app.organisations.schemas.fields import Email, Password, PersonName, Token
from app.organisations.schemas.users import UserView

LONGEST_DEPUTY = timedelta(days=366)


SpendingLimit = Annotated[
    int | None,
    Field(
        ge=0,
        le=LARGEST_AMOUNT,
        description="What they may order at once, all included, without asking an approver;"
        " null: without a limit.",
        examples=[500_000],
    ),
]


class MembershipChange(Request):
    """Another role or limit for a member; what is left out stays."""

    role: Role | None = None
    spending_limit_cents: SpendingLimit = None

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        if not self.model_fields_set or ("role" in self.model_fields_set and self.role is None):
            message = "send a role, or a spendingLimitCents"
            raise ValueError(message)
        return self


class MembershipView(View):
    """A user who acts for an organisation."""

    id: UUID
    organisation_id: UUID
    role: Role
    spending_limit_cents: SpendingLimit
    user: UserView
    created_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class DeputyRequest(Request):
    """Who stands in for a member, and for how long."""

    deputy_membership_id: UUID
    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _the_period_is_sensible(self) -> Self:
        if self.starts_at >= self.ends_at:
            message = "startsAt must be before endsAt"
            raise ValueError(message)
        if self.ends_at - self.starts_at > LONGEST_DEPUTY:
            message = "a deputy stands in for a year at the most: change the role instead"
            raise ValueError(message)
        return self


class DeputyView(View):
    """A member who also has another member's role for a period."""

    id: UUID
    membership_id: UUID
    deputy_membership_id: UUID
    starts_at: Moment
    ends_at: Moment
    created_at: Moment


class InvitationRequest(Request):
    """Whom to invite, and as what."""

    email: Email
    role: Role
    language: Language = Language.DUTCH


class InvitationView(View):
    """An invitation, as the organisation's admins see it."""

    id: UUID
    organisation_id: UUID
    email: str
    role: Role
    language: Language
    created_at: Moment
    expires_at: Moment
    accepted_at: Moment | None
    revoked_at: Moment | None


class AcceptanceRequest(Request):
    """The token from the invitation; who has no account yet sends a name and a password too."""

    token: Token
    name: PersonName | None = None
    password: Password | None = None
