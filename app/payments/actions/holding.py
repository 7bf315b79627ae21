"""Keep money for purposes that no domain here owns: it lies unallocated, and nothing is lost."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.payments import hooks, postings
from app.payments.actions import books
from app.payments.models import Dispute, DisputeStatus, Outgoing, Payment, Receipt


async def _received(session: AsyncSession, receipt: Receipt, payment: Payment) -> None:
    draft = postings.unallocated(receipt, payment)
    await books.enter(session, payment.scheme_id, [draft])


async def _payment_moved(_session: AsyncSession, _payment: Payment) -> None:
    """Do nothing: its events tell, and nobody waits for it."""


async def _outgoing_moved(_session: AsyncSession, _outgoing: Outgoing) -> None:
    """Do nothing: its entries are made already."""


async def _dispute_moved(session: AsyncSession, dispute: Dispute, payment: Payment) -> None:
    if dispute.status is DisputeStatus.LOST:
        draft = postings.lost(dispute, payment, dispute.opened_at)
        await books.enter(session, payment.scheme_id, [draft])


OWNER = hooks.Owner(
    received=_received,
    payment_moved=_payment_moved,
    outgoing_moved=_outgoing_moved,
    dispute_moved=_dispute_moved,
)
"""Wired to a noun until the domain that owns it stands."""
