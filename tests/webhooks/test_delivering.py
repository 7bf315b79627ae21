"""Webhooks over real HTTP: retries, lost workers, slow receivers, and replays."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook
from starlette.responses import RedirectResponse, Response

from app.core import clock
from app.core.ids import new_id
from app.webhooks import sending
from app.webhooks.actions import delivering, fanning, forgetting, outcomes, replaying
from app.webhooks.destinations import Destination
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookPair
from app.webhooks.sending import Outcome
from tests import make
from tests.webhooks.conftest import Office


async def test_what_happens_is_told_in_few_words_and_signed(office: Office) -> None:
    made = await office.endpoint()
    await office.happen("organisation.changed", "membership.ended", "organisation.verified")
    await office.deliver()
    await office.deliver()

    log = await office.client.get("/v1/events", headers=office.admin.headers)
    items = {each["id"]: each for each in log.json()["items"]}
    assert len(office.receiver.heard) == 2
    for heard in office.receiver.heard:
        said = Webhook(made["secret"]).verify(heard.body, heard.headers)
        event = items[heard.id]
        assert said == {
            "type": event["type"],
            "timestamp": event["occurredAt"],
            "data": {"id": event["id"], "subjectId": event["subjectId"], **event["data"]},
        }
        assert heard.headers["content-type"] == "application/json"
    deliveries = await office.deliveries(made)
    assert [(each["state"], each["lastStatus"]) for each in deliveries] == [("delivered", 204)] * 2
    assert {each["messageId"] for each in deliveries} == set(office.receiver.ids())


@pytest.mark.usefixtures("no_jitter")
async def test_what_failed_is_sent_again_under_the_same_id(office: Office) -> None:
    made = await office.endpoint()
    refusal = Response("<script>alert(1)</script>\n\x00" + "x" * 9_000, 500)
    busy = Response(status_code=503, headers={"Retry-After": "7200"})
    office.receiver.answers["/hook"] = [refusal, busy, Response(status_code=200)]
    await office.happen("organisation.changed")
    began = clock.now()

    for seconds, heard in [(0, 1), (4, 1), (6, 2), (7_000, 2), (7_300, 3), (90_000, 3)]:
        with clock.travelled(began + timedelta(seconds=seconds)):
            await office.deliver()
        assert len(office.receiver.heard) == heard, seconds

    assert len(set(office.receiver.ids())) == 1
    [delivery] = await office.deliveries(made, state="delivered")
    traced = await office.traced(made, delivery["id"])
    assert [each["status"] for each in traced["attempts"]] == [500, 503, 200]
    assert traced["attempts"][0]["excerpt"].startswith("<script>alert(1)</script>  x")
    assert len(traced["attempts"][0]["excerpt"]) == sending.EXCERPT_CHARACTERS
    assert (await office.call("GET", f"/{made['id']}")).json()["failingSince"] is None


@pytest.mark.usefixtures("no_jitter")
@pytest.mark.parametrize(
    "asked", ["Mon, 01 Jan 2026 00:00:00 +" + "9" * 20, "Mon, 1 Jan " + "9" * 20 + " 00:00:00 GMT"]
)
async def test_no_date_of_a_receivers_keeps_a_failure_from_being_noted(
    office: Office, asked: str
) -> None:
    made = await office.endpoint()
    office.receiver.answers["/hook"] = [Response(status_code=503, headers={"Retry-After": asked})]
    await office.happen("organisation.changed")

    await office.deliver()

    [delivery] = await office.deliveries(made, state="waiting")
    assert delivery["lastStatus"] == 503


async def test_a_redirect_is_a_failure_and_not_followed(office: Office) -> None:
    made = await office.endpoint()
    statuses = [301, 302, 307, 308]
    office.receiver.answers["/hook"] = [
        RedirectResponse(f"{office.receiver.url}/elsewhere", status) for status in statuses
    ]
    await office.happen(*["organisation.changed"] * len(statuses))
    await office.deliver()

    deliveries = await office.deliveries(made)
    assert [each.path for each in office.receiver.heard] == ["/hook"] * 4
    assert sorted(each["lastStatus"] for each in deliveries) == statuses
    assert {(each["state"], each["failures"]) for each in deliveries} == {("waiting", 1)}


async def test_who_died_after_sending_leaves_it_to_another(office: Office) -> None:
    await office.endpoint()
    await office.happen("organisation.changed")
    sent = asyncio.Event()

    async def post(to: Destination, headers: Mapping[str, str], body: bytes) -> Outcome:
        await sending.post(to, headers, body)
        sent.set()
        await asyncio.Event().wait()
        raise AssertionError

    killed = asyncio.create_task(delivering.deliver_due(office.database, post))
    await sent.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    await office.deliver()
    assert len(office.receiver.heard) == 1  # Its lease has not lapsed.
    async with office.database.work() as session:
        await session.execute(sa.update(WebhookDelivery).values(held_until=clock.now()))
    await office.deliver()

    assert len(office.receiver.heard) == 2
    assert len(set(office.receiver.ids())) == 1


async def test_who_was_slow_records_nothing_that_another_took_over(office: Office) -> None:
    await office.endpoint()
    await office.happen("organisation.changed")
    async with office.database.work() as session:
        [claim] = await delivering.claim(session, 5)
    async with office.database.work() as session:
        assert await delivering.claim(session, 5) == []
        await outcomes.record(session, claim.id, new_id(), clock.now(), Outcome(status=200))

    async with office.database.reading() as session:
        assert (await session.scalars(sa.select(WebhookAttempt.id))).all() == []
        assert (await session.scalars(sa.select(WebhookDelivery.state))).all() == ["waiting"]


async def test_a_slow_receiver_keeps_nobody_waiting_and_no_transaction(office: Office) -> None:
    await office.endpoint("/slow")
    await office.endpoint("/hook")
    await office.happen(*["organisation.changed"] * 6)
    chore = asyncio.create_task(office.deliver())
    await office.receiver.hears(6)
    await office.receiver.hears(delivering.PER_ENDPOINT, "/slow")

    assert len(office.receiver.ids("/slow")) == delivering.PER_ENDPOINT
    async with office.database.reading() as session:
        waiting_since = await session.scalar(sa.select(sa.func.clock_timestamp()))
    # What comes meanwhile is sent by the same turn.
    await office.happen("organisation.verified")
    await office.receiver.hears(7)
    async with office.database.reading() as session:
        old = sa.text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND xact_start < :waiting_since"
        )
        assert await session.scalar(old, {"waiting_since": waiting_since}) == 0
    assert not chore.done()
    office.receiver.slow.set()
    await chore
    assert len(set(office.receiver.ids("/slow"))) == 7


async def test_an_endpoint_with_thousands_waiting_takes_its_share_only(office: Office) -> None:
    first, second = await office.endpoint("/a"), await office.endpoint("/b")

    async def claimed(free: int) -> list[str]:
        async with office.database.work() as session:
            claims = await delivering.claim(session, free)
            return sorted(claim.url.rpartition("/")[2] for claim in claims)

    async with office.database.work() as session:
        many = [(first["id"], new_id(), "order.paid") for _ in range(1_000)]
        assert await fanning.want(session, many) == 1_000
    assert await claimed(2) == ["a", "a"]
    async with office.database.work() as session:
        await fanning.want(session, [(second["id"], new_id(), "order.paid") for _ in range(9)])
    # Who has the fewest places comes first, and nobody gets more than a share.
    assert await claimed(1) == ["b"]
    assert await claimed(9) == ["a"] * 2 + ["b"] * 3
    assert await claimed(9) == []
    # One that fails gets a single place: it may well let us wait each time.
    async with office.database.work() as session:
        await session.execute(sa.update(WebhookDelivery).values(held_until=None))
        await session.execute(sa.update(WebhookEndpoint).values(failing_since=clock.now()))
    assert await claimed(9) == ["a", "b"]


@pytest.mark.usefixtures("no_jitter")
async def test_an_endpoint_that_fails_for_days_is_disabled_with_a_letter(office: Office) -> None:
    made = await office.endpoint()
    office.receiver.answers["/hook"] = [Response(status_code=500)]
    await office.happen("organisation.changed")
    began, passed = clock.now(), 0
    for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400):
        passed += seconds + 1
        with clock.travelled(began + timedelta(seconds=passed)):
            await office.deliver()

    read = (await office.call("GET", f"/{made['id']}")).json()
    [delivery] = await office.deliveries(made)
    [letter] = await make.mails(office.database)
    assert len(office.receiver.heard) == 10
    assert (read["state"], delivery["state"]) == ("failing", "failed")
    assert (letter.to, letter.subject) == (
        office.admin.email,
        "Er gaan geen webhooks meer naar 127.0.0.1",
    )
    # Nothing more is kept for it, until it is enabled and missed things are replayed.
    await office.happen("organisation.verified")
    assert len(await office.deliveries(made)) == 1
    refused = await office.call("POST", f"/{made['id']}/test-events")
    assert refused.json()["type"] == "/problems/endpoint-disabled"
    await office.call("PATCH", f"/{made['id']}", enabled=True)
    office.receiver.answers["/hook"] = [Response(status_code=204)]
    since = (began - timedelta(minutes=1)).isoformat()
    replayed = await office.call("POST", f"/{made['id']}/replays", since=since)
    await office.deliver()
    states = {each["state"] for each in await office.deliveries(made)}
    assert (replayed.json(), states) == ({"deliveries": 2}, {"delivered"})


async def test_an_endpoint_that_is_gone_is_disabled_at_once(office: Office) -> None:
    made = await office.endpoint()
    office.receiver.answers["/hook"] = [Response(status_code=410)]
    await office.happen("organisation.changed")
    await office.deliver()
    await office.happen()

    log = await office.client.get(
        "/v1/events?type=webhook-endpoint.disabled", headers=office.admin.headers
    )
    [letter] = await make.mails(office.database)
    assert (await office.call("GET", f"/{made['id']}")).json()["state"] == "gone"
    assert log.json()["items"][0]["data"] == {"state": "gone"}
    assert "410" in letter.text


async def test_one_is_sent_again_on_request(office: Office) -> None:
    made = await office.endpoint()
    await office.happen("organisation.changed")
    [delivery] = await office.deliveries(made)
    path = f"/{made['id']}/deliveries/{delivery['id']}/replays"
    early = await office.call("POST", path)
    await office.deliver()
    again = await office.call("POST", path)
    await office.deliver()

    assert early.json()["type"] == "/problems/delivery-under-way"
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert len(office.receiver.ids()) == 2
    assert len(set(office.receiver.ids())) == 1


async def test_a_replay_sends_what_was_missed_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now().isoformat()
    await office.happen("organisation.changed", "membership.ended")
    made = await office.endpoint()
    await office.happen("organisation.verified")
    await office.deliver()
    path = f"/{made['id']}/replays"

    missed = await office.call("POST", path, since=began)
    twice = await office.call("POST", path, since=began)
    await office.deliver()
    all_of_them = await office.call("POST", path, since=began, deliveredToo=True)
    await office.deliver()

    assert [each.json() for each in (missed, twice, all_of_them)] == [
        {"deliveries": 1},
        {"deliveries": 0},
        {"deliveries": 2},
    ]
    assert sorted(map(office.receiver.ids().count, set(office.receiver.ids()))) == [2, 2]
    monkeypatch.setattr(replaying, "MOST", 1)
    large = await office.call("POST", path, since=began)
    old = await office.call("POST", path, since="2020-01-01T00:00:00Z")
    assert large.json()["type"] == "/problems/replay-too-large"
    assert (old.status_code, old.json()["errors"][0]["code"]) == (400, "too-long-ago")


async def test_a_test_event_says_nothing_and_comes_whatever_is_wanted(office: Office) -> None:
    made = await office.endpoint(types=["order.*"])
    answer = await office.call("POST", f"/{made['id']}/test-events")
    await office.deliver()

    [heard] = office.receiver.heard
    said = json.loads(heard.body)
    assert answer.status_code == 202
    assert (said["type"], said["data"]) == ("webhook.test", {})
    assert heard.id == answer.json()["messageId"]


async def test_what_was_sent_long_ago_is_forgotten(office: Office) -> None:
    made = await office.endpoint()
    await office.happen("organisation.changed")
    await office.deliver()
    async with office.database.work() as session:
        with clock.travelled(clock.now() + timedelta(days=31)):
            assert await forgetting.forget(session, 30) >= 1

    assert await office.deliveries(made) == []


async def test_whoever_does_not_answer_is_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.2)
    made = await office.endpoint("/slow")
    dead = await office.endpoint()
    lost = await office.endpoint("/lost")
    async with office.database.work() as session:
        pair = sa.update(WebhookPair).where(WebhookPair.endpoint_id == lost["id"])
        await session.execute(pair.values(sealed=b"what another installation sealed"))
        nowhere = sa.update(WebhookEndpoint).where(WebhookEndpoint.id == dead["id"])
        await session.execute(nowhere.values(url="http://127.0.0.1:1/"))
    await office.happen("organisation.changed")
    await office.deliver()
    office.receiver.slow.set()

    errors = []
    for endpoint in (made, dead, lost):
        delivery = (await office.deliveries(endpoint))[-1]
        [attempt] = (await office.traced(endpoint, delivery["id"]))["attempts"]
        errors.append(attempt["error"])
    assert errors == [
        "No answer within 0 seconds.",
        "The connection failed: ConnectError.",
        "The secret can't be opened any more: change it.",
    ]
    assert office.receiver.ids("/lost") == []
