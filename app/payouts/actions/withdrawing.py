"""Plan that the operator takes what it earned, or remits VAT on it; another person approves."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import balances
from app.ledger.chart import OPERATOR_LOSS, PROVIDER_FEES
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.payments.actions import outgoings
from app.payments.actions.outgoings import Planned, ToBankAccount
from app.payments.models import Outgoing, OutgoingKind, OutgoingStatus
from app.payments.postings import FROM
from app.payments.queries import balance
from app.payouts.problems import EarningsTooSmall, OperatorAccountUnfit
from app.payouts.schemas import OperatorWithdrawalRequest
from app.schemes.models import Scheme
from app.schemes.queries import policies

_CALLED = {OutgoingKind.FEE: "Service fees", OutgoingKind.VAT: "VAT on service fees"}
_NOT_SENT = (OutgoingStatus.PLANNED, OutgoingStatus.APPROVED)


async def plan(
    session: AsyncSession, caller: Caller, scheme: Scheme, wanted: OperatorWithdrawalRequest
) -> Outgoing:
    """Plan to take an amount of the fees or their VAT to the operator's own account.

    Raises:
        OperatorAccountUnfit: the operator named no account, or changed it a short while ago.
        EarningsTooSmall: less is there that is not planned to leave already, and that is not spent
            on costs and losses.
    """
    kind = OutgoingKind(wanted.kind)
    iban, holder = await _account(session, scheme)
    await balance.one_at_a_time(session, scheme.id)
    there = (await balances.now(session, FROM[kind].of(scheme.id))).available
    if kind is OutgoingKind.FEE:
        there -= await _borne(session, scheme)
    planned = await session.scalar(
        sa.select(sa.func.sum(Outgoing.amount_cents)).where(
            Outgoing.scheme_id == scheme.id,
            Outgoing.kind == kind,
            Outgoing.status.in_(_NOT_SENT),
        )
    )
    free = there - int(planned or 0)
    if wanted.amount_cents > free:
        message = f"{wanted.amount_cents} cents are to be taken, and {max(0, free)} are there."
        raise EarningsTooSmall(message, available_cents=max(0, free))
    return await outgoings.plan(
        session,
        caller.actor,
        Planned(
            scheme_id=scheme.id,
            kind=kind,
            purpose=f"scheme/{scheme.id}",
            account_owner_id=None,
            amount_cents=wanted.amount_cents,
            to=ToBankAccount(iban, holder),
            description=f"{_CALLED[kind]} of {scheme.code}",
        ),
    )


async def _borne(session: AsyncSession, scheme: Scheme) -> int:
    """Say what of its fees the operator has spent: costs and losses left the money of others."""
    borne = [
        (await balances.now(session, kind.of(scheme.id))).posted
        for kind in (PROVIDER_FEES, OPERATOR_LOSS)
    ]
    return sum(borne)


async def _account(session: AsyncSession, scheme: Scheme) -> tuple[str, str]:
    operator = await session.get_one(Organisation, scheme.operator_id)
    if operator.iban is None or operator.iban_changed_at is None:
        message = f"{operator.legal_name} has named no bank account of its own."
        raise OperatorAccountUnfit(message)
    policy = await policies.applying(session, scheme.id, clock.today())
    days = policy.read_terms().payout.bank_account_cooling_off_days if policy else 0
    until = operator.iban_changed_at + timedelta(days=days)
    if until > clock.now():
        message = f"The account was changed: nothing goes there before {until.isoformat()}."
        raise OperatorAccountUnfit(message)
    return operator.iban, operator.legal_name
