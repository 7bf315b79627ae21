"""What the documents of an order say: one per supplier, and parts that add up to the whole."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.languages import Language
from app.orders.invoicing import (
    InvoiceDocument,
    InvoiceFaultsError,
    InvoiceKind,
    Payment,
    pdf,
    write_ubl,
)
from app.orders.invoicing.drafting import (
    GivenBack,
    Sale,
    credit_note,
    invoice_for_fee,
    invoice_for_units,
)
from app.orders.models import between
from app.schemes.terms import PolicyTerms
from tests.make.schemes import terms
from tests.make.statements import OUR_IBAN
from tests.orders.test_invoicing import BUYER, FOUNDATION, SELLER

CHARGED = {"kind": "charged", "rateBasisPoints": 2_100}
HOW = Payment(OUR_IBAN, "Stichting Rijnmond", "RF18539007547034", date(2026, 6, 3))
OPERATOR = replace(FOUNDATION, vat_id="NL001234567B14")


def a_sale(quantity: int = 10, borne_by: str = "buyer", **more: Any) -> Sale:  # noqa: ANN401  Terms and members.
    fee = {"kind": "percentage", "rateBasisPoints": 525, "borneBy": borne_by, "vat": CHARGED}
    changes = {"saleVat": CHARGED, "fee": fee, "unitPriceCents": 10_003, **more.pop("terms", {})}
    policy = PolicyTerms.model_validate(terms(**changes))
    members: dict[str, Any] = {
        "quote": policy.quote(quantity),
        "terms": policy,
        "seller": SELLER,
        "operator": OPERATOR,
        "buyer": BUYER,
        "unit_name": "RIKX",
        "project_title": "Chauffeurs voor de zorg",
        "reference": "4400",
        "order_name": "7",
        "issued_on": date(2026, 5, 4),
        "language": Language.DUTCH,
        "payment": HOW,
    }
    return Sale(**{**members, **more})


def fee_of(sale: Sale) -> InvoiceDocument:
    document = invoice_for_fee(sale)
    assert document is not None
    return document


def test_each_supplier_has_an_invoice_of_its_own_and_they_come_to_the_order() -> None:
    sale = a_sale()
    units, fee = invoice_for_units(sale), fee_of(sale)

    assert (units.seller, units.buyer, units.payee) == (SELLER, BUYER, OPERATOR)
    assert (fee.seller, fee.buyer, fee.payee) == (OPERATOR, BUYER, None)
    assert units.total_cents + fee.total_cents == sale.quote.total_cents
    assert units.note is not None
    assert "€ 1.273,91" in units.note.replace("\xa0", " ")
    assert (units.due_cents, fee.due_cents) == (units.total_cents, fee.total_cents)
    assert units.payment == fee.payment == HOW


def test_a_fee_that_the_entrepreneur_bears_is_invoiced_to_it() -> None:
    sale = a_sale(borne_by="entrepreneur")
    units, fee = invoice_for_units(sale), fee_of(sale)

    assert (fee.seller, fee.buyer) == (OPERATOR, SELLER)
    assert (fee.due_cents, fee.buyer_reference) == (0, "7")
    assert fee.note == "Ingehouden op de opbrengst van order 7."
    assert (units.total_cents, units.note) == (sale.quote.total_cents, None)


def test_without_a_fee_there_is_no_invoice_for_it() -> None:
    free = {"kind": "fixed", "amountCents": 0, "borneBy": "buyer", "vat": CHARGED}
    assert invoice_for_fee(a_sale(terms={"fee": free})) is None


@pytest.mark.parametrize("issued_by", ["operator", "entrepreneur"])
def test_the_policy_says_who_issues_and_the_seller_stays_the_seller(issued_by: str) -> None:
    sale = a_sale(terms={"invoicing": {"issuedBy": issued_by, "reminderDays": 7}})
    document = invoice_for_units(sale)

    assert document.seller == SELLER
    assert document.is_issued_by_seller == (issued_by == "entrepreneur")
    printed = pdf.printed(document)["remarks"]
    assert ("op naam van" in str(printed)) == (issued_by == "operator")


def test_what_is_paid_is_not_to_be_paid_again() -> None:
    document = invoice_for_units(a_sale(payment=None, serials="12-1 … 12-10"))

    assert (document.due_cents, document.payment) == (0, None)
    assert document.lines[0].note == "Serienummers 12-1 … 12-10"


def test_a_document_of_a_test_says_so_in_both_forms() -> None:
    document = invoice_for_units(a_sale(is_test=True))

    assert "niemand is iets verschuldigd" in write_ubl(document).decode()
    assert pdf.printed(document)["test"] == "TEST"


@given(
    parts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    price=st.integers(1, 20_000),
    rate=st.integers(1, 1_500),
    borne_by=st.sampled_from(["buyer", "entrepreneur"]),
)
def test_whatever_parts_an_order_loses_their_credit_notes_add_up_to_its_invoices(
    parts: list[int], price: int, rate: int, borne_by: str
) -> None:
    fee = {"kind": "percentage", "rateBasisPoints": rate, "borneBy": borne_by, "vat": CHARGED}
    sale = a_sale(sum(parts), terms={"unitPriceCents": price, "fee": fee})
    numbered = [invoice_for_units(sale), invoice_for_fee(sale)]
    for invoice in [replace(made, number="TEST-2026-00001") for made in numbered if made]:
        notes, undone = [], 0
        for units in parts:
            lost = between(sale.quote, undone, undone := undone + units)
            part = GivenBack(units, lost.price_cents, lost.vat_sale_cents)
            if invoice.seller == OPERATOR:
                part = GivenBack(0, lost.fee_cents, lost.vat_fee_cents)
            if part.net_cents + part.vat_cents:
                notes.append(credit_note(invoice, part, date(2026, 6, 1), "Zo\nbesloten."))

        assert sum(note.total_cents for note in notes) == invoice.total_cents
        assert sum(note.net_cents for note in notes) == invoice.net_cents
        for note in notes:
            assert (note.kind, note.due_cents) == (InvoiceKind.CREDIT_NOTE, note.total_cents)
            assert note.note == "Reden: Zo besloten."
            vat = f"{note.vat_cents // 100}.{note.vat_cents % 100:02}</cbc:TaxAmount>"
            assert vat in write_ubl(note).decode()


def test_money_is_given_back_without_units_too_but_not_with_a_made_up_vat() -> None:
    invoice = replace(invoice_for_units(a_sale()), number="TEST-2026-00001")
    note = credit_note(invoice, GivenBack(0, 5_000, 1_050), date(2026, 6, 1), "Minder resultaat.")

    assert (note.lines[0].quantity, note.net_cents, note.vat_cents) == (1, 5_000, 1_050)
    assert note.lines[0].description.startswith("Deel van de prijs: ")
    with pytest.raises(InvoiceFaultsError, match="give or take a rounding"):
        credit_note(invoice, GivenBack(0, 5_000, 1_100), date(2026, 6, 1), "Minder resultaat.")
