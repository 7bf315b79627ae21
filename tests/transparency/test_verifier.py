"""What those who check are told: of one file, and of a whole log."""

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.transparency import entries, merkle, notes, proofs, verifier
from app.transparency.entries import EntryRefused
from app.transparency.merkle import ProofRefused
from app.transparency.notes import Signature
from app.transparency.proofs import Proof
from app.transparency.verifier import LogRefused, sources
from app.transparency.verifier.sources import Folder
from tests.conftest import served
from tests.transparency import published
from tests.transparency.access_table import WITNESS
from tests.transparency.published import LOG, approved, as_json, happened, ledger, revoked

KEYS = [LOG.key]
ENTRIES = [ledger(position) for position in range(1, 600)]
STATED: dict[str, Any] = {
    "code": "7KQ2M",
    "salt": "00ff",
    "fulfilmentId": "0195b0a4-0000-7000-8000-000000000001",
    "authority": {"id": published.AUTHORITY},
    "units": {"quantityUnits": 10, "firstSerial": "12-1", "lastSerial": "12-10"},
    "valueCents": 1_000,
    "holder": {"name": "Café Één"},
}
DIGEST = hashlib.sha256(rfc8785.dumps(STATED)).hexdigest()


def test_a_proof_is_written_as_the_specification_says_and_read_back() -> None:
    proof = published.proof(ENTRIES, 300)
    lines = str(proof).splitlines()

    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 300"
    assert len(lines[3 : lines.index("")]) == len(proof.path) == 10
    assert str(proof).endswith(f"\n\n{proof.checkpoint}")
    assert proofs.parse(str(proof)) == proof
    bare = Proof(proof.index, proof.path, proof.checkpoint)
    assert proofs.parse(str(bare)) == bare
    assert proofs.check(bare, KEYS, ENTRIES[300]).index == 300
    with pytest.raises(ProofRefused):
        proofs.check(bare, KEYS)


def test_every_leaf_of_a_log_is_proven_and_every_changed_proof_refused() -> None:
    chance = random.Random(7)  # noqa: S311  To spread the changes, not for secrets.
    for index in [0, 255, 256, 511, 512, 598]:
        proof = published.proof(ENTRIES, index)
        text = str(proof)
        verified = verifier.verify(text, KEYS)
        assert (verified.proven.index, verified.entry.facts) == (index, {"position": index + 1})
        for _ in range(25):
            at = chance.randrange(len(text) - 1)
            changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
            with pytest.raises(LogRefused):
                verifier.verify(changed, KEYS)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 5", "index 05"),
        lambda text: text.replace("index 5", "index 6"),
        lambda text: text.replace("index 5", "index 599"),
        lambda text: text.replace("index 5", "no index"),
        lambda text: text.replace("\n\nbaat", "\nbaat"),
        lambda text: text.partition("\n\n")[0],
        lambda text: text.replace("extra ", "extra !"),
        lambda text: text.replace("\n\nbaat", "\nAAAA\n\nbaat"),
        lambda text: as_json(proof=text, content="something else"),
        lambda text: as_json(proof=text, entry="another"),
        lambda text: as_json(proof=text, entry="\ud800"),
        lambda text: as_json(proof=text, content="\ud800"),
        lambda text: as_json(proof=text, stated={}, statedDigest="", isWhole=True),
    ],
)
def test_what_is_not_proven_is_refused(change: Callable[[str], str]) -> None:
    text = str(published.proof(ENTRIES, 5))
    verifier.verify(text, KEYS)

    for wrong in (change(text), "{", "[]", as_json(proof=None), as_json(proof="c2sp.org")):
        with pytest.raises(LogRefused):
            verifier.verify(wrong, KEYS)


WHOLE = {"proof": str(published.proof(ENTRIES, 5)), "content": "x", "entry": "y"}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(max_examples=25)
@given(st.sampled_from([*WHOLE, "stated", "statedDigest", "isWhole"]), ANYTHING | st.just("\ud800"))
def test_whatever_somebody_sends_is_refused_in_words(member: str, value: object) -> None:
    for text in (json.dumps({**WHOLE, member: value}), str(value), f"{WHOLE['proof']}!{value}"):
        with pytest.raises(LogRefused):
            verifier.verify(text, KEYS)


