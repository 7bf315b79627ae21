"""An audit pack says what was known at its cut, and anybody can check it, whatever follows."""

import csv
import io
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import openpyxl
import pyxaf
from pyxaf.validate import validate
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from app.audits.actions import packs
from app.cli import cli
from app.core import clock
from app.ledger import positions
from app.transparency import verifier
from tests.audits.conftest import faults_behind_its_back
from tests.audits.packs.conftest import Desk, a_clerk, contents
from tests.make.commands import baat
from tests.orders.conftest import said
from tests.orders.undoing import refund

OF_PACK = ["README.md", "LEESMIJ.md", "manifest.json", "SHA256SUMS", "manifest.note"]


async def test_a_pack_is_the_same_whatever_is_corrected_later(desk: Desk, tmp_path: Path) -> None:
    told, pack = await desk.made(desk.controller)
    path = f"/{told['id']}"

    await _corrected(desk)
    await desk.claims.stall.change(
        "UPDATE audit_packs SET expires_at = expires_at - interval '30 d'"
    )
    await packs.expire_due(desk.claims.stall.database)
    gone = await desk.get(f"{path}/file", desk.controller)
    assert said(gone) == (409, "/problems/pack-not-ready")
    assert said(await desk.again(told["id"], desk.controller))[0] == 202
    again, second = await desk.fetched(told["id"], desk.controller)
    assert said(await desk.again(told["id"], desk.controller)) == (
        409,
        "/problems/pack-not-expired",
    )

    assert second == pack
    assert (again["sha256"], again["position"]) == (told["sha256"], told["position"])
    # One as known now is another; of the same cut the operator's command makes the same.
    newest, third = await desk.made(desk.controller)
    assert third != pack
    assert newest["position"] > told["position"]
    _shows_the_correction(contents(pack), contents(third))
    another = "UPDATE audit_packs SET sha256 = sha256('x'::bytea)"
    found = await faults_behind_its_back(desk.claims.stall.database, "packs-recorded", another)
    assert found == [0, 2]
    await _elsewhere(desk)
    await _from_the_command(desk, told, tmp_path)


async def _elsewhere(desk: Desk) -> None:
    """Let the database tell whoever connects from now on what time it is in Kathmandu."""
    url = make_url(desk.claims.stall.database.settings.owner_url)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        await connection.execute(
            f"ALTER DATABASE \"{url.database}\" SET timezone = 'Asia/Kathmandu'"
        )
    finally:
        await connection.close()


async def _corrected(desk: Desk) -> None:
    """Refund some units, revoke the claim, amend the contract, and rename the operator."""
    claims = desk.claims
    assert said(await refund(claims.stall, desk.order_id, 4))[0] == 201
    reason = {"reason": "Not the company's own."}
    answer = await claims.post(f"{desk.claim}/revocations", claims.first.officer, **reason)
    assert answer.status_code == 201, answer.text
    await claims.raised(claims.first)
    await claims.stall.change("UPDATE organisations SET legal_name = 'Renamed B.V.'")
    await desk.seal()


