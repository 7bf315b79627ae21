"""From a purchase that is split over two authorities to what counts, and what counts no more."""

from typing import Any
from uuid import UUID

from app.ledger.chart import OWNED, RETIRED
from app.obligations.queries import obligations
from app.organisations.models import Organisation, Role, User
from tests import make
from tests.fulfilments.conftest import Claims
from tests.orders.conftest import said
from tests.orders.undoing import STOPPED, another, miss, move, move_some, refund


async def test_it_is_said_before_paying_what_would_count(claims: Claims) -> None:
    stall = claims.stall
    project_id = stall.listing.project_id
    path = f"/v1/organisations/{stall.buyer.organisation.id}/assessments/{project_id}"
    debts = [str(claims.first.obligation_id), str(claims.second.obligation_id)]
    asked = {"obligationId": debts}
    headers = stall.buyer.clerk.headers

    few = await stall.client.get(path, params={**asked, "quantityUnits": 10}, headers=headers)
    assert [each["valueCents"] for each in few.json()] == [150_000, 150_000]
    assert few.json()[0]["steps"][-2]["figures"] == "1,000.00 × 150 % = 1,500.00"

    many = await stall.client.get(path, params={**asked, "quantityUnits": 100}, headers=headers)
    assert [each["counts"] for each in many.json()] == [True, True]
    # Half of what is imposed is the most that units may fill: of EUR 12,500.
    assert [each["beyondCents"] for each in many.json()] == [0, 875_000]

    await _quoted(claims)
    debts[:] = [str(project_id)]
    unknown = await stall.client.get(path, params={**asked, "quantityUnits": 1}, headers=headers)
    assert said(unknown) == (404, "/problems/not-found")


async def _quoted(claims: Claims) -> None:
    """Ask what a purchase costs, and what its parts would count for."""
    stall = claims.stall
    path = f"/organisations/{stall.buyer.organisation.id}/quotes"
    asked: dict[str, Any] = {"projectId": str(stall.listing.project_id), "quantityUnits": 10}
    answer = await claims.post(path, **asked, split=claims.parts(6, 3))
    assert answer.status_code == 200, answer.text
    assert answer.json()["quote"]["totalCents"] == 106_050
    found = [(each["quantityUnits"], each["valueCents"]) for each in answer.json()["split"]]
    assert found == [(6, 90_000), (3, 45_000)]
    too_many = await claims.post(path, **asked, split=claims.parts(6, 5))
    assert said(too_many) == (400, "/problems/invalid-request")


async def test_an_order_says_what_it_is_for_and_takes_that_along(claims: Claims) -> None:
    stall = claims.stall
    of_another = {"obligationId": str(stall.buyer.organisation.id), "quantityUnits": 1}
    assert said(await stall.order(10, split=[of_another])) == (404, "/problems/not-found")
    assert said(await stall.order(10, split=claims.parts(6, 5)))[0] == 400
    twice = [*claims.parts(1, 0), *claims.parts(2, 0)]
    assert said(await stall.order(10, split=twice))[0] == 400
    async with stall.database.work() as session:
        # While something else is counted for one of them: no buyer waits for that.
        await obligations.kept(session, claims.first.obligation_id)
        order_id = await stall.ordered(10, split=claims.parts(6, 3))
    assert await claims.meant(order_id) == claims.parts(6, 3)
    await stall.pay(order_id)
    assert said(await claims.split(order_id, 5, 4))[0] == 201
    # Of one that loses units only those stay meant that it still has.
    assert said(await refund(stall, order_id, 3))[0] == 201
    assert await claims.meant(order_id) == claims.parts(5, 2)

    other = await another(stall)
    await miss(stall)
    moved = await move(stall, order_id, other.project_id)
    assert said(moved)[0] == 201
    assert await claims.meant(order_id) == []
    assert await claims.meant(moved.json()["id"]) == claims.parts(5, 2)
    # What it is meant for counts there, once that project is funded.
    await stall.change(FUNDED, id=other.project_id)
    await claims.recognise()
    assert (await claims.balance(claims.second))["provisional"] == 30_000
    # Of units of a stopped project that move again, those that were meant last.
    third = await another(stall)
    await stall.change(STOPPED, id=other.project_id)
    moved_id = UUID(moved.json()["id"])
    moved_again = await move_some(stall, moved_id, third.project_id, 3)
    assert await claims.meant(moved_id) == claims.parts(4, 0)
    assert await claims.meant(moved_again) == claims.parts(1, 2)
    assert "provisional" not in await claims.balance(claims.second)