def test_who_does_not_know_the_log_proves_nothing() -> None:
    for strangers in ([], [WITNESS.key], [LOG.witness_key]):
        with pytest.raises(LogRefused):
            verifier.verify(str(published.proof(ENTRIES, 5)), strangers)


def test_a_certificate_is_that_of_its_approval() -> None:
    first = 12 << 32 | 1
    log = [ledger(1), approved(1, first, first + 9, certificate=DIGEST), approved(2, 11, 12)]
    proof, other = (str(published.proof(log, index)) for index in (1, 2))
    whole = {"stated": STATED, "statedDigest": DIGEST, "isWhole": True}

    verified = verifier.verify(as_json(proof=proof, **whole, code="7KQ2M"), KEYS)
    assert verified.content is not None
    assert verified.content.startswith("the certificate states what was approved;")
    nameless: dict[str, Any] = {
        **whole,
        "isWhole": False,
        "stated": {**STATED, "holder": None, "salt": None},
    }
    shown = verifier.verify(as_json(proof=proof, **nameless), KEYS)
    assert shown.content is not None
    assert "names are left out" in shown.content
    for wrong in (
        as_json(proof=proof, **{**whole, "stated": {**STATED, "valueCents": 1_001}}),
        as_json(proof=proof, **{**whole, "statedDigest": "00" * 32}),
        as_json(proof=proof, **whole, code="ANOTHER"),
        as_json(proof=proof, **nameless, code="ANOTHER"),
        as_json(proof=proof, **{**whole, "stated": {"too large": 2**60}}),
        as_json(proof=proof, **{**nameless, "stated": {**nameless["stated"], "valueCents": 1_001}}),
        as_json(proof=proof, **{**nameless, "stated": {**nameless["stated"], "units": None}}),
        as_json(proof=proof, **{**nameless, "stated": STATED}),
        as_json(proof=proof, **{**nameless, "stated": []}),
        as_json(proof=other, **whole),
    ):
        with pytest.raises(LogRefused):
            verifier.verify(wrong, KEYS)


def test_of_each_witness_only_what_it_signed_is_told() -> None:
    proof = published.proof(ENTRIES, 5)
    text = notes.parse(proof.checkpoint).text
    seen = WITNESS.cosign(text, 1_700_000_000)
    later = (4_000_000_000).to_bytes(notes.TIME_BYTES) + seen.content[notes.TIME_BYTES :]
    trusted = [*KEYS, WITNESS.witness_key]

    for forged in (later, b"short"):
        second = Signature(seen.name, seen.key_id, forged)
        below = replace(proof, checkpoint=f"{proof.checkpoint}{seen}\n{second}\n")
        proven = proofs.check(below, trusted)
        assert proven.witnesses == ((WITNESS.witness_key, 1_700_000_000),)
        alone = replace(proof, checkpoint=f"{proof.checkpoint}{second}\n")
        with pytest.raises(ProofRefused):
            proofs.check(alone, trusted)
    no_day = WITNESS.cosign(text, 2**63)
    with pytest.raises(ProofRefused):
        proofs.check(replace(proof, checkpoint=f"{proof.checkpoint}{no_day}\n"), trusted)


def test_an_entry_is_refused_however_deep_it_is_nested() -> None:
    ends = b',"commitment":"' + b"ab" * 32 + b'","kind":"x","version":1}'
    for depth in range(850, 1_000):
        with pytest.raises(EntryRefused):
            entries.parse(b'{"a":' + b"[" * depth + b"1 " + b"]" * depth + ends)


