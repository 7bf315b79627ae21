"""An auditor's way from a figure to a proof, over HTTP, in the books of a large authority."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import open_database
from app.core.settings import Settings
from app.ledger import journal, positions
from app.ledger.chart import FULFILLED, IMPOSED, OWED, Book
from app.ledger.drafts import Draft, credit, debit
from app.organisations import credentials
from app.organisations.models import Organisation, User, UserSession
from app.schemes.models import AuditorAppointment, Authority
from app.transparency.actions import publishing
from scripts.benchmarks.loading import load
from scripts.benchmarks.server import SECRET, Bench
from scripts.benchmarks.serving import served

TARGET_MILLISECONDS = 100.0
AUTHORITY = UUID("a0000000-0000-7000-8000-000000000000")
OBLIGATION, FULFILMENT, CONTRACT = "b0000000", "c0000000", "d0000000"
CLAIMS = 19
"""Of each obligation: twenty entries of two lines each are about it."""
BATCH = 500
IMPOSED_CENTS = 1_000_000


@dataclass(frozen=True)
class Page:
    """How long a page of the drill-down took, in milliseconds."""

    what: str
    lines: int
    median: float
    p99: float

    def __str__(self) -> str:
        """Write a row of a table."""
        target = f"{TARGET_MILLISECONDS:.0f}"
        return f"  {self.what:<32}{self.lines:>12,}{self.median:>10.2f}{self.p99:>10.2f}{target:>8}"


HEAD = f"{'drill-down, milliseconds':<34}{'lines':>12}{'median':>10}{'p99':>10}{'target':>8}"


@dataclass(frozen=True)
class _Asked:
    """What an auditor asks for again and again, of another thing each time."""

    port: int
    token: str
    path: Callable[[], str]
    right: bytes = b"HTTP/1.1 200"

    @property
    def request(self) -> bytes:
        """The next request, as it goes over the wire."""
        lines = (
            f"GET {self.path()} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {self.token}",
            *("", ""),
        )
        return "\r\n".join(lines).encode()


def measure(bench: Bench, lines: int, seconds: float) -> list[Page]:
    """Let an authority's book have so many lines, sealed, and walk from its figures to proofs."""
    obligations = max(1, lines // (2 * (CLAIMS + 1)))
    bench.execute(_UNBOUND)
    bench.execute(_CONTRACTS.format(count=obligations))
    bench.execute(_CLAIMS.format(count=obligations, claims=CLAIMS))
    token = asyncio.run(_fill(bench, obligations))
    bench.execute("VACUUM ANALYZE")
    with served(bench, "baat") as port:
        return asyncio.run(_walk(port, token, obligations, seconds))


async def _fill(bench: Bench, obligations: int) -> str:
    """Enter what is imposed and what counts, seal it, and give an auditor's token."""
    there = {"database_url": bench.url, "secret": SECRET, "home": bench.folder}
    async with open_database(Settings.model_validate(there)) as database:
        async with database.work() as session:
            await journal.open_ledger(session, AUTHORITY, Book.SOCIAL_RETURN)
        for round_ in range(CLAIMS + 1):
            for first in range(0, obligations, BATCH):
                last = min(first + BATCH, obligations)
                async with database.work() as session:
                    await journal.post(session, *(_entry(at, round_) for at in range(first, last)))
        await positions.sequence_all(database)
        await publishing.seal(database)
        async with database.work() as session:
            return await _an_auditor(session)


def _entry(obligation: int, round_: int) -> Draft:
    owner = _id(OBLIGATION, obligation)
    if round_ == 0:
        kind, about = "obligation.imposed", owner
        lines = (
            debit(OWED.of(AUTHORITY, owner), IMPOSED_CENTS, about),
            credit(IMPOSED.of(AUTHORITY, owner), IMPOSED_CENTS, about),
        )
    else:
        kind, about = "fulfilment.approved", _id(FULFILMENT, obligation * CLAIMS + round_ - 1)
        lines = (
            debit(FULFILLED.of(AUTHORITY, owner), 100, about),
            credit(OWED.of(AUTHORITY, owner), 100, about),
        )
    return Draft(
        kind=kind,
        reference=f"bench/{about}",
        narration="Of a benchmark",
        occurred_at=clock.now(),
        lines=lines,
    )


def _id(noun: str, number: int) -> UUID:
    return UUID(f"{noun}-0000-7000-8000-{number:012x}")


async def _an_auditor(session: AsyncSession) -> str:
    """Let somebody audit the authority, who has signed in."""
    organisation = Organisation(legal_name="Gemeente", country="NL", register_number="00000001")
    user = User(
        email="auditor@baat.example",
        name="Ada van Rekenkamer",
        password_hash=credentials.digest("nobody signs in with it").hex(),
    )
    session.add_all([organisation, user])
    await session.flush()
    token = credentials.new_token(credentials.SESSION_PREFIX)
    day = timedelta(days=1)
    session.add_all(
        [
            Authority(
                id=AUTHORITY,
                organisation_id=organisation.id,
                municipalities=["GM0599"],
                reason="Of a benchmark",
                registered_by_id=user.id,
            ),
            AuditorAppointment(
                organisation_id=organisation.id,
                user_id=user.id,
                starts_on=clock.today() - day,
                ends_on=clock.today() + day,
                reason="Of a benchmark",
                appointed_by_id=user.id,
            ),
            UserSession(
                user_id=user.id,
                token_hash=credentials.digest(token),
                in_cookie=False,
                second_factor=False,
                expires_at=clock.now() + day,
            ),
        ]
    )
    return token


async def _walk(port: int, token: str, obligations: int, seconds: float) -> list[Page]:
    lines = obligations * 2 * (CLAIMS + 1)
    there, entries = f"/v1/audits/authorities/{AUTHORITY}", await _entries(port, token)

    def obligation() -> str:
        return f"/v1/audits/obligations/{_id(OBLIGATION, random.randrange(obligations))}"

    def fulfilment() -> str:
        which = random.randrange(obligations * CLAIMS)
        return f"/v1/audits/fulfilments/{_id(FULFILMENT, which)}"

    def further(noun: str) -> str:
        return f"&after={_id(noun, random.randrange(obligations))}"

    pages: dict[str, Callable[[], str]] = {
        "figures": lambda: there,
        "contracts": lambda: f"{there}/contracts?limit=50{further(CONTRACT)}",
        "obligations of a figure": lambda: (
            f"{there}/obligations?figure=fulfilled&limit=50{further(OBLIGATION)}"
        ),
        "journal": lambda: f"{there}/entries?limit=50&after={random.choice(entries)}",
        "obligation": obligation,
        "fulfilments": lambda: f"{obligation()}/fulfilments",
        "entries of an obligation": lambda: f"{obligation()}/entries",
        "fulfilment": fulfilment,
        "entries of a fulfilment": lambda: f"{fulfilment()}/entries",
        "decisions": lambda: f"{fulfilment()}/decisions",
        "entry": lambda: f"/v1/audits/entries/{random.choice(entries)}",
        "proof": lambda: f"/v1/audits/entries/{random.choice(entries)}/proof",
    }
    found = []
    for what, path in pages.items():
        measured = await load(_Asked(port, token, path), 1, seconds)
        found.append(Page(what, lines, measured.p50_milliseconds, measured.p99_milliseconds))
    return found


async def _entries(port: int, token: str) -> list[str]:
    """Find some entries to look at."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        headers = {"Authorization": f"Bearer {token}"}
        path = f"/v1/audits/authorities/{AUTHORITY}/entries?limit=200"
        answer = (await client.get(path, headers=headers)).raise_for_status()
        return [each["id"] for each in answer.json()["items"]]


# What the drill-down reads, and nothing else: the rows that those refer to are left out.
_UNBOUND = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT conrelid::regclass AS held, conname FROM pg_constraint
                  WHERE contype = 'f' AND conrelid IN
                        ('contracts'::regclass, 'contract_parties'::regclass,
                         'contract_amendments'::regclass, 'obligations'::regclass,
                         'fulfilments'::regclass, 'fulfilment_decisions'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.held, found.conname);
    END LOOP;
END $$;
"""


def _made(noun: str, number: str) -> str:
    return f"CAST('{noun}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0') AS uuid)"


_SOMEBODY = "00000000-0000-7000-8000-000000000001"
_CONTRACTS = f"""
INSERT INTO contracts (id, authority_id, reference, origin, awarded_on, has_clause, is_cancelled,
       registered_by_id, registered_at)
SELECT {_made(CONTRACT, "n")}, '{AUTHORITY}', 'C-' || n, 'authority', '2026-01-01', true, false,
       '{_SOMEBODY}', now()
  FROM generate_series(0, {{count}} - 1) n;
INSERT INTO contract_parties (id, contract_id, role, scheme, identifier, legal_name,
       organisation_id)
SELECT gen_random_uuid(), {_made(CONTRACT, "n")}, 'contractor', 'NL-KVK', lpad(n::text, 8, '0'),
       'Adviesbureau Maas', (SELECT id FROM organisations LIMIT 1)
  FROM generate_series(0, {{count}} - 1) n;
INSERT INTO contract_amendments (id, contract_id, number, title, kind, has_clause, is_cancelled,
       starts_on, ends_on, reason, made_by_id, made_at)
SELECT {_made("e0000000", "n")}, {_made(CONTRACT, "n")}, 1, 'Cleaning of schools', 'services', true,
       false, '2026-01-01', '2027-01-01', 'Awarded', '{_SOMEBODY}', now()
  FROM generate_series(0, {{count}} - 1) n;
INSERT INTO obligations (id, authority_id, contract_id, rules_id, state, computed_cents, steps,
       amendment_id, confirmed_cents, starts_on, due_on, registered_at, version)
SELECT {_made(OBLIGATION, "n")}, '{AUTHORITY}', {_made(CONTRACT, "n")}, '{_SOMEBODY}', 'active',
       {IMPOSED_CENTS}, '[]', {_made("e0000000", "n")}, {IMPOSED_CENTS}, '2026-01-01', '2027-01-01',
       now(), 1
  FROM generate_series(0, {{count}} - 1) n;
"""
_CLAIMS = f"""
INSERT INTO organisations (id, legal_name, country, register_number, status, created_at, version)
VALUES ('{_SOMEBODY}', 'Adviesbureau Maas', 'NL', '00000002', 'active', now(), 1);
INSERT INTO fulfilments (id, kind, state, authority_id, obligation_id, claimant_id, claim,
       quantity_units, rules_id, value_cents, surplus_cents, steps, revoked_units, revoked_cents,
       revoked_surplus_cents, drafted_by_id, drafted_at, submitted_by_id, submitted_at,
       decided_by_id, decided_at, version)
SELECT {_made(FULFILMENT, "n")}, 'pso', 'approved', '{AUTHORITY}',
       {_made(OBLIGATION, "n / {claims}")}, '{_SOMEBODY}', '{{{{}}}}', 0, '{_SOMEBODY}', 100, 0,
       '[]', 0, 0, 0, '{_SOMEBODY}', now(), '{_SOMEBODY}', now(), '{AUTHORITY}', now(), 1
  FROM generate_series(0, {{count}} * {{claims}} - 1) n;
INSERT INTO fulfilment_decisions (id, fulfilment_id, kind, quantity_units, value_cents, reason,
       decided_by, decided_at)
SELECT gen_random_uuid(), {_made(FULFILMENT, "n * {claims}")}, 'approved', 0, 100,
       'As it should be', 'system:benchmark', now()
  FROM generate_series(0, {{count}} - 1) n;
"""
