"""Objections to rejections and revocations: judged by somebody else, and undone step by step."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import UUID

import httpx

from app.core import clock
from app.core.database import Database
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.fulfilments.queries import placements
from app.ledger import positions
from app.ledger.chart import OWNED, RETIRED
from app.obligations.models import Obligation
from app.schemes.models import Authority
from app.transparency import verifier
from app.transparency.actions import publishing
from app.transparency.entries import unbundle
from app.transparency.tiles import bundles_of
from tests import make
from tests.fulfilments.conftest import Claims, Debt
from tests.fulfilments.test_kinds import BOUGHT
from tests.fulfilments.test_kinds import drafted as claimed
from tests.fulfilments.test_placements import drafted, placed
from tests.make.obligations import a_rule_version
from tests.orders.conftest import said
from tests.orders.undoing import refund
from tests.projects.conftest import somebody_waits

GROUNDS = "The statement was in the evidence."


async def lodged(claims: Claims, claim: str, grounds: str = GROUNDS) -> httpx.Response:
    """Object to what was decided last about a claim."""
    headers = claims.stall.buyer.clerk.headers
    told = await claims.stall.client.get(f"/v1{claim}/decisions", headers=headers)
    contested = [each for each in told.json()["items"] if each["kind"] in {"rejected", "revoked"}]
    decision_id = contested[-1]["id"]
    return await claims.post(f"{claim}/objections", decisionId=decision_id, grounds=grounds)


async def judged(
    claims: Claims, debt: Debt, claim: str, answer: httpx.Response, *, upheld: bool = True
) -> httpx.Response:
    """Let somebody who did not decide first judge an objection."""
    assert (answer.status_code, answer.json()["state"]) == (201, "lodged"), answer.text
    path = f"{claim}/objections/{answer.json()['id']}/decisions"
    return await claims.post(path, debt.judge, upheld=upheld, reason="Read again.")


async def test_units_count_after_all_with_entries_of_their_own(claims: Claims) -> None:
    stall, first = claims.stall, claims.first
    order_id, _ = await claims.bought(10, 98)
    await claims.split(order_id, 10, 0)
    claim = await claims.draft(order_id, first, 10)
    await claims.post(f"{claim}/submissions")
    await claims.decide(claim, first, "rejected")
    objection = await lodged(claims, claim)
    own = f"{claim}/objections/{objection.json()['id']}/decisions"
    mine = await claims.post(own, first.officer, upheld=True, reason="Read again.")
    assert said(mine) == (403, "/problems/own-first-decision")
    assert (await judged(claims, first, claim, objection)).json()["state"] == "upheld"
    headers = stall.buyer.clerk.headers
    assert (await stall.client.get(f"/v1{claim}", headers=headers)).json()["state"] == "approved"
    assert (await claims.balance(first))["approved"] == 150_000
    certificate = await stall.client.get(f"/v1{claim}/certificate", headers=headers)
    assert certificate.status_code == 200
    await _give_back_the_rest(claims, order_id, claim)


async def _give_back_the_rest(claims: Claims, order_id: UUID, claim: str) -> None:
    stall, first = claims.stall, claims.first
    headers = stall.buyer.clerk.headers
    # Of the ten, three are refunded; the rest is revoked, and given back.
    assert said(await refund(stall, order_id, 3))[0] == 201
    reason = "They were another company's."
    await claims.post(f"{claim}/revocations", first.officer, reason=reason)
    assert "approved" not in await claims.balance(first)
    upheld = await judged(claims, first, claim, await lodged(claims, claim))
    assert upheld.status_code == 201, upheld.text
    found = (await stall.client.get(f"/v1{claim}", headers=headers)).json()
    assert (found["state"], found["revokedUnits"], found["revokedCents"]) == ("approved", 3, 45_000)
    assert (await claims.balance(first))["approved"] == 105_000
    # The certificate says what counts, and of what was revoked only that which stays so.
    told = (await stall.client.get(f"/v1{claim}/certificate", headers=headers)).json()
    assert (told["state"], told["counted"]["valueCents"]) == ("partly-revoked", 105_000)
    assert [each["quantityUnits"] for each in told["revocations"]] == [3]
    assert told["stateSince"] > told["revocations"][0]["revokedAt"]
    assert (await stall.balance(RETIRED.of(stall.listing.scheme_id, order_id))).posted == 7
    assert (await stall.balance(OWNED.of(stall.listing.scheme_id, order_id))).posted == 0
    pages = await stall.pages(f"fulfilment/{claim.rpartition('/')[2]}")
    assert sum(line == "7 units fulfil nothing any more" for line in pages) == 1
    assert sum(line == "7 units fulfil an obligation" for line in pages) == 1
    # And once more: each entry has a reference of its own.
    await claims.post(f"{claim}/revocations", first.officer, reason=reason)
    assert "approved" not in await claims.balance(first)
    assert (await judged(claims, first, claim, await lodged(claims, claim))).status_code == 201
    again = (await stall.client.get(f"/v1{claim}", headers=headers)).json()
    assert (again["revokedUnits"], again["revokedCents"]) == (3, 45_000)
    told = (await stall.client.get(f"/v1{claim}/certificate", headers=headers)).json()
    assert (told["state"], len(told["revocations"])) == ("partly-revoked", 1)
    await _as_anybody_counts(claims)


async def _as_anybody_counts(claims: Claims) -> None:
    """Replay the public log: what was given back counts once, without what was lost before."""
    database, counting = claims.stall.database, verifier.Counting()
    await positions.sequence_all(database)
    await publishing.seal(database)
    size = (await claims.stall.client.get("/v1/log")).json()["size"]
    bundles = [await claims.stall.client.get(f"/log/{tile.path}") for tile in bundles_of(size)]
    for index, entry in enumerate(chain(*(unbundle(each.content) for each in bundles))):
        counting.count(index, entry)
    [counted] = counting.fulfilments.values()
    assert (counted.quantity_units, counted.value_cents) == (7, 105_000)


async def test_a_placement_that_is_claimed_elsewhere_by_now_stays_rejected(
    claims: Claims,
) -> None:
    first, second = claims.first, claims.second
    day = placed("a", "2025-01-01", "2025-03-31")
    claim = await drafted(claims, first, day)
    await claims.post(f"{claim}/submissions")
    await claims.decide(claim, first, "rejected")
    other = await drafted(claims, second, day)
    assert (await claims.post(f"{other}/submissions")).status_code == 201
    objection = await lodged(claims, claim)
    refused = await judged(claims, first, claim, objection)
    assert said(refused) == (409, "/problems/placement-claimed")
    assert refused.json()["placements"] == [{"number": 1}]
    # It is free again when that is rejected too.
    await claims.decide(other, second, "rejected")
    assert (await judged(claims, first, claim, objection)).json()["state"] == "upheld"
    assert (await claims.balance(first))["approved"] == 500_000


async def test_a_placement_that_somebody_is_about_to_claim_makes_nobody_wait_for_one_another(
    claims: Claims, database: Database
) -> None:
    first, second = claims.first, claims.second
    day = placed("a", "2025-01-01", "2025-03-31")
    claim = await drafted(claims, first, day)
    await claims.post(f"{claim}/submissions")
    await claims.decide(claim, first, "rejected")
    objection = await lodged(claims, claim)
    other = UUID((await drafted(claims, second, day)).rpartition("/")[2])
    # Somebody is submitting it, and has come to where nobody else may claim the candidate.
    async with database.work() as submitting:
        found = await submitting.get_one(Fulfilment, other)
        await placements.keep(submitting, await placements.lines(submitting, found))
        judging = asyncio.create_task(judged(claims, first, claim, objection))
        await somebody_waits(database)
        found.submitted_by_id = found.drafted_by_id
        found.state = FulfilmentState.SUBMITTED
        await submitting.flush()
    assert said(await judging) == (409, "/problems/placement-claimed")


async def test_what_was_right_when_it_was_submitted_counts_after_an_objection(
    claims: Claims,
) -> None:
    first, stall = claims.first, claims.stall
    today = {"kind": "pso", "step": "1", "validUntil": str(clock.today())}
    claim = await claimed(claims, first, today)
    # It was drafted before these rules came to apply.
    async with stall.database.work() as session:
        obligation = await session.get_one(Obligation, first.obligation_id)
        authority = await session.get_one(Authority, obligation.authority_id)
        version = await a_rule_version(session, authority)
        obligation.rules_id = version.id
    submitted = await claims.post(f"{claim}/submissions")
    assert submitted.json()["rulesId"] == str(version.id)
    await claims.decide(claim, first, "rejected")
    objection = await lodged(claims, claim)
    await stall.change("UPDATE user_sessions SET expires_at = expires_at + interval '9 days'")
    with clock.travelled(datetime.now(UTC) + timedelta(days=2)):
        await stall.change("UPDATE user_sessions SET last_used_at = :now", now=clock.now())
        answer = await judged(claims, first, claim, objection)
    assert (answer.status_code, answer.json().get("state")) == (201, "upheld"), answer.text


async def test_an_objection_is_lodged_once_in_time_and_may_be_withdrawn(claims: Claims) -> None:
    second, stall = claims.second, claims.stall
    claim = await claimed(claims, second, BOUGHT)
    await claims.post(f"{claim}/submissions")
    await claims.decide(claim, second)
    revoke = {"reason": "It was not social."}
    await claims.post(f"{claim}/revocations", second.officer, **revoke)
    with clock.travelled(datetime.now(UTC) + timedelta(days=43)):
        await stall.change("UPDATE user_sessions SET expires_at = expires_at + interval '60 days'")
        await stall.change("UPDATE user_sessions SET last_used_at = :now", now=clock.now())
        assert said(await lodged(claims, claim)) == (409, "/problems/too-late-to-object")
    await stall.change("UPDATE user_sessions SET last_used_at = now()")
    named = await lodged(claims, claim, "It was J. Jansen, 111.222.333, who did the catering.")
    assert said(named) == (400, "/problems/invalid-request")
    objection = await lodged(claims, claim)
    withdrawal = f"{claim}/objections/{objection.json()['id']}/withdrawals"
    assert (await claims.post(withdrawal)).json()["state"] == "withdrawn"
    assert said(await lodged(claims, claim)) == (409, "/problems/objected-before")
    late = await judged(claims, second, claim, objection)
    assert said(late) == (409, "/problems/objection-ended")

    again = await claimed(claims, second, BOUGHT)
    await claims.post(f"{again}/submissions")
    await claims.decide(again, second, "rejected")
    dismissed = await judged(claims, second, again, await lodged(claims, again), upheld=False)
    assert dismissed.json()["state"] == "dismissed"
    letters = [mail.text for mail in await make.mails(stall.database)]
    assert any("maakt bezwaar tegen wat" in text for text in letters)
    assert any("ongegrond" in text and "Read again." in text for text in letters)
    assert any("afgewezen" in text and "bezwaar maken." in text for text in letters)
    assert any("It was not social." in text and "bezwaar maken." in text for text in letters)


async def test_a_sanction_waits_for_claims_that_came_in_by_the_last_day(claims: Claims) -> None:
    second, stall = claims.second, claims.stall
    # Units are meant for it, too, which nobody ever claims.
    order_id, _ = await claims.bought(10, 98)
    await claims.split(order_id, 0, 10)
    claim = await claimed(claims, second, BOUGHT)
    await claims.post(f"{claim}/submissions")
    await claims.recognise()
    today = clock.today()
    await stall.change(
        "UPDATE obligations SET state = 'in_recovery', starts_on = :day, due_on = :day,"
        " recovery_ends_on = :day WHERE id = :id",
        day=today - timedelta(days=2),
        id=second.obligation_id,
    )
    path = f"/obligations/{second.obligation_id}/sanctions"
    came_in = "UPDATE fulfilments SET submitted_at = now() - :days * interval '1 day'"
    await stall.change(came_in, days=3)
    waits = await claims.post(path, second.officer, reason="Not fulfilled.")
    assert said(waits) == (409, "/problems/recovery-runs")
    await claims.decide(claim, second, "rejected")
    objection = await lodged(claims, claim)
    waits = await claims.post(path, second.officer, reason="Not fulfilled.")
    assert said(waits) == (409, "/problems/recovery-runs")
    await claims.recognise()
    assert (await claims.balance(second))["provisional"] == 150_000
    await judged(claims, second, claim, objection, upheld=False)
    await claims.recognise()
    assert "provisional" not in await claims.balance(second)
    # Split anew it does not count again: there was time.
    await claims.split(order_id, 0, 9)
    await claims.recognise()

    late = await claimed(claims, second, BOUGHT)
    await claims.post(f"{late}/submissions")
    proposed = await claims.post(path, second.officer, reason="Not fulfilled.")
    assert proposed.status_code == 201, proposed.text
