"""What payouts do to the books, as the pages that a bookkeeper reads."""

from datetime import UTC, datetime
from uuid import UUID

from app.payments.models import Payment, Rail, Receipt, ReceiptPlace
from app.payouts import postings
from app.payouts.models import Freeze, Payout, WriteOff
from app.schemes.terms import Part

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def a_payout(part: Part = Part.START, vat_cents: int = 226_800, netted_cents: int = 0) -> Payout:
    return Payout(
        id=UUID(int=9),
        scheme_id=UUID(int=1),
        project_id=UUID(int=2),
        entrepreneur_id=UUID(int=3),
        part=part,
        principal_cents=1_080_000,
        vat_cents=vat_cents,
        netted_cents=netted_cents,
    )


def test_an_approved_payout_is_owed_with_its_vat() -> None:
    assert str(postings.approved(a_payout(), AT)).splitlines() == [
        "2026-05-01  Payout of the start part approved",
        "  Dr start_part                     10,800.00 EUR",
        "  Dr vat_sale                        2,268.00 EUR",
        "      Cr payable                    13,068.00 EUR",
    ]


def test_the_result_part_is_owed_likewise() -> None:
    assert str(postings.approved(a_payout(Part.RESULT, 0), AT)).splitlines() == [
        "2026-05-01  Payout of the result part approved",
        "  Dr result_part                    10,800.00 EUR",
        "      Cr payable                    10,800.00 EUR",
    ]


def test_what_is_withheld_is_earmarked_again() -> None:
    assert str(postings.withheld(a_payout(), AT)).splitlines() == [
        "2026-05-01  Payout of the start part withheld",
        "  Dr payable                        13,068.00 EUR",
        "      Cr start_part                 10,800.00 EUR",
        "      Cr vat_sale                    2,268.00 EUR",
    ]


def test_what_the_entrepreneur_owes_is_netted_with_what_is_owed_to_it() -> None:
    assert str(postings.netted(a_payout(), 96_800, AT)).splitlines() == [
        "2026-05-01  Payout of the start part netted with what the entrepreneur owes",
        "  Dr payable                           968.00 EUR",
        "      Cr receivable                    968.00 EUR",
    ]


def test_what_is_paid_back_is_owed_no_more() -> None:
    receipt = Receipt(
        id=UUID(int=5),
        scheme_id=UUID(int=1),
        rail=Rail.BANK,
        external_id="NL1/7",
        amount_cents=96_800,
        received_at=AT,
        place=ReceiptPlace.SUSPENSE,
    )
    payment = Payment(scheme_id=UUID(int=1), purpose=f"claim/{UUID(int=3)}")
    assert str(postings.repaid(receipt, payment)).splitlines() == [
        "2026-05-01  The entrepreneur paid back what it owed",
        "  Dr suspense                          968.00 EUR",
        "      Cr receivable                    968.00 EUR",
    ]


def test_what_is_written_off_the_operator_bears() -> None:
    write_off = WriteOff(
        id=UUID(int=6), scheme_id=UUID(int=1), entrepreneur_id=UUID(int=3), amount_cents=96_800
    )
    assert str(postings.written_off(write_off, AT)).splitlines() == [
        "2026-05-01  Written off: the operator bears what the entrepreneur does not pay back",
        "  Dr operator_loss                     968.00 EUR",
        "      Cr receivable                    968.00 EUR",
    ]


def test_what_was_netted_is_owed_again_where_the_payout_is_withheld() -> None:
    assert str(postings.withheld(a_payout(netted_cents=96_800), AT)).splitlines() == [
        "2026-05-01  Payout of the start part withheld",
        "  Dr payable                        12,100.00 EUR",
        "  Dr receivable                        968.00 EUR",
        "      Cr start_part                 10,800.00 EUR",
        "      Cr vat_sale                    2,268.00 EUR",
    ]


def test_what_is_left_is_held_until_somebody_decides() -> None:
    freeze = Freeze(id=UUID(int=4), scheme_id=UUID(int=1), project_id=UUID(int=2))

    hold = postings.frozen(freeze, Part.RESULT, 120_000, 1)

    assert str(hold) == ("  Hold result_part                   1,200.00 EUR until 9000-01-01 00:00")
    assert hold.reference == f"freeze/{freeze.id}/result-part/1"
