"""The payment provider's side, on the wire: accounts, payouts to the bank, disputes."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.money import LARGEST_AMOUNT, Cents
from app.core.wire import Moment, Request, View
from app.payments.models import DisputeStatus, ProviderPayoutStatus


class OnboardingRequest(Request):
    """Where the person comes back to, after telling the provider about the organisation."""

    return_path: Annotated[
        str,
        Field(
            pattern=r"^/([!-.0-\[\]-~][!-~]{0,500})?$",
            description="A path of this service's own address.",
            examples=["/payouts"],
        ),
    ]


class ProviderAccountView(View):
    """An entrepreneur's account at the payment provider."""

    id: UUID
    organisation_id: UUID
    external_id: Annotated[
        str | None, Field(description="The provider's name for it; null until it was made.")
    ]
    can_receive: Annotated[bool, Field(description="Payouts can be transferred to it.")]
    can_withdraw: Annotated[
        bool, Field(description="The provider pays out from it to the entrepreneur's bank.")
    ]
    requirements: Annotated[
        list[str],
        Field(
            description="What the provider still wants to know, in its words.",
            examples=[["external_account", "representative.dob.year"]],
        ),
    ]
    disabled_reason: str | None
    onboarding_url: Annotated[
        str | None,
        Field(
            description="Where an admin tells the provider about the organisation: once, and only"
            " for minutes. Null until the provider made it; ask again a moment later."
        ),
    ]
    onboarding_expires_at: Moment | None
    created_at: Moment


class ProviderPayoutRequest(Request):
    """How much should go from the provider to the operator's own bank account."""

    amount_cents: Annotated[Cents, Field(gt=0, le=LARGEST_AMOUNT)]


class ProviderPayoutView(View):
    """Money on its way from the provider to the operator's own bank account."""

    id: UUID
    scheme_id: UUID
    amount_cents: Cents
    status: ProviderPayoutStatus
    external_id: str | None
    statement_text: Annotated[str, Field(description="What the bank's statement will show.")]
    expected_on: date | None
    failure: str | None
    wanted_by: str
    wanted_at: Moment
    arrived_at: Moment | None


class DisputeView(View):
    """A payment that its payer disputes."""

    id: UUID
    payment_id: UUID
    external_id: str
    amount_cents: Cents
    reason: Annotated[str, Field(examples=["fraudulent"])]
    status: DisputeStatus
    respond_by: Annotated[
        Moment | None,
        Field(description="Until then you can send evidence, in the provider's dashboard."),
    ]
    opened_at: Moment
