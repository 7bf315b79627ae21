"""What buyers, approvers and entrepreneurs are mailed about orders: once, and in their language."""

from uuid import UUID

import sqlalchemy as sa

from app.core.jobs import Job, JobState
from app.core.mail import Mail
from app.orders.actions import ending, expiring, letters
from app.orders.actions.letters import OrderLetter
from app.orders.models import Order, OrderState
from tests import make
from tests.make.mails import Read
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall
from tests.orders.test_ending import DATES, TEN

WRITTEN = ("invoices.file", "invoices.issue", "mail.deliver")


async def _read(stall: Stall) -> list[Read]:
    """Let the letters be written, deliver them, and read all there are."""
    await jobs_done(stall.database, but=WRITTEN)
    return await make.mails(stall.database)


async def _new(stall: Stall, seen: list[Read]) -> list[Read]:
    """Give the letters that came since, and print them."""
    found = await _read(stall)
    new = found[len(seen) :]
    seen[:] = found
    for mail in new:
        print(f"\n=== to {mail.to}: {mail.subject}\n{mail.text}")  # noqa: T201  To be read with -s.
    return new


def _text(mail: Read) -> str:
    return " ".join(mail.text.replace("\xa0", " ").split())


async def _change_language(stall: Stall, user_id: UUID) -> None:
    await stall.change("UPDATE users SET language = 'en' WHERE id = :id", id=user_id)


async def test_a_buyer_is_told_all_that_happens_to_an_order(stall: Stall) -> None:
    seen: list[Read] = []
    clerk = stall.buyer.clerk
    order_id = await stall.ordered(10, payBy="invoice")
    [reserved] = await _new(stall, seen)
    assert (reserved.to, reserved.subject) == (
        clerk.email,
        "Uw reservering staat klaar om te betalen",
    )
    assert "€ 1.060,50" in _text(reserved)
    assert "onder vermelding van RF" in _text(reserved)
    await stall.pay(order_id, 50)
    [part] = await _new(stall, seen)
    assert "Er ontbreekt nog € 1.060,00" in _text(part)
    assert "Maak € 1.060,00 over naar NL" in _text(part)
    await stall.change(
        "UPDATE orders SET ordered_at = ordered_at - interval '25 days',"
        " reserved_until = now() + interval '3 days' WHERE id = :id",
        id=order_id,
    )
    for _ in range(2):
        async with stall.database.work() as session:
            await letters.remind(session)
    [soon] = await _new(stall, seen)
    assert soon.subject == "Uw reservering loopt bijna af"
    await stall.pay(order_id, TEN - 50 + 4)
    paid, back = sorted(await _new(stall, seen), key=lambda mail: mail.subject)[::-1]
    assert (paid.subject, back.subject) == ("Uw order is betaald", "U krijgt geld terug")
    assert "De serienummers zijn" in _text(paid)
    assert "gaat € 0,04 terug naar de rekening waar het van kwam" in _text(back)


async def test_who_approves_is_asked_and_who_ordered_is_told(stall: Stall) -> None:
    seen: list[Read] = []
    clerk, approver = stall.buyer.clerk, stall.buyer.approver
    await _change_language(stall, approver.user_id)
    await stall.change(
        "UPDATE memberships SET spending_limit_cents = 1 WHERE user_id = :id", id=clerk.user_id
    )
    waiting = [await stall.ordered(1) for _ in range(2)]
    assert [(mail.to, mail.subject) for mail in await _new(stall, seen)] == [
        (approver.email, "An order waits for your approval")
    ] * 2
    await stall.act(waiting[0], "approvals", by=approver, approved=True)
    await stall.act(waiting[1], "approvals", by=approver, approved=False)
    approved, declined = await _new(stall, seen)
    assert approved.subject == "Uw order is goedgekeurd"
    assert (declined.to, declined.subject) == (clerk.email, "Uw order is afgewezen")
    assert "As agreed." in declined.text
    await stall.change("UPDATE orders SET reserved_until = now() WHERE id = :id", id=waiting[0])
    await expiring.expire_due(stall.database)
    [expired] = await _new(stall, seen)
    assert expired.subject == "Uw reservering is vervallen"


