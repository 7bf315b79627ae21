"""Issue invoices for orders, and credit notes for what is given back of them.

When: an order on invoice has its invoice when it is reserved, for the buyer pays by it; any other
order when it is paid, for who pays in advance gets an invoice, too (VAT Directive, article 220).

Decision: an invoice whose order ends unpaid is given back by a credit note. Who states VAT on an
invoice owes it, whether or not anything was supplied (article 203; in the Netherlands article 37
of the Wet OB 1968), and the buyer may have booked it: neither is undone by silence, nor by taking
the number back, which would leave a gap. Money that comes late all the same gets a new invoice.

The database gives the number (`Invoice`), and its row is the last lock that a transaction takes:
issue after the books are written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import settings_of
from app.core.events import Actor
from app.core.ids import new_id
from app.core.settings import Mode
from app.orders import queries
from app.orders.invoicing import InvoiceDocument, InvoiceFaultsError, InvoiceKind, Party
from app.orders.invoicing import Payment as HowToPay
from app.orders.invoicing.drafting import (
    GivenBack,
    Sale,
    credit_note,
    invoice_for_fee,
    invoice_for_units,
)
from app.orders.models import Invoice, Order, OrderPart, OrderState, SerialBlock, Supply, between
from app.orders.problems import InvoiceImpossible
from app.orders.queries.buying import terms_of
from app.orders.serials import Serial
from app.organisations.models import Organisation
from app.payments.models import Payment
from app.schemes.terms import FeeBearer, IssuedBy, Quote

logger = structlog.get_logger(__name__)

FILE = jobs.JobKind("invoices.file", max_attempts=40, back_off_seconds=5.0)
"""Write the bytes of a document, once and for all (`actions.filing`)."""

ISSUE = jobs.JobKind("invoices.issue", max_attempts=60, back_off_seconds=60.0)
"""Issue what could not be when an order was paid: a day of attempts (`issue_late`).

Then it is a dead letter, and an operator who completed the data says `baat jobs retry`.
"""

DOCUMENT = TypeAdapter(InvoiceDocument)
"""How a document is kept."""

BOUGHT = {OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED}

INVOICES = Actor.system("invoices")
"""Who issues: whoever caused it stands in the decisions about the order."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the documents of an order depend on, read before anything busy is locked."""

    order: Order
    sale: Sale
    seller_id: UUID
    operator_id: UUID
    wanted: frozenset[Supply]
    """What is not invoiced yet."""


async def prepare(session: AsyncSession, order: Order) -> Prepared:
    """Read what the documents of an order depend on; the order is locked, or new."""
    parties = await queries.invoices.parties(session, order)
    invoiced = {rest.invoice.supply for rest in await queries.invoices.rests(session, order)}
    sale = Sale(
        quote=order.quote,
        terms=await terms_of(session, order.policy_id),
        seller=_party(parties.seller),
        operator=_party(parties.operator),
        buyer=_buyer(parties.buyer, order),
        unit_name=parties.unit_name,
        project_title=_titled(parties.title, parties.language),
        reference=order.cost_centre or str(order.id),
        order_name=str(order.id),
        issued_on=clock.today(),
        language=parties.language,
        purchase_order=order.purchase_order_number,
        is_test=settings_of(session).mode is Mode.TEST,
    )
    wanted = frozenset(Supply) - invoiced
    return Prepared(order, sale, parties.seller.id, parties.operator.id, wanted)


async def issue_to_pay(session: AsyncSession, prepared: Prepared, payment: Payment) -> None:
    """Issue what a buyer is to pay by bank before the order is theirs.

    Raises:
        InvoiceImpossible: somebody's data are not complete.
    """
    try:
        how = await _how_to_pay(session, prepared.order, payment)
        sale = replace(prepared.sale, payment=how)
        owed = frozenset({Supply.UNITS})
        if prepared.sale.quote.fee_borne_by is FeeBearer.BUYER:
            owed |= {Supply.FEE}
        await issue(session, replace(prepared, sale=sale, wanted=prepared.wanted & owed))
    except InvoiceFaultsError as error:
        raise InvoiceImpossible(error.faults) from error


