"""Contracts on the wire."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.core.money import Cents
from app.core.paging import PageRequest
from app.core.wire import ONE_LINE, Moment, Request, View
from app.obligations.models import ContractOrigin, PartyRole
from app.obligations.parties import PARTY_SCHEME, normalised
from app.obligations.rules import ContractKind, ObligationBase
from app.organisations.schemas.fields import Reason
from app.schemes.terms.fields import BasisPoints

Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=ONE_LINE,
        description="The authority's own number of the contract.",
        examples=["2026-0412"],
    ),
]


class PartyRequest(Request):
    """Somebody whom a contract binds."""

    scheme: Annotated[
        str,
        Field(
            pattern=PARTY_SCHEME,
            description="Which register, by its code of org-id.guide.",
            examples=["NL-KVK"],
        ),
    ]
    identifier: Annotated[
        str,
        Field(min_length=1, max_length=60, pattern=ONE_LINE, examples=["12345678"]),
    ]
    legal_name: Annotated[
        str, Field(min_length=1, max_length=300, pattern=ONE_LINE, examples=["Advies West B.V."])
    ]

    @model_validator(mode="after")
    def _the_number_can_be_one(self) -> Self:
        normalised(self.scheme, self.identifier)
        return self


def _each_party_once(parties: list[PartyRequest]) -> list[PartyRequest]:
    named = {(each.scheme, normalised(each.scheme, each.identifier)) for each in parties}
    if len(named) < len(parties):
        message = "name each party once"
        raise ValueError(message)
    return parties


class ContractTerms(Request):
    """What a contract says."""

    title: Annotated[
        str,
        Field(min_length=1, max_length=300, pattern=ONE_LINE, examples=["Cleaning of schools"]),
    ]
    kind: ContractKind
    has_clause: Annotated[
        bool, Field(description="Whether a social-return clause stands in the contract.")
    ]
    base: Annotated[
        ObligationBase | None,
        Field(description="As the clause names it, where the rules leave it to the contract."),
    ] = None
    basis_points: Annotated[
        BasisPoints | None,
        Field(ge=1, description="The clause's percentage, where the rules leave it a choice."),
    ] = None
    contract_sum_cents: Annotated[Cents | None, Field(description="Without VAT.")] = None
    tender_sum_cents: Annotated[Cents | None, Field(description="Without VAT.")] = None
    invoiced_turnover_cents: Annotated[Cents | None, Field(description="Without VAT, so far.")] = (
        None
    )
    wage_bill_cents: Cents | None = None
    labour_share_basis_points: Annotated[
        BasisPoints | None, Field(description="Labour's part of the contract sum, if known.")
    ] = None
    starts_on: Annotated[date, Field(examples=["2026-12-01"])]
    ends_on: Annotated[date, Field(description="The last day.", examples=["2028-11-30"])]

    @model_validator(mode="after")
    def _it_ends_after_it_starts(self) -> Self:
        if self.starts_on > self.ends_on:
            message = "startsOn must not be after endsOn"
            raise ValueError(message)
        return self

    def columns(self) -> dict[str, Any]:
        """Give what it says, by column of an amendment."""
        return {name: getattr(self, name) for name in ContractTerms.model_fields}


class ContractReportRequest(ContractTerms):
    """A contract with which a contractor reports in."""

    authority_id: UUID
    reference: Reference
    awarded_on: Annotated[
        date,
        Field(
            description="The reference date: the rules of this day apply to the contract.",
            examples=["2026-11-20"],
        ),
    ]


class ContractRequest(ContractTerms):
    """A contract that an authority awarded."""

    reference: Reference
    awarded_on: Annotated[
        date,
        Field(
            description="The reference date: the rules of this day apply to the contract.",
            examples=["2026-11-20"],
        ),
    ]
    parties: Annotated[
        list[PartyRequest],
        Field(min_length=1, max_length=20, description="The first answers for the obligation."),
        AfterValidator(_each_party_once),
    ]


class AmendmentRequest(ContractTerms):
    """What a contract says from now on: the whole of it."""

    is_cancelled: Annotated[bool, Field(description="Whether the contract came to nothing.")] = (
        False
    )
    reason: Reason


class PartyView(View):
    """Somebody whom a contract binds."""

    role: PartyRole
    scheme: str
    identifier: str
    legal_name: str
    organisation_id: Annotated[UUID | None, Field(description="Who it is here, where known.")]


class AmendmentView(View):
    """What a contract says; number 1 is how it was registered."""

    id: UUID
    number: int
    title: str
    kind: ContractKind
    has_clause: bool
    is_cancelled: bool
    base: ObligationBase | None
    basis_points: int | None
    contract_sum_cents: int | None
    tender_sum_cents: int | None
    invoiced_turnover_cents: int | None
    wage_bill_cents: int | None
    labour_share_basis_points: int | None
    starts_on: date
    ends_on: date
    reason: str
    made_at: Moment


class ContractView(View):
    """A contract, and what it says now."""

    id: UUID
    authority_id: UUID
    reference: str
    origin: ContractOrigin
    awarded_on: date
    rules_id: Annotated[
        UUID | None, Field(description="The rules of the reference date; null: none applied.")
    ]
    reaches_threshold: Annotated[
        bool | None,
        Field(description="Whether it should carry an obligation; null: the rules don't say."),
    ]
    report_in_due_on: Annotated[
        date | None, Field(description="Until when the contractor should come forward.")
    ]
    reported_in_at: Annotated[
        Moment | None, Field(description="When the contractor itself came forward.")
    ]
    registered_at: Moment
    parties: list[PartyView]
    terms: AmendmentView


class ContractsRequest(PageRequest):
    """Which contracts the caller wants."""

    clause_missing: Annotated[
        bool | None,
        Field(
            alias="clauseMissing",
            description="Only those that should carry an obligation and have no clause.",
        ),
    ] = None
    report_in_late: Annotated[
        bool | None,
        Field(
            alias="reportInLate",
            description="Only those whose contractor should have come forward, and did not.",
        ),
    ] = None


class ContractCompletenessView(View):
    """How many contracts carry the clause that they should."""

    contracts: int
    above_threshold: Annotated[
        int, Field(description="Those that should carry an obligation, by the rules of their day.")
    ]
    with_clause: Annotated[int, Field(description="Of those above the threshold.")]
    without_clause: Annotated[
        int,
        Field(description="Of those above the threshold: list them with `clauseMissing=true`."),
    ]
    undecided: Annotated[
        int, Field(description="Those of which the rules, or the figures, don't say.")
    ]
    reporting_in_late: Annotated[
        int, Field(description="Whose contractor is late: list them with `reportInLate=true`.")
    ]
