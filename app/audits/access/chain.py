"""From an authority to the evidence: for its people, its auditors and staff.

Contractors read what binds them elsewhere. Of an order an authority's side reads only what the
claims rest on that were sent to it; the operator's side reads all of it.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits import queries
from app.core.database import Session
from app.core.problems import NotFound, existing
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.ledger.access import READ_BOOKS
from app.ledger.queries import EntryRow
from app.obligations.access import READ_OBLIGATIONS, ObligationReader, sees
from app.obligations.models import Contract, Obligation
from app.orders.access import READ_ORDERS
from app.orders.models import Order
from app.organisations.access import identify
from app.organisations.callers import Caller
from app.payouts.models import Payout
from app.projects.models import ReportEvidence
from app.schemes.access import SchemeRight, find_scheme
from app.schemes.models import Authority
from app.schemes.queries.keepers import ReadableKeepers, readable_keepers

OrderAuditor = Annotated[Caller, Security(identify, scopes=[READ_ORDERS, READ_OBLIGATIONS])]
"""A person, or a machine that may read orders and obligations."""
BookReader = Annotated[Caller, Security(identify, scopes=[READ_BOOKS])]
"""A person, or a machine that may read the books."""


async def _of_authority(session: AsyncSession, caller: Caller, authority_id: UUID | None) -> bool:
    authority = await session.get(Authority, authority_id) if authority_id else None
    return authority is not None and await sees(session, caller, authority)


def _unknown(what: str, thing_id: UUID) -> NotFound:
    return NotFound(f"You have nothing to do with {what} {thing_id}.").for_trail()


async def _contract(contract_id: UUID, caller: ObligationReader, session: Session) -> Contract:
    found = await session.get(Contract, contract_id)
    if found is None or not await _of_authority(session, caller, found.authority_id):
        raise _unknown("a contract", contract_id)
    return found


async def _obligation(
    obligation_id: UUID, caller: ObligationReader, session: Session
) -> Obligation:
    found = await session.get(Obligation, obligation_id)
    if found is None or not await _of_authority(session, caller, found.authority_id):
        raise _unknown("an obligation", obligation_id)
    return found


async def _fulfilment(
    fulfilment_id: UUID, caller: ObligationReader, session: Session
) -> Fulfilment:
    found = await session.get(Fulfilment, fulfilment_id)
    is_draft = found is not None and found.state is FulfilmentState.DRAFTED
    if found is None or is_draft or not await _of_authority(session, caller, found.authority_id):
        raise _unknown("a fulfilment", fulfilment_id)
    return found


AuditedContract = Annotated[Contract, Depends(_contract)]
"""A contract of an authority whose inner affairs the caller may see."""
AuditedObligation = Annotated[Obligation, Depends(_obligation)]
"""An obligation of an authority whose inner affairs the caller may see."""
AuditedFulfilment = Annotated[Fulfilment, Depends(_fulfilment)]
"""A fulfilment that was submitted to an authority whose inner affairs the caller may see."""


@dataclass(frozen=True, slots=True)
class OrderInSight:
    """An order, and from which side the caller sees it."""

    order: Order
    is_whole: bool
    """From the operator's: all of it. Else only what a claim rests on."""


async def _order(order_id: UUID, caller: OrderAuditor, session: Session) -> OrderInSight:
    order = await session.get(Order, order_id)
    if order is not None:
        if await _inspects(session, caller, order.scheme_id):
            return OrderInSight(order, is_whole=True)
        for authority_id in await queries.orders.resting_authorities(session, order_id):
            if await _of_authority(session, caller, authority_id):
                return OrderInSight(order, is_whole=False)
    raise _unknown("an order", order_id)


async def _inspects(session: AsyncSession, caller: Caller, scheme_id: UUID) -> bool:
    try:
        await find_scheme(session, caller, scheme_id, SchemeRight.INSPECT)
    except NotFound:
        return False
    return True


async def _payout(payout_id: UUID, caller: OrderAuditor, session: Session) -> Payout:
    found = await session.get(Payout, payout_id)
    if found is None or not await _inspects(session, caller, found.scheme_id):
        raise _unknown("a payout", payout_id)
    return found


AuditedOrder = Annotated[OrderInSight, Depends(_order)]
"""An order that the operator's side, or an authority's that it counts for, may see."""
AuditedPayout = Annotated[Payout, Depends(_payout)]
"""A payout of a scheme whose inner affairs the caller may see."""


async def _file(report_evidence_id: UUID, seen: AuditedOrder, session: Session) -> ReportEvidence:
    project_id, public_only = seen.order.project_id, not seen.is_whole
    found = await queries.orders.one_file(
        session, project_id, report_evidence_id, public_only=public_only
    )
    return existing(found, report_evidence_id)


AuditedReportFile = Annotated[ReportEvidence, Depends(_file)]
"""A file that proves what came of the project of an order that the caller may see."""


async def _keepers(caller: BookReader, session: Session) -> ReadableKeepers:
    return await readable_keepers(session, caller)


SeenKeepers = Annotated[ReadableKeepers, Depends(_keepers)]
"""The keepers whose books the caller may read; whose lines are shown, `entries.Sight` notes."""


async def _entry(entry_id: UUID, keepers: SeenKeepers, session: Session) -> EntryRow:
    if found := await queries.entries.one(session, keepers, entry_id):
        return found
    raise _unknown("an entry", entry_id)


AuditedEntry = Annotated[EntryRow, Depends(_entry)]
"""An entry, with those of its lines that the caller may see."""
