"""Questions about obligations: whose they are, what was decided, what is due."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import locked
from app.core.paging import Page, PageRequest, page
from app.obligations.models import (
    Contract,
    Obligation,
    ObligationDecision,
    ObligationProposal,
    ObligationState,
    ProposalState,
)
from app.obligations.queries.contracts import binding
from app.organisations.models import Organisation
from app.schemes.models import Authority


async def one(session: AsyncSession, obligation_id: UUID) -> Obligation | None:
    """Find an obligation, with its authority."""
    found: Obligation | None = await session.scalar(
        sa.select(Obligation)
        .where(Obligation.id == obligation_id)
        .options(sa.orm.joinedload(Obligation.authority))
    )
    return found


async def kept(session: AsyncSession, obligation_id: UUID) -> Obligation:
    """Keep an obligation as it is until this is done: before anything is posted to its accounts.

    Buyers may order meanwhile what is meant for it: they refer to it, and lock nothing.
    """
    return await locked(session, Obligation, obligation_id, others_refer=True)


async def of_contract(session: AsyncSession, contract_id: UUID) -> Obligation | None:
    """Find and keep the obligation of a contract, which is kept already."""
    found: Obligation | None = await session.scalar(
        sa.select(Obligation)
        .where(Obligation.contract_id == contract_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def of_authority(
    session: AsyncSession, authority: Authority, paging: PageRequest, state: ObligationState | None
) -> Page[Obligation]:
    """List what an authority imposed, or will when it is confirmed."""
    query = sa.select(Obligation).where(Obligation.authority_id == authority.id)
    return await page(session, _in_state(query, state), Obligation, paging)


async def of_organisation(
    session: AsyncSession,
    organisation: Organisation,
    paging: PageRequest,
    state: ObligationState | None,
) -> Page[Obligation]:
    """List what an organisation is obliged to."""
    query = (
        sa.select(Obligation)
        .join(Contract, Contract.id == Obligation.contract_id)
        .where(binding([organisation.id]))
    )
    return await page(session, _in_state(query, state), Obligation, paging)


def _in_state(query: sa.Select[Obligation], state: ObligationState | None) -> sa.Select[Obligation]:
    return query if state is None else query.where(Obligation.state == state)


async def decisions(
    session: AsyncSession, obligation: Obligation, paging: PageRequest
) -> Page[ObligationDecision]:
    """List what happened to an obligation."""
    query = sa.select(ObligationDecision).where(ObligationDecision.obligation_id == obligation.id)
    return await page(session, query, ObligationDecision, paging)


async def proposals(
    session: AsyncSession, obligation: Obligation, paging: PageRequest
) -> Page[ObligationProposal]:
    """List what was proposed about an obligation."""
    query = sa.select(ObligationProposal).where(ObligationProposal.obligation_id == obligation.id)
    return await page(session, query, ObligationProposal, paging)


async def proposal(
    session: AsyncSession, obligation_id: UUID, proposal_id: UUID
) -> ObligationProposal | None:
    """Find a proposal about an obligation."""
    found: ObligationProposal | None = await session.scalar(
        sa.select(ObligationProposal).where(
            ObligationProposal.id == proposal_id,
            ObligationProposal.obligation_id == obligation_id,
        )
    )
    return found


async def has_open_proposal(session: AsyncSession, obligation_id: UUID) -> bool:
    """Tell whether a proposal about an obligation waits for its decision."""
    waiting = sa.exists().where(
        ObligationProposal.obligation_id == obligation_id,
        ObligationProposal.state == ProposalState.OPEN,
    )
    return bool(await session.scalar(sa.select(waiting)))


async def moving_on(session: AsyncSession, today: date, at_once: int) -> list[UUID]:
    """Name the obligations whose contract has begun, or that are overdue."""
    query = (
        sa.select(Obligation.id)
        .where(
            sa.or_(
                sa.and_(
                    Obligation.state == ObligationState.CONFIRMED, Obligation.starts_on <= today
                ),
                sa.and_(Obligation.state == ObligationState.ACTIVE, Obligation.due_on < today),
            )
        )
        .order_by(Obligation.due_on)
        .limit(at_once)
    )
    return list(await session.scalars(query))


async def to_remind(session: AsyncSession, today: date, at_once: int) -> list[UUID]:
    """Name the obligations of which somebody is to be reminded."""
    query = (
        sa.select(Obligation.id)
        .where(Obligation.remind_on <= today)
        .order_by(Obligation.remind_on)
        .limit(at_once)
    )
    return list(await session.scalars(query))