async def issue_paid(session: AsyncSession, prepared: Prepared, block: SerialBlock) -> None:
    """Issue what is paid and not invoiced yet; the money is there, so that this can't refuse.

    Where somebody's data are not complete, a job tries again until they are.
    """
    await _write(session, await _possible(session, with_serials(prepared, block)))


async def _possible(session: AsyncSession, prepared: Prepared) -> list[Invoice]:
    """Draw up what is wanted, or have a job do so later."""
    try:
        return _drawn_up(prepared)
    except InvoiceFaultsError as error:
        order = prepared.order
        events.record(
            session, "order.invoice-impossible", order.id, INVOICES, faults=list(error.faults)
        )
        logger.warning("invoice_impossible", order_id=str(order.id), faults=error.faults)
        await jobs.enqueue(session, ISSUE, order_id=order.id)
        return []


async def issue_late(session: AsyncSession, order_id: UUID) -> None:
    """Issue the invoices of a paid order that could not be issued then.

    Raises:
        InvoiceFaultsError: they still can't be.
    """
    order = await queries.orders.locked(session, order_id)
    if order.state not in BOUGHT:
        return
    block = await queries.units.given(session, order)
    prepared = with_serials(await prepare(session, order), block)
    await issue(session, prepared)
    wanted = prepared.wanted
    if wanted and order.undone_units:
        lost = between(order.quote, 0, order.undone_units)
        reason = "Units were given back before they were invoiced."
        # What was invoiced in time was given back in time.
        parts = {supply: part for supply, part in supplies(lost).items() if supply in wanted}
        await credit(session, order, reason, parts)


def with_serials(prepared: Prepared, block: SerialBlock) -> Prepared:
    """Name the serials that an order was given."""
    first, last = Serial.of(block.first_serial), Serial.of(block.last_serial)
    serials = str(first) if first == last else f"{first} … {last}"
    return replace(prepared, sale=replace(prepared.sale, serials=serials))


async def _how_to_pay(session: AsyncSession, order: Order, payment: Payment) -> HowToPay:
    account = await queries.invoices.account(session, order.scheme_id)
    if account is None or order.reserved_until is None or payment.creditor_reference is None:
        raise InvoiceFaultsError(["the scheme has no bank account to pay to"])
    return HowToPay(
        iban=account.iban,
        holder_name=account.holder_name,
        reference=payment.creditor_reference,
        due_on=clock.day_of(order.reserved_until),
    )


async def issue(session: AsyncSession, prepared: Prepared) -> None:
    """Issue what is wanted; the books are written: this takes the last locks.

    Raises:
        InvoiceFaultsError: somebody's data are not complete; nothing was written.
    """
    await _write(session, _drawn_up(prepared))


def _drawn_up(prepared: Prepared) -> list[Invoice]:
    order, sale = prepared.order, prepared.sale
    rows = []
    if Supply.UNITS in prepared.wanted:
        by_seller = sale.terms.invoicing.issued_by is IssuedBy.ENTREPRENEUR
        rows.append(
            _row(
                invoice_for_units(sale),
                order_id=order.id,
                scheme_id=order.scheme_id,
                supply=Supply.UNITS,
                issuer_id=prepared.seller_id,
                drawn_up_by_id=prepared.seller_id if by_seller else prepared.operator_id,
                buyer_id=order.buyer_id,
                units=order.quantity_units,
            )
        )
    fee = invoice_for_fee(sale) if Supply.FEE in prepared.wanted else None
    if fee is not None:
        by_buyer = sale.quote.fee_borne_by is FeeBearer.BUYER
        rows.append(
            _row(
                fee,
                order_id=order.id,
                scheme_id=order.scheme_id,
                supply=Supply.FEE,
                issuer_id=prepared.operator_id,
                drawn_up_by_id=prepared.operator_id,
                buyer_id=order.buyer_id if by_buyer else prepared.seller_id,
                units=0,
            )
        )
    return rows


async def exchange(
    session: AsyncSession, lost: Sequence[tuple[Order, OrderPart]], bought: Prepared | None
) -> None:
    """Issue credit notes for what orders lost, and invoices for what was bought for the money.

    All at once, for series are locked in one order. The orders are locked and the books written.
    """
    rows = [
        row
        for order, part in lost
        for row in await _given_back(session, order, part.reason, supplies(part))
    ]
    if bought is not None:
        rows += await _possible(session, bought)
    await _write(session, rows)


