"""What must always be true: whoever breaks it shows within a minute, and only as long as it is."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs
from typer.testing import CliRunner

from app.audits.actions.checking import CHECK_CHEAP, Checking
from app.audits.invariants import INVARIANTS, SECTIONS
from app.cli import cli, running
from app.core import clock, migrations
from app.core.database import Database, open_database
from app.core.invariants import Invariant, all_faults
from app.main import CHORES
from tests.ledger.conftest import Change

Run = Callable[..., Awaitable[tuple[int, str]]]

BREAK = "UPDATE ledger_accounts SET posted = {cents} WHERE kind = 'deposit'"


def figure(name: str, invariant: str) -> float | None:
    return REGISTRY.get_sample_value(f"baat_integrity_{name}", {"invariant": invariant})


async def again(database: Database, checking: Checking) -> None:
    """Let half a minute pass, and look."""
    async with database.work() as session:
        await session.execute(sa.text("UPDATE integrity_checks SET due_at = checked_at"))
    await checking(database)


def test_every_invariant_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len({each.name for each in INVARIANTS}) == len(INVARIANTS) > 40
    assert all(each.says.endswith(".") and len(each.says) > 30 for each in INVARIANTS)
    assert {"check-integrity", "check-integrity-at-length"} <= {each.name for each in CHORES}
    assert max(each.every_seconds for each in CHORES if "integrity" in each.name) <= 15


async def test_what_is_broken_shows_and_heals(
    database: Database,
    client: httpx.AsyncClient,
    names: dict[str, str],
    break_books: Change,
) -> None:
    checking = Checking(cheap=True)
    assert names
    assert (await client.get("/v1/integrity")).json()["checkedAt"] is None

    await checking(database)
    answer = await client.get("/v1/integrity")
    assert answer.headers["cache-control"] == "public, max-age=5"
    assert answer.json()["status"] == "holds", answer.json()
    assert {each["status"] for each in answer.json()["invariants"]} == {"holds"}
    assert answer.json()["checkedAt"] <= clock.now().isoformat()

    await break_books(BREAK.format(cents=462))
    await checking(database)
    assert (await client.get("/v1/integrity")).json()["status"] == "holds"
    with capture_logs() as logs:
        await again(database, checking)
    broken = (await client.get("/v1/integrity")).json()
    assert broken["status"] == "broken"
    [accounts] = [each for each in broken["invariants"] if each["name"] == "books-accounts"]
    assert (accounts["status"], accounts["faults"], accounts["position"]) == ("broken", 1, 7)
    assert "deposit" not in answer.text
    said = [entry for entry in logs if entry["event"] == "invariant_broken"]
    assert {entry["invariant"] for entry in said} == {"books-accounts", "books-newest"}
    assert figure("faults", "books-accounts") == 1

    await break_books(BREAK.format(cents=461))
    await again(database, checking)
    healed = (await client.get("/v1/integrity")).json()
    assert healed["status"] == "holds"
    assert figure("faults", "books-accounts") == 0
    [since] = [each["since"] for each in healed["invariants"] if each["name"] == "books-accounts"]
    assert since > accounts["since"]
    await nobody_looks_at_some_are_stale(database, client)


async def nobody_looks_at_some_are_stale(database: Database, client: httpx.AsyncClient) -> None:
    late = "UPDATE integrity_checks SET due_at = due_at - interval '1 hour' WHERE name = :name"
    async with database.work() as session:
        await session.execute(sa.text(late), {"name": "units-add-up"})
        # What is called otherwise since stays in its row, and is shown no more.
        columns = "fault_count, position, checked_at, took_milliseconds, due_at, since"
        row = f"INSERT INTO integrity_checks (name, {columns}) SELECT 'renamed', {columns}"
        row += " FROM integrity_checks WHERE name = 'units-add-up'"
        await session.execute(sa.text(row))

    shown = (await client.get("/v1/integrity")).json()

    stale = [each["name"] for each in shown["invariants"] if each["status"] == "stale"]
    assert (shown["status"], stale) == ("stale", ["units-add-up"])
    await Checking(cheap=True)(database)
    assert (figure("faults", "renamed"), figure("faults", "units-add-up")) == (None, 0)


async def test_what_takes_long_comes_back_later_and_keeps_nobody_waiting(
    database: Database,
) -> None:
    few = SECTIONS["work"]
    await Checking(cheap=True, invariants=few)(database)
    async with database.work() as session:
        await session.execute(
            sa.text("UPDATE integrity_checks SET took_milliseconds = 9000, due_at = checked_at")
        )
    before = clock.now()
    await Checking(cheap=True, invariants=few)(database)
    assert await checked_since(database, before) == 0

    await Checking(cheap=False, invariants=few)(database)

    assert await checked_since(database, before) == len(few)


GONE = "SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS text)"
SHUT = "SELECT CAST(count(*) AS text) FROM jobs"


async def test_what_nobody_can_look_at_is_not_said_to_be_broken(database: Database) -> None:
    gone, shut, plain = (
        Invariant(name, f"{name} is a thing that must always be true.", sql)
        for name, sql in (("gone", GONE), ("shut", SHUT), ("plain", "SELECT 'a' WHERE false"))
    )
    owner = SecretStr(database.settings.owner_url)
    settings = database.settings.model_copy(update={"lock_timeout_seconds": 0.1})
    as_owner = settings.model_copy(update={"database_url": owner})
    async with open_database(as_owner) as another, another.work() as session:
        await session.execute(sa.text("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"))
        async with open_database(settings) as looking:
            with capture_logs() as logs:
                await Checking(cheap=True, invariants=(shut, plain))(looking)
            async with looking.snapshot() as reading:
                [said] = [fault async for fault in all_faults(reading, (shut, plain))]
    assert "nobody can tell" in said
    assert [each["event"] for each in logs] == ["invariant_not_looked_at"]
    with pytest.raises(DBAPIError):
        await Checking(cheap=True, invariants=(gone, plain))(database)

    async with database.reading() as session:
        names = (await session.scalars(sa.text("SELECT name FROM integrity_checks"))).all()
    assert names == ["plain"]


async def checked_since(database: Database, moment: object) -> int:
    async with database.reading() as session:
        query = sa.text("SELECT count(*) FROM integrity_checks WHERE checked_at > :moment")
        count: int = await session.scalar(query, {"moment": moment})
        return count


UNREADABLE = """
ALTER TABLE log_leaves DISABLE TRIGGER USER;
INSERT INTO log_leaves ("index", source, subject_id, entry, hash, appended_at)
VALUES (0, 'fulfilments', gen_random_uuid(), 'x', sha256('\\x0078'), now());
ALTER TABLE log_leaves ENABLE TRIGGER USER;
ALTER TABLE files DROP CONSTRAINT pk_files CASCADE;
DROP TRIGGER append_only ON certificates
"""


@pytest.fixture
def baat(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a thread of its own: each process takes a second to start."""
    monkeypatch.setattr(running, "settings", lambda: database.settings)

    async def run(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, cli, list(arguments))
        return result.exit_code, result.output

    return run