async def test_everybody_hears_what_became_of_a_project(stall: Stall) -> None:
    seen, clerk = list[Read](), stall.buyer.clerk
    first, second = await stall.ordered(60), await stall.ordered(50)
    await stall.pay(first)
    await stall.pay(second)
    new = await _new(stall, seen)
    assert sorted((mail.to, mail.subject) for mail in new) == sorted(
        [
            (clerk.email, "Uw order is betaald"),
            (clerk.email, "Uw order is betaald"),
            (
                stall.buyer.clerk.email,
                "Het project waarvan u kocht, heeft zijn drempelwaarde gehaald",
            ),
            (stall.entrepreneur.email, "Uw project heeft zijn drempelwaarde gehaald"),
        ]
    )
    [funded] = [mail for mail in new if mail.to == stall.entrepreneur.email]
    assert "110 RIKX verkocht; er waren er 108 nodig" in _text(funded)


async def test_a_missed_threshold_says_what_happens_next(stall: Stall) -> None:
    seen, clerk = list[Read](), stall.buyer.clerk
    paid, _unpaid = await stall.ordered(10), await stall.ordered(20)
    await stall.pay(paid)
    await _new(stall, seen)
    moved = ", ".join(f"{name} = {name} - interval '26 days'" for name in DATES)
    await stall.change(f"UPDATE rounds SET state = 'ended', {moved}")  # noqa: S608  Our own.
    for _ in range(2):
        await ending.end_due(stall.database)
    new = await _new(stall, seen)
    assert sorted((mail.to, mail.subject) for mail in new) == sorted(
        [
            (clerk.email, "Uw reservering is vervallen"),
            (
                stall.buyer.clerk.email,
                "Het project waarvan u kocht, haalde zijn drempelwaarde niet",
            ),
            (stall.entrepreneur.email, "Uw project haalde zijn drempelwaarde niet"),
        ]
    )
    [missed] = [mail for mail in new if "waarvan u kocht" in mail.subject]
    assert "overzetten naar een ander project" in _text(missed)


async def test_every_letter_can_be_written_in_both_languages_while_it_is_true(
    stall: Stall,
) -> None:
    reserved, paid = await stall.ordered(10, payBy="invoice"), await stall.ordered(10)
    await stall.pay(paid)
    await stall.change("UPDATE memberships SET spending_limit_cents = 1 WHERE role = 'member'")
    orders = {
        OrderState.AWAITING_APPROVAL: await stall.ordered(1),
        OrderState.RESERVED: reserved,
        OrderState.PAID: paid,
    }
    for language in ("nl", "en"):
        await stall.change("UPDATE users SET language = :language", language=language)
        async with stall.database.work() as session:
            for letter in OrderLetter:
                state = letters.WAITING.get(letter, OrderState.PAID)
                order = await session.get_one(Order, orders[state])
                await letters.about_order(session, order, letter, 1_250)
        await _read(stall)
    before = len(await _read(stall))
    async with stall.database.work() as session:
        for letter in letters.WAITING:
            await letters.about_order(session, await session.get_one(Order, paid), letter, 1_250)
    assert len(await _read(stall)) == before
    async with stall.database.reading() as session:
        query = sa.select(Mail.letter, Mail.language).distinct()
        written = {(letter, str(language)) for letter, language in await session.execute(query)}
        dead = await session.scalars(sa.select(Job.kind).where(Job.state == JobState.DEAD))
        assert list(dead) == []
    both = [(f"orders/{letter}", language) for letter in OrderLetter for language in ("nl", "en")]
    assert written == set(both)


async def test_who_left_is_not_written_to_and_who_decides_is(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.change("DELETE FROM memberships WHERE user_id = :id", id=stall.buyer.clerk.user_id)
    async with stall.database.work() as session:
        order = await session.get_one(Order, order_id)
        await letters.about_order(session, order, OrderLetter.EXPIRED)
    [mail] = await _read(stall)
    assert mail.to == stall.buyer.approver.email