def test_keys_are_given_as_they_are_or_in_files(tmp_path: Path) -> None:
    file, empty = tmp_path / "keys", tmp_path / "none"
    file.write_text(f"# of the log\n{LOG.key}\n\n{WITNESS.witness_key}\n")
    empty.write_text("\n")

    assert verifier.read_keys([str(LOG.key), str(file)]) == [*KEYS, LOG.key, WITNESS.witness_key]
    for wrong in (str(empty), str(tmp_path / "missing"), "a+b+c", str(tmp_path)):
        with pytest.raises(LogRefused):
            verifier.read_keys([wrong])


def log_of(entries_: int) -> list[bytes]:
    """The first entries of a log in which all happened: 6 units count for one, 4 for another."""
    other = {"authorityId": published.OTHER_AUTHORITY}
    return [
        *ENTRIES[:300],
        happened("submitted", 1),
        approved(1, 1, 10),
        approved(2, 11, 14, **other),
        happened("approved", 3, quantityUnits=0, valueCents=900, firstSerial=None, lastSerial=None),
        revoked(1, 4),
        happened("adjusted", 1, valueCents=50),
        approved(4, 7, 10),
        revoked(4, 4),
        *ENTRIES[300:],
    ][:entries_]


def test_a_log_is_replayed_from_its_files(tmp_path: Path) -> None:
    whole = log_of(607)
    published.write(tmp_path, whole)
    known = published.signed(whole[:300])
    told: list[tuple[int, int]] = []

    replayed = verifier.replay(
        Folder(tmp_path), [*KEYS, WITNESS.key], known, lambda *read: told.append(read)
    )

    assert replayed.checkpoint.size == 607
    assert replayed.known is not None
    assert replayed.known.size == 300
    assert list(replayed.signers) == KEYS
    assert told == [(256, 607), (512, 607), (607, 607)]
    counting = replayed.counting
    assert counting.position == 599
    assert dict(counting.kinds) == {"ledger-entry": 599, "fulfilment": 8}
    totals = {
        str(authority): (total.fulfilments, total.quantity_units, total.value_cents)
        for authority, total in counting.totals().items()
    }
    assert totals == {
        published.AUTHORITY: (2, 6, 600 - 50 + 900),
        published.OTHER_AUTHORITY: (1, 4, 400),
    }


def test_a_full_tile_is_enough_where_partial_ones_are_gone(tmp_path: Path) -> None:
    published.write(tmp_path, ENTRIES[:512])
    published.put(tmp_path, "checkpoint", published.signed(ENTRIES[:300]).encode())
    with pytest.raises(LogRefused):
        verifier.replay(Folder(tmp_path), KEYS)
    published.put(tmp_path, "tile/1/000.p/1", tiles_of_one(ENTRIES[:256]))

    assert verifier.replay(Folder(tmp_path), KEYS).checkpoint.size == 300


def tiles_of_one(found: list[bytes]) -> bytes:
    return merkle.root(map(merkle.leaf_hash, found))


def test_a_log_of_which_anything_was_changed_is_refused(tmp_path: Path) -> None:
    chance = random.Random(62)  # noqa: S311  To spread the changes, not for secrets.
    published.write(tmp_path, ENTRIES)
    files = sorted(file for file in tmp_path.rglob("*") if file.is_file())
    assert len(files) == 3 + 3 + 1 + 1
    for file in files * 4:
        kept = file.read_bytes()
        at = chance.randrange(len(kept) - 1)
        file.write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
        with pytest.raises(LogRefused):
            verifier.replay(Folder(tmp_path), KEYS)
        file.write_bytes(kept)
    for file in files:
        kept = file.read_bytes()
        file.unlink()
        with pytest.raises(LogRefused):
            verifier.replay(Folder(tmp_path), KEYS)
        file.write_bytes(kept)
    verifier.replay(Folder(tmp_path), KEYS)


