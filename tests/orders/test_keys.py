"""Machines order for their organisation, within the limit of their key."""

from uuid import UUID

from tests import make
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall, said

TEN = 106_050


async def _a_machine(stall: Stall, limit_cents: int, *scopes: str) -> dict[str, str]:
    admin = stall.buyer.approver
    await stall.change(
        "UPDATE memberships SET role = 'admin' WHERE user_id = :id", id=admin.user_id
    )
    answer = await stall.client.post(
        f"/v1/organisations/{stall.buyer.organisation.id}/api-keys",
        json={
            "name": "Procurement",
            "scopes": scopes or ["orders:read", "orders:write"],
            "spendingLimitCents": limit_cents,
        },
        headers=admin.headers,
    )
    assert (answer.status_code, answer.json()["spendingLimitCents"]) == (201, limit_cents)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_a_machine_orders_and_pays_within_the_limit_of_its_key(stall: Stall) -> None:
    machine = stall.by(await _a_machine(stall, TEN))
    answer = await stall.order(10, by=machine, payBy="invoice", costCentre="4400")

    order = answer.json()
    assert (answer.status_code, order["state"]) == (201, "reserved")
    assert order["orderedById"] is None
    [payment] = (
        await stall.client.get(f"/v1/orders/{order['id']}/payments", headers=machine.headers)
    ).json()["items"]
    await stall.bring(UUID(payment["id"]))
    read = await stall.client.get(f"/v1/orders/{order['id']}", headers=machine.headers)
    assert read.json()["state"] == "paid"
    listed = await stall.client.get(f"/v1/orders/{order['id']}/invoices", headers=machine.headers)
    assert len(listed.json()["items"]) == 2
    online = await stall.order(1, by=machine)
    again = await stall.act(UUID(online.json()["id"]), "cancellations", by=machine)
    assert again.json()["state"] == "cancelled"


async def test_above_its_limit_a_person_approves_who_did_not_make_the_key(stall: Stall) -> None:
    machine = stall.by(await _a_machine(stall, TEN - 1))
    answer = await stall.order(10, by=machine)
    order_id = UUID(answer.json()["id"])

    assert answer.json()["state"] == "awaiting_approval"
    await jobs_done(stall.database, but=("mail.deliver",))
    refused = await stall.act(order_id, "approvals", by=machine, approved=True)
    assert said(refused) == (403, "/problems/people-only")
    maker = await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=True)
    assert said(maker) == (403, "/problems/own-order")
    await stall.change("UPDATE api_keys SET created_by = 'user:another'")
    approved = await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=True)
    assert approved.json()["state"] == "reserved"
    await jobs_done(stall.database, but=("mail.deliver",))
    # Who decides for the buyer hears what its machine can't be told.
    read = await make.mails(stall.database)
    assert {mail.to for mail in read} == {stall.buyer.approver.email}
    assert {mail.subject for mail in read} == {
        "Er wacht een order op uw goedkeuring",
        "Uw order is goedgekeurd",
    }


async def test_a_machine_orders_only_what_its_key_is_for(stall: Stall) -> None:
    reader = stall.by(await _a_machine(stall, TEN, "orders:read"))
    assert said(await stall.order(1, by=reader)) == (403, "/problems/scope-missing")
    unlimited = stall.by(await _a_machine(stall, 0))
    waits = await stall.order(1, by=unlimited)
    assert waits.json()["state"] == "awaiting_approval"
    elsewhere = stall.by(await _a_machine(stall, TEN), stall.other.organisation.id)
    assert said(await stall.order(1, by=elsewhere)) == (404, "/problems/not-found")
