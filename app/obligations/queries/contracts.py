"""Questions about contracts: whose they are, what they say, which lack a clause."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import locked
from app.core.paging import Page, PageRequest, page
from app.obligations.models import (
    Contract,
    ContractAmendment,
    ContractOrigin,
    ContractParty,
    Obligation,
    ObligationDecision,
    ObligationDecisionKind,
)
from app.obligations.parties import TRADE_REGISTERS
from app.organisations.models import Organisation
from app.schemes.models import Authority

_WHOLE = (sa.orm.selectinload(Contract.parties), sa.orm.selectinload(Contract.amendments))


def binding(organisation_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Say which contracts bind organisations: named as such, or by their number in a register.

    By the number only where staff has verified whose it is: anybody may say that it is theirs.
    """
    by_number = sa.exists().where(
        Organisation.id.in_(organisation_ids),
        Organisation.verified_at.is_not(None),
        Organisation.register_number == ContractParty.identifier,
        sa.tuple_(ContractParty.scheme, Organisation.country).in_(list(TRADE_REGISTERS.items())),
    )
    return sa.exists().where(
        ContractParty.contract_id == Contract.id,
        sa.or_(ContractParty.organisation_id.in_(organisation_ids), by_number),
    )


async def binds(
    session: AsyncSession, contract_id: UUID, organisation_ids: Collection[UUID]
) -> bool:
    """Tell whether a contract binds one of some organisations."""
    if not organisation_ids:
        return False
    query = sa.select(sa.exists().where(Contract.id == contract_id, binding(organisation_ids)))
    return bool(await session.scalar(query))


def only_reported() -> sa.ColumnElement[bool]:
    """Say of which contracts a contractor told, and the authority has confirmed nothing.

    They bind the authority to nothing: its own word about them goes before what they say.
    """
    confirmed = (
        sa.exists()
        .where(Obligation.contract_id == Contract.id)
        .where(ObligationDecision.obligation_id == Obligation.id)
        .where(ObligationDecision.kind == ObligationDecisionKind.CONFIRMED)
    )
    return sa.and_(Contract.origin == ContractOrigin.CONTRACTOR, ~confirmed)


async def is_only_reported(session: AsyncSession, contract_id: UUID) -> bool:
    """Tell whether a contract is one of which only its contractor told."""
    query = sa.select(sa.exists().where(Contract.id == contract_id, only_reported()))
    return bool(await session.scalar(query))


async def one(session: AsyncSession, contract_id: UUID) -> Contract | None:
    """Find a contract, with its parties and amendments."""
    query = sa.select(Contract).where(Contract.id == contract_id).options(*_WHOLE)
    found: Contract | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def whole(session: AsyncSession, contract: Contract) -> Contract:
    """Read a contract with its parties and amendments."""
    await session.refresh(contract, ["parties", "amendments"])
    return contract


async def kept(session: AsyncSession, contract_id: UUID) -> Contract:
    """Keep a contract as it is until this is done, and read all of it."""
    return await whole(session, await locked(session, Contract, contract_id))


async def by_reference(
    session: AsyncSession, authority_id: UUID, reference: str
) -> Contract | None:
    """Find a contract by the authority's own number, and keep it as it is."""
    found: Contract | None = await session.scalar(
        sa.select(Contract)
        .where(Contract.authority_id == authority_id, Contract.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def of_authority(
    session: AsyncSession,
    authority: Authority,
    paging: PageRequest,
    *,
    clause_missing: bool | None,
    report_in_late: bool | None = None,
) -> Page[Contract]:
    """List the contracts of an authority, those that lack a clause, or whose contractor is late."""
    query = sa.select(Contract).where(Contract.authority_id == authority.id).options(*_WHOLE)
    if clause_missing is not None:
        lacks = sa.and_(*_should(), ~Contract.has_clause)
        query = query.where(lacks if clause_missing else ~lacks)
    if report_in_late is not None:
        is_late = reports_in_late(clock.today())
        query = query.where(is_late if report_in_late else ~is_late)
    return await page(session, query, Contract, paging)


def reports_in_late(today: date) -> sa.ColumnElement[bool]:
    """Say whose contractor should have come forward by now, and did not."""
    is_due = sa.func.coalesce(Contract.report_in_due_on < today, sa.false())
    return sa.and_(is_due, Contract.reported_in_at.is_(None), ~Contract.is_cancelled)


def _should() -> tuple[sa.ColumnElement[bool], ...]:
    """Say which contracts should carry an obligation."""
    return (Contract.reaches_threshold.is_(True), ~Contract.is_cancelled)


async def of_organisation(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[Contract]:
    """List the contracts that bind an organisation."""
    query = sa.select(Contract).where(binding([organisation.id])).options(*_WHOLE)
    return await page(session, query, Contract, paging)


async def amendments(
    session: AsyncSession, contract: Contract, paging: PageRequest
) -> Page[ContractAmendment]:
    """List what a contract said, and says."""
    query = sa.select(ContractAmendment).where(ContractAmendment.contract_id == contract.id)
    return await page(session, query, ContractAmendment, paging)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many contracts carry the clause that they should."""

    contracts: int
    with_clause: int
    without_clause: int
    undecided: int
    reporting_in_late: int
    """Of all of them: the contractor should have come forward."""

    @property
    def above_threshold(self) -> int:
        """Those that should carry an obligation."""
        return self.with_clause + self.without_clause


async def completeness(session: AsyncSession, authority: Authority) -> Completeness:
    """Count the contracts of an authority that were not cancelled."""
    should = Contract.reaches_threshold.is_(True)
    counted = sa.func.count()
    row = (
        await session.execute(
            sa.select(
                counted.label("contracts"),
                counted.filter(should, Contract.has_clause).label("with_clause"),
                counted.filter(should, ~Contract.has_clause).label("without_clause"),
                counted.filter(Contract.reaches_threshold.is_(None)).label("undecided"),
                counted.filter(reports_in_late(clock.today())).label("reporting_in_late"),
            ).where(Contract.authority_id == authority.id, ~Contract.is_cancelled)
        )
    ).one()
    return Completeness(
        row.contracts,
        row.with_clause,
        row.without_clause,
        row.undecided,
        row.reporting_in_late,
    )


async def party_organisations(session: AsyncSession, contract_id: UUID) -> list[UUID]:
    """Name the organisations that a contract binds, as far as they are known here."""
    by_number = sa.and_(
        Organisation.verified_at.is_not(None),
        Organisation.register_number == ContractParty.identifier,
        sa.tuple_(ContractParty.scheme, Organisation.country).in_(list(TRADE_REGISTERS.items())),
    )
    found = await session.scalars(
        sa.select(Organisation.id)
        .join(ContractParty, sa.or_(ContractParty.organisation_id == Organisation.id, by_number))
        .where(ContractParty.contract_id == contract_id)
        .distinct()
    )
    return list(found)