def test_a_log_that_forked_or_shrank_is_found_out_by_who_kept_a_checkpoint(tmp_path: Path) -> None:
    published.write(tmp_path, ENTRIES)
    forked = published.signed([*ENTRIES[:9], ENTRIES[0]])
    longer = published.signed([*ENTRIES, ENTRIES[0]])
    elsewhere = str(notes.signed("other\n1\n" + forked.splitlines()[2] + "\n", [WITNESS]))

    verifier.replay(Folder(tmp_path), KEYS, published.signed(ENTRIES[:10]))
    for known in (forked, longer, elsewhere, "nonsense"):
        with pytest.raises(LogRefused):
            verifier.replay(Folder(tmp_path), KEYS, known)


@pytest.mark.parametrize(
    "happened_then",
    [
        [approved(1, 1, 10), approved(2, 10, 12)],
        [approved(2, 10, 12), approved(1, 1, 10)],
        [approved(1, 5, 6), approved(2, 1, 10)],
        [approved(1, 1, 10), revoked(1, 4), approved(2, 6, 8)],
        [approved(1, 1, 10), approved(1, 11, 12)],
        [approved(1, 1, 10), revoked(1, 11)],
        [approved(1, 1, 10), revoked(1, 10), revoked(1, 1)],
        [revoked(1, 1)],
        [happened("adjusted", 1, valueCents=1)],
        [approved(1, 1, 1), happened("adjusted", 1, valueCents=101)],
        [approved(1, 1, 10, quantityUnits=9)],
        [happened("approved", 1, quantityUnits=-1, valueCents=1)],
        [approved(1, 1, 10, authorityId="nobody")],
        [ledger(2)],
        [ledger(1), ledger(1)],
        [ledger(1), ledger(3)],
        [b"{}"],
        [b"no json"],
        [ledger(1) + b" "],
        [ledger(1).replace(b'"version":1', b'"version":2')],
    ],
)
def test_entries_that_do_not_fit_each_other_are_refused(
    happened_then: list[bytes], tmp_path: Path
) -> None:
    published.write(tmp_path, happened_then)

    with pytest.raises(LogRefused):
        verifier.replay(Folder(tmp_path), KEYS)


def test_units_that_were_revoked_count_again_for_another() -> None:
    counting = verifier.Counting()
    for index, entry in enumerate(
        [approved(1, 1, 10), revoked(1, 4), approved(2, 7, 10), revoked(1, 6), approved(3, 1, 6)]
    ):
        counting.count(index, entry)

    assert sum(each.quantity_units for each in counting.fulfilments.values()) == 10


def test_a_kind_that_nobody_knows_is_counted_and_passed_over() -> None:
    counting = verifier.Counting()
    counting.count(0, bytes(entries.Entry("of-tomorrow", "ab" * 32, {})))

    assert counting.kinds["of-tomorrow"] == 1


def test_a_bundle_ends_with_an_entry() -> None:
    assert entries.unbundle(entries.bundle(ENTRIES[:3])) == ENTRIES[:3]
    with pytest.raises(EntryRefused):
        entries.unbundle(entries.bundle(ENTRIES[:3])[:-1])


async def test_a_server_that_asks_to_wait_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    answers = [
        Response(status_code=429, headers={"Retry-After": "7"}),
        Response(status_code=503, headers={"Retry-After": "\N{SUPERSCRIPT TWO}"}),
        Response(b"found"),
        Response(status_code=404),
        *[Response(status_code=500)] * 6,
        Response(b"found, and more"),
    ]

    async def answer(_request: Request) -> Response:
        return answers.pop(0)

    def read(address: str) -> None:
        with verifier.source_of(f"{address}/log/") as source:
            assert source.read("checkpoint") == b"found"
            assert waited == [7.0, 0.4]
            assert source.read("checkpoint") is None
            with pytest.raises(LogRefused):
                source.read("checkpoint")
            monkeypatch.setattr(sources, "LARGEST_BYTES", 10)
            with pytest.raises(LogRefused, match="larger"):
                source.read("checkpoint")

    async with served(Starlette(routes=[Route("/log/checkpoint", answer)])) as address:
        await asyncio.to_thread(read, address)
    for wrong in ("http://[", "http://127.0.0.1:1"):
        with verifier.source_of(wrong) as source, pytest.raises(LogRefused):
            source.read("checkpoint")
