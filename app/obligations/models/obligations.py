"""Obligations, what was proposed and decided about them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.obligations.models.contracts import KEPT, Contract
from app.schemes.models import Authority


class ObligationState(StrEnum):
    """The life of an obligation."""

    REGISTERED = "registered"
    """It follows from a contract; nobody has confirmed it (`actions.computing.take_up`)."""
    CONFIRMED = "confirmed"
    """The authority imposed it; the contract has not begun (`actions.confirming.confirm`)."""
    ACTIVE = "active"
    """It is to be fulfilled (`actions.confirming.confirm`, `actions.following`)."""
    FULFILLED = "fulfilled"
    """Nothing is owed any more (`actions.states.settle_state`)."""
    IN_RECOVERY = "in_recovery"
    """It was due and something is owed: time to make up for it (`actions.following`)."""
    SETTLED = "settled"
    """The authority closed it (`actions.confirming.settle`)."""
    SANCTIONED = "sanctioned"
    """What was not realised is withheld (`actions.proposals.decide`; an objection may lift it)."""
    WAIVED = "waived"
    """The authority lets go of what is owed (`actions.proposals.decide`)."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing happens to it, save that what counted for it may be undone."""
        return self in {
            ObligationState.SETTLED,
            ObligationState.SANCTIONED,
            ObligationState.WAIVED,
        }

    @property
    def is_open(self) -> bool:
        """Whether it is imposed, and can be fulfilled."""
        return self in {
            ObligationState.CONFIRMED,
            ObligationState.ACTIVE,
            ObligationState.FULFILLED,
            ObligationState.IN_RECOVERY,
        }


class Obligation(Versioned):
    """What a contract obliges to. How it stands is in the authority's book of social return.

    Whoever posts to its accounts locks this row first; the contract's row comes before it.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("contract_id"),
        CheckConstraint("computed_cents >= 0", name="computed_sensible"),
        CheckConstraint(
            "(state = 'registered') = (confirmed_cents IS NULL)", name="confirmed_how_much"
        ),
        Index(None, "authority_id", "id"),
        Index(None, "state", "due_on"),
        Index(None, "remind_on", postgresql_where=sa.text("remind_on IS NOT NULL")),
        {"info": KEPT},
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    rules_id: Mapped[UUID] = mapped_column(ForeignKey("authority_rules.id"))
    state: Mapped[ObligationState]
    computed_cents: Mapped[int]
    """What follows from the contract as it stands."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    """The arithmetic: text, figures and cents of each step."""
    amendment_id: Mapped[UUID] = mapped_column(ForeignKey("contract_amendments.id"))
    """From which it follows."""
    confirmed_cents: Mapped[int | None]
    """What the authority imposed; another figure than computed waits for its confirmation."""
    starts_on: Mapped[date]
    due_on: Mapped[date]
    """The last day of the contract."""
    recovery_ends_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    """When the next reminder goes out."""
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)

    contract: Mapped[Contract] = relationship(lazy="raise")
    authority: Mapped[Authority] = relationship(lazy="raise")


class ObligationDecisionKind(StrEnum):
    """What happened to an obligation."""

    REGISTERED = "registered"
    COMPUTED = "computed"
    CONFIRMED = "confirmed"
    RAISED = "raised"
    LOWERED = "lowered"
    BEGAN = "began"
    FULFILLED = "fulfilled"
    REOPENED = "reopened"
    RECOVERY_BEGAN = "recovery-began"
    PROPOSED = "proposed"
    PROPOSAL_REFUSED = "proposal-refused"
    WAIVED = "waived"
    SANCTIONED = "sanctioned"
    SETTLED = "settled"
    OBJECTION_LODGED = "objection-lodged"
    OBJECTION_UPHELD = "objection-upheld"
    OBJECTION_DISMISSED = "objection-dismissed"
    OBJECTION_WITHDRAWN = "objection-withdrawn"
    SANCTION_LIFTED = "sanction-lifted"


class ObligationDecision(Identified):
    """What happened to an obligation, by whom, when and why."""

    __tablename__ = "obligation_decisions"
    __table_args__ = (Index(None, "obligation_id", "id"), {"info": READ_AND_ADD})

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    kind: Mapped[ObligationDecisionKind]
    amount_cents: Mapped[int | None]
    reason: Mapped[str]
    decided_by: Mapped[str]
    """As events name who did it."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)


class ProposalKind(StrEnum):
    """What somebody asks the authority to decide."""

    WAIVER = "waiver"
    """To let go of a part of what is owed."""
    SANCTION = "sanction"
    """To withhold for what was not realised."""


class ProposalSide(StrEnum):
    """Who proposed it."""

    AUTHORITY = "authority"
    CONTRACTOR = "contractor"


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    """Somebody asks (`actions.proposals.propose`)."""
    APPROVED = "approved"
    """It was done (`actions.proposals.decide`)."""
    REFUSED = "refused"
    """It was not (`actions.proposals.decide`)."""


class ObligationProposal(Identified):
    """A waiver or a sanction that somebody proposes and somebody else decides."""

    __tablename__ = "obligation_proposals"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("decided_by_id <> proposed_by_id", name="four_eyes"),
        CheckConstraint("(state = 'open') = (decided_by_id IS NULL)", name="decided_by_whom"),
        Index(
            "uq_obligation_proposals_open",
            "obligation_id",
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
        ),
        Index(None, "obligation_id", "id"),
        {"info": KEPT},
    )

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    kind: Mapped[ProposalKind]
    side: Mapped[ProposalSide]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.OPEN)
    amount_cents: Mapped[int]
    """Of what is owed: to be waived, or not realised."""
    withheld_cents: Mapped[int | None]
    """Of a sanction: what is withheld for it, by the rules."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    reason: Mapped[str]
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
