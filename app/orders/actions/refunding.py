"""Send money back to buyers, the way that it came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import queries
from app.orders.actions import decisions
from app.orders.models import Order
from app.payments.actions import outgoings
from app.payments.actions.outgoings import Planned, ToBankAccount, ToPayment
from app.payments.models import Outgoing, OutgoingKind, OutgoingStatus, Rail, Receipt

logger = structlog.get_logger(__name__)

GONE = {OutgoingStatus.FAILED, OutgoingStatus.WITHHELD, OutgoingStatus.CLAWED_BACK}
"""What did not reach the buyer is to be sent again."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How much can go back to where it came from."""

    to: ToPayment | ToBankAccount | None
    cents: int


async def send_back(session: AsyncSession, order: Order, amount_cents: int) -> None:
    """Plan to send back what an order is owed; `refund_due` has it already.

    Each receipt takes no more back than it brought. What came by bank from an account that the bank
    did not name stays due, until somebody says where it should go.
    """
    if amount_cents <= 0:
        return
    receipts = await queries.money.receipts(session, order)
    sent = await queries.money.outgoings(session, order)
    rest = amount_cents
    for way in _ways(receipts, sent):
        part = min(rest, way.cents)
        if part and way.to is not None:
            await outgoings.plan(session, decisions.PAYMENTS, _planned(order, way.to, part))
            rest -= part
    if rest:
        logger.warning("refund_has_no_way", order_id=str(order.id), amount_cents=rest)


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
