"""Contracts and obligations of an authority, as known at a position of the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest
from app.ledger.chart import Book, ledger_id
from app.ledger.models import LedgerAccount, LedgerLine
from app.obligations.models import (
    Contract,
    ContractAmendment,
    ContractParty,
    Obligation,
    ObligationState,
    PartyRole,
)
from app.obligations.queries.moves import ObligationAccount
from app.obligations.queries.standings import Clock, among, signed


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract, and the obligation that follows from it."""

    id: UUID
    authority_id: UUID
    reference: str
    title: str
    contractor_name: str | None
    contractor_number: str | None
    awarded_on: date
    has_clause: bool
    is_cancelled: bool
    obligation_id: UUID | None
    obligation_state: ObligationState | None


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """An obligation with what its accounts had, in cents of social-return value."""

    id: UUID
    authority_id: UUID
    contract_id: UUID
    reference: str
    title: str
    state: ObligationState
    due_on: date
    imposed_cents: int
    surplus_cents: int
    owed_cents: int
    provisional_cents: int
    fulfilled_cents: int
    waived_cents: int
    sanctioned_cents: int


def _contracts() -> sa.Select[*tuple[Any, ...]]:
    contractor = (
        sa.select(ContractParty.legal_name, ContractParty.identifier)
        .where(ContractParty.contract_id == Contract.id, ContractParty.role == PartyRole.CONTRACTOR)
        .order_by(ContractParty.id)
        .limit(1)
        .lateral("contractor")
    )
    terms = (
        sa.select(ContractAmendment.title)
        .where(ContractAmendment.contract_id == Contract.id)
        .order_by(ContractAmendment.number.desc())
        .limit(1)
        .lateral("terms")
    )
    return (
        sa.select(
            Contract.id,
            Contract.authority_id,
            Contract.reference,
            terms.c.title,
            contractor.c.legal_name.label("contractor_name"),
            contractor.c.identifier.label("contractor_number"),
            Contract.awarded_on,
            Contract.has_clause,
            Contract.is_cancelled,
            Obligation.id.label("obligation_id"),
            Obligation.state.label("obligation_state"),
        )
        .select_from(Contract)
        .join(terms, sa.true())
        .outerjoin(contractor, sa.true())
        .outerjoin(Obligation, Obligation.contract_id == Contract.id)
        .order_by(Contract.id)
    )


async def contracts(
    session: AsyncSession, authority_id: UUID, paging: PageRequest
) -> Page[ContractRow]:
    """List the contracts of an authority, in the order in which they were registered."""
    # Picked before anything is joined: else the planner walks the obligations from the first on.
    picked = sa.select(Contract.id).where(Contract.authority_id == authority_id)
    if paging.after is not None:
        picked = picked.where(Contract.id > paging.after)
    page = picked.order_by(Contract.id).limit(paging.limit + 1).subquery("page")
    query = _contracts().join(page, page.c.id == Contract.id)
    rows = (await session.execute(query)).mappings()
    return Page([ContractRow(**row) for row in rows], paging.limit)


async def contract(session: AsyncSession, contract_id: UUID) -> ContractRow:
    """Read a contract that is there."""
    rows = (await session.execute(_contracts().where(Contract.id == contract_id))).mappings()
    return ContractRow(**rows.one())


async def count_contracts(session: AsyncSession, authority_id: UUID) -> int:
    """Count the contracts of an authority."""
    query = sa.select(sa.func.count()).select_from(Contract)
    return await session.scalar(query.where(Contract.authority_id == authority_id)) or 0


async def with_figure(
    session: AsyncSession,
    authority_id: UUID,
    account: ObligationAccount,
    position: int,
    paging: PageRequest,
) -> Page[ObligationRow]:
    """List the obligations of an authority that had something on an account at a position."""
    # One kind of account of one ledger lies in the index in the order of its obligations.
    had = (
        among(sa.select(sa.func.sum(signed()).label("cents")), Clock(position=position))
        .where(LedgerLine.account_id == LedgerAccount.id)
        .correlate(LedgerAccount)
        .lateral("had")
    )
    picked = (
        sa.select(LedgerAccount.owner_id)
        .join(had, sa.true())
        .where(
            LedgerAccount.ledger_id == ledger_id(authority_id, Book.SOCIAL_RETURN),
            LedgerAccount.kind == account.value,
            had.c.cents != 0,
        )
        .order_by(LedgerAccount.owner_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        picked = picked.where(LedgerAccount.owner_id > paging.after)
    found = list(await session.scalars(picked))
    return Page(await _with_accounts(session, found, position), paging.limit)


async def one(session: AsyncSession, obligation_id: UUID, position: int) -> ObligationRow:
    """Read an obligation that is there, as known at a position."""
    [row] = await _with_accounts(session, [obligation_id], position)
    return row


async def _with_accounts(
    session: AsyncSession, ids: Sequence[UUID], position: int
) -> list[ObligationRow]:
    sums = sa.select(
        LedgerAccount.owner_id,
        *(
            sa.func.coalesce(sa.func.sum(signed()).filter(LedgerAccount.kind == each.value), 0)
            .cast(sa.BigInteger)
            .label(f"{each.value}_cents")
            for each in ObligationAccount
        ),
    ).join_from(LedgerAccount, LedgerLine, LedgerLine.account_id == LedgerAccount.id)
    sums = among(sums, Clock(position=position)).where(LedgerAccount.owner_id.in_(ids))
    accounts = sums.group_by(LedgerAccount.owner_id).subquery("accounts")
    query = (
        sa.select(
            Obligation.id,
            Obligation.authority_id,
            Obligation.contract_id,
            Contract.reference,
            ContractAmendment.title,
            Obligation.state,
            Obligation.due_on,
            *(
                sa.func.coalesce(accounts.c[f"{each.value}_cents"], 0).label(f"{each.value}_cents")
                for each in ObligationAccount
            ),
        )
        .join(Contract, Contract.id == Obligation.contract_id)
        .join(ContractAmendment, ContractAmendment.id == Obligation.amendment_id)
        .outerjoin(accounts, accounts.c.owner_id == Obligation.id)
        .where(Obligation.id.in_(ids))
        .order_by(Obligation.id)
    )
    return [ObligationRow(**row) for row in (await session.execute(query)).mappings()]
