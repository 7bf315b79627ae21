"""The letters of this domain: to contractors and authorities, in their people's language."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.obligations import queries
from app.obligations.actions import objecting
from app.obligations.models import (
    Obligation,
    ObligationObjection,
    ObligationProposal,
    ProposalKind,
    ProposalState,
)
from app.obligations.queries.standing import Standing
from app.organisations.actions.letters import to_deciders
from app.organisations.models import Organisation
from app.schemes.models import Authority

CONTESTABLE = {
    (ProposalKind.SANCTION, ProposalState.APPROVED),
    (ProposalKind.WAIVER, ProposalState.REFUSED),
}


async def confirmed(session: AsyncSession, obligation: Obligation) -> None:
    """Tell a contractor what it is obliged to, or is obliged to now."""
    await _to_contractors(
        session, obligation, "confirmed", cents=obligation.confirmed_cents, due_on=obligation.due_on
    )


async def due_soon(
    session: AsyncSession, obligation: Obligation, standing: Standing, ends_on: date
) -> None:
    """Remind a contractor of what is due."""
    await _to_contractors(session, obligation, "due_soon", cents=standing.owed, due_on=ends_on)


async def recovery_began(session: AsyncSession, obligation: Obligation, standing: Standing) -> None:
    """Tell a contractor that it did not fulfil in time, and until when it may make up for it."""
    await _to_contractors(
        session,
        obligation,
        "recovery_began",
        cents=standing.owed,
        due_on=obligation.recovery_ends_on,
    )


async def proposal_decided(
    session: AsyncSession, obligation: Obligation, proposal: ObligationProposal
) -> None:
    """Tell a contractor what was decided about a waiver or a sanction, why, and how to object."""
    until = None
    if (proposal.kind, proposal.state) in CONTESTABLE and proposal.decided_at is not None:
        until = await objecting.last_day(session, obligation.rules_id, proposal.decided_at)
    await _to_contractors(
        session,
        obligation,
        "proposal_decided",
        kind=proposal.kind.value,
        state=proposal.state.value,
        cents=proposal.amount_cents,
        withheld=proposal.withheld_cents or 0,
        reason=proposal.decision_reason or "",
        until=until,
    )


async def objection_lodged(
    session: AsyncSession, obligation: Obligation, proposal: ObligationProposal
) -> None:
    """Tell those who decide for an authority that a contractor objects."""
    authority = await session.get_one(Authority, obligation.authority_id)
    await _to(
        session,
        obligation,
        ([authority.organisation_id], "objection_lodged"),
        kind=proposal.kind.value,
        cents=proposal.amount_cents,
    )


async def objection_decided(
    session: AsyncSession,
    obligation: Obligation,
    proposal: ObligationProposal,
    objection: ObligationObjection,
) -> None:
    """Tell a contractor what became of its objection, and why."""
    await _to_contractors(
        session,
        obligation,
        "objection_decided",
        kind=proposal.kind.value,
        outcome=objection.state.value,
        cents=proposal.amount_cents,
        reason=objection.reason or "",
    )


async def _to_contractors(
    session: AsyncSession, obligation: Obligation, letter: str, **values: object
) -> None:
    bound = await queries.contracts.party_organisations(session, obligation.contract_id)
    await _to(session, obligation, (bound, letter), **values)


async def _to(
    session: AsyncSession,
    obligation: Obligation,
    sent: tuple[Sequence[UUID], str],
    **values: object,
) -> None:
    organisation_ids, letter = sent
    contract = await queries.contracts.one(session, obligation.contract_id)
    if contract is None:
        raise RuntimeError("an obligation has a contract")
    authority = await session.get_one(Authority, obligation.authority_id)
    imposing = await session.get_one(Organisation, authority.organisation_id)
    told = {
        "authority": imposing.legal_name,
        "reference": contract.reference,
        "contract": contract.terms.title,
        **values,
    }
    for organisation_id in organisation_ids:
        await to_deciders(session, organisation_id, f"obligations/{letter}", told)
