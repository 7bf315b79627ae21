"""Whether money may leave to an account now: who it belongs to, and since when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.paging import Page, PageRequest
from app.organisations.models import Organisation
from app.payments import queries
from app.payments.models import Outgoing, OutgoingKind
from app.schemes import queries as scheme_queries
from app.schemes.models import Scheme


@dataclass(frozen=True, slots=True)
class Candidate:
    """An approved outgoing by bank, and why it can't leave today."""

    outgoing: Outgoing
    held_back: str | None

    @property
    def id(self) -> UUID:
        """That of the outgoing: lists go on from it."""
        return self.outgoing.id


async def candidates(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Candidate]:
    """List what is approved and leaves by bank, the first first, and why some of it can't yet."""
    waiting = await queries.batches.waiting(session, scheme, paging)
    told = [
        Candidate(outgoing, await held_back(session, scheme, outgoing))
        for outgoing in waiting.items
    ]
    page = Page(told, paging.limit)
    page.next = waiting.next
    return page


async def held_back(session: AsyncSession, scheme: Scheme, outgoing: Outgoing) -> str | None:
    """Say why an outgoing by bank can't leave today; None if it can.

    A payout goes to an entrepreneur that is admitted and checked, on the account that was checked.
    A refund goes back to an account that paid for the same, or to the buyer's own. Neither goes to
    an account so soon after it was changed. What is sent back goes where it came from, and the
    operator's own money where two of its people say.
    """
    match outgoing.kind:
        case OutgoingKind.PAYOUT:
            return await _not_checked(session, scheme, outgoing) or await _not_its_own(
                session, scheme, outgoing
            )
        case OutgoingKind.REFUND:
            if await queries.batches.paid_from(session, outgoing):
                return None
            return await _not_its_own(session, scheme, outgoing)
        case OutgoingKind.SEND_BACK | OutgoingKind.FEE | OutgoingKind.VAT:
            return None
        case _:
            assert_never(outgoing.kind)


async def _not_checked(session: AsyncSession, scheme: Scheme, outgoing: Outgoing) -> str | None:
    admission = await scheme_queries.participants.admission_of(
        session, scheme.id, outgoing.account_owner_id
    )
    if admission is None:
        return "The entrepreneur is not admitted to the scheme."
    if admission.payable:
        return None
    missing = ", ".join(admission.missing_checks)
    return f"Not checked, or not any more: {missing}." if missing else "It does not take part now."


async def _not_its_own(session: AsyncSession, scheme: Scheme, outgoing: Outgoing) -> str | None:
    owner = await session.get(Organisation, outgoing.account_owner_id)
    if owner is None or owner.iban != outgoing.iban:
        return "The account is not the receiver's own any more: withhold this, and plan it anew."
    policy = await scheme_queries.policies.applying(session, scheme.id, clock.today())
    days = policy.read_terms().payout.bank_account_cooling_off_days if policy else 0
    return _too_soon(owner.iban_changed_at, days)


def _too_soon(changed_at: datetime | None, days: int) -> str | None:
    until = changed_at + timedelta(days=days) if changed_at else None
    if until is None or until <= clock.now():
        return None
    return f"The account was changed: nothing goes there before {_day(until).isoformat()}."


def _day(moment: datetime) -> date:
    return moment.date() + timedelta(days=1)
