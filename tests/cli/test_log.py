"""The public log on the command line: keys, and what those who check it are told."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import cli, running
from app.core.database import Database
from app.core.ids import new_id
from app.core.settings import Settings
from app.transparency import notes
from app.transparency.actions import publishing
from tests import make
from tests.make import logs
from tests.transparency import published
from tests.transparency.access_table import WITNESS

Run = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def baat(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a thread of its own: a process for each of so many takes a minute."""
    monkeypatch.setattr(running, "settings", lambda: settings)

    async def run(*arguments: object) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, cli, list(map(str, arguments)))
        return result.exit_code, result.output

    return run


async def test_an_operator_makes_and_changes_keys_and_takes_witnesses(baat: Run) -> None:
    witness = WITNESS.witness_key
    assert await baat("keys", "list") == (0, "The log has no key yet.\n")
    code, said = await baat("keys", "rotate")
    assert (code, "`baat keys make`" in said) == (1, True)
    code, first = await baat("keys", "make")
    assert code == 0
    assert await baat("keys", "make") == (0, first)
    code, second = await baat("keys", "rotate", "--overlap-days", 10)
    assert code == 0
    assert (await baat("keys", "witness", WITNESS.key))[0] == 2
    own = notes.Key(WITNESS.name, notes.WITNESS, notes.parse_key(first.strip()).public)
    assert (await baat("keys", "witness", own))[0] == 1
    for _ in range(2):
        assert (await baat("keys", "witness", witness))[0] == 0

    listed = (await baat("keys", "list"))[1].splitlines()
    assert [line.partition("  ")[0] for line in listed] == [
        *(first.strip(), second.strip(), str(witness)),
    ]
    assert ["until" in line for line in listed] == [True, False, False]
    assert all("signs" in line for line in listed[:2])
    assert (await baat("keys", "end-witness", witness))[0] == 0
    code, said = await baat("keys", "end-witness", witness)
    assert (code, "takes no cosignatures" in said) == (1, True)


async def test_anybody_checks_a_proof_and_replays_the_log(
    baat: Run, database: Database, server: str, tmp_path: Path
) -> None:
    async with database.work() as session:
        [entry_id] = await logs.entries(session, 1)
        await logs.a_sealed_log(session, 260)
        headers = await make.signed_in(session, await make.a_user(session, staff=True))
    proof, known, wrong = (tmp_path / name for name in ("proof", "known", "wrong"))
    async with httpx.AsyncClient(base_url=server) as client:
        [key] = (await client.get("/v1/log")).json()["keys"]
        shown = await client.get(f"/v1/ledger-entries/{entry_id}/proof", headers=headers)
        proof.write_text(shown.text)
        wrong.write_text(shown.text.replace("Receipt", "Invoice"))
        known.write_text((await client.get("/log/checkpoint")).text)
    async with database.work() as session:
        await logs.entries(session, 1)
    await publishing.seal(database)
    trusting = ("--key", key["verifierKey"])
    assert await baat("check-log") == (0, "The log is right: 262 leaves.\n")

    code, said = await baat("verify", proof, *trusting, "--known", known)
    assert (code, "Leaf 0 of 261" in said and "knew with 261" in said) == (0, True), said
    assert "its content is what the log committed to" in said
    code, said = await baat("verify", proof, wrong, *trusting)
    assert (code, said.count("NOT proven")) == (1, 1)
    for refused in ((proof, "--key", WITNESS.key), (tmp_path, *trusting)):
        assert (await baat("verify", *refused))[0] == 1
    code, said = await baat("replay", f"{server}/log", *trusting, "--known", known)
    assert code == 0, said
    assert "262 leaves have the root that was signed" in said
    assert "It goes on from the 261 leaves that you knew." in said
    code, said = await baat("replay", tmp_path, *trusting)
    assert (code, "There is no checkpoint" in said) == (1, True)

    async with httpx.AsyncClient(base_url=server, headers=headers) as client:
        await _forgotten(baat, client, entry_id, proof, key["verifierKey"])


async def _forgotten(
    baat: Run, client: httpx.AsyncClient, entry_id: UUID, file: Path, key: str
) -> None:
    """Without its salt the entry is in the log as before, and nobody can show what it says."""
    forgetting = ("keys", "forget", "--reason", "A court said so.", "--entry")
    assert await baat(*forgetting, entry_id) == (0, "leaf 0\n")
    assert await baat(*forgetting, entry_id) == (0, "Nothing was left to erase.\n")
    assert (await baat(*forgetting, new_id()))[0] == 1
    shown = await client.get(f"/v1/ledger-entries/{entry_id}/proof")
    assert (shown.json()["content"], shown.json()["isForgotten"]) == (None, True)
    await asyncio.to_thread(file.write_text, shown.text)
    code, said = await baat("verify", file, "--key", key)
    assert (code, "can't be checked any more: its salt was erased" in said) == (0, True)
    assert await baat("check-log") == (0, "The log is right: 262 leaves.\n")
    assert (await baat("check-books"))[0] == 0


async def test_a_pdf_is_no_proof_whatever_is_attached_to_it(baat: Run, tmp_path: Path) -> None:
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(b"%PDF-1.7\n")
    code, said = await baat("verify", paper, "--key", WITNESS.key)
    assert (code, "check the file attached to it" in said) == (1, True)


async def test_a_replay_says_what_still_counts(baat: Run, tmp_path: Path) -> None:
    published.write(tmp_path, [published.approved(1, 1, 10), published.revoked(1, 4)])
    asked = [("--fulfilment", published.FULFILMENT.format(number)) for number in (1, 2)]

    code, said = await baat("replay", tmp_path, "--key", published.LOG.key, *asked[0], *asked[1])

    assert code == 0, said
    assert "counts for 6 units, 6.00\n" in said
    assert said.endswith("does not count (any more)\n")
    assert f"authority {published.AUTHORITY}: 1 fulfilments, 6 units, 6.00\n" in said