async def credit(
    session: AsyncSession,
    order: Order,
    reason: str,
    parts: Mapping[Supply, GivenBack] | None = None,
) -> None:
    """Issue credit notes: for parts of what an order was invoiced, or for all that is left of it.

    The order is locked, and the books are written: this takes the last locks.
    """
    await _write(session, await _given_back(session, order, reason, parts))


async def _given_back(
    session: AsyncSession, order: Order, reason: str, parts: Mapping[Supply, GivenBack] | None
) -> list[Invoice]:
    rows = []
    for rest in await queries.invoices.rests(session, order):
        invoice = rest.invoice
        part = GivenBack(rest.units, rest.net_cents, rest.vat_cents)
        if parts is not None:
            part = parts.get(invoice.supply, GivenBack(0, 0, 0))
        if part.net_cents + part.vat_cents == 0:
            continue
        rows.append(
            _row(
                credit_note(document(invoice), part, clock.today(), reason),
                order_id=order.id,
                scheme_id=order.scheme_id,
                supply=invoice.supply,
                issuer_id=invoice.issuer_id,
                drawn_up_by_id=invoice.drawn_up_by_id,
                buyer_id=invoice.buyer_id,
                units=part.units,
                corrects_id=invoice.id,
                reason=reason,
            )
        )
    return rows


def supplies(lost: OrderPart | Quote) -> dict[Supply, GivenBack]:
    """Share what an order lost over its suppliers."""
    return {
        Supply.UNITS: GivenBack(lost.quantity_units, lost.price_cents, lost.vat_sale_cents),
        Supply.FEE: GivenBack(0, lost.fee_cents, lost.vat_fee_cents),
    }


def document(invoice: Invoice) -> InvoiceDocument:
    """Make the document of a row again, as it was issued."""
    return replace(DOCUMENT.validate_python(invoice.content), number=invoice.name)


def _row(drafted: InvoiceDocument, **who: Any) -> Invoice:  # noqa: ANN401  Its columns.
    content = DOCUMENT.dump_python(drafted, mode="json")
    how = drafted.payment
    return Invoice(
        id=new_id(),
        kind=drafted.kind,
        year=drafted.issued_on.year,
        # The series that the marketplace keeps for an issuer: its own books have others.
        series="TEST" if drafted.is_test else "BAAT",
        net_cents=drafted.net_cents,
        vat_cents=drafted.vat_cents,
        total_cents=drafted.total_cents,
        content=content,
        issued_on=drafted.issued_on,
        due_on=how.due_on if how else None,
        **who,
    )


async def _write(session: AsyncSession, rows: list[Invoice]) -> None:
    """Write documents, in the order in which everybody locks the series; and want their files."""
    if not rows:
        return
    for row in rows:
        await jobs.enqueue(session, FILE, invoice_id=row.id)
        events.record(
            session,
            f"invoice.{'issued' if row.kind is InvoiceKind.INVOICE else 'credited'}",
            row.id,
            INVOICES,
            orderId=str(row.order_id),
            totalCents=row.total_cents,
        )
    # What else is to be written comes before the numbers.
    await session.flush()
    rows.sort(key=lambda row: row.issuer_id)
    session.add_all(rows)
    await session.flush()


def _party(organisation: Organisation) -> Party:
    return Party(
        name=organisation.legal_name,
        register_number=organisation.register_number,
        street=organisation.street or "",
        postal_code=organisation.postal_code or "",
        city=organisation.city or "",
        country=organisation.country,
        vat_id=organisation.vat_id,
    )


def _buyer(buyer: Organisation, order: Order) -> Party:
    party, address = _party(buyer), order.invoice_address
    if address is None:
        return party
    # Whoever takes its post, the buyer is the company that ordered.
    names = [address["name"], address.get("department")]
    attention = ", ".join(name for name in names if name and name != party.name)
    return replace(
        party,
        attention=attention or None,
        street=address["street"],
        postal_code=address["postalCode"],
        city=address["city"],
        country=address["country"],
        registered_in=party.country,
    )


def _titled(title: Mapping[str, str], language: str) -> str:
    return title.get(language) or title.get("nl") or title.get("en") or "?"
