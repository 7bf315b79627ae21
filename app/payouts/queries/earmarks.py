"""What an earmark depends on: the books, the orders, the payouts, the reports."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import balances
from app.ledger.chart import RECEIVABLE
from app.orders.models import Order, OrderState, between
from app.orders.queries import orders
from app.organisations.models import Organisation
from app.payments.models import Payment, Receipt, Way
from app.payments.queries import accounts
from app.payouts import earmarks
from app.payouts.earmarks import Earmark, Facts, Obstacle, ObstacleCode, Taken
from app.payouts.models import PayoutState
from app.payouts.postings import KEPT_IN
from app.payouts.queries import freezes, payouts
from app.projects.models import Project, ReportKind
from app.projects.queries import reports
from app.schemes.queries import participants
from app.schemes.terms import Part, PolicyTerms, TrancheMoment

_FREED_BY = {
    ReportKind.INTERIM: TrancheMoment.AFTER_INTERIM_REPORT,
    ReportKind.FINAL: TrancheMoment.AFTER_FINAL_REPORT,
}


@dataclass(frozen=True, slots=True)
class Destinations:
    """What keeps money from going to an entrepreneur, by the way that it would go."""

    bank: list[Obstacle]
    provider: list[Obstacle]


@dataclass(frozen=True, slots=True)
class EarmarkPage:
    """A project's earmark, and where its money could go."""

    project_id: UUID
    earmark: Earmark
    owed_cents: int
    """What the entrepreneur owes: it is netted with the next payout that is approved.

    Below zero, if it paid back more.
    """
    destinations: Destinations


def terms_of(project: Project) -> PolicyTerms:
    """Read the terms that a project's round froze."""
    if project.round.policy is None:
        message = f"the round of the project {project.id} has no policy"
        raise RuntimeError(message)
    return project.round.policy.read_terms()


async def read(session: AsyncSession, project: Project) -> EarmarkPage:
    """Lay out a project's earmark."""
    facts = await facts_of(session, project)
    claim = RECEIVABLE.of(project.scheme_id, project.entrepreneur_id)
    return EarmarkPage(
        project_id=project.id,
        earmark=earmarks.earmark(facts),
        owed_cents=(await balances.now(session, claim)).posted,
        destinations=await destinations(session, project),
    )


async def facts_of(
    session: AsyncSession, project: Project, *, without: UUID | None = None
) -> Facts:
    """Gather what an earmark depends on; to judge one payout, leave that one out of it."""
    terms = terms_of(project)
    there, held = {}, {}
    for part in Part:
        account = KEPT_IN[part].of(project.scheme_id, project.id)
        balance = await balances.now(session, account)
        there[part], held[part] = balance.posted, balance.held
    _units, amounts = await orders.sold(session, project.id)
    waiting, until = await _waiting(session, project, terms)
    freeze = await freezes.of_project(session, project.id)
    return Facts(
        state=project.state,
        terms=terms,
        there_cents=there,
        held_cents=held,
        taken=await _taken(session, project.id, without),
        principal_cents=amounts.principal_cents,
        vat_cents=amounts.vat_sale_cents,
        waiting_cents=waiting,
        waiting_detail=_told(waiting, until),
        accepted=frozenset(
            [
                _FREED_BY[kind]
                for kind in ReportKind
                if await reports.is_accepted(session, project.id, kind)
            ]
        ),
        is_undecided=freeze is not None and freeze.is_open,
        is_released=freeze is not None and not freeze.is_open,
    )


async def _taken(session: AsyncSession, project_id: UUID, without: UUID | None) -> list[Taken]:
    return [
        Taken(
            part=payout.part,
            tranche=payout.tranche,
            principal_cents=payout.principal_cents,
            vat_cents=payout.vat_cents,
            left_part=payout.state is not PayoutState.PLANNED or payout.retries_id is not None,
        )
        for payout in await payouts.counted(session, project_id)
        if payout.id != without
    ]


async def _waiting(
    session: AsyncSession, project: Project, terms: PolicyTerms
) -> tuple[int, datetime | None]:
    """Say what of a project's money may still be taken back, and until when at the least."""
    wait = timedelta(days=terms.payout.debit_wait_days)
    paid_order_id = sa.func.coalesce(Order.origin_id, Order.id)
    debited: sa.ScalarSelect[Any] = (
        sa.select(sa.func.max(Receipt.received_at))
        .join(Payment, Payment.id == Receipt.payment_id)
        .where(
            Payment.purpose == sa.func.concat("order/", sa.cast(paid_order_id, sa.Text)),
            Payment.way == Way.SEPA_DEBIT,
            Receipt.received_at > clock.now() - wait,
        )
        .correlate(Order)
        .scalar_subquery()
    )
    found = await session.execute(
        sa.select(Order, debited.label("debited_at")).where(
            Order.project_id == project.id,
            sa.or_(
                Order.state == OrderState.DISPUTED,
                sa.and_(Order.state.in_(orders.SOLD), debited.is_not(None)),
            ),
        )
    )
    cents, until = 0, None
    for order, debited_at in found:
        left = between(order.quote, order.undone_units, order.quantity_units)
        cents += left.proceeds_cents
        if debited_at is not None:
            until = max(until or debited_at + wait, debited_at + wait)
    return cents, until


def _told(cents: int, until: datetime | None) -> str:
    when = f", debits until {until.date().isoformat()} at the least" if until else ""
    return f"{cents} cents of the project's money may still be taken back{when}."


async def destinations(session: AsyncSession, project: Project) -> Destinations:
    """Say what keeps money from going to a project's entrepreneur now."""
    unchecked = await _unchecked(session, project)
    owner = await session.get_one(Organisation, project.entrepreneur_id)
    bank = [*unchecked, *_bank(owner, terms_of(project))]
    account = await accounts.found(session, project.entrepreneur_id)
    provider = list(unchecked)
    if account is None or not account.can_receive:
        detail = "The entrepreneur has no account at the provider that can receive."
        provider.append(Obstacle(ObstacleCode.PROVIDER_NOT_READY, detail))
    return Destinations(bank, provider)


async def _unchecked(session: AsyncSession, project: Project) -> list[Obstacle]:
    admission = await participants.admission_of(session, project.scheme_id, project.entrepreneur_id)
    if admission is not None and admission.payable:
        return []
    missing = ", ".join(admission.missing_checks) if admission else ""
    detail = (
        f"Not checked, or not any more: {missing}."
        if missing
        else "The entrepreneur does not take part in the scheme now."
    )
    return [Obstacle(ObstacleCode.NOT_CHECKED, detail)]


def _bank(owner: Organisation, terms: PolicyTerms) -> list[Obstacle]:
    if owner.iban is None or owner.iban_changed_at is None:
        detail = f"{owner.legal_name} has named no bank account."
        return [Obstacle(ObstacleCode.ACCOUNT_MISSING, detail)]
    until = owner.iban_changed_at + timedelta(days=terms.payout.bank_account_cooling_off_days)
    if until <= clock.now():
        return []
    detail = f"The account was changed: nothing goes there before {until.isoformat()}."
    return [Obstacle(ObstacleCode.ACCOUNT_NEW, detail)]
