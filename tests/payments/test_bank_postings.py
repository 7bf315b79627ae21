"""What the bank does to the books, as a bookkeeper reads it."""

from datetime import UTC, date, datetime
from uuid import UUID

from app.core.ids import new_id
from app.payments import postings
from app.payments.models import BankTransaction, Outgoing, OutgoingKind, Rail

MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
SCHEME, RECEIPT = UUID(int=1), UUID("01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11")


def test_the_bank_takes_its_fee() -> None:
    transaction = BankTransaction(
        id=UUID(int=7), scheme_id=SCHEME, amount_cents=1_250, booked_on=date(2026, 5, 4)
    )
    draft = postings.bank_cost(transaction)

    assert str(draft).splitlines() == [
        "2026-05-04  Cost of the bank",
        "  Dr provider_fees                      12.50 EUR",
        "      Cr bank                           12.50 EUR",
    ]
    assert draft.evidence == (f"camt:{UUID(int=7)}",)


def test_what_nobody_expected_goes_back_and_may_come_back() -> None:
    outgoing = Outgoing(
        id=new_id(),
        scheme_id=SCHEME,
        kind=OutgoingKind.SEND_BACK,
        purpose=f"receipt/{RECEIPT}",
        amount_cents=8_000,
        rail=Rail.BANK,
        external_id="1",
    )
    pages = [
        str(entry(outgoing, MAY)).splitlines()[1:]
        for entry in (postings.sent, postings.settled, postings.returned)
    ]

    assert pages == [
        [
            "  Dr suspense                           80.00 EUR",
            "      Cr outgoing                       80.00 EUR",
        ],
        [
            "  Dr outgoing                           80.00 EUR",
            "      Cr bank                           80.00 EUR",
        ],
        [
            "  Dr bank                               80.00 EUR",
            "      Cr suspense                       80.00 EUR",
        ],
    ]
