"""What an order depends on, read in one statement: a buyer waits for as few as can be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders.problems import SaleNotRunning
from app.organisations.models import ApiKey, Membership
from app.projects.models import Listing, Project, ProjectState, Round, RoundState
from app.schemes.models import (
    Authority,
    Enrolment,
    EnrolmentState,
    Policy,
    SchemeRecognition,
)
from app.schemes.terms import BuyerKind, LastingUnits, PolicyTerms


@dataclass(frozen=True, slots=True)
class Offer:
    """A project on the market, and what its sale depends on."""

    scheme_id: UUID
    project_id: UUID
    entrepreneur_id: UUID
    policy_id: UUID
    project_state: ProjectState
    round_state: RoundState
    sale_begins_at: datetime
    round_ends_at: datetime
    threshold_units: int
    terms: PolicyTerms

    @property
    def sale_ends_at(self) -> datetime:
        """Until when its units are sold; those of a funded project may stay on sale for longer."""
        unsold = self.terms.unsold
        if isinstance(unsold, LastingUnits) and self.project_state is not ProjectState.LISTED:
            return self.round_ends_at + timedelta(days=unsold.days)
        return self.round_ends_at

    def insist_on_sale(self, now: datetime) -> None:
        """Insist that units are sold now.

        Raises:
            SaleNotRunning: they are not, or not any more.
        """
        if not self.is_on_sale(now):
            raise SaleNotRunning(self.sale_begins_at, self.sale_ends_at, now)

    def is_on_sale(self, now: datetime) -> bool:
        """Tell whether units are sold now."""
        states = {RoundState.ON_SALE}
        if self.sale_ends_at > self.round_ends_at:
            states |= {RoundState.ENDED}
        is_open = self.project_state in FOR_SALE and self.round_state in states
        return is_open and self.sale_begins_at <= now < self.sale_ends_at


FOR_SALE = {ProjectState.LISTED, ProjectState.FUNDED, ProjectState.RUNNING}
"""In these states a project's units may be sold."""


@dataclass(frozen=True, slots=True)
class Buying:
    """An offer, and what a buyer may do about it."""

    offer: Offer
    may_buy: bool
    spending_limit_cents: int | None


_OFFERED = (
    Listing.scheme_id,
    Listing.project_id,
    Listing.entrepreneur_id,
    Listing.policy_id,
    Project.state.label("project_state"),
    Round.state.label("round_state"),
    Round.sale_begins_at,
    Round.sale_ends_at.label("round_ends_at"),
    Listing.threshold_units,
)


def _offers(*more: Any) -> sa.Select[Any]:  # noqa: ANN401  Columns are of many types.
    return (
        sa.select(*_OFFERED, *more)
        .join(Project, Project.id == Listing.project_id)
        .join(Round, Round.id == Listing.round_id)
        .where(Listing.project_id == sa.bindparam("project_id"))
    )


async def offer(session: AsyncSession, project_id: UUID) -> Offer | None:
    """Find a project on the market."""
    row = (await session.execute(_offers(), {"project_id": project_id})).one_or_none()
    return None if row is None else await _offer(session, row)


async def buying(
    session: AsyncSession,
    project_id: UUID,
    buyer_id: UUID,
    user_id: UUID | None,
    key_id: UUID | None = None,
) -> Buying | None:
    """Find a project on the market, and what a member or a machine of a buyer may do about it."""
    found = await session.execute(
        _BUYING,
        {
            "project_id": project_id,
            "buyer_id": buyer_id,
            "user_id": user_id,
            "key_id": key_id,
        },
    )
    row = found.one_or_none()
    if row is None:
        return None
    offered = await _offer(session, row)
    enrolled = offered.terms.buyers.who is BuyerKind.ENROLLED_COMPANIES
    return Buying(
        offered, row.is_enrolled if enrolled else row.recognises, row.spending_limit_cents
    )


async def _offer(session: AsyncSession, row: sa.Row[Any]) -> Offer:
    terms = await terms_of(session, row.policy_id)
    # By name: the row has more, and says nothing of the terms but their id.
    facts = row._mapping  # noqa: SLF001  Public, in spite of its name.
    return Offer(**{column.key: facts[column.key] for column in _OFFERED}, terms=terms)


_TERMS: dict[UUID, PolicyTerms] = {}
"""Published terms never change, and there are few: each process reads them once."""

_MOST_TERMS = 1_000


async def terms_of(session: AsyncSession, policy_id: UUID) -> PolicyTerms:
    """Read the terms of a published policy."""
    if policy_id not in _TERMS:
        if len(_TERMS) >= _MOST_TERMS:
            _TERMS.clear()
        _TERMS[policy_id] = (await session.get_one(Policy, policy_id)).read_terms()
    return _TERMS[policy_id]


def _buying() -> sa.Select[Any]:
    buyer_id = sa.bindparam("buyer_id", type_=sa.Uuid())
    is_enrolled = sa.exists().where(
        Enrolment.scheme_id == Listing.scheme_id,
        Enrolment.organisation_id == buyer_id,
        Enrolment.state == EnrolmentState.ACTIVE,
    )
    recognises = sa.exists().where(
        Authority.organisation_id == buyer_id,
        Authority.ended_at.is_(None),
        SchemeRecognition.authority_id == Authority.id,
        SchemeRecognition.scheme_id == Listing.scheme_id,
        SchemeRecognition.ended_at.is_(None),
    )
    limit = (
        sa.select(Membership.spending_limit_cents)
        .where(
            Membership.organisation_id == buyer_id,
            Membership.user_id == sa.bindparam("user_id", type_=sa.Uuid()),
        )
        .scalar_subquery()
    )
    # A member without a limit has none; a key always has one.
    of_key = (
        sa.select(ApiKey.spending_limit_cents)
        .where(
            ApiKey.organisation_id == buyer_id,
            ApiKey.id == sa.bindparam("key_id", type_=sa.Uuid()),
        )
        .scalar_subquery()
    )
    return _offers(
        is_enrolled.label("is_enrolled"),
        recognises.label("recognises"),
        sa.func.coalesce(limit, of_key).label("spending_limit_cents"),
    )


_BUYING = _buying()