FUNDED = "UPDATE projects SET state = 'funded' WHERE id = :id"


async def test_a_purchase_counts_for_two_authorities_until_it_is_refunded(claims: Claims) -> None:
    _stall, first, second = claims.stall, claims.first, claims.second
    [order_id] = await claims.bought(10)
    assert said(await claims.split(order_id, 8, 3)) == (409, "/problems/split-too-large")
    assert said(await claims.split(order_id, 6, 4))[0] == 201
    claim = await claims.draft(order_id, first, 6)
    assert said(await claims.post(f"{claim}/submissions")) == (409, "/problems/order-not-firm")
    await claims.recognise()
    assert "provisional" not in await claims.balance(first)

    await claims.bought(98)
    await claims.recognise()
    assert (await claims.balance(first))["provisional"] == 90_000
    assert (await claims.balance(second))["provisional"] == 60_000
    await claims.split(order_id, 6, 3)
    await claims.recognise()
    assert (await claims.balance(second))["provisional"] == 45_000

    await _claim(claims, order_id, claim)
    await _lose_units(claims, order_id, claim)


async def _claim(claims: Claims, order_id: UUID, claim: str) -> None:
    stall, first, second = claims.stall, claims.first, claims.second
    submitted = await claims.post(f"{claim}/submissions")
    assert submitted.json()["firstSerial"].endswith("-1")
    assert submitted.json()["lastSerial"].endswith("-6")
    assert said(await claims.post(f"{claim}/submissions"))[0] == 409
    assert said(await claims.split(order_id, 5, 3)) == (409, "/problems/units-claimed")
    approved = await claims.decide(claim, first)
    assert (approved.json()["state"], approved.json()["valueCents"]) == ("approved", 90_000)
    assert said(await claims.decide(claim, first)) == (409, "/problems/fulfilment-state-forbids")
    other = await claims.draft(order_id, second, 3)
    await claims.post(f"{other}/submissions")
    assert await stall.pages(f"fulfilment/{claim.rpartition('/')[2]}") == [
        "6 units fulfil an obligation",
        "Dr fulfilled 90000",
        "   Cr provisional 90000",
        "Dr retired 6",
        "   Cr owned 6",
    ]


async def _lose_units(claims: Claims, order_id: UUID, claim: str) -> None:
    stall, first, second = claims.stall, claims.first, claims.second
    # Units 8 to 10: the waiting claim of 7 to 9 goes back, and what it counted for lapses.
    assert said(await refund(stall, order_id, 3))[0] == 201
    balance = await claims.balance(second)
    assert (balance.get("provisional", 0), balance["open"]) == (15_000, 1_235_000)
    # Then 5 to 7: of the approved claim two units count no more, in the same entry's call.
    assert said(await refund(stall, order_id, 3))[0] == 201
    found = await stall.client.get(f"/v1{claim}", headers=stall.buyer.clerk.headers)
    assert (found.json()["state"], found.json()["revokedUnits"]) == ("approved", 2)
    assert (await claims.balance(first))["approved"] == 60_000
    scheme_id = stall.listing.scheme_id
    assert (await stall.balance(RETIRED.of(scheme_id, order_id))).posted == 4
    assert (await stall.balance(OWNED.of(scheme_id, order_id))).posted == 0

    reason = "The units were not the company's."
    revoked = await claims.post(f"{claim}/revocations", first.officer, reason=reason)
    assert (revoked.json()["state"], revoked.json()["revokedCents"]) == ("revoked", 90_000)
    assert await claims.balance(first) == {"imposed": 5_000_000, "open": 5_000_000}
    assert (await stall.balance(OWNED.of(scheme_id, order_id))).posted == 4


