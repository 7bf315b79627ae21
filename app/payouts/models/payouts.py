"""Payouts, and every decision about them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.payments.models import Rail
from app.schemes.terms import Part, TrancheMoment

KEPT = {"rights": "SELECT, INSERT, UPDATE"}
"""`info` of the tables about money: the application removes no row of them."""


class PayoutState(StrEnum):
    """The life of a payout."""

    PLANNED = "planned"
    """Somebody of the operator wants it (`actions.planning.plan`, `retry`)."""
    APPROVED = "approved"
    """Another person agreed, and it is owed (`actions.deciding.approve`)."""
    SENT = "sent"
    """The bank or the provider has it (`actions.following.follow`)."""
    SETTLED = "settled"
    """The entrepreneur has it (`actions.following.follow`), or all of it was netted."""
    FAILED = "failed"
    """It was refused or came back (`actions.following.follow`): it is owed, and may be retried."""
    WITHHELD = "withheld"
    """Somebody stopped it: its money is earmarked again (`actions.deciding.withhold`)."""
    CLAWED_BACK = "clawed_back"
    """It was taken back (`actions.following.follow`): it is owed, and may be retried."""


OWED_AGAIN = frozenset({PayoutState.FAILED, PayoutState.CLAWED_BACK})


class Payout(Versioned):
    """An amount of one tranche on its way to an entrepreneur."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("principal_cents > 0 AND vat_cents >= 0", name="amounts_sensible"),
        CheckConstraint("num_nonnulls(iban, provider_account_id) = 1", name="one_destination"),
        CheckConstraint("(iban IS NULL) = (holder_name IS NULL)", name="account_has_a_holder"),
        CheckConstraint("approved_by_id <> planned_by_id", name="two_people_decide"),
        CheckConstraint(
            "(state IN ('planned', 'withheld')) OR approved_by_id IS NOT NULL",
            name="approved_before_sent",
        ),
        CheckConstraint(
            "netted_cents BETWEEN 0 AND principal_cents + vat_cents", name="netted_sensible"
        ),
        CheckConstraint(
            "num_nonnulls(approved_by_id, approved_at, due_on) IN (0, 3)"
            " AND (outgoing_id IS NULL)"
            " = (approved_by_id IS NULL OR netted_cents = principal_cents + vat_cents)",
            name="approved_whole",
        ),
        Index(None, "project_id", "id"),
        Index(None, "scheme_id", "id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    entrepreneur_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    part: Mapped[Part]
    tranche: Mapped[int]
    """Its place among the part's tranches, from 1."""
    moment: Mapped[TrancheMoment]
    principal_cents: Mapped[int]
    """From the part."""
    vat_cents: Mapped[int]
    """From what the entrepreneur's buyers paid as VAT."""
    netted_cents: Mapped[int] = mapped_column(default=0)
    """What of both pays what the entrepreneur owed: it is not sent (`actions.deciding`)."""
    state: Mapped[PayoutState] = mapped_column(default=PayoutState.PLANNED)
    iban: Mapped[str | None]
    """To this account at a bank, of `holder_name`."""
    holder_name: Mapped[str | None]
    provider_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider_accounts.id"))
    retries_id: Mapped[UUID | None] = mapped_column(ForeignKey("payouts.id"), unique=True)
    """What it brings that another payout did not."""
    outgoing_id: Mapped[UUID | None] = mapped_column(ForeignKey("outgoings.id"), unique=True)
    planned_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    """The last day of the policy's payment term."""

    @property
    def amount_cents(self) -> int:
        """What is owed to the entrepreneur for it."""
        return self.principal_cents + self.vat_cents

    @property
    def sent_cents(self) -> int:
        """What the entrepreneur receives of that."""
        return self.amount_cents - self.netted_cents

    @property
    def rail(self) -> Rail:
        """By which way it goes."""
        return Rail.PROVIDER if self.iban is None else Rail.BANK

    @property
    def purpose(self) -> str:
        """Names it to those who send its money."""
        return f"payout/{self.id}"


class PayoutDecision(Identified):
    """What became of a payout: by whom, when and why."""

    __tablename__ = "payout_decisions"
    __table_args__ = (Index(None, "payout_id", "id"), {"info": READ_AND_ADD})

    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"))
    state: Mapped[PayoutState]
    """Where it led."""
    reason: Mapped[str]
    decided_by: Mapped[str]
    """An actor: `user:<id>`, or `system:payments`."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
