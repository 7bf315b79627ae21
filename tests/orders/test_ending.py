"""What happens when a sale ends: thresholds that were missed, and units that nobody bought."""

import sqlalchemy as sa

from app.core import clock
from app.core.events import Event
from app.ledger.journal import Balance
from app.orders.actions import ending
from app.payments.models import OutgoingStatus
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall
from tests.orders.undoing import miss

TEN = 106_050
"""Ten units at EUR 100, a fee of 5 % and its VAT."""

DATES = ("plans_open_at", "plans_close_at", "scores_due_at", "sale_begins_at", "sale_ends_at")


async def _end_the_round(stall: Stall, days: int = 0) -> None:
    ago = "make_interval(days => 26 + :days)"
    moved = ", ".join(f"{name} = {name} - {ago}" for name in DATES)
    await stall.change(
        f"UPDATE rounds SET state = 'ended', {moved} WHERE id = :id",  # noqa: S608  Our own.
        days=days,
        id=stall.listing.round_id,
    )
    await ending.end_due(stall.database)
    await jobs_done(stall.database)


async def test_a_missed_threshold_goes_back_to_everybody(stall: Stall) -> None:
    paid, unpaid = await stall.ordered(10), await stall.ordered(20)
    await stall.pay(paid)
    await _end_the_round(stall)

    assert await stall.project_state() == "not_funded"
    assert (await stall.state(paid), await stall.state(unpaid)) == ("paid", "expired")
    assert await stall.balance(stall.for_sale) == Balance(0)
    await _end_the_round(stall, days=14)  # The time to choose another project is over.
    assert await stall.state(paid) == "refunded"
    assert await stall.outgoings(paid) == [(TEN, OutgoingStatus.PLANNED)]
    assert await stall.pages(f"project/{stall.listing.project_id}/lapsed") == [
        "110 units lapsed unsold",
        "Dr lapsed 110",
        "   Cr for_sale 110",
    ]
    await _end_the_round(stall, days=14)
    assert await stall.outgoings(paid) == [(TEN, OutgoingStatus.PLANNED)]
    async with stall.database.reading() as session:
        told = (await session.scalars(sa.select(Event).filter_by(subject_id=paid))).all()
    [missed] = [event for event in told if event.type == "order.threshold-missed"]
    assert missed.data["quantityUnits"] == 10
    assert missed.data["chooseUntil"] > clock.now().isoformat()


async def test_what_is_left_of_a_settled_round_ends_too(stall: Stall) -> None:
    paid = await stall.ordered(10)
    await stall.pay(paid)
    await stall.change(
        "UPDATE rounds SET state = 'settled' WHERE id = :id", id=stall.listing.round_id
    )
    await ending.end_settled(stall.database)
    assert (await stall.project_state(), await stall.state(paid)) == ("not_funded", "paid")
    assert await stall.balance(stall.for_sale) == Balance(0)

    await miss(stall, days=60)
    await stall.change(
        "UPDATE rounds SET state = 'settled' WHERE id = :id", id=stall.listing.round_id
    )
    await ending.end_settled(stall.database)

    assert await stall.state(paid) == "refunded"


async def test_unsold_units_of_a_funded_project_lapse(stall: Stall) -> None:
    order_id = await stall.ordered(110)
    await stall.pay(order_id)
    await _end_the_round(stall, days=400)

    assert (await stall.project_state(), await stall.state(order_id)) == ("funded", "paid")
    assert await stall.balance(stall.for_sale) == Balance(0)
