"""A town in which much has happened, for those who tamper: bought, claimed, paid and sealed."""

from dataclasses import dataclass

import httpx

from app.core import clock
from app.core.database import Database
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger import chart, journal
from app.orders.actions.invoices import FILE
from app.transparency import notes, queries
from app.transparency.actions import cosigning, keys
from app.transparency.notes import Key
from tests.fulfilments.conftest import Claims
from tests.make.books import a_draft, a_keeper
from tests.make.busy_books import sequence
from tests.make.logs import sealed
from tests.make.payments import LEFT, jobs_done
from tests.orders.undoing import refund
from tests.payouts.conftest import Safe, a_safe
from tests.transparency.access_table import WITNESS

MENTORED = {
    "kind": "in-kind",
    "activity": "mentoring",
    "minutes": 90 * 60,
    "firstOn": "2026-01-05",
    "lastOn": "2026-01-16",
    "description": "Coaching on the job.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a stranger kept from before: nothing of it is in the database's hands."""

    checkpoint: str
    keys: tuple[Key, ...]
    certificates: tuple[str, ...]


async def settle(claims: Claims, safe: Safe) -> Kept:
    """Let it all happen, seal it before a witness, and keep what a stranger keeps."""
    certified = await _claims(claims)
    await _payouts(safe)
    database = claims.stall.database
    # Documents have their files, as they have everywhere seconds later: those say their numbers.
    await jobs_done(database, but=set(LEFT) - {FILE.name})
    async with database.work() as session:
        keeper = await a_keeper(session)
        deposit = chart.DEPOSIT.of(keeper, new_id())
        # Enough for a full tile.
        await journal.post(session, *(a_draft(deposit, 100 + at) for at in range(200)))
        await sequence(session)
        checkpoint = await sealed(session)
        await keys.add_witness(session, WITNESS.witness_key, Actor.system("test"))
        line = WITNESS.cosign(notes.parse(checkpoint.note).text, clock.seconds())
        await cosigning.take(session, checkpoint.size, f"{line}\n")
        kept = checkpoint.note
        await journal.post(session, *(a_draft(deposit, 7) for _ in range(5)))
        await sequence(session)
        await sealed(session)
        known = tuple(queries.key_of(row) for row in await queries.keys(session))
    client, headers = claims.stall.client, claims.stall.buyer.clerk.headers
    answers = [await client.get(f"/v1{path}/certificate", headers=headers) for path in certified]
    return Kept(kept, known, tuple(answer.text for answer in answers))


async def _claims(claims: Claims) -> list[str]:
    """Buy, claim, have decided, revoke and refund; give what was certified."""
    stall, first, second = claims.stall, claims.first, claims.second
    [order, rest] = await claims.bought(12, 98)
    await claims.split(order, 6, 4)
    await claims.recognise()
    approved = await claims.draft(order, first, 6)
    rejected = await claims.draft(order, second, 3)
    revoked = await claims.draft(order, second, 1)
    mentored = await _mentored(claims)
    for claim in (approved, rejected, revoked, mentored):
        answer = await claims.post(f"{claim}/submissions")
        assert answer.status_code == 201, answer.text
    for claim, debt, verdict in (
        (approved, first, "approved"),
        (rejected, second, "rejected"),
        (revoked, second, "approved"),
        (mentored, first, "approved"),
    ):
        answer = await claims.decide(claim, debt, verdict)
        assert answer.status_code == 201, answer.text
    answer = await claims.post(f"{revoked}/revocations", second.officer, reason="Counted twice.")
    assert answer.status_code == 201, answer.text
    for units in (3, 2):
        assert (await refund(stall, rest, units)).status_code == 201
    await stall.ordered(2)
    cancelled = await stall.ordered(1)
    await stall.act(cancelled, "cancellations")
    await claims.raised(first)
    return [approved, mentored, revoked]


async def _mentored(claims: Claims) -> str:
    path = f"/organisations/{claims.stall.buyer.organisation.id}/fulfilments"
    obligation_id = str(claims.first.obligation_id)
    answer = await claims.post(path, obligationId=obligation_id, claim=MENTORED)
    assert answer.status_code == 201, answer.text
    return f"/fulfilments/{answer.json()['id']}"


async def _payouts(safe: Safe) -> None:
    """Pay a start part, and let another payout fail; refund a company."""
    _, second = await safe.sell(108, 12)
    await safe.bank_pays(await safe.approved())
    assert (await refund(safe.stall, second, 2)).status_code == 201


async def a_town(claims: Claims, client: httpx.AsyncClient, database: Database) -> Kept:
    """Furnish an installation, and keep what a stranger keeps."""
    return await settle(claims, await a_safe(client, database))
