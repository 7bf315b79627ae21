"""What payments do to the books, as a bookkeeper reads it."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.core.ids import new_id
from app.ledger.drafts import Draft
from app.payments import postings
from app.payments.models import (
    Dispute,
    DisputeStatus,
    Outgoing,
    OutgoingKind,
    Payment,
    ProviderPayout,
    ProviderTransaction,
    Rail,
    Receipt,
    ReceiptPlace,
    Way,
)

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCHEME, BUYER = UUID(int=1), UUID(int=2)
ORDER = UUID("01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11")

PAYMENT = Payment(
    id=new_id(), scheme_id=SCHEME, purpose=f"order/{ORDER}", way=Way.CARD, amount_cents=127_050
)


def a_receipt(rail: Rail, place: ReceiptPlace = ReceiptPlace.ARRIVED) -> Receipt:
    return Receipt(
        id=new_id(),
        scheme_id=SCHEME,
        rail=rail,
        external_id="fact_1",
        amount_cents=127_050,
        received_at=MAY,
        place=place,
    )


def an_outgoing(kind: OutgoingKind, rail: Rail) -> Outgoing:
    is_own = kind in {OutgoingKind.FEE, OutgoingKind.VAT}
    return Outgoing(
        id=new_id(),
        scheme_id=SCHEME,
        kind=kind,
        purpose=f"order/{ORDER}",
        account_owner_id=None if is_own else BUYER,
        amount_cents=127_050,
        rail=rail,
        external_id="re_1",
    )


def a_move(kind: str, amount_cents: int, fee_cents: int = 0) -> ProviderTransaction:
    return ProviderTransaction(
        id=new_id(),
        external_id="txn_1",
        type=kind,
        source_id="po_1",
        amount_cents=amount_cents,
        fee_cents=fee_cents,
        happened_at=MAY,
        available_on=date(2026, 5, 1),
    )


DISPUTE = Dispute(
    id=new_id(),
    external_id="du_1",
    amount_cents=127_050,
    status=DisputeStatus.LOST,
    opened_at=MAY,
)
PAYOUT = ProviderPayout(id=new_id(), scheme_id=SCHEME, amount_cents=500_000)
REFUND = an_outgoing(OutgoingKind.REFUND, Rail.PROVIDER)
TO_BANK = an_outgoing(OutgoingKind.PAYOUT, Rail.BANK)

PAGES: list[tuple[Draft, list[str]]] = [
    (
        postings.unallocated(a_receipt(Rail.PROVIDER), PAYMENT),
        [
            f"2026-05-01  Received for order/{ORDER}",
            "  Dr provider_balance                1,270.50 EUR",
            "      Cr unallocated                 1,270.50 EUR",
        ],
    ),
    (
        postings.suspended(a_receipt(Rail.BANK)),
        [
            "2026-05-01  Received, owner unknown",
            "  Dr bank                            1,270.50 EUR",
            "      Cr suspense                    1,270.50 EUR",
        ],
    ),
    (
        postings.unallocated(a_receipt(Rail.BANK, ReceiptPlace.SUSPENSE), PAYMENT),
        [
            f"2026-05-01  Received for order/{ORDER}",
            "  Dr suspense                        1,270.50 EUR",
            "      Cr unallocated                 1,270.50 EUR",
        ],
    ),
    (
        postings.sent(REFUND, MAY),
        [
            f"2026-05-01  Refund for order/{ORDER} sent",
            "  Dr refund_due                      1,270.50 EUR",
            "      Cr outgoing                    1,270.50 EUR",
        ],
    ),
    (
        postings.settled(REFUND, MAY),
        [
            f"2026-05-01  Refund for order/{ORDER} settled",
            "  Dr outgoing                        1,270.50 EUR",
            "      Cr provider_balance            1,270.50 EUR",
        ],
    ),
    (
        postings.failed(REFUND, MAY),
        [
            f"2026-05-01  Refund for order/{ORDER} failed",
            "  Dr outgoing                        1,270.50 EUR",
            "      Cr refund_due                  1,270.50 EUR",
        ],
    ),
    (
        postings.settled(TO_BANK, MAY),
        [
            f"2026-05-01  Payout for order/{ORDER} settled",
            "  Dr outgoing                        1,270.50 EUR",
            "      Cr bank                        1,270.50 EUR",
        ],
    ),
    (
        postings.returned(TO_BANK, MAY),
        [
            f"2026-05-01  Payout for order/{ORDER} returned",
            "  Dr bank                            1,270.50 EUR",
            "      Cr payable                     1,270.50 EUR",
        ],
    ),
    (
        postings.clawed_back(an_outgoing(OutgoingKind.PAYOUT, Rail.PROVIDER), MAY),
        [
            f"2026-05-01  Payout for order/{ORDER} clawed back",
            "  Dr provider_balance                1,270.50 EUR",
            "      Cr payable                     1,270.50 EUR",
        ],
    ),
    (
        postings.sent(an_outgoing(OutgoingKind.FEE, Rail.BANK), MAY),
        [
            f"2026-05-01  Fee for order/{ORDER} sent",
            "  Dr fee_income                      1,270.50 EUR",
            "      Cr outgoing                    1,270.50 EUR",
        ],
    ),
    (
        postings.sent(an_outgoing(OutgoingKind.VAT, Rail.BANK), MAY),
        [
            f"2026-05-01  Vat for order/{ORDER} sent",
            "  Dr vat_fee                         1,270.50 EUR",
            "      Cr outgoing                    1,270.50 EUR",
        ],
    ),
    (
        postings.fee(a_move("charge", 127_050, 1_931), SCHEME),
        [
            "2026-05-01  Cost of the payment provider",
            "  Dr provider_fees                      19.31 EUR",
            "      Cr provider_balance               19.31 EUR",
        ],
    ),
    (
        postings.fee(a_move("charge", 127_050, -1_931), SCHEME),
        [
            "2026-05-01  Cost of the payment provider given back",
            "  Dr provider_balance                   19.31 EUR",
            "      Cr provider_fees                  19.31 EUR",
        ],
    ),
    (
        postings.charged(a_move("stripe_fee", -200), SCHEME),
        [
            "2026-05-01  Cost of the payment provider",
            "  Dr provider_fees                       2.00 EUR",
            "      Cr provider_balance                2.00 EUR",
        ],
    ),
    (
        postings.disputed(DISPUTE, a_move("adjustment", -127_050), PAYMENT),
        [
            f"2026-05-01  Dispute about order/{ORDER}: held back",
            "  Dr disputed                        1,270.50 EUR",
            "      Cr provider_balance            1,270.50 EUR",
        ],
    ),
    (
        postings.disputed(DISPUTE, a_move("adjustment", 127_050), PAYMENT),
        [
            f"2026-05-01  Dispute about order/{ORDER}: given back",
            "  Dr provider_balance                1,270.50 EUR",
            "      Cr disputed                    1,270.50 EUR",
        ],
    ),
    (
        postings.lost(DISPUTE, PAYMENT, MAY),
        [
            f"2026-05-01  Dispute about order/{ORDER} lost",
            "  Dr unallocated                     1,270.50 EUR",
            "      Cr disputed                    1,270.50 EUR",
        ],
    ),
    (
        postings.paid_out(PAYOUT, a_move("payout", -500_000)),
        [
            "2026-05-01  From the provider to the bank",
            "  Dr in_transit                      5,000.00 EUR",
            "      Cr provider_balance            5,000.00 EUR",
        ],
    ),
    (
        postings.paid_out(PAYOUT, a_move("payout_failure", 500_000)),
        [
            "2026-05-01  From the provider to the bank: came back",
            "  Dr provider_balance                5,000.00 EUR",
            "      Cr in_transit                  5,000.00 EUR",
        ],
    ),
    (
        postings.arrived(PAYOUT, MAY, "camt:1/2"),
        [
            "2026-05-01  From the provider: arrived at the bank",
            "  Dr bank                            5,000.00 EUR",
            "      Cr in_transit                  5,000.00 EUR",
        ],
    ),
]


@pytest.mark.parametrize(("draft", "page"), PAGES, ids=[page[0][12:50] for _, page in PAGES])
def test_every_move_of_money_is_a_page(draft: Draft, page: list[str]) -> None:
    assert str(draft).splitlines() == page
