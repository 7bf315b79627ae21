"""Erasing a person: nothing that names them is left, and everything that was proven still is."""

from dataclasses import dataclass
from pathlib import Path

import httpx
import sqlalchemy as sa

from app.audits.invariants import INVARIANTS
from app.core.database import Base, Database
from app.core.files.models import File
from app.core.invariants import all_faults
from app.ledger import positions
from app.organisations.models import User
from app.transparency import verifier
from app.transparency.actions import publishing
from app.transparency.notes import Key
from tests import make
from tests.fulfilments.conftest import Claims
from tests.make import PASSWORD, Member
from tests.make.payments import jobs_done
from tests.orders.conftest import said

NAME = "Joke van den Berg-Özil"
REQUEST = {"reason": "Her letter of 1 May, seen with her passport.", "isFinal": True}


async def test_after_an_erasure_nothing_names_the_person_and_all_proofs_hold(
    claims: Claims, database: Database
) -> None:
    officer, client = claims.first.officer, claims.stall.client
    async with database.work() as session:
        (await session.get_one(User, officer.user_id)).name = NAME
        admin = await make.a_member(session)
        staff = await make.signed_in(session, await make.a_user(session, staff=True))
        session.add(_file(officer))
    claim = await _decided(claims, f"Seen by {NAME}; ask her.")
    await _left_traces(client, admin, officer)
    await make.mails(database)
    await client.post("/v1/password-resets", json={"email": officer.email})
    before = await _proven(claims, claim)
    found = await _places(database, NAME, officer.email)
    assert set(found) >= {
        *("users", "fulfilment_decisions", "order_decisions", "idempotency_keys", "invitations"),
        *("orders", "files", "mail", "api_keys"),
    }

    asked = {**REQUEST, "email": officer.email, "names": [NAME]}
    erased = await client.post("/v1/erasures", json=asked, headers=staff)
    assert erased.status_code == 201, erased.text
    assert erased.json()["finishedAt"] is None
    assert said(await client.get("/v1/me", headers=officer.headers))[0] == 401
    await jobs_done(database)

    assert await _places(database, NAME, officer.email) == []
    [told] = (await client.get("/v1/erasures", headers=staff)).json()["items"]
    assert told["userId"] == str(officer.user_id)
    assert told["maskedCount"] >= 5
    assert told["finishedAt"] is not None
    await _still_proven(claims, claim, before)
    assert said(await client.post("/v1/erasures", json=asked, headers=staff))[0] == 404


def _file(officer: Member) -> File:
    return File(
        sha256=bytes(32),
        size_bytes=1,
        media_type="application/pdf",
        name=f"Notes of {NAME}.pdf",
        uploaded_by=f"user:{officer.user_id}",
    )


async def _decided(claims: Claims, reason: str) -> str:
    """Have a claim approved by the person, for a reason that names them, as others' words do."""
    order_id = await claims.stall.ordered(10)
    await claims.stall.pay(order_id)
    # What was invoiced is kept by law: this is not.
    other = await claims.stall.ordered(1, purchaseOrderNumber=f"For {NAME.upper()}")
    named = await claims.stall.act(other, "cancellations", reason=reason)
    assert named.status_code == 201, named.text
    await claims.bought(98)
    await claims.split(order_id, 10, 0)
    claim = await claims.draft(order_id, claims.first, 10)
    assert said(await claims.post(f"{claim}/submissions"))[0] == 201
    decided = {"verdict": "approved", "reason": reason}
    answer = await claims.post(f"{claim}/decisions", claims.first.officer, **decided)
    assert answer.status_code == 201, answer.text
    return claim


async def _left_traces(client: httpx.AsyncClient, admin: Member, officer: Member) -> None:
    """Sign in, or not, and be invited and mailed."""
    for password in ("not the password at all", PASSWORD):
        await client.post("/v1/sessions", json={"email": officer.email, "password": password})
    keys = f"/v1/organisations/{admin.organisation_id}/api-keys"
    key = {"name": f"Of <{officer.email}>.", "scopes": ["books:read"]}
    assert said(await client.post(keys, json=key, headers=admin.headers))[0] == 201
    invited = {"email": officer.email, "role": "member"}
    path = f"/v1/organisations/{admin.organisation_id}/invitations"
    assert said(await client.post(path, json=invited, headers=admin.headers))[0] == 201


@dataclass(frozen=True)
class Proofs:
    """What somebody kept from before."""

    keys: list[Key]
    certificate: str
    decision: str
    path: str


async def _proven(claims: Claims, claim: str) -> Proofs:
    """Seal the log; get the certificate with its proof, and that of the person's decision."""
    client, clerk = claims.stall.client, claims.stall.buyer.clerk.headers
    await positions.sequence_all(claims.stall.database)
    await publishing.seal(claims.stall.database)
    keys = (await client.get("/v1/log")).json()["keys"]
    certificate = (await client.get(f"/v1{claim}/certificate", headers=clerk)).text
    decisions = (await client.get(f"/v1{claim}/decisions", headers=clerk)).json()["items"]
    [approval] = [each for each in decisions if each["kind"] == "approved"]
    path = f"/v1{claim}/decisions/{approval['id']}/proof"
    decision = await client.get(path, headers=clerk)
    trusted = verifier.read_keys([keys[0]["verifierKey"]])
    assert "what the log committed to" in str(verifier.verify(decision.text, trusted).content)
    return Proofs(trusted, certificate, decision.text, path)


async def _still_proven(claims: Claims, claim: str, before: Proofs) -> None:
    client, clerk = claims.stall.client, claims.stall.buyer.clerk.headers
    # What was given away before still proves itself, content and all.
    for kept in (before.certificate, before.decision):
        assert verifier.verify(kept, before.keys).content is not None
    again = await client.get(f"/v1{claim}/certificate", headers=clerk)
    assert again.text == before.certificate
    # And nobody here can show any more what the leaf of the masked decision says.
    shown = await client.get(before.path, headers=clerk)
    assert (shown.json()["content"], shown.json()["isForgotten"]) == (None, True)
    assert "can't be checked any more" in str(verifier.verify(shown.text, before.keys).content)
    async with claims.stall.database.snapshot() as session:
        assert [fault async for fault in all_faults(session, INVARIANTS)] == []


async def _places(database: Database, *needles: str) -> list[str]:
    """Search every row of every table, bytes too, and every file of the home."""
    written = [each.encode().hex() for needle in needles for each in (needle, needle.upper())]
    patterns = {f"n{at}": f"%{each}%" for at, each in enumerate((*needles, *written))}
    found: list[str] = []
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            row = f"CAST({table.name} AS text)"
            named = " OR ".join(f"{row} ILIKE :n{each}" for each in range(len(patterns)))
            query = sa.text(f"SELECT EXISTS (SELECT FROM {table.name} WHERE {named})")  # noqa: S608  Our own tables.
            if await session.scalar(query, patterns):
                found.append(table.name)
    files = [path for path in database.settings.home.rglob("*") if path.is_file()]
    found += [path.parent.name for path in files if any(each in _read(path) for each in needles)]
    return found


def _read(path: Path) -> str:
    return path.read_bytes().replace(b"=\r\n", b"").decode(errors="replace")
