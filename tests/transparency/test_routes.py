"""The log over HTTP: as C2SP's programs read it, and as JSON for the rest."""

import base64
import json

import httpx
import pytest
from proofbundle.tlogproof import verify_tlog_proof

from app.core.database import Database
from app.core.events import Actor
from app.transparency import checkpoints, entries, merkle, notes, proofs, queries, tiles
from app.transparency.actions import keys
from app.transparency.notes import Key
from tests import make
from tests.make import logs
from tests.transparency.access_table import WITNESS

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
async def key(database: Database) -> Key:
    """The key of a log of 300 leaves, for which it signed when it had 260 and now."""
    async with database.work() as session:
        await logs.a_sealed_log(session, 260)
        await logs.a_sealed_log(session, 40)
        await keys.add_witness(session, WITNESS.witness_key, Actor.system("test"))
        return queries.key_of((await queries.keys(session))[0])


def decoded(hashes: list[str]) -> list[bytes]:
    return list(map(base64.b64decode, hashes))


async def test_the_tree_is_read_from_its_tiles(client: httpx.AsyncClient, key: Key) -> None:
    newest = await client.get("/log/checkpoint")
    assert newest.headers["content-type"] == "text/plain; charset=utf-8"
    assert newest.headers["cache-control"] == "public, max-age=2"
    checkpoint = checkpoints.opened(newest.text, [key])
    assert checkpoint.size == 300

    hashes: dict[tuple[int, int], bytes] = {}
    for tile in tiles.all_of(300):
        answer = await client.get(f"/log/{tile.path}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == FOR_EVER
        assert len(answer.content) == tile.width * 32
        hashes[tile.level or 0, tile.number] = answer.content
    found: list[bytes] = []
    for tile in tiles.bundles_of(300):
        answer = await client.get(f"/log/{tile.path}")
        assert answer.headers["cache-control"] == FOR_EVER
        found += entries.unbundle(answer.content)

    leaves = list(map(merkle.leaf_hash, found))
    assert leaves == [*tiles.cut(hashes[0, 0]), *tiles.cut(hashes[0, 1])]
    assert tiles.range_hash((0, 300), lambda level, number: hashes[level, number]) == (
        merkle.root(leaves)
    )
    assert merkle.root(leaves) == checkpoint.root
    earlier = await client.get("/log/tile/0/001.p/4")
    assert earlier.content == hashes[0, 1][: 4 * 32]


async def test_what_the_log_has_not_signed_for_is_not_there(
    client: httpx.AsyncClient, database: Database
) -> None:
    for path in ("checkpoint", "tile/0/000", "tile/entries/000.p/1", "tile/0/1", "tile/x/000"):
        answer = await client.get(f"/log/{path}")
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"
    assert (await client.get("/v1/log")).json()["origin"] is None
    assert (await client.get("/v1/log/leaves/0/inclusion-proof")).status_code == 404
    async with database.work() as session:
        await logs.a_sealed_log(session, 2)
    for path in ("checkpoints/1", "checkpoints/2/consistency-proofs/3", "leaves/2"):
        assert (await client.get(f"/v1/log/{path}")).status_code == 404, path
    for path in ("leaves/1?size=1", "leaves/2/inclusion-proof", "leaves/0/inclusion-proof?size=3"):
        assert (await client.get(f"/v1/log/{path}")).status_code == 404, path


async def test_what_a_proof_needs_is_answered(client: httpx.AsyncClient, key: Key) -> None:
    about = (await client.get("/v1/log")).json()
    assert (about["origin"], about["size"]) == ("127.0.0.1:8000/log", 300)
    assert about["address"] == "http://127.0.0.1:8000/log"
    assert [each["verifierKey"] for each in about["keys"]] == [str(key)]
    assert about["keys"][0]["signs"]
    old, new = [(await client.get(f"/v1/log/checkpoints/{size}")).json() for size in (260, 300)]
    roots = decoded([old["rootHash"], new["rootHash"]])

    consistent = await client.get("/v1/log/checkpoints/300/consistency-proofs/260")
    merkle.insist_on_consistency(
        (260, roots[0]), (300, roots[1]), decoded(consistent.json()["hashes"])
    )
    leaf = (await client.get("/v1/log/leaves/7")).json()
    path = (await client.get("/v1/log/leaves/7/inclusion-proof", params={"size": 260})).json()
    hashed = base64.b64decode(leaf["leafHash"])
    assert merkle.root_of_inclusion(hashed, 7, 260, decoded(path["hashes"])) == roots[0]
    proven = proofs.check(proofs.parse(leaf["proof"]), [key])
    assert (proven.index, proven.checkpoint.size) == (7, 300)
    assert proven.entry.decode() == leaf["entry"]


async def test_a_witness_is_heard_if_the_operator_takes_it(
    client: httpx.AsyncClient, key: Key
) -> None:
    text = notes.parse((await client.get("/log/checkpoint")).text).text
    stranger = notes.Signer("stranger.example", WITNESS.private)
    line, unknown = (who.cosign(text, 1_700_000_000) for who in (WITNESS, stranger))
    forged = WITNESS.cosign(text.replace("300", "301"), 1_700_000_000)
    future = WITNESS.cosign(text, 4_000_000_000)

    async def bring(signatures: str, size: int = 300) -> httpx.Response:
        message = {"size": size, "signatures": signatures}
        return await client.post("/v1/log/cosignatures", json=message)

    for signatures, kind in (
        (f"{unknown}\n", "witness-unknown"),
        (f"{forged}\n", "cosignature-refused"),
        (f"{future}\n", "cosignature-refused"),
        (f"{line}\n{forged}\n", "cosignature-refused"),
        ("nonsense", "cosignature-refused"),
    ):
        answer = await bring(signatures)
        assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{kind}")
    assert (await bring(f"{line}\n", 299)).status_code == 404
    assert (await client.get("/log/checkpoint")).text.count("—") == 1

    taken = await bring(f"{unknown}\n{line}\n")
    again = await bring(f"{line}\n")

    assert taken.status_code == again.status_code == 201
    assert taken.json() == again.json()
    note = (await client.get("/log/checkpoint")).text
    assert note == taken.json()["note"]
    assert notes.parse(note).signers([key, WITNESS.witness_key]) == [key, WITNESS.witness_key]
    leaf = (await client.get("/v1/log/leaves/0")).json()
    proven = proofs.check(proofs.parse(leaf["proof"]), [key, WITNESS.witness_key])
    assert proven.witnesses == ((WITNESS.witness_key, 1_700_000_000),)
    judged = verify_tlog_proof(
        leaf["proof"], proven.entry, str(key), [str(WITNESS.witness_key)], threshold=1
    )
    assert judged["ok"] is True
    earlier = (await client.get("/v1/log/checkpoints/260")).json()
    assert "witness" not in earlier["note"]


async def test_who_reads_the_books_is_shown_what_was_committed_to(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        [entry_id] = await logs.entries(session, 1)
        headers = await make.signed_in(session, await make.a_user(session, staff=True))

    waiting = await client.get(f"/v1/ledger-entries/{entry_id}/proof", headers=headers)
    assert (waiting.status_code, waiting.json()["type"]) == (409, "/problems/leaf-pending")
    async with database.work() as session:
        await logs.sealed(session)
        key = queries.key_of((await queries.keys(session))[0])
    shown = (await client.get(f"/v1/ledger-entries/{entry_id}/proof", headers=headers)).json()

    proven = proofs.check(proofs.parse(shown["proof"]), [key])
    assert entries.parse(proven.entry).commits_to(shown["content"])
    assert str(entry_id) in shown["content"]
    checked = await client.post("/v1/log/verifications", json={"document": json.dumps(shown)})
    assert checked.json() == {
        "isProven": True,
        "reason": None,
        "index": 0,
        "size": 1,
        "entry": proven.entry.decode(),
        "content": "its content is what the log committed to",
        "witnesses": [],
    }
    forged = json.dumps({**shown, "content": shown["content"].replace("Receipt", "Invoice")})
    refused = (await client.post("/v1/log/verifications", json={"document": forged})).json()
    assert refused["isProven"] is False
    assert refused["reason"] == "The content is not what the log committed to."
