"""Who owns a purpose: the domain that says what its money does to the books.

A domain above gives an `Owner`, and `main` wires it to its noun:

    jobs.transactional(hooks.TELL, hooks.telling(order=orders.OWNER))

The application refuses to start while `TELL` is not wired (`core.jobs`). What happened is told by a
job, each thing in a transaction of its own that holds its row, so that an owner may fail, be told
again, and never sees two tellings of one thing at a time. It is told of a thing, not of a change:
it reads how the thing stands now, and bears to hear of it again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, database
from app.core.jobs import GiveUp, JobKind, enqueue
from app.payments.models import Dispute, Outgoing, Payment, Purpose, Receipt, ReceiptPlace

TELL = JobKind("payments.tell", max_attempts=40, back_off_seconds=1.0)
"""About a day of attempts: what an owner can't take must reach a person's eye, not be lost."""


class Thing(StrEnum):
    """What an owner is told of."""

    RECEIPT = "receipt"
    PAYMENT = "payment"
    OUTGOING = "outgoing"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Owner:
    """What a domain does about the money of its purposes."""

    received: Callable[[AsyncSession, Receipt, Payment], Awaitable[None]]
    """Enter money in the books: `postings.arriving(receipt)` is the debit. Called once."""
    payment_moved: Callable[[AsyncSession, Payment], Awaitable[None]]
    """A payment has another status: extend a hold, give units free."""
    outgoing_moved: Callable[[AsyncSession, Outgoing], Awaitable[None]]
    """An outgoing was approved, sent, settled, or failed. Its entries are made already."""
    dispute_moved: Callable[[AsyncSession, Dispute, Payment], Awaitable[None]]
    """A dispute was opened, won or lost. Of a lost one enter `Dr … / Cr disputed`, once: from
    `postings.losing(dispute)`."""


async def tell(session: AsyncSession, thing: Thing, thing_id: UUID) -> None:
    """Want the owner of a thing's purpose to hear of it, once this transaction is committed."""
    await enqueue(session, TELL, thing=thing, thing_id=thing_id)


def telling(**owners: Owner) -> Callable[[AsyncSession, Thing, UUID], Awaitable[None]]:
    """Make the action that tells each of these owners, named by the noun of their purposes."""

    async def tell_owner(session: AsyncSession, thing: Thing, thing_id: UUID) -> None:
        match thing:
            case Thing.RECEIPT:
                await _received(session, owners, thing_id)
            case Thing.PAYMENT:
                # Who sends its money back has locked what was paid for, and refers to it.
                payment = await database.locked(session, Payment, thing_id, others_refer=True)
                await _owner(owners, payment.purpose).payment_moved(session, payment)
            case Thing.OUTGOING:
                outgoing = await database.locked(session, Outgoing, thing_id)
                await _owner(owners, outgoing.purpose).outgoing_moved(session, outgoing)
            case Thing.DISPUTE:
                await _disputed(session, owners, thing_id)

    return tell_owner


async def _received(session: AsyncSession, owners: dict[str, Owner], receipt_id: UUID) -> None:
    receipt = await database.locked(session, Receipt, receipt_id)
    if receipt.place is ReceiptPlace.BOOKED or receipt.payment_id is None:
        return
    payment = await session.get_one(Payment, receipt.payment_id)
    await _owner(owners, payment.purpose).received(session, receipt, payment)
    receipt.place, receipt.booked_at = ReceiptPlace.BOOKED, clock.now()


async def _disputed(session: AsyncSession, owners: dict[str, Owner], dispute_id: UUID) -> None:
    """Tell of a dispute; where its money is not told of yet, of that first, and of it later."""
    payment_id = (await session.get_one(Dispute, dispute_id)).payment_id
    arrived: UUID | None = await session.scalar(
        sa.select(Receipt.id)
        .where(Receipt.payment_id == payment_id, Receipt.place == ReceiptPlace.ARRIVED)
        .limit(1)
    )
    if arrived is not None:
        await _received(session, owners, arrived)
        await tell(session, Thing.DISPUTE, dispute_id)
        return
    dispute = await database.locked(session, Dispute, dispute_id)
    payment = await session.get_one(Payment, payment_id)
    await _owner(owners, payment.purpose).dispute_moved(session, dispute, payment)


def _owner(owners: dict[str, Owner], purpose: str) -> Owner:
    noun = Purpose.read(purpose).noun
    if noun not in owners:
        message = f"Nobody owns the purpose {purpose}: wire its noun in app/main.py."
        raise GiveUp(message)
    return owners[noun]