def _shows_the_correction(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    was, now = (_rows(each["obligations/fulfilments.csv"])[0] for each in (before, after))
    assert (was["state"], was["countedUnits"], was["countedCents"]) == ("approved", "10", "150000")
    assert (now["state"], now["countedUnits"], now["countedCents"]) == ("revoked", "0", "0")
    was, now = (_rows(each["obligations/obligations.csv"])[0] for each in (before, after))
    assert (was["imposedCents"], was["fulfilledCents"]) == ("5000000", "150000")
    assert (now["imposedCents"], now["fulfilledCents"]) == ("10000000", "0")
    was, now = (_rows(each["obligations/contracts.csv"])[0] for each in (before, after))
    assert (was["contractSumCents"], now["contractSumCents"]) == ("100000000", "200000000")
    states = [
        json.loads(content)["state"]
        for each in (before, after)
        for name, content in each.items()
        if name.startswith("certificates/") and name.endswith(".json")
    ]
    assert states == ["valid", "revoked"]


def _rows(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"))


async def _from_the_command(desk: Desk, told: dict[str, Any], folder: Path) -> None:
    """Have the operator's command make the same one, and check it without an installation."""
    file, database = folder / "pack.zip", desk.claims.stall.database
    options = {
        "--scheme": desk.scheme_id,
        "--authority": desk.authority_id,
        "--year": 2026,
        "--position": told["position"],
        "--known-at": told["knownAt"],
        "--out": file,
    }
    words = [str(word) for option in options.items() for word in option]
    code, output = await baat(database.settings, "audit-pack", *words)
    assert code == 0, output
    assert told["sha256"] in output
    checked = CliRunner().invoke(cli, ["verify", str(file), "--key", desk.key])
    assert checked.exit_code == 0, checked.output
    assert "1 of 1 certificates are proven" in checked.output


async def test_programs_of_others_find_a_pack_right(desk: Desk, tmp_path: Path) -> None:
    _told, pack = await desk.made(desk.controller)
    inside = contents(pack)
    for name, content in inside.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def run(*command: str) -> None:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    run("sha256sum", "--quiet", "-c", "SHA256SUMS")
    if shutil.which("hledger"):
        for journal in ("books/scheme.journal", "books/authority.journal"):
            run("hledger", "-f", journal, "check", "--strict")
    money = io.BytesIO(inside["books/money.xaf"])
    report = validate(money, xsd=True)
    assert [str(each) for each in report.findings if each.severity.name != "INFO"] == []
    money.seek(0)
    with pyxaf.open(money) as book:
        assert book.company.name == json.loads(inside["manifest.json"])["scheme"]["operator"]
    for name in (each for each in inside if each.endswith(".xlsx")):
        sheet = openpyxl.load_workbook(io.BytesIO(inside[name]), read_only=True).worksheets[0]
        as_text = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        table = inside[name.replace(".xlsx", ".csv")].decode("utf-8-sig")
        assert as_text == list(csv.reader(io.StringIO(table), delimiter=";"))
    for name, language in (("README.md", "en"), ("LEESMIJ.md", "nl")):
        readme = inside[name].decode()
        assert "$" not in readme, language
        assert [name for name in inside if name.partition("/")[0] + "/" not in readme] == OF_PACK
    keys = verifier.read_keys([desk.key])
    [proof] = [content for name, content in inside.items() if name.startswith("proofs/")]
    assert verifier.verify(proof.decode(), keys).entry.kind == "fulfilment"


async def test_a_pack_holds_what_whoever_asks_may_read(desk: Desk) -> None:
    told, pack = await desk.made(desk.auditor)
    inside = contents(pack)

    assert (told["hasBooks"], told["hasObligations"]) == (False, True)
    assert not [name for name in inside if "scheme" in name or name.endswith(".xaf")]
    left = json.loads(inside["manifest.json"])["leftOut"]
    assert left[0]["what"] == "the books of the scheme"
    # Who asks for everything gets a pack that this auditor does not see.
    whole = (await desk.ask(desk.controller)).json()
    assert (await desk.get(f"/{whole['id']}", desk.auditor)).status_code == 404
    listed = (await desk.get("", desk.auditor)).json()["items"]
    assert [each["id"] for each in listed] == [told["id"]]
    everything = (await desk.get("", desk.controller)).json()["items"]
    assert [each["id"] for each in everything] == [whole["id"], told["id"]]
    clerk = await a_clerk(desk)
    assert said(await desk.ask(clerk.headers)) == (403, "/problems/role-too-small")
    buyer = desk.claims.stall.buyer.clerk
    assert said(await desk.ask(buyer.headers)) == (404, "/problems/not-found")


async def test_what_nobody_knows_is_refused(desk: Desk) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    asked: dict[str, dict[str, Any]] = {
        "/problems/nothing-in-year": {"year": 2025},
        "/problems/not-known-yet": {"position": 10**9},
        "/problems/not-known-before": {"position": 1, "knownAt": tomorrow},
        "/problems/invalid-request": {"year": 1999},
    }
    for problem, more in asked.items():
        assert (await desk.ask(desk.controller, **more)).json()["type"] == problem
    alone = await desk.ask(desk.controller, knownAt=tomorrow)
    assert "name the position" in alone.json()["errors"][0]["detail"]
    # What the books know, and the log has not signed for: a moment later it has.
    await desk.claims.bought(1)
    await positions.sequence_all(desk.claims.stall.database)
    latest = (await desk.ask(desk.controller)).json()["position"]
    answer = await desk.ask(desk.controller, position=latest + 1)
    assert said(answer) == (409, "/problems/nothing-sealed")
