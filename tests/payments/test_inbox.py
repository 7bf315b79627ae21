"""Events of the provider: duplicated, shuffled, late, badly signed, lost."""

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.database import open_database
from app.core.jobs import Job
from app.ledger.chart import DISPUTED, OUTGOING, PROVIDER_BALANCE, PROVIDER_FEES, UNALLOCATED
from app.main import create_app
from app.payments.errands import sweeping
from app.payments.fake.delivery import signed
from app.payments.fake.server import SECRET, Player
from app.payments.fake.store import Thing
from app.payments.models import EventOutcome, PaymentStatus, ProviderEvent, Way
from tests.conftest import Cluster, calling, living, served
from tests.payments.conftest import Till, furnished, spoken_to


@asynccontextmanager
async def a_till(cluster: Cluster) -> AsyncIterator[Till]:
    player = Player()
    async with cluster.clone() as name, served(player.app()) as address:
        settings = spoken_to(cluster.settings(name), address)
        async with (
            open_database(settings) as database,
            living(create_app(settings)) as app,
            calling(app) as client,
        ):
            async with database.work() as session:
                scheme_id, payer_id = await furnished(session)
            yield Till(database, player, client, scheme_id, payer_id)


async def a_history(till: Till, deliver: Any) -> dict[str, object]:  # noqa: ANN401  A callback.
    """Let much happen, with `deliver` now and then; say how all stands at the end."""
    names = {}
    for name, way in (
        *(("kept", Way.CARD), ("refunded", Way.IDEAL), ("lost", Way.CARD), ("won", Way.CARD)),
        *(("bounced", Way.SEPA_DEBIT), ("arrived", Way.PROVIDER_TRANSFER)),
    ):
        names[name], checkout_id = await till.started(way)
        till.happens("pay", checkout_id)
        await deliver(till)
    store = till.player.store
    charges = {charge["payment_intent"]: charge["id"] for charge in store.all("charge")}
    intents = {i["metadata"]["baat_id"]: i["id"] for i in store.all("payment_intent")}
    till.happens("bank", intents[str(names["bounced"])], succeeds=False)
    till.happens("bank", intents[str(names["arrived"])])
    disputes = {
        name: till.happens("dispute", charges[intents[str(names[name])]])["id"]
        for name in ("lost", "won")
    }
    await deliver(till)
    # By now it is known to be paid, however its events came.
    await sweeping.sweep(till.database)
    await till.work()
    refund_id = await till.refund(names["refunded"], 30_000)
    await till.work()
    till.happens("decide", disputes["lost"], won=False)
    till.happens("decide", disputes["won"], won=True)
    bounced_id = await till.refund(names["kept"], 20_000)
    await till.work()
    till.happens("bounce-refund", (await till.outgoing(bounced_id)).external_id or "")
    await deliver(till, everything=True)
    return {
        **{name: (await till.payment(payment_id)).status for name, payment_id in names.items()},
        "refund": (await till.outgoing(refund_id)).status,
        "bounced refund": (await till.outgoing(bounced_id)).status,
        "at provider": (await till.has(PROVIDER_BALANCE)) - till.player.world.balance(),
        "disputed": await till.has(DISPUTED),
        "fees": await till.has(PROVIDER_FEES),
        "under way": await till.has(OUTGOING),
    }


async def in_order(till: Till, *, everything: bool = False) -> None:
    del everything
    await till.bring()
    await till.work()


def shuffled(seed: int) -> Any:  # noqa: ANN401  A callback.
    chance = random.Random(seed)  # noqa: S311  It is only spread.
    late: list[Thing] = []

    async def deliver(till: Till, *, everything: bool = False) -> None:
        late.extend(till.player.postman.kept)
        till.player.postman.kept.clear()
        chance.shuffle(late)
        count = len(late) if everything else chance.randint(0, len(late))
        now = [late.pop() for _ in range(count)]
        for event in chance.sample(now * chance.randint(1, 4), k=len(now) * 1) + now:
            if chance.random() < 0.1:
                assert (await till.send(event, "whsec_somebody_else")).status_code == 400
            assert (await till.send(event)).status_code == 204
            if chance.random() < 0.2:
                await till.work()
        await till.work()

    return deliver


async def test_events_in_any_order_come_to_the_same(cluster: Cluster) -> None:
    async with a_till(cluster) as till:
        expected = await a_history(till, in_order)
    assert expected["at provider"] == 0
    assert expected["under way"] == 0
    assert expected["disputed"] == 0
    assert [expected[name] for name in ("kept", "bounced", "arrived")] == [
        PaymentStatus.SUCCEEDED,
        PaymentStatus.FAILED,
        PaymentStatus.SUCCEEDED,
    ]
    for seed in range(3):
        async with a_till(cluster) as till:
            assert await a_history(till, shuffled(seed)) == expected, seed


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_is_told_of_before_its_payment(till: Till, *, won: bool) -> None:
    payment_id, checkout_id = await till.started()
    till.happens("pay", checkout_id)
    [charge] = till.player.store.all("charge")
    dispute = till.happens("dispute", charge["id"])
    till.happens("decide", dispute["id"], won=won)
    till.player.postman.kept.reverse()
    await till.bring()
    await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()
    assert await till.has(DISPUTED) == 0
    owner_id = (await till.payment(payment_id)).owner_id
    assert await till.has(UNALLOCATED, owner_id) == (100_000 if won else 0)
    assert EventOutcome.NOT_OURS not in {event.outcome for event in await events(till)}


