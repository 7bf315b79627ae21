"""The letters of this domain: to claimants and authorities, in their people's language."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.languages import Language
from app.fulfilments import queries
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecisionKind,
    FulfilmentObjection,
    FulfilmentState,
)
from app.obligations.actions import objecting
from app.obligations.models import Contract, Obligation
from app.orders.models import Order
from app.orders.queries import letters
from app.organisations.actions.letters import to_deciders
from app.organisations.models import Organisation
from app.schemes.models import Authority


async def adjusted(session: AsyncSession, order: Order, obligation: Obligation) -> None:
    """Tell a buyer what its units count for now, since less came of a project than promised."""
    authority = await session.get_one(Authority, obligation.authority_id)
    recognising = await session.get_one(Organisation, authority.organisation_id)
    contract = await session.get_one(Contract, obligation.contract_id)
    about = await letters.about(session, order.project_id)
    counted, lowered = await _figures(session, order, obligation)

    def told(language: Language) -> dict[str, object]:
        return {
            "authority": recognising.legal_name,
            "reference": contract.reference,
            "project": about.named(language)["project"],
            "cents": counted,
            "lowered": lowered,
        }

    await to_deciders(session, order.buyer_id, "fulfilments/adjusted", told)


async def decided(
    session: AsyncSession, fulfilment: Fulfilment, kind: FulfilmentDecisionKind, reason: str
) -> None:
    """Tell a claimant that something does not count, or not yet: why, and how to object."""
    until = None
    if kind is not FulfilmentDecisionKind.RETURNED:
        until = await objecting.last_day(session, fulfilment.rules_id, clock.now())
    about = {"kind": kind.value, "cents": fulfilment.value_cents, "reason": reason}
    await _to_claimant(session, fulfilment, "decided", until=until, **about)


async def objection_lodged(session: AsyncSession, fulfilment: Fulfilment) -> None:
    """Tell those who decide for an authority that a claimant objects."""
    authority = await session.get_one(Authority, fulfilment.authority_id)
    claiming = await session.get_one(Organisation, fulfilment.claimant_id)
    sent = (authority.organisation_id, "objection_lodged")
    about = {"claimant": claiming.legal_name, "cents": fulfilment.value_cents}
    await _to(session, fulfilment, sent, **about)


async def objection_decided(
    session: AsyncSession, fulfilment: Fulfilment, objection: FulfilmentObjection
) -> None:
    """Tell a claimant what became of its objection, and why."""
    await _to_claimant(
        session,
        fulfilment,
        "objection_decided",
        outcome=objection.state.value,
        cents=fulfilment.counted_cents,
        reason=objection.reason or "",
    )


async def _to_claimant(
    session: AsyncSession, fulfilment: Fulfilment, letter: str, **values: object
) -> None:
    await _to(session, fulfilment, (fulfilment.claimant_id, letter), **values)


async def _to(
    session: AsyncSession, fulfilment: Fulfilment, sent: tuple[UUID, str], **values: object
) -> None:
    organisation_id, letter = sent
    authority = await session.get_one(Authority, fulfilment.authority_id)
    deciding = await session.get_one(Organisation, authority.organisation_id)
    obligation = await session.get_one(Obligation, fulfilment.obligation_id)
    contract = await session.get_one(Contract, obligation.contract_id)
    told = {"authority": deciding.legal_name, "reference": contract.reference, **values}
    await to_deciders(session, organisation_id, f"fulfilments/{letter}", told)


async def _figures(session: AsyncSession, order: Order, obligation: Obligation) -> tuple[int, int]:
    """Say what an order's units count for of an obligation, and what they do not any more."""
    live = await queries.fulfilments.live_of_order(session, order.id)
    approved = [
        each
        for each in live
        if each.obligation_id == obligation.id and each.state is FulfilmentState.APPROVED
    ]
    meant = [
        each
        for each in await queries.splits.of_order(session, order.id)
        if each.obligation_id == obligation.id
    ]
    counted = sum(each.counted_cents for each in approved)
    lowered = sum(each.lowered_cents for each in approved)
    lowered += sum(each.lowered_cents for each in meant)
    return counted + sum(each.provisional_cents for each in meant), lowered
