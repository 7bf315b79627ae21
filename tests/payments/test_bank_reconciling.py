"""Do the books and the bank agree, and who does something about it where they do not?"""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.ids import new_id
from app.core.jobs import Job
from app.ledger import journal
from app.ledger.chart import IN_TRANSIT, PAYABLE, PROVIDER_BALANCE
from app.ledger.drafts import Draft, credit, debit
from app.ledger.models import LedgerEntry
from app.payments import queries
from app.payments.facts import Difference, Meaning, Reconciled
from app.payments.models import OutgoingStatus, ProviderPayout, ProviderPayoutStatus
from app.payments.queries import banking
from tests.make.statements import OUR_IBAN, Detail, Line, a_debit, a_payment, a_statement
from tests.payments.banking import Desk


async def compared(desk: Desk) -> dict[str, Any]:
    answer = await desk.client.get(f"{desk.path}/reconciliation", headers=desk.member.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def reconciled(desk: Desk) -> Reconciled:
    async with desk.database.reading() as session:
        return await queries.reconciling.everything(session, desk.scheme_id, clock.today())


def told(side: dict[str, Any]) -> list[tuple[str, int, int, str]]:
    return sorted(
        (one["meaning"], one["booksCents"], one["outsideCents"], one["responsible"])
        for one in side["differences"]
    )


async def test_zero_is_shown_as_such_by_day_and_in_all(desk: Desk) -> None:
    first, second = await desk.expect(), await desk.expect()
    assert (await compared(desk))["agrees"] is True
    paid = a_payment("1000.00", first.creditor_reference or "")
    await desk.bank_says(paid, opening="0.00", sequence=1)
    # It overlaps with the one before, and is told twice.
    more = a_payment("1000.00", second.creditor_reference or "", booked_on="2026-05-06")
    for number in ("a", "b"):
        await desk.bank_says(more, opening="1000.00", day="2026-05-06", number=number, sequence=2)

    found = await compared(desk)

    assert (found["agrees"], found["bank"]["differences"]) == (True, [])
    assert (found["bank"]["booksCents"], found["bank"]["outsideCents"]) == (200_000, 200_000)
    with clock.travelled(clock.now().replace(year=2026, month=5, day=20)):
        days = (await compared(desk))["bank"]["days"]
    assert days == [
        {
            "day": day,
            "booksCents": 100_000,
            "outsideCents": 100_000,
            "booksClosingCents": closing,
            "outsideClosingCents": closing,
        }
        for day, closing in (("2026-05-04", 100_000), ("2026-05-06", 200_000))
    ]


async def test_every_difference_has_a_name_and_somebody_who_explains_it(desk: Desk) -> None:
    await desk.owe(40_000)
    await desk.bank_says(
        a_payment("12.34", "who knows"),
        a_debit("5.00", "NOTPROVIDED"),
        opening="10.00",
        number="n1",
        sequence=1,
    )
    await desk.bank_says(opening="20.00", day="2026-05-07", number="n4", sequence=4)

    found = await compared(desk)

    assert told(found["bank"]) == [
        ("in_suspense", 1_234, 1_234, "operator"),
        ("not_on_statement", 40_000, 0, "operator"),
        ("opening_balance", 0, 1_000, "operator"),
        ("statement_missing", 0, 0, "operator"),
        ("statement_missing", 0, 2_000 - 1_734, "operator"),
        ("unexplained", 0, -500, "operator"),
    ]
    assert found["agrees"] is False
    assert (found["bank"]["booksCents"], found["bank"]["outsideCents"]) == (41_234, 2_000)
    names = {one["meaning"]: one["name"] for one in found["bank"]["differences"]}
    assert names["opening_balance"] == f"{OUR_IBAN} n1"
    assert names["unexplained"] == str((await desk.transactions())[1].id)


def test_what_no_difference_explains_is_one_itself() -> None:
    named = Difference("a", Meaning.UNEXPLAINED, 0, -500, None)

    assert banking.rest([named], 1_000, 500) == []
    [found] = banking.rest([named], 1_000, 400)
    assert (found.meaning, found.books_cents, found.outside_cents) == (
        Meaning.CLOSING_BALANCE,
        1_000,
        400,
    )


@pytest.mark.parametrize("order", ["as it was", "back first", "back in the file before"])
async def test_what_came_back_is_nothing_together_with_what_left(desk: Desk, order: str) -> None:
    refused = await desk.sent(40_000)
    left = a_debit("400.00", refused.hex)
    back = Line("400.00", details=(Detail("400.00", end_to_end_id=refused.hex, returned="AC06"),))
    if order == "back in the file before":
        await desk.bank_says(back, opening="-400.00", number="2", day="2026-05-05")
        # Nobody is told that it failed before the books know that it left.
        assert (await desk.outgoing(refused)).status is OutgoingStatus.SENT
        await desk.bank_says(left, opening="0.00", number="1")
    else:
        lines = (left, back) if order == "as it was" else (back, left)
        await desk.bank_says(*lines, opening="0.00")

    assert {one.meaning for one in (await reconciled(desk)).differences} == {
        Meaning.NOT_ON_STATEMENT  # The gift of this test that was owed.
    }
    assert sorted(await desk.outcomes()) == ["returned", "settled"]
    assert (await desk.outgoing(refused)).failure == "AC06"
    async with desk.database.reading() as session:
        query = sa.select(LedgerEntry.kind).where(
            LedgerEntry.reference.like(f"outgoing/{refused}/%")
        )
        kinds = set(await session.scalars(query))
    assert kinds == {"payout.sent", "payout.settled", "payout.returned"}
    assert await desk.has(PAYABLE, desk.entrepreneur_id) == 40_000


async def test_what_a_job_has_not_come_to_is_told_apart(desk: Desk) -> None:
    await desk.upload(a_statement(a_payment("12.34", "x"), opening="0.00"))

    [difference] = (await reconciled(desk)).differences
    assert (difference.meaning, difference.responsible) == (Meaning.BEING_BOOKED, "installation")
    async with desk.database.reading() as session:
        kinds = await session.scalars(sa.select(Job.kind).where(Job.state == "queued"))
        assert "payments.match" in set(kinds)


async def test_money_under_way_is_listed_and_warned_of(desk: Desk) -> None:
    sent = await desk.sent(40_000)
    async with desk.database.work() as session:
        payout = ProviderPayout(
            scheme_id=desk.scheme_id,
            amount_cents=5_000,
            status=ProviderPayoutStatus.UNDER_WAY,
            statement_text="BAAT X",
            wanted_by="user:test",
        )
        session.add(payout)
        await session.flush()
    [unequal] = (await compared(desk))["underWay"]["differences"]
    assert (unequal["name"], unequal["outsideCents"]) == ("in_transit", 5_000)
    async with desk.database.work() as session:
        scheme_id = desk.scheme_id
        lines = (
            debit(IN_TRANSIT.of(scheme_id), 5_000, payout.id),
            credit(PROVIDER_BALANCE.of(scheme_id), 5_000, payout.id),
        )
        paid_out = Draft(
            kind="test.paid-out",
            reference=f"test/{new_id()}",
            narration="Paid out",
            occurred_at=clock.now(),
            lines=lines,
        )
        await journal.post(session, paid_out)

    found = (await compared(desk))["underWay"]

    assert (found["inTransitCents"], found["outgoingCents"]) == (5_000, 40_000)
    assert found["differences"] == []
    assert {(one["kind"], one["id"], one["isLate"]) for one in found["travellers"]} == {
        ("outgoing", str(sent), False),
        ("provider_payout", str(payout.id), False),
    }
    with clock.travelled(clock.now() + timedelta(days=5)):
        assert len((await reconciled(desk)).late) == 2
