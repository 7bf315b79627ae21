"""Writing a document as PDF: for people, to be kept for years and read aloud.

What is printed is put together here; `invoice.typ` only says where it stands.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from stdnum import iban

from app.core.languages import Language, day, gettext, money
from app.core.typesetting import typeset
from app.orders.invoicing.document import InvoiceDocument, InvoiceKind, InvoiceLine
from app.orders.invoicing.parties import OIN, Party
from app.orders.invoicing.vat import Category, VatTreatment
from app.payments.sepa import references

TEMPLATE = Path(__file__).with_name("invoice.typ")

Facts: TypeAlias = list[tuple[str, str]]
"""Labels with what they say, in order."""


def render(document: InvoiceDocument) -> bytes:
    """Set a document: the same one is the same file, byte for byte. Takes tens of milliseconds.

    Raises:
        PdfUnavailableError: the extra `pdf` is not installed.
    """
    return typeset(TEMPLATE, printed(document), document.issued_on)


def printed(document: InvoiceDocument) -> dict[str, object]:
    """Put together all text, in the language of the document."""
    language = document.language
    is_invoice = document.kind is InvoiceKind.INVOICE
    title = gettext("Invoice", language) if is_invoice else gettext("Credit note", language)
    return {
        "language": str(language),
        "title": f"{title} {document.number}",
        "test": gettext("TEST", language) if document.is_test else "",
        "seller": _address(document.seller),
        "buyer": _address(document.buyer),
        "to": gettext("To", language),
        "facts": _facts(document),
        "columns": [
            gettext("Description", language),
            gettext("Quantity", language),
            gettext("Price", language),
            gettext("VAT", language),
            gettext("Amount", language),
        ],
        "lines": [_line(line, language) for line in document.lines],
        "totals": list(_totals(document)),
        "remarks": list(_remarks(document)),
        "pay": _pay(document),
        "numbers": list(_numbers(document.seller, document)),
        "page": gettext("Page", language),
    }


def _address(party: Party) -> list[str]:
    country = [] if party.country == "NL" else [party.country]
    attention = [party.attention] if party.attention else []
    return [party.name, *attention, party.street, f"{party.postal_code} {party.city}", *country]


def _facts(document: InvoiceDocument) -> Facts:
    language = document.language
    corrects = document.corrects
    told = [
        (gettext("Number", language), document.number),
        (gettext("Date", language), day(document.issued_on, language)),
        (gettext("Your reference", language), document.buyer_reference),
        (gettext("Purchase order", language), document.purchase_order or ""),
        (gettext("Contract", language), document.contract or ""),
        (
            gettext("Gives back invoice", language),
            f"{corrects.number}, {day(corrects.issued_on, language)}" if corrects else "",
        ),
    ]
    return [(label, text) for label, text in told if text]


def _line(line: InvoiceLine, language: Language) -> list[str]:
    return [
        line.description,
        line.note or "",
        f"{line.quantity}",
        money(line.unit_price_cents, language),
        _rate(line.vat, language),
        money(line.net_cents, language),
    ]


def _rate(vat: VatTreatment, language: Language) -> str:
    if vat.category is Category.STANDARD:
        whole, rest = divmod(vat.rate_basis_points, 100)
        point = "," if language is Language.DUTCH else "."
        return f"{whole}{point}{rest:02} %" if rest else f"{whole} %"
    if vat.category is Category.EXEMPT:
        return gettext("exempt", language)
    return gettext("none", language)


def _totals(document: InvoiceDocument) -> Iterator[tuple[str, str]]:
    language = document.language
    yield gettext("Total without VAT", language), money(document.net_cents, language)
    for share in document.vat_shares:
        if share.treatment.category is Category.STANDARD:
            rate, amount = _rate(share.treatment, language), money(share.taxable_cents, language)
            label = gettext("VAT %(rate)s of %(amount)s", language, rate=rate, amount=amount)
            yield label, money(share.vat_cents, language)
    yield gettext("Total", language), money(document.total_cents, language)
    if document.prepaid_cents:
        yield gettext("Paid", language), money(-document.prepaid_cents, language)
        yield gettext("Still to pay", language), money(document.due_cents, language)


def _remarks(document: InvoiceDocument) -> Iterator[str]:
    language = document.language
    if document.is_test:
        yield gettext("A test: nobody owes anything.", language)
    if document.corrects:
        yield gettext(
            "This gives back invoice %(number)s of %(day)s: what was paid of it goes back the way"
            " it came, and what was not paid is not owed any more.",
            language,
            number=document.corrects.number,
            day=day(document.corrects.issued_on, language),
        )
    for share in document.vat_shares:
        if share.treatment.reason:
            yield gettext("No VAT is charged: %(reason)s", language, reason=share.treatment.reason)
    if document.payee and not document.is_issued_by_seller:
        yield gettext(
            "Issued by %(payee)s in the name of %(seller)s, whose money it keeps.",
            language,
            payee=document.payee.name,
            seller=document.seller.name,
        )
    if document.note:
        yield document.note


def _pay(document: InvoiceDocument) -> Facts:
    payment, language = document.payment, document.language
    if payment is None or document.kind is InvoiceKind.CREDIT_NOTE or document.due_cents == 0:
        return []
    return [
        (gettext("Please pay", language), money(document.due_cents, language)),
        (gettext("at the latest on", language), day(payment.due_on, language)),
        (gettext("to account", language), str(iban.format(payment.iban))),
        (gettext("in the name of", language), payment.holder_name),
        (gettext("with the reference", language), references.printed(payment.reference)),
    ]


def _numbers(seller: Party, document: InvoiceDocument) -> Iterator[str]:
    register = "OIN" if seller.register_scheme == OIN else "KvK"
    yield seller.name
    yield f"{register} {seller.register_number}"
    if seller.vat_id and not document.is_outside_vat:
        yield gettext("VAT %(number)s", document.language, number=seller.vat_id)
    if seller.email:
        yield seller.email
