"""Endpoints: who makes them, and how their secrets change."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook

from app.core import clock
from app.organisations.models import Organisation, Role
from app.webhooks.models import WebhookPair
from tests import make
from tests.webhooks.conftest import Office


async def test_an_endpoint_is_made_changed_and_removed(office: Office) -> None:
    made = await office.endpoint(types=["order.*", "order.*", "payout.sent"], description="ERP")
    read = await office.call("GET", f"/{made['id']}")
    listed = await office.call("GET")
    changed = await office.call("PATCH", f"/{made['id']}", types=[], enabled=False)
    stale = await office.client.patch(
        f"/v1/organisations/{office.admin.organisation_id}/webhook-endpoints/{made['id']}",
        json={"description": "The other ERP"},
        headers={**office.admin.headers, "If-Match": read.headers["ETag"]},
    )
    removed = await office.call("DELETE", f"/{made['id']}")

    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["types"] == ["order.*", "payout.sent"]
    assert made["keys"][0]["publicKey"].startswith("whpk_")
    assert (made["state"], made["failingSince"]) == ("enabled", None)
    assert read.json() == made
    assert listed.json() == {"items": [made], "next": None}
    assert changed.json() == {**made, "types": [], "state": "disabled"}
    assert stale.status_code == 412
    assert removed.status_code == 204
    assert (await office.call("GET", f"/{made['id']}")).status_code == 404


async def test_a_senseless_endpoint_is_refused(office: Office) -> None:
    refused: list[tuple[dict[str, Any], list[str]]] = [
        ({"url": "https://10.0.0.1/"}, ["#/url"]),
        ({"url": "http://maas.example/"}, ["#/url"]),
        ({"url": "https://maas.example/", "types": ["riddle.posed"]}, ["#/types/0"]),
        ({"url": "https://user:pw@a.example/", "types": ["order.paid", "*"]}, ["#/types/1"]),
        ({"url": "https://a", "types": ["riddle.*"]}, ["#/types/0", "#/url"]),
    ]
    for body, pointers in refused:
        answer = await office.call("POST", **body)
        assert answer.status_code == 400
        assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert (await office.call("GET")).json()["items"] == []


async def test_an_organisation_has_no_more_than_so_many(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.webhooks.actions.endpoints.MOST_ENDPOINTS", 1)
    await office.endpoint()

    answer = await office.call("POST", url="https://maas.example/")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-endpoints")


async def test_another_organisations_endpoint_is_none(office: Office) -> None:
    made = await office.endpoint()
    async with office.database.work() as session:
        other = await make.a_member(session)
        ours = await session.get_one(Organisation, office.admin.organisation_id)
        clerk = await make.a_member(session, Role.APPROVER, ours)
    own = f"/v1/organisations/{other.organisation_id}/webhook-endpoints/{made['id']}"

    def theirs(path: str = "") -> dict[str, object]:
        return {"url": own + path, "headers": {**other.headers, "If-Match": "*"}}

    answers: list[httpx.Response] = [
        await office.client.get(**theirs()),  # type: ignore[arg-type]
        await office.client.get(**theirs("/deliveries")),  # type: ignore[arg-type]
        await office.client.delete(**theirs()),  # type: ignore[arg-type]
        await office.call("GET", f"/{made['id']}", by=other),
        await office.call("POST", f"/{made['id']}/secrets", by=other),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert (await office.call("GET", by=clerk)).status_code == 403


async def test_a_secret_changes_without_a_break(office: Office) -> None:
    made = await office.endpoint()
    rotated = (await office.call("POST", f"/{made['id']}/secrets")).json()
    secrets = [made["secret"], rotated["secret"]]

    async def sent() -> tuple[str, bytes, dict[str, str]]:
        await office.happen("organisation.changed")
        await office.deliver()
        last = office.receiver.heard[-1]
        return last.headers["webhook-signature"], last.body, last.headers

    signatures, body, headers = await sent()
    assert signatures.count("v1,") == 2
    for secret in secrets:
        assert Webhook(secret).verify(body, headers)["type"] == "organisation.changed"
    assert [bool(key["endsAt"]) for key in rotated["keys"]] == [True, False]
    with clock.travelled(clock.now() + timedelta(days=1, seconds=1)):
        signatures, body, headers = await sent()
    assert signatures.count("v1,") == 1
    Webhook(secrets[1]).verify(body, headers)
    # What is compromised ends at once: two rotations leave the first one behind.
    await office.call("POST", f"/{made['id']}/secrets")
    await office.call("POST", f"/{made['id']}/secrets")
    signatures, *_ = await sent()
    assert signatures.count("v1,") == 2
    async with office.database.reading() as session:
        sealed = (await session.scalars(sa.select(WebhookPair.sealed))).all()
    assert all(secrets[1].encode() not in each for each in sealed)


async def test_changes_of_endpoints_stand_in_the_trail_and_in_the_log(office: Office) -> None:
    made = await office.endpoint()
    await office.call("PATCH", f"/{made['id']}", description="The ERP")
    await office.call("PATCH", f"/{made['id']}", description="The ERP")
    await office.happen()

    log = await office.client.get(
        "/v1/events?type=webhook-endpoint.*", headers=office.admin.headers
    )
    path = f"/v1/organisations/{office.admin.organisation_id}/trail"
    trail = await office.client.get(path, headers=office.admin.headers)

    assert [(each["type"], each["data"]) for each in log.json()["items"]] == [
        ("webhook-endpoint.made", {"fields": []}),
        ("webhook-endpoint.changed", {"fields": ["description"]}),
    ]
    assert "webhook-endpoint.made" in {each["kind"] for each in trail.json()["items"]}
