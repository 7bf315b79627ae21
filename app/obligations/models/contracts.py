"""Contracts: who is bound, and the figures as they were and were amended."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.obligations.rules import ContractKind, ObligationBase
from app.obligations.valuing import ContractFacts
from app.organisations.models import Organisation

KEPT = {"rights": "SELECT, INSERT, UPDATE"}
"""`info` of a table whose rows change and never go."""


class ContractOrigin(StrEnum):
    """Who told of a contract."""

    AUTHORITY = "authority"
    """Its officer (`actions.contracts.register`)."""
    CONTRACTOR = "contractor"
    """It reported in (`actions.contracts.report_in`)."""
    IMPORT = "import"
    """A file of the authority's (`actions.imports`)."""


class PartyRole(StrEnum):
    """What a party is to a contract."""

    CONTRACTOR = "contractor"
    """It answers for the obligation."""
    JOINT = "joint"
    """It is bound beside the contractor."""


class Contract(Identified):
    """A contract that an authority awarded; what it says stands in its amendments."""

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("authority_id", "reference"),
        Index(None, "authority_id", "id"),
        Index(
            "uq_contracts_source_key",
            "authority_id",
            "source_key",
            unique=True,
            postgresql_where=sa.text("source_key IS NOT NULL"),
        ),
        {"info": KEPT},
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    reference: Mapped[str]
    """The authority's own number for it."""
    source_key: Mapped[str | None]
    """What the file calls it that it came in."""
    origin: Mapped[ContractOrigin]
    awarded_on: Mapped[date]
    """The reference date: whose rules apply, for good."""
    rules_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority_rules.id"))
    """Those rules; null: none applied when somebody looked last."""
    reaches_threshold: Mapped[bool | None]
    """Whether it should carry an obligation, by its rules; null: they don't say."""
    has_clause: Mapped[bool]
    """As its last amendment says."""
    is_cancelled: Mapped[bool]
    """As its last amendment says."""
    report_in_due_on: Mapped[date | None]
    """Until when the contractor should come forward; null: the rules don't say."""
    reported_in_at: Mapped[datetime | None]
    """When the contractor itself came forward."""
    registered_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)

    parties: Mapped[list["ContractParty"]] = relationship(
        lazy="raise", viewonly=True, order_by="ContractParty.id"
    )
    amendments: Mapped[list["ContractAmendment"]] = relationship(
        lazy="raise", viewonly=True, order_by="ContractAmendment.number"
    )

    @property
    def terms(self) -> "ContractAmendment":
        """What it says now; the amendments must be loaded."""
        return self.amendments[-1]


class ContractParty(Identified):
    """Somebody whom a contract binds, as its register knows them."""

    __tablename__ = "contract_parties"
    __table_args__ = (
        UniqueConstraint("contract_id", "scheme", "identifier"),
        Index(None, "scheme", "identifier"),
        {"info": READ_AND_ADD},
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    role: Mapped[PartyRole]
    scheme: Mapped[str]
    """Which register, by its code of org-id.guide: `NL-KVK`."""
    identifier: Mapped[str]
    legal_name: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """Who it is here; null: nobody yet, or only by its number in the register."""

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class ContractAmendment(Identified):
    """What a contract says from then on; number 1 is how it was registered. Never changed."""

    __tablename__ = "contract_amendments"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        {"info": READ_AND_ADD},
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    number: Mapped[int]
    title: Mapped[str]
    kind: Mapped[ContractKind]
    has_clause: Mapped[bool]
    """Whether a social-return clause stands in it."""
    is_cancelled: Mapped[bool]
    base: Mapped[ObligationBase | None]
    basis_points: Mapped[int | None]
    contract_sum_cents: Mapped[int | None]
    tender_sum_cents: Mapped[int | None]
    invoiced_turnover_cents: Mapped[int | None]
    wage_bill_cents: Mapped[int | None]
    labour_share_basis_points: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    def facts(self) -> ContractFacts:
        """Give what the arithmetic asks."""
        sums = {
            ObligationBase.CONTRACT_SUM: self.contract_sum_cents,
            ObligationBase.TENDER_SUM: self.tender_sum_cents,
            ObligationBase.INVOICED_TURNOVER: self.invoiced_turnover_cents,
            ObligationBase.WAGE_BILL: self.wage_bill_cents,
        }
        return ContractFacts(
            kind=self.kind,
            sums_cents={base: cents for base, cents in sums.items() if cents is not None},
            base=self.base,
            basis_points=self.basis_points,
            labour_share_basis_points=self.labour_share_basis_points,
        )
