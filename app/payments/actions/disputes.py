"""Follow disputes: what is held back, given back, or gone."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from app.core import events
from app.payments import hooks, postings, queries
from app.payments.actions import balance, books
from app.payments.actions.receipts import OUTSIDE
from app.payments.facts import DisputeStanding
from app.payments.hooks import Thing
from app.payments.models import Dispute, Payment


async def follow(session: AsyncSession, payment: Payment, standing: DisputeStanding) -> Dispute:
    """Write down how a dispute stands at the provider; its payment is locked."""
    # Counts the payment's version up: who looked at the dispute before this looks again.
    flag_modified(payment, "purpose")
    dispute = await queries.disputes.of_provider(session, standing.external_id)
    moved = dispute is None or dispute.status is not standing.status
    if dispute is None:
        dispute = Dispute(
            payment_id=payment.id,
            external_id=standing.external_id,
            reason=standing.reason,
            opened_at=standing.opened_at,
        )
        session.add(dispute)
    dispute.status, dispute.respond_by = standing.status, standing.respond_by
    dispute.amount_cents = standing.amount_cents
    await session.flush()
    drafts = []
    for transaction in standing.transactions:
        move = await balance.keep(session, payment.scheme_id, transaction)
        drafts += [
            postings.disputed(dispute, move, payment),
            *balance.costs(move, payment.scheme_id),
        ]
    if moved:
        events.record(session, f"dispute.{dispute.status}", dispute.id, OUTSIDE)
        await hooks.tell(session, Thing.DISPUTE, dispute.id)
    await books.enter(session, payment.scheme_id, drafts)
    return dispute
