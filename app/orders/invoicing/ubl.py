"""Writing a document as UBL 2.1: EN 16931 in the Dutch profile (NLCIUS, SI-UBL 2.0).

The order of the elements is the schema's. What Peppol and NLCIUS ask beyond the European norm is
kept too: electronic addresses, the buyer's reference, register numbers with their scheme.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from stdnum import iban

from app.core.languages import gettext
from app.orders.invoicing.document import InvoiceDocument, InvoiceKind, InvoiceLine
from app.orders.invoicing.parties import Party
from app.orders.invoicing.vat import Category, VatShare, VatTreatment

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CREDIT_TRANSFER = "58"
"""SEPA credit transfer, in the list of ways to pay (UNCL4461)."""
PIECE = "C62"
"""One, of whatever it is, in the list of units (UN/ECE Recommendation 20)."""

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_AGGREGATES = f"{_UBL}:CommonAggregateComponents-2"
_BASICS = f"{_UBL}:CommonBasicComponents-2"


@dataclass(frozen=True, slots=True)
class _Words:
    """What UBL calls the parts in which its two documents differ."""

    root: str
    type_name: str
    type_code: str
    line: str
    quantity: str


_WORDS = {
    InvoiceKind.INVOICE: _Words(
        "Invoice", "InvoiceTypeCode", "380", "InvoiceLine", "InvoicedQuantity"
    ),
    InvoiceKind.CREDIT_NOTE: _Words(
        "CreditNote", "CreditNoteTypeCode", "381", "CreditNoteLine", "CreditedQuantity"
    ),
}


def write(document: InvoiceDocument) -> bytes:
    """Write the XML: the same document is the same file, byte for byte."""
    words = _WORDS[document.kind]
    namespace = f"{_UBL}:{words.root}-2"
    for prefix, uri in (("", namespace), ("cac", _AGGREGATES), ("cbc", _BASICS)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{namespace}}}{words.root}")
    _add_head(root, document, words)
    _add_references(root, document)
    _add_parties(root, document)
    _add_payment(root, document)
    _add_terms(root, document)
    _add_totals(root, document)
    for number, line in enumerate(document.lines, 1):
        _add_line(root, number, line, words)
    text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _add_head(root: ET.Element, document: InvoiceDocument, words: _Words) -> None:
    _basic(root, "CustomizationID", CUSTOMIZATION)
    _basic(root, "ProfileID", PROFILE)
    _basic(root, "ID", document.number)
    _basic(root, "IssueDate", document.issued_on.isoformat())
    if document.payment and document.kind is InvoiceKind.INVOICE:
        _basic(root, "DueDate", document.payment.due_on.isoformat())
    _basic(root, words.type_name, words.type_code)
    if note := _note(document):
        _basic(root, "Note", note)
    _basic(root, "DocumentCurrencyCode", "EUR")
    _basic(root, "BuyerReference", document.buyer_reference)


def _note(document: InvoiceDocument) -> str:
    # The schema has room for one.
    test = gettext("A test: nobody owes anything.", document.language) if document.is_test else ""
    return f"{test} {document.note or ''}".strip()


def _add_references(root: ET.Element, document: InvoiceDocument) -> None:
    if document.purchase_order:
        _basic(_aggregate(root, "OrderReference"), "ID", document.purchase_order)
    if document.corrects:
        corrected = _aggregate(_aggregate(root, "BillingReference"), "InvoiceDocumentReference")
        _basic(corrected, "ID", document.corrects.number)
        _basic(corrected, "IssueDate", document.corrects.issued_on.isoformat())
    if document.contract:
        _basic(_aggregate(root, "ContractDocumentReference"), "ID", document.contract)


def _add_parties(root: ET.Element, document: InvoiceDocument) -> None:
    names_vat = not document.is_outside_vat
    _add_party(_aggregate(root, "AccountingSupplierParty"), document.seller, names_vat=names_vat)
    _add_party(_aggregate(root, "AccountingCustomerParty"), document.buyer, names_vat=names_vat)
    if document.payee:
        payee = _aggregate(root, "PayeeParty")
        _basic(_aggregate(payee, "PartyName"), "Name", document.payee.name)
        _add_register_number(_aggregate(payee, "PartyLegalEntity"), document.payee)


def _add_party(parent: ET.Element, party: Party, *, names_vat: bool) -> None:
    told = _aggregate(parent, "Party")
    if party.electronic_address:
        scheme, number = party.electronic_address
        _basic(told, "EndpointID", number).set("schemeID", scheme)
    _basic(_aggregate(told, "PartyName"), "Name", party.name)
    place = _aggregate(told, "PostalAddress")
    _basic(place, "StreetName", party.street)
    if party.attention:
        _basic(place, "AdditionalStreetName", party.attention)
    _basic(place, "CityName", party.city)
    _basic(place, "PostalZone", party.postal_code)
    _basic(_aggregate(place, "Country"), "IdentificationCode", party.country)
    if party.vat_id and names_vat:
        tax = _aggregate(told, "PartyTaxScheme")
        _basic(tax, "CompanyID", party.vat_id)
        _add_vat_scheme(tax)
    entity = _aggregate(told, "PartyLegalEntity")
    _basic(entity, "RegistrationName", party.name)
    _add_register_number(entity, party)
    if party.email:
        _basic(_aggregate(told, "Contact"), "ElectronicMail", party.email)


def _add_register_number(entity: ET.Element, party: Party) -> None:
    number = _basic(entity, "CompanyID", party.register_number)
    if party.register_scheme:
        number.set("schemeID", party.register_scheme)


def _add_payment(root: ET.Element, document: InvoiceDocument) -> None:
    if document.payment is None:
        return
    means = _aggregate(root, "PaymentMeans")
    _basic(means, "PaymentMeansCode", CREDIT_TRANSFER)
    if document.kind is InvoiceKind.CREDIT_NOTE:
        # A credit note has no due date of its own.
        _basic(means, "PaymentDueDate", document.payment.due_on.isoformat())
    _basic(means, "PaymentID", document.payment.reference)
    account = _aggregate(means, "PayeeFinancialAccount")
    _basic(account, "ID", iban.compact(document.payment.iban))
    _basic(account, "Name", document.payment.holder_name)


def _add_terms(root: ET.Element, document: InvoiceDocument) -> None:
    """Say of a credit note, whose amount is due as any, when that is (BR-CO-25)."""
    if document.kind is InvoiceKind.CREDIT_NOTE:
        words = gettext("Set off, or paid back to whoever paid.", document.language)
        _basic(_aggregate(root, "PaymentTerms"), "Note", words)


def _add_totals(root: ET.Element, document: InvoiceDocument) -> None:
    tax = _aggregate(root, "TaxTotal")
    _amount(tax, "TaxAmount", document.vat_cents)
    for share in document.vat_shares:
        _add_share(tax, share)
    totals = _aggregate(root, "LegalMonetaryTotal")
    _amount(totals, "LineExtensionAmount", document.net_cents)
    _amount(totals, "TaxExclusiveAmount", document.net_cents)
    _amount(totals, "TaxInclusiveAmount", document.total_cents)
    if document.prepaid_cents:
        _amount(totals, "PrepaidAmount", document.prepaid_cents)
    _amount(totals, "PayableAmount", document.due_cents)


def _add_share(tax: ET.Element, share: VatShare) -> None:
    subtotal = _aggregate(tax, "TaxSubtotal")
    _amount(subtotal, "TaxableAmount", share.taxable_cents)
    _amount(subtotal, "TaxAmount", share.vat_cents)
    category = _aggregate(subtotal, "TaxCategory")
    _add_treatment(category, share.treatment)
    if share.treatment.reason:
        _basic(category, "TaxExemptionReason", share.treatment.reason)
    _add_vat_scheme(category)


def _add_line(root: ET.Element, number: int, line: InvoiceLine, words: _Words) -> None:
    told = _aggregate(root, words.line)
    _basic(told, "ID", str(number))
    _basic(told, words.quantity, str(line.quantity)).set("unitCode", PIECE)
    _amount(told, "LineExtensionAmount", line.net_cents)
    item = _aggregate(told, "Item")
    if line.note:
        _basic(item, "Description", line.note)
    _basic(item, "Name", line.description)
    category = _aggregate(item, "ClassifiedTaxCategory")
    _add_treatment(category, line.vat)
    _add_vat_scheme(category)
    _amount(_aggregate(told, "Price"), "PriceAmount", line.unit_price_cents)


def _add_treatment(category: ET.Element, vat: VatTreatment) -> None:
    _basic(category, "ID", vat.category)
    if vat.category is not Category.OUTSIDE:
        _basic(category, "Percent", _two_decimals(vat.rate_basis_points))


def _add_vat_scheme(parent: ET.Element) -> None:
    _basic(_aggregate(parent, "TaxScheme"), "ID", "VAT")


def _amount(parent: ET.Element, name: str, cents: int) -> None:
    _basic(parent, name, _two_decimals(cents)).set("currencyID", "EUR")


def _two_decimals(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _aggregate(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_AGGREGATES}}}{name}")


def _basic(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_BASICS}}}{name}")
    element.text = text
    return element