async def test_the_command_names_what_is_broken(
    baat: Run,
    database: Database,
    client: httpx.AsyncClient,
    names: dict[str, str],
    as_owner: Change,
) -> None:
    code, said = await baat("check", "all")
    assert code == 0, said
    assert said.splitlines()[-1] == f"All {len(INVARIANTS)} hold, at position 7."
    assert names
    await as_owner(UNREADABLE)

    code, said = await baat("check", "all", "--json")

    assert code == 1
    told = json.loads(said[said.index("{\n") : said.rindex("}") + 1])
    found = {each["name"]: each["faults"] for each in told["invariants"] if not each["holds"]}
    assert (told["holds"], told["position"]) == (False, 7)
    assert "constraint pk_files of files: expected it, found none" in found["rows-protected"]
    assert (
        "table certificates: expected a trigger that refuses any change, found none"
        in found["rows-protected"]
    )
    # What can't even be read is a fault, and the rest is looked at all the same.
    assert found["fulfilments-in-log"][0].startswith("fulfilments-in-log: expected rows that can")
    assert "they know nothing of it" in found["log-against-decisions"][0]
    code, said = await baat("check", "log")
    assert (code, "1 FAULTS  log-against-decisions" in said) == (1, True)
    code, said = await baat("check", "orders")
    assert (code, said.count("holds")) == (0, len(SECTIONS["orders"]))
    assert (await baat("check", "nothing"))[0] == 2
    await as_owner("UPDATE alembic_version SET version_num = '0001_foundation'")
    code, said = await baat("check", "all")
    apart = f"at 0001_foundation, this software at {migrations.newest()}"
    assert (code, said) == (1, f"This database is {apart}: run `baat migrate`.\n")
    await CHECK_CHEAP(database)
    shown = (await client.get("/v1/integrity")).json()
    assert (shown["status"], shown["checkedAt"]) == ("unmigrated", None), "nobody looks"


async def test_after_a_demos_clock_jumped_what_waits_has_its_turn_first(database: Database) -> None:
    few = SECTIONS["work"]
    checking = Checking(cheap=True, invariants=few)
    await checking(database)

    with clock.travelled(clock.now() + timedelta(days=40)):
        arrived = clock.now()
        await checking(database)

        assert await checked_since(database, arrived) == sum(not each.is_timed for each in few) == 1
