"""Have entrepreneurs pay back what they owe: expected as any payment by bank, found as any."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import balances
from app.organisations.callers import Caller
from app.payments.actions import books, holding, payments
from app.payments.actions.payments import Wanted
from app.payments.hooks import Owner
from app.payments.models import Payment, Purpose, Receipt, Way
from app.payouts import postings
from app.payouts.actions import claims, letters
from app.payouts.problems import LessOwed
from app.payouts.schemas import RepaymentRequest
from app.schemes.models import Scheme
from app.schemes.problems import NoPolicyApplies
from app.schemes.queries import policies


async def expect(
    session: AsyncSession, caller: Caller, scheme: Scheme, wanted: RepaymentRequest
) -> Payment:
    """Expect that an entrepreneur pays back what it owes, or a part, within the payment term.

    What is netted with a payout meanwhile is owed no more: what comes beyond is in its favour.

    Raises:
        LessOwed: it does not owe so much, less what it is expected to pay already.
        NoPolicyApplies: nothing says how long it has.
    """
    owed = await claims.owed_cents(session, scheme, wanted.entrepreneur_id)
    cents = wanted.amount_cents or owed
    if cents > owed or cents == 0:
        raise LessOwed(wanted.amount_cents, owed)
    policy = await policies.applying(session, scheme.id, clock.today())
    if policy is None:
        message = "No policy applies today, and so no payment term. Publish one."
        raise NoPolicyApplies(message)
    term = policy.read_terms().payout.payment_term_days
    payment = await payments.expect(
        session,
        caller.actor,
        Wanted(
            scheme_id=scheme.id,
            payer_id=wanted.entrepreneur_id,
            purpose=str(Purpose(claims.NOUN, wanted.entrepreneur_id)),
            amount_cents=cents,
            way=Way.BANK,
            description=f"Repayment to {scheme.code}",
            expires_at=clock.now() + timedelta(days=term),
        ),
    )
    await letters.to_repay(session, scheme, payment)
    return payment


async def _received(session: AsyncSession, receipt: Receipt, payment: Payment) -> None:
    await balances.kept(session, postings.claim_paid_by(payment))
    await books.enter(session, payment.scheme_id, [postings.repaid(receipt, payment)])


OWNER = Owner(
    received=_received,
    payment_moved=holding.OWNER.payment_moved,
    outgoing_moved=holding.OWNER.outgoing_moved,
    dispute_moved=holding.OWNER.dispute_moved,
)
"""Wired to `claims.NOUN`: paid by bank, so that nothing of it is disputed."""
