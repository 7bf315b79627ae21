"""What happens to the books, as the pages that a bookkeeper reads."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.core.money import LARGEST_AMOUNT
from app.ledger.chart import BANK, DEPOSIT
from app.ledger.drafts import debit
from app.orders import postings
from app.orders.models import Order, OrderPart, PartKind
from app.orders.postings import Amounts, Arrived, Beyond, Funded
from app.payments.models import Dispute, Outgoing
from app.schemes.terms import FeeBearer

SCHEME, PROJECT, BUYER, SELLER = [UUID(int=number) for number in range(1, 5)]
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def an_order(
    *, total: int = 106_050, price: int = 100_000, fee: int = 5_000, vat: int = 1_050
) -> Order:
    return Order(
        id=UUID(int=9),
        scheme_id=SCHEME,
        project_id=PROJECT,
        buyer_id=BUYER,
        quantity_units=10,
        price_cents=price,
        vat_sale_cents=0,
        fee_cents=fee,
        vat_fee_cents=vat,
        fee_borne_by=FeeBearer.BUYER if total > price else FeeBearer.ENTREPRENEUR,
        total_cents=total,
        reservations=1,
        undone_units=0,
    )


def arrived(cents: int) -> Arrived:
    return Arrived(UUID(int=7), debit(BANK.of(SCHEME), cents, UUID(int=9)), ("camt:x",), AT)


def test_units_are_held() -> None:
    assert str(postings.reserved(an_order(), AT)) == (
        "  Hold for_sale                            10 RIKX until 2026-05-01 12:00"
    )


def test_a_payment_below_the_threshold_is_a_deposit() -> None:
    order = an_order()
    draft = postings.paid(order, arrived(106_050), 0, postings.credited(order, None))
    assert str(draft).splitlines() == [
        "2026-05-01  10 units paid",
        "  Dr bank                            1,060.50 EUR",
        "      Cr deposit                     1,060.50 EUR",
    ]


def test_a_payment_after_the_threshold_goes_where_it_belongs() -> None:
    order = an_order()
    draft = postings.paid(order, arrived(106_000), 100, postings.credited(order, SELLER))
    assert str(draft).splitlines() == [
        "2026-05-01  10 units paid",
        "  Dr bank                            1,060.00 EUR",
        "  Dr unallocated                         1.00 EUR",
        "      Cr refund_due                      0.50 EUR",
        "      Cr result_part                 1,000.00 EUR",
        "      Cr fee_income                     50.00 EUR",
        "      Cr vat_fee                        10.50 EUR",
    ]


def test_units_are_issued() -> None:
    assert str(postings.issued(an_order(), AT, settles_hold=True)).splitlines() == [
        "2026-05-01  10 units issued",
        "  Dr owned                                 10 RIKX",
        "      Cr for_sale                          10 RIKX",
    ]


def test_money_that_is_not_enough_waits() -> None:
    assert str(postings.received(an_order(), arrived(50))).splitlines() == [
        "2026-05-01  Received for an order, not allocated",
        "  Dr bank                                0.50 EUR",
        "      Cr unallocated                     0.50 EUR",
    ]


def test_money_in_vain_is_owed_back() -> None:
    assert str(postings.in_vain(an_order(), arrived(50), 20)).splitlines() == [
        "2026-05-01  Received for an order that can't be paid: goes back",
        "  Dr bank                                0.50 EUR",
        "  Dr unallocated                         0.20 EUR",
        "      Cr refund_due                      0.70 EUR",
    ]


def test_what_came_for_an_order_that_ended_is_owed_back() -> None:
    assert str(postings.given_back(an_order(), 40_000, AT)).splitlines() == [
        "2026-05-01  Received for an order that ended: goes back",
        "  Dr unallocated                       400.00 EUR",
        "      Cr refund_due                    400.00 EUR",
    ]


def funded(amounts: Amounts, threshold_cents: int = 1_080_000) -> Funded:
    return Funded(SCHEME, PROJECT, SELLER, threshold_cents, amounts)


def test_the_threshold_is_reached() -> None:
    amounts = Amounts(1_408_275, 241_500, 55_000, 11_550)
    assert str(postings.threshold_reached(funded(amounts), AT)).splitlines() == [
        "2026-05-01  Threshold reached",
        "  Dr deposit                        14,082.75 EUR",
        "      Cr start_part                 10,800.00 EUR",
        "      Cr result_part                   202.25 EUR",
        "      Cr fee_income                    550.00 EUR",
        "      Cr vat_fee                       115.50 EUR",
        "      Cr vat_sale                    2,415.00 EUR",
    ]


def test_a_fee_that_the_entrepreneur_bears_lowers_the_start_part_where_nothing_else_can() -> None:
    # 108 units at EUR 100, of which 5 % and VAT are kept back.
    amounts = Amounts(1_080_000, 0, 54_000, 11_340)
    assert str(postings.threshold_reached(funded(amounts), AT)).splitlines() == [
        "2026-05-01  Threshold reached",
        "  Dr deposit                        10,800.00 EUR",
        "      Cr start_part                 10,146.60 EUR",
        "      Cr fee_income                    540.00 EUR",
        "      Cr vat_fee                       113.40 EUR",
    ]


def a_part(kind: PartKind = PartKind.REFUNDED, *, for_sale: bool = False) -> OrderPart:
    return OrderPart(
        kind=kind,
        quantity_units=4,
        total_cents=42_420,
        vat_sale_cents=0,
        fee_cents=2_000,
        vat_fee_cents=420,
        are_for_sale=for_sale,
        decided_at=AT,
    )


def test_units_are_refunded() -> None:
    deposit = debit(DEPOSIT.of(SCHEME, PROJECT), 42_420, UUID(int=9))
    order = an_order()
    money = (deposit, postings.owed(order, 42_420))
    assert str(postings.unwound(order, a_part(), money)).splitlines() == [
        "2026-05-01  4 units annulled, their money goes back",
        "  Dr deposit                           424.20 EUR",
        "      Cr refund_due                    424.20 EUR",
        "  Dr annulled                               4 RIKX",
        "      Cr owned                              4 RIKX",
    ]


def test_refunded_units_may_be_for_sale_again() -> None:
    order = an_order()
    money = (debit(DEPOSIT.of(SCHEME, PROJECT), 1, order.id), postings.owed(order, 1))
    page = str(postings.unwound(order, a_part(for_sale=True), money)).splitlines()
    assert [page[0], *page[3:]] == [
        "2026-05-01  4 units for sale again, their money goes back",
        "  Dr for_sale                               4 RIKX",
        "      Cr owned                              4 RIKX",
    ]


def test_units_move_to_a_project_below_its_threshold() -> None:
    order = an_order()
    deposit = debit(DEPOSIT.of(SCHEME, UUID(int=5)), 106_050, order.id)
    part = a_part(PartKind.REALLOCATED)
    page = postings.unwound(order, part, (deposit, *postings.credited(order, None)))
    assert (page.kind, str(page).splitlines()) == (
        "order.reallocated",
        [
            "2026-05-01  4 units annulled, their money moves to another project",
            "  Dr deposit                         1,060.50 EUR",
            "      Cr deposit                     1,060.50 EUR",
            "  Dr annulled                               4 RIKX",
            "      Cr owned                              4 RIKX",
        ],
    )


def test_a_dispute_that_takes_too_much_is_a_loss() -> None:
    dispute = Dispute(id=UUID(int=8))
    assert str(postings.lost_twice(an_order(), dispute, Beyond(100, 30, 20), AT)).splitlines() == [
        "2026-05-01  A dispute took more than was left",
        "  Dr unallocated                         0.30 EUR",
        "  Dr refund_due                          0.20 EUR",
        "  Dr operator_loss                       0.50 EUR",
        "      Cr disputed                        1.00 EUR",
    ]


def test_a_loss_is_made_good_where_the_refund_did_not_arrive() -> None:
    refund = Outgoing(id=UUID(int=9))
    assert str(postings.made_good(an_order(), refund, 50, AT)).splitlines() == [
        "2026-05-01  A refund failed, and a lost dispute gave its money back already",
        "  Dr refund_due                          0.50 EUR",
        "      Cr operator_loss                   0.50 EUR",
    ]


def test_what_nobody_bought_lapses() -> None:
    assert str(postings.lapsed(SCHEME, PROJECT, 12, AT)).splitlines() == [
        "2026-05-01  12 units lapsed unsold",
        "  Dr lapsed                                12 RIKX",
        "      Cr for_sale                          12 RIKX",
    ]


CENTS = st.integers(1, LARGEST_AMOUNT // 1000)


@given(before=CENTS, came=CENTS, price=CENTS, fee=CENTS, funded=st.booleans())
def test_whatever_comes_the_page_balances(
    *, before: int, came: int, price: int, fee: int, funded: bool
) -> None:
    # `Draft` refuses what does not balance, and accounts with amounts below zero.
    order = an_order(total=price + fee, price=price, fee=fee, vat=0)
    postings.in_vain(order, arrived(came), before)
    if before + came >= order.total_cents:
        draft = postings.paid(
            order, arrived(came), before, postings.credited(order, SELLER if funded else None)
        )
        owed = [line.amount for line in draft.lines if line.account.kind.code == "refund_due"]
        assert sum(owed) == before + came - order.total_cents
