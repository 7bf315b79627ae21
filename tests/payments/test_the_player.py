"""Who plays Stripe: over its pages, its control plane and its file, with a worker that works."""

from pathlib import Path

import httpx

from app.core.database import open_database
from app.core.settings import Settings
from app.main import create_app
from app.payments.fake.server import Player
from app.payments.models import PaymentStatus
from tests.conftest import served
from tests.make.jobs import eventually
from tests.payments.conftest import Till, furnished, spoken_to


async def test_a_payer_pays_on_the_page_and_the_events_find_their_way(
    settings: Settings, player: Player, provider_url: str
) -> None:
    chosen = spoken_to(settings, provider_url).model_copy(update={"worker": True})
    async with (
        open_database(chosen) as database,
        served(create_app(chosen)) as address,
        httpx.AsyncClient() as browser,
    ):
        player.postman.address = f"{address}/webhooks/stripe"
        async with database.work() as session:
            till = Till(database, player, browser, *await furnished(session))
        payment_id = await till.expect()

        async def is_open() -> bool:
            return (await till.payment(payment_id)).status is PaymentStatus.STARTED

        async def is_paid() -> bool:
            return (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED

        await eventually(is_open)
        page = (await till.payment(payment_id)).checkout_url or ""
        assert "TEST MODE" in (await browser.get(page)).text
        assert "declined" in (await browser.post(page, data={"do": "decline"})).text
        assert (await browser.post(page, data={"do": "pay"})).status_code == 303
        await eventually(is_paid)


async def test_the_world_outside_can_be_asked_over_http(till: Till, provider_url: str) -> None:
    _, checkout_id = await till.started()
    async with httpx.AsyncClient(base_url=provider_url) as world:
        paid = await world.post("/control/pay", json={"session_id": checkout_id})
        again = await world.post("/control/pay", json={"session_id": checkout_id})
        nothing = await world.post("/control/rain")
        ordered = await world.post(
            "/control/faults", json={"trouble": "broken", "on": "GET /v1/balance"}
        )
        broken = await world.get("/v1/balance")

    assert [paid.status_code, again.status_code, nothing.status_code] == [200, 409, 404]
    assert (ordered.status_code, broken.status_code) == (204, 500)


async def test_what_stripe_does_not_know_is_refused(till: Till, provider_url: str) -> None:
    key = till.database.settings.stripe_key
    headers = {"Authorization": f"Bearer {key.get_secret_value() if key else ''}"}
    async with httpx.AsyncClient(base_url=provider_url, headers=headers) as client:
        unknown = await client.post("/v1/refunds", data={"payment_intent": "pi_1", "amuont": "5"})
        deep = await client.post("/v1/accounts", data={"capabilities[transfer][requested]": "true"})
        missing = await client.get("/v1/refunds/re_1")
        stranger = await client.get("/v1/balance", headers={"Authorization": "Bearer sk_live_x"})

    assert "amuont" in unknown.json()["error"]["message"]
    assert "[capabilities][transfer]" in deep.json()["error"]["message"]
    assert [missing.status_code, stranger.status_code] == [404, 401]


async def test_it_remembers_everything_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "provider.json"
    async with served(Player(file).app()) as address, httpx.AsyncClient() as client:
        headers = {
            "Authorization": "Bearer sk_test_baat_plays_stripe",
            "Idempotency-Key": "once",
        }
        made = await client.post(
            f"{address}/v1/accounts", data={"type": "express"}, headers=headers
        )

    again = Player(file)
    assert again.store.get(made.json()["id"])["type"] == "express"
    assert "once" in again.store.answers