async def events(till: Till) -> list[ProviderEvent]:
    query = sa.select(ProviderEvent).order_by(ProviderEvent.id)
    async with till.database.reading() as session:
        return list(await session.scalars(query))


async def jobs(till: Till) -> int:
    async with till.database.reading() as session:
        query = sa.select(sa.func.count()).where(Job.kind == "payments.inbox")
        return int(await session.scalar(query) or 0)


async def an_event(till: Till) -> Thing:
    _, checkout_id = await till.started()
    till.happens("pay", checkout_id)
    [event] = [e for e in till.player.postman.kept if e["type"] == "payment_intent.succeeded"]
    return event


async def test_an_event_is_kept_once_and_wanted_once(till: Till) -> None:
    event = await an_event(till)
    for _ in range(3):
        assert (await till.send(event)).status_code == 204

    assert [kept.external_id for kept in await events(till)] == [event["id"]]
    assert await jobs(till) == 1


@pytest.mark.parametrize("fault", ["other", "old", "changed", "none", "no event"])
async def test_what_is_not_signed_by_the_provider_is_refused(till: Till, fault: str) -> None:
    event = await an_event(till)
    body, headers = signed(event, SECRET)
    if fault == "other":
        body, headers = signed(event, "whsec_somebody_else")
    elif fault == "old":
        body, headers = signed(event, SECRET, at=time.time() - 3_600)
    elif fault == "changed":
        body = body.replace(b"eur", b"EUR")
    elif fault == "none":
        headers.pop("Stripe-Signature")
    else:
        body, headers = signed({"hello": "world"}, SECRET)

    answer = await till.client.post("/webhooks/stripe", content=body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/signature-refused"
    assert await events(till) == []


async def test_while_the_secret_is_changed_both_are_known(till: Till) -> None:
    settings = till.database.settings.model_copy(
        update={
            "stripe_webhook_secret": type(till.database.settings.secret)("whsec_new"),
            "stripe_webhook_secret_before": type(till.database.settings.secret)(SECRET),
        }
    )
    event = await an_event(till)
    async with living(create_app(settings)) as app, calling(app) as client:
        for secret in ("whsec_new", SECRET):
            body, headers = signed(event, secret)
            answer = await client.post("/webhooks/stripe", content=body, headers=headers)
            assert answer.status_code == 204


async def test_a_live_event_is_kept_and_touches_nothing(till: Till) -> None:
    event = await an_event(till)
    await till.send({**event, "livemode": True})

    [kept] = await events(till)
    assert kept.outcome is EventOutcome.OTHER_MODE
    assert await jobs(till) == 0


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"data": {"object": {"id": "pi_of_somebody_else"}}}, EventOutcome.NOT_OURS),
        ({"data": {"object": {"id": "du_of_somebody_else"}}}, EventOutcome.NOT_OURS),
        ({"account": "acct_of_an_entrepreneur"}, EventOutcome.NOT_OURS),
        ({"data": {"object": {"id": "prod_1"}}, "type": "product.made"}, EventOutcome.OTHER_KIND),
        ({"data": {"object": {}}, "type": "balance.available"}, EventOutcome.OTHER_KIND),
    ],
)
async def test_what_is_not_ours_is_noted_and_left(
    till: Till, change: Thing, outcome: EventOutcome
) -> None:
    await till.send({**await an_event(till), **change})
    await till.work()

    [kept] = await events(till)
    assert kept.outcome is outcome


async def test_the_nightly_sweep_fills_what_never_came(till: Till) -> None:
    payment_id, checkout_id = await till.started()
    till.happens("pay", checkout_id)
    till.player.postman.kept.clear()
    await till.work()
    assert (await till.payment(payment_id)).status is PaymentStatus.STARTED

    await sweeping.sweep(till.database)
    await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()
    assert all(event.is_swept and event.outcome for event in await events(till))


async def test_a_replay_changes_nothing_that_was_right(till: Till) -> None:
    payment_id = await till.paid()
    before = (await till.payment(payment_id)).version, await till.has(PROVIDER_BALANCE)
    oldest = min(event.happened_at for event in await events(till))

    assert await sweeping.replay(till.database, oldest) >= 3
    await till.work()

    after = (await till.payment(payment_id)).version, await till.has(PROVIDER_BALANCE)
    assert after == before
