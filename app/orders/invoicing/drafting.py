"""What the documents of an order say, before they have a number: pure, order in, documents out.

Decision: one document per supplier. An invoice names one seller, who owes the VAT that it states
(VAT Directive, articles 203 and 226); the units are the entrepreneur's supply and the service fee
is the operator's. So an order whose buyer bears the fee has two invoices: the entrepreneur's for
the units and the operator's for the fee; a fee that the entrepreneur bears is invoiced to it. That
holds whoever draws them up: where the policy lets the operator issue, it does so in the name and in
the series of the entrepreneur (article 220), for whose VAT return they are. One invoice for both
would be right only for an operator who buys the units and sells them on in its own name.
"""

from dataclasses import dataclass, replace
from datetime import date

from app.core.languages import Language, gettext, money
from app.orders.invoicing.document import (
    Corrects,
    InvoiceDocument,
    InvoiceKind,
    InvoiceLine,
    Payment,
)
from app.orders.invoicing.parties import Party
from app.orders.invoicing.vat import VatTreatment
from app.schemes.terms import FeeBearer, IssuedBy, PolicyTerms, Quote

UNNUMBERED = "?"
"""Stands for the number until the database gives it."""


@dataclass(frozen=True, slots=True)
class Sale:
    """All that the documents of an order depend on, as it is when they are issued."""

    quote: Quote
    terms: PolicyTerms
    seller: Party
    operator: Party
    buyer: Party
    unit_name: str
    project_title: str
    reference: str
    """What the buyer finds it by: its cost centre, or the order."""
    order_name: str
    issued_on: date
    language: Language
    purchase_order: str | None = None
    serials: str | None = None
    payment: Payment | None = None
    """How to pay it; none where it is paid."""
    is_test: bool = False


def invoice_for_units(sale: Sale) -> InvoiceDocument:
    """Write the entrepreneur's invoice for the units.

    Raises:
        InvoiceFaultsError: somebody's data are not complete, or do not fit.
    """
    quote, language = sale.quote, sale.language
    told = {"unit": sale.unit_name, "project": sale.project_title}
    line = InvoiceLine(
        description=gettext("%(unit)s of %(project)s", language, **told),
        quantity=quote.quantity_units,
        unit_price_cents=sale.terms.unit_price_cents,
        vat=VatTreatment.of(sale.terms.sale_vat),
        note=sale.serials and gettext("Serials %(serials)s", language, serials=sale.serials),
    )
    total = quote.price_cents + quote.vat_sale_cents
    by_seller = sale.terms.invoicing.issued_by is IssuedBy.ENTREPRENEUR
    document = _document(sale, sale.seller, sale.buyer, line, total)
    return replace(document, payee=sale.operator, is_issued_by_seller=by_seller)


def invoice_for_fee(sale: Sale) -> InvoiceDocument | None:
    """Write the operator's invoice for its service fee; none where there is no fee.

    Raises:
        InvoiceFaultsError: somebody's data are not complete, or do not fit.
    """
    quote, language = sale.quote, sale.language
    if quote.fee_cents == 0:
        return None
    line = InvoiceLine(
        description=gettext("Service fee", language),
        quantity=1,
        unit_price_cents=quote.fee_cents,
        vat=VatTreatment.of(sale.terms.fee.vat),
        note=gettext(
            "For %(quantity)s %(unit)s of %(project)s",
            language,
            quantity=quote.quantity_units,
            unit=sale.unit_name,
            project=sale.project_title,
        ),
    )
    total = quote.fee_cents + quote.vat_fee_cents
    if quote.fee_borne_by is FeeBearer.BUYER:
        return _document(sale, sale.operator, sale.buyer, line, total)
    kept_back = gettext(
        "Kept back from what order %(order)s brings.", language, order=sale.order_name
    )
    # It is not the buyer's: neither its references stand on it, nor how it pays.
    own = replace(sale, payment=None, purchase_order=None, reference=sale.order_name)
    return replace(_document(own, sale.operator, sale.seller, line, total), note=kept_back)


def _document(
    sale: Sale, seller: Party, buyer: Party, line: InvoiceLine, total_cents: int
) -> InvoiceDocument:
    language, order_cents = sale.language, sale.quote.total_cents
    part = gettext(
        "Part of order %(order)s, which comes to %(total)s.",
        language,
        order=sale.order_name,
        total=money(order_cents, language),
    )
    return InvoiceDocument(
        kind=InvoiceKind.INVOICE,
        number=UNNUMBERED,
        issued_on=sale.issued_on,
        seller=seller,
        buyer=buyer,
        buyer_reference=sale.reference,
        lines=(line,),
        total_cents=total_cents,
        language=language,
        purchase_order=sale.purchase_order,
        prepaid_cents=0 if sale.payment else total_cents,
        payment=sale.payment,
        note=part if total_cents != order_cents else None,
        is_test=sale.is_test,
    )


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A part of what a document invoices, in whole units and cents."""

    units: int
    """So many of the units; 0 for the fee, which has none."""
    net_cents: int
    vat_cents: int


def credit_note(
    invoice: InvoiceDocument, part: GivenBack, issued_on: date, reason: str
) -> InvoiceDocument:
    """Give back a part of an invoice, or all of it; its number must be known.

    Raises:
        InvoiceFaultsError: the amounts are not those of such a part.
    """
    (line,) = invoice.lines
    language = invoice.language
    given = replace(line, note=None)
    if part.units:
        given = replace(given, quantity=part.units)
    else:
        given = replace(given, quantity=1, unit_price_cents=part.net_cents)
    if line.quantity > 1 and not part.units:
        what = gettext("Part of the price: %(what)s", language, what=line.description)
        given = replace(given, description=what)
    computed = given.vat.on(part.net_cents)
    return replace(
        invoice,
        kind=InvoiceKind.CREDIT_NOTE,
        number=UNNUMBERED,
        issued_on=issued_on,
        lines=(given,),
        total_cents=part.net_cents + part.vat_cents,
        stated_vat_cents=None if part.vat_cents == computed else part.vat_cents,
        prepaid_cents=0,
        payment=None,
        corrects=Corrects(invoice.number, invoice.issued_on),
        note=gettext("Why: %(reason)s", language, reason=" ".join(reason.split())[:400]),
    )