async def test_what_was_settled_is_owed_again_when_its_units_are_refunded(claims: Claims) -> None:
    stall, second = claims.stall, claims.second
    order_id, _ = await claims.bought(10, 98)
    await claims.split(order_id, 0, 10)
    claim = await claims.draft(order_id, second, 10)
    await claims.post(f"{claim}/submissions")
    await claims.decide(claim, second)
    obligation, reason = f"/obligations/{second.obligation_id}", "As the rules say."

    async def waived(cents: int) -> None:
        asked = await claims.post(
            f"{obligation}/waivers", second.officer, amountCents=cents, reason=reason
        )
        decide = f"{obligation}/proposals/{asked.json()['id']}/decisions"
        answer = await claims.post(decide, second.judge, approved=True, reason=reason)
        assert answer.status_code == 201, answer.text

    async def state() -> str:
        headers = second.officer.headers
        answer = await stall.client.get(f"/v1{obligation}", headers=headers)
        return str(answer.json()["state"])

    await waived(1_100_000)
    assert await state() == "fulfilled"
    assert said(await refund(stall, order_id, 1))[0] == 201
    # The job that lets its state follow has not been done; what the book says is known at once.
    settle = f"{obligation}/settlements"
    early = await claims.post(settle, second.officer, reason=reason)
    assert said(early) == (409, "/problems/obligation-state-forbids")
    await claims.recognise()
    assert await state() == "active"
    await waived(15_000)
    assert (await claims.post(settle, second.officer, reason=reason)).json()["state"] == "settled"
    assert said(await refund(stall, order_id))[0] == 201
    await claims.recognise()
    assert await state() == "active"
    assert await claims.balance(second) == {
        "imposed": 1_250_000,
        "open": 135_000,
        "waived": 1_115_000,
    }


async def test_a_rejection_lapses_and_a_raise_makes_room(claims: Claims) -> None:
    stall, first, second = claims.stall, claims.first, claims.second
    order_id, other_id = await claims.bought(10, 98)
    assert said(await claims.split(order_id, 10, 0))[0] == 201
    # EUR 50 more than units may fill of the second.
    assert said(await claims.split(other_id, 0, 42))[0] == 201
    await claims.recognise()
    assert (await claims.balance(second))["provisional"] == 625_000
    await _of_both_sides(claims, order_id)
    claim = await claims.draft(order_id, first, 10)
    read = (await claims.post(f"{claim}/submissions")).headers["ETag"]
    assert (await claims.decide(claim, first, "returned")).json()["state"] == "returned"
    assert (await claims.post(f"{claim}/submissions")).json()["state"] == "submitted"
    # What was submitted anew is not what the officer read.
    unread = {"verdict": "approved", "reason": "As I read it."}
    answer = await claims.post(f"{claim}/decisions", first.officer, if_match=read, **unread)
    assert said(answer) == (412, "/problems/precondition-failed")
    assert (await claims.decide(claim, first, "rejected")).json()["state"] == "rejected"
    assert await claims.balance(first) == {"imposed": 5_000_000, "open": 5_000_000}
    await _turned_down(claims, order_id)
    # There is room in what is raised; what was rejected, and revoked, stays so.
    for debt in (first, second):
        await claims.raised(debt)
    await claims.recognise()
    assert (await claims.balance(second))["provisional"] == 630_000
    assert "provisional" not in await claims.balance(first)
    # Nothing is imposed of a contract this small, so that all of it is surplus; lost units leave
    # nothing behind that would be owed.
    await claims.amended(second, 1_000_000)
    assert (await claims.balance(second))["provisional"] == 630_000
    assert said(await refund(stall, other_id))[0] == 201
    await claims.recognise()
    assert await claims.balance(second) == {}


async def _turned_down(claims: Claims, order_id: UUID) -> None:
    """Split what was rejected anew: it counts no more than before. And let it be revoked, too."""
    first = claims.first
    for units in (9, 10):
        assert said(await claims.split(order_id, units, 0))[0] == 201
    await claims.recognise()
    assert await claims.balance(first) == {"imposed": 5_000_000, "open": 5_000_000}
    again = await claims.draft(order_id, first, 10)
    await claims.post(f"{again}/submissions")
    await claims.decide(again, first)
    await claims.post(f"{again}/revocations", first.officer, reason="They were not the company's.")


async def _of_both_sides(claims: Claims, order_id: UUID) -> None:
    """Let the officer work for the buyer, too: what it wrote is decided by somebody else."""
    stall, first = claims.stall, claims.first
    async with stall.database.work() as session:
        officer = await session.get_one(User, first.officer.user_id)
        buyer = await session.get_one(Organisation, stall.buyer.organisation.id)
        await make.a_membership(session, buyer, officer, Role.MEMBER)
    asked: dict[str, Any] = {"obligationId": str(first.obligation_id), "quantityUnits": 10}
    drafted = await claims.post(f"/orders/{order_id}/fulfilments", first.officer, **asked)
    claim = f"/fulfilments/{drafted.json()['id']}"
    await claims.post(f"{claim}/submissions")
    assert said(await claims.decide(claim, first)) == (403, "/problems/own-fulfilment")
    returned = {"verdict": "returned", "reason": "It names no invoice."}
    answer = await claims.post(f"{claim}/decisions", first.judge, **returned)
    assert answer.json()["state"] == "returned"
