"""Organisations and the decisions about them, on the wire."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator
from stdnum.nl import postcode

from app.core.wire import ONE_LINE, Moment, Request, View
from app.organisations.models import DecisionKind, OrganisationStatus
from app.organisations.schemas.fields import Iban, Reason, VatId

LegalName = Annotated[
    str,
    Field(min_length=1, max_length=300, pattern=ONE_LINE, examples=["Bakkerij Noord B.V."]),
]
Street = Annotated[
    str, Field(min_length=1, max_length=200, pattern=ONE_LINE, examples=["Noordplein 12"])
]
PostalCode = Annotated[
    str, Field(min_length=2, max_length=12, pattern=ONE_LINE, examples=["3035 EA"])
]
City = Annotated[str, Field(min_length=1, max_length=100, pattern=ONE_LINE, examples=["Rotterdam"])]

KVK_DIGITS = 8


class OrganisationRequest(Request):
    """What a new organisation says of itself."""

    legal_name: LegalName
    country: Annotated[
        str,
        Field(
            pattern="^[A-Z]{2}$",
            description="Where it is registered (ISO 3166-1 alpha-2).",
            examples=["NL"],
        ),
    ] = "NL"
    register_number: Annotated[
        str,
        Field(
            pattern=r"^[0-9A-Z][0-9A-Z ./-]{0,29}$",
            description="Its number in the trade register: in the Netherlands 8 digits (KvK).",
            examples=["24123456"],
        ),
    ]
    vat_id: VatId | None = None
    iban: Iban | None = None
    street: Street | None = None
    postal_code: PostalCode | None = None
    city: City | None = None

    @field_validator("register_number")
    @classmethod
    def _number_fits_the_country(cls, number: str, known: ValidationInfo) -> str:
        fits = len(number) == KVK_DIGITS and number.isdecimal()
        if known.data.get("country") == "NL" and not fits:
            message = "a Dutch KvK number has 8 digits"
            raise ValueError(message)
        return number

    @field_validator("postal_code")
    @classmethod
    def _postal_code_fits_the_country(cls, code: str | None, known: ValidationInfo) -> str | None:
        if code is not None and not postal_code_fits(code, known.data.get("country")):
            raise ValueError(NOT_A_POSTAL_CODE)
        return code


class OrganisationChange(Request):
    """New values for the named members; those left out stay as they are."""

    legal_name: LegalName | None = None
    vat_id: VatId | None = None
    iban: Iban | None = None
    street: Street | None = None
    postal_code: PostalCode | None = None
    city: City | None = None

    @model_validator(mode="after")
    def _name_is_not_removed(self) -> Self:
        if "legal_name" in self.model_fields_set and self.legal_name is None:
            message = "legalName can be changed, not removed"
            raise ValueError(message)
        return self

    def changes(self) -> dict[str, Any]:
        """Give only what the client named; null removes a value."""
        return self.model_dump(exclude_unset=True)


NOT_A_POSTAL_CODE = "a Dutch postal code looks like 3035 EA"


def postal_code_fits(code: str, country: str | None) -> bool:
    """Tell whether a country has such postal codes, where we know its rule."""
    return country != "NL" or bool(postcode.is_valid(code))


class OrganisationView(View):
    """An organisation as its members and staff see it."""

    id: UUID
    legal_name: LegalName
    country: str
    register_number: str
    vat_id: str | None
    iban: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    status: OrganisationStatus
    merged_into_id: UUID | None
    verified_at: Moment | None
    created_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class DecisionRequest(Request):
    """Why staff decides this."""

    reason: Reason


class MergerRequest(DecisionRequest):
    """Into which organisation another one went up, and how that is known."""

    into_id: UUID


class DecisionView(View):
    """A change of an organisation's status."""

    id: UUID
    organisation_id: UUID
    kind: DecisionKind
    reason: str
    decided_by_id: UUID
    decided_at: Moment
    into_id: UUID | None
