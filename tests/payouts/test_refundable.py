"""How many whole units can go back out of what is there: the arithmetic, to the cent."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.money import split
from app.orders.models import Order, OrderState
from app.payouts.queries.freezes import refundable_units, worth
from app.schemes.terms import FeeBearer


def an_order(quantity: int, undone: int, unit_price: int, fee: int) -> Order:
    price = quantity * unit_price
    return Order(
        id=new_id(),
        state=OrderState.PAID,
        quantity_units=quantity,
        undone_units=min(undone, quantity - 1),
        set_aside_units=0,
        price_cents=price,
        vat_sale_cents=price * 21 // 100,
        fee_cents=min(fee, price),
        vat_fee_cents=0,
        fee_borne_by=FeeBearer.ENTREPRENEUR,
        total_cents=price,
    )


ONE = st.tuples(st.integers(1, 200), st.integers(0, 50), st.integers(0, 90))
"""Quantity, what it lost before, and its fee; the price of a unit is that of the project."""


@given(
    st.lists(ONE, min_size=1, max_size=5),
    st.integers(100, 10_001),
    st.tuples(st.integers(0, 2_000_000), st.integers(0, 500_000)),
)
def test_as_many_units_go_back_as_are_there_and_no_more(
    bought: list[tuple[int, int, int]], unit_price: int, there: tuple[int, int]
) -> None:
    orders = [an_order(quantity, undone, unit_price, fee) for quantity, undone, fee in bought]
    there_cents, vat_cents = there
    left = [order.remaining_units for order in orders]

    units = refundable_units(orders, there_cents, vat_cents)

    proceeds, vat = worth(orders, split(units, left))
    assert proceeds <= there_cents or units == 0
    assert vat <= vat_cents or units == 0
    if units < sum(left):
        proceeds, vat = worth(orders, split(units + 1, left))
        assert proceeds > there_cents or vat > vat_cents


def test_all_of_them_go_back_where_nothing_was_paid_out() -> None:
    orders = [an_order(108, 0, 10_000, 7), an_order(12, 3, 10_000, 5)]
    proceeds, vat = worth(orders, [108, 9])

    assert refundable_units(orders, proceeds, vat) == 117
    assert refundable_units(orders, proceeds - 1, vat) == 116
    assert refundable_units(orders, proceeds, vat - 1) == 116
    assert refundable_units([], 1_000, 0) == refundable_units(orders, 0, vat) == 0
