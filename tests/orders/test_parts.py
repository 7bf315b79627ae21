"""What of an order's amounts belongs to some of its units."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.orders.models import between, share_of
from app.schemes.terms import FeeBearer, Quote

CENTS = st.integers(0, 10**9)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    units = draw(st.integers(1, 60))
    price = units * draw(st.integers(1, 10**6))
    fee_with_vat = draw(st.integers(0, price))
    fee = draw(st.integers(0, fee_with_vat))
    bearer = draw(st.sampled_from(FeeBearer))
    return Quote(units, price, draw(CENTS), fee, fee_with_vat - fee, bearer)


@settings(max_examples=40)
@given(quote=quotes(), data=st.data())
def test_parts_add_up_to_the_order_in_whatever_steps(quote: Quote, data: st.DataObject) -> None:
    undone, parts = 0, []
    while undone < quote.quantity_units:
        units = data.draw(st.integers(1, quote.quantity_units - undone))
        parts.append(between(quote, undone, undone + units))
        undone += units

    for part in parts:
        assert part.price_cents * quote.quantity_units == quote.price_cents * part.quantity_units
        assert min(part.vat_sale_cents, part.fee_cents, part.vat_fee_cents) >= 0
        # Else the entrepreneur would pay for what is refunded.
        assert part.proceeds_cents >= 0
    for name in ("quantity_units", "price_cents", "vat_sale_cents", "fee_cents", "vat_fee_cents"):
        assert sum(getattr(part, name) for part in parts) == getattr(quote, name)
    assert sum(part.total_cents for part in parts) == quote.total_cents


def test_a_share_is_rounded_to_the_nearest_cent() -> None:
    quote = Quote(3, 30_000, 100, 1_500, 315, FeeBearer.BUYER)

    assert share_of(quote, 1) == Quote(1, 10_000, 33, 500, 105, FeeBearer.BUYER)
    assert share_of(quote, 2) == Quote(2, 20_000, 67, 1_000, 210, FeeBearer.BUYER)
    assert share_of(quote, 0) == Quote(0, 0, 0, 0, 0, FeeBearer.BUYER)
