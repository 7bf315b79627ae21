"""Send money back to buyers, the way that it came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.orders import queries
from app.orders.actions import decisions, letters
from app.orders.actions.letters import OrderLetter
from app.orders.models import Order
from app.orders.problems import BuyerWithoutAccount, NothingStranded
from app.organisations.models import Organisation
from app.payments.actions import outgoings
from app.payments.actions.outgoings import Planned, ToBankAccount, ToPayment
from app.payments.models import Outgoing, OutgoingKind, OutgoingStatus, Rail, Receipt

GONE = {OutgoingStatus.FAILED, OutgoingStatus.WITHHELD, OutgoingStatus.CLAWED_BACK}
"""What did not reach the buyer is to be sent again."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How much can go back to where it came from."""

    to: ToPayment | ToBankAccount | None
    cents: int


async def send_back(
    session: AsyncSession, order: Order, amount_cents: int, actor: Actor = decisions.PAYMENTS
) -> None:
    """Plan to send back what an order is owed; `refund_due` has it already.

    Orders whose money came together share its ways back, in whatever projects they are. They are
    one buyer's: who entered what is owed has this buyer's `refund_due` in the books until its
    commit, so that nobody else looks at the ways meanwhile.

    Whoever decided so is the one who planned it: by bank, somebody else approves.

    Each receipt takes no more back than it brought. What came by bank from an account that the bank
    did not name goes to the buyer's own; without one it stays due, and stands in a list
    (`queries.refunds.stranded`).
    """
    if amount_cents <= 0:
        return
    receipts = await queries.money.receipts(session, order)
    sent = await queries.money.outgoings(session, order)
    rest = amount_cents
    for way in _ways(receipts, sent):
        part = min(rest, way.cents)
        if part and way.to is not None:
            await outgoings.plan(session, actor, _planned(order, way.to, part))
            rest -= part
    stranded = rest
    if rest and await _to_own_account(session, actor, order, rest) is not None:
        stranded = 0
    if stranded < amount_cents:
        await letters.about_order(session, order, OrderLetter.REFUND, amount_cents - stranded)
    if stranded:
        await letters.about_order(session, order, OrderLetter.REFUND_STRANDED, stranded)
        events.record(
            session,
            "order.refund-stranded",
            order.id,
            decisions.PAYMENTS,
            schemeId=str(order.scheme_id),
            buyerId=str(order.buyer_id),
            amountCents=stranded,
        )


async def send_stranded(session: AsyncSession, actor: Actor, order: Order) -> Outgoing:
    """Plan to send what is owed back for an order, and goes nowhere, to the buyer's own account.

    Another person approves it, as all that leaves by bank.

    Raises:
        NothingStranded: nothing is owed, or all of it is on its way.
        BuyerWithoutAccount: the buyer has no account on record.
    """
    # The order that was paid: what its money was moved to shares the ways back.
    order = await queries.orders.locked(session, order.paid_order_id)
    cents = await queries.refunds.stranded_cents(session, order)
    if not cents:
        message = "Nothing is owed back for this order that is not on its way."
        raise NothingStranded(message)
    outgoing = await _to_own_account(session, actor, order, cents)
    if outgoing is None:
        message = (
            "The buyer has no bank account on record: one of its admins adds an IBAN to the"
            f" organisation (PATCH /v1/organisations/{order.buyer_id})."
        )
        raise BuyerWithoutAccount(message)
    await letters.about_order(session, order, OrderLetter.REFUND, cents)
    return outgoing


async def _to_own_account(
    session: AsyncSession, actor: Actor, order: Order, cents: int
) -> Outgoing | None:
    buyer = await session.get_one(Organisation, order.buyer_id)
    if buyer.iban is None:
        return None
    to = ToBankAccount(buyer.iban, buyer.legal_name)
    return await outgoings.plan(session, actor, _planned(order, to, cents))


def _planned(order: Order, to: ToPayment | ToBankAccount, cents: int) -> Planned:
    return Planned(
        scheme_id=order.scheme_id,
        kind=OutgoingKind.REFUND,
        purpose=order.purpose,
        account_owner_id=order.buyer_id,
        amount_cents=cents,
        to=to,
        description=f"Refund of order {order.id}",
    )


def _ways(receipts: Sequence[Receipt], sent: Sequence[Outgoing]) -> Iterator[_Way]:
    """Give what each receipt brought, less what went back the same way."""
    spent: dict[object, int] = {}
    for outgoing in sent:
        if outgoing.status not in GONE:
            way = outgoing.payment_id or outgoing.iban
            spent[way] = spent.get(way, 0) + outgoing.amount_cents
    for receipt in receipts:
        is_provider = receipt.rail is Rail.PROVIDER
        way = receipt.payment_id if is_provider else receipt.payer_iban
        gone = min(spent.get(way, 0), receipt.amount_cents)
        spent[way] = spent.get(way, 0) - gone
        yield _Way(_destination(receipt), receipt.amount_cents - gone)


def _destination(receipt: Receipt) -> ToPayment | ToBankAccount | None:
    if receipt.rail is Rail.PROVIDER and receipt.payment_id is not None:
        return ToPayment(receipt.payment_id)
    if receipt.payer_iban is None:
        return None
    return ToBankAccount(receipt.payer_iban, receipt.payer_name or "?")
