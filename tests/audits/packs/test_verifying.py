"""What somebody changed in a pack is found offline, and what signs for it is the log's key only."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audits.packs import manifest, verifying
from app.ledger.chart import PROVIDER_FEES
from app.transparency import notes, verifier
from app.transparency.actions import keys as of_log
from app.transparency.notes import Signer
from app.transparency.verifier import LogRefused
from tests.audits.packs.conftest import Desk, contents
from tests.orders.undoing import spend

Files = dict[str, bytes]
Changed = Callable[[Files], None]


def _write(file: Path, inside: Files, extra: tuple[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
        if extra is not None:
            archive.writestr(*extra)
    return file


def _signed_anew(inside: Files, signer: Signer) -> None:
    """Sign for what the files are now, as somebody with a key could."""
    told = json.loads(inside["manifest.json"])
    for each in told["files"]:
        content = inside[each["path"]]
        each |= {"sha256": hashlib.sha256(content).hexdigest(), "sizeBytes": len(content)}
    _resign(inside, told, signer)


def _resign(inside: Files, told: dict[str, Any], signer: Signer) -> None:
    content = rfc8785.dumps(told)
    lines = [f"{each['sha256']}  {each['path']}\n" for each in told["files"]]
    lines.append(f"{hashlib.sha256(content).hexdigest()}  manifest.json\n")
    note = notes.signed(manifest.text(content), [signer])
    inside["manifest.json"], inside["manifest.note"] = content, str(note).encode()
    inside["SHA256SUMS"] = "".join(lines).encode()


def _replaced(name: str, old: str, new: str) -> Changed:
    def change(inside: Files) -> None:
        [path] = [each for each in inside if each.startswith(name)][:1]
        content = inside[path].decode()
        assert old in content, path
        inside[path] = content.replace(old, new, 1).encode()

    return change


def _another_proof(inside: Files) -> None:
    [path] = [each for each in inside if each.startswith("proofs/")]
    inside[path] += b"\n"


def _other_totals(inside: Files) -> None:
    told = json.loads(inside["manifest.json"])
    told["totals"]["authority"]["social_return"]["debit"] += 1
    inside["manifest.json"] = rfc8785.dumps(told)


UNSIGNED: dict[str, Changed] = {
    "is not what was signed for": _replaced("obligations/contracts.csv", "Cleaning", "Cleaming"),
    "is another than the one that was signed": _replaced("manifest.json", '"year":', '"yeaR":'),
    "None of the keys": _replaced("manifest.note", "/log ", "/dog "),
    "has other files": lambda inside: inside.__delitem__("README.md"),
    "It has no manifest.note": lambda inside: inside.__delitem__("manifest.note"),
    "SHA256SUMS says other": _replaced("SHA256SUMS", "README", "ReADME"),
}
"""What is said when somebody changes it who has no key."""

SIGNED: dict[str, Changed] = {
    "does not balance": _replaced("books/money.xaf", "<amntTp>D</amntTp>", "<amntTp>C</amntTp>"),
    "does not add up": _replaced(
        "books/authority-trial-balance.csv", '"5000000";"5000000"', '"5000000";"5000001"'
    ),
    "another certificate": _replaced("certificates/", '"statedDigest":"', '"statedDigest":"0'),
    "is another proof": _another_proof,
    "the book of social_return does not add up": _other_totals,
    "log/checkpoint": _replaced("log/checkpoint", "/log\n", "/dog\n"),
}
"""What is said of a pack that does not fit itself, though the log's own key signed for it."""


async def test_whatever_is_changed_in_a_pack_is_found(desk: Desk, tmp_path: Path) -> None:
    # An account of the books may have less than nothing.
    fees = {PROVIDER_FEES.of(desk.scheme_id): 10**9}
    await spend(desk.claims.stall, fees, desk.order_id)
    await desk.seal()
    _told, pack = await desk.made(desk.controller)
    keys, inside = verifier.read_keys([desk.key]), contents(pack)
    async with desk.claims.stall.database.work() as session:
        [signer] = await of_log.signers(session)
    file = tmp_path / "pack.zip"

    assert b';"-9' in inside["books/scheme-trial-balance.csv"]
    verified = verifying.verify(_write(file, inside), keys)

    assert (verified.certificates, verified.unproven) == (1, 0)
    assert "their totals add up" in str(verified)
    for said, change in UNSIGNED.items():
        _refused(file, inside, change, keys, said)
    for said, change in SIGNED.items():
        _refused(file, inside, change, keys, said, signer)
    stranger = Signer(signer.name, Ed25519PrivateKey.generate())
    _refused(file, inside, lambda _inside: None, keys, "None of the keys", stranger)
    with pytest.warns(UserWarning, match="Duplicate"):
        _write(file, inside, ("README.md", b"Another."))
    with pytest.raises(LogRefused, match="has other files"):
        verifying.verify(file, keys)
    file.write_bytes(pack[: len(pack) // 2])
    with pytest.raises(LogRefused, match="no archive"):
        verifying.verify(file, keys)


def _refused(  # noqa: PLR0913  What is changed, by whom, and what is said.
    file: Path,
    inside: Files,
    change: Changed,
    keys: list[notes.Key],
    said: str,
    signer: Signer | None = None,
) -> None:
    changed = {**inside}
    change(changed)
    if signer is not None:
        _signed_anew(changed, signer)
    with pytest.raises(LogRefused, match=said):
        verifying.verify(_write(file, changed), keys)
