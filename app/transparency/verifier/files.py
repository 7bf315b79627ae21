"""One file, checked offline: its signature, its place in the log, and what it says of itself."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import rfc8785

from app.transparency import entries, proofs
from app.transparency.entries import Entry, EntryKind, EntryRefused
from app.transparency.merkle import ProofRefused
from app.transparency.notes import Key
from app.transparency.proofs import Proven
from app.transparency.verifier.refusing import LogRefused

CERTIFICATE = "certificate"
"""The member of an entry that holds the digest of what is certified."""


_STILL = "whether it still counts, a replay of the log says"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file proved."""

    proven: Proven
    entry: Entry
    content: str | None
    """What it was shown to commit to, in words; None where the file holds no content."""


def verify(text: str, keys: Collection[Key]) -> Verified:
    """Check a tlog-proof, or JSON that holds one with the content that it is about.

    Raises:
        LogRefused: something in it is not as it says.
    """
    members = {"proof": text} if proofs.is_proof(text) else _read(text)
    proof = members.get("proof")
    if not isinstance(proof, str):
        raise LogRefused("It holds no proof (yet): the log takes everything up within a minute.")
    try:
        return _verified(proof, keys, members)
    except UnicodeError as error:
        # JSON can hold halves of characters, which nobody can hash.
        raise LogRefused("It holds what is no text.") from error


def _read(text: str) -> dict[str, Any]:
    try:
        members = json.loads(text)
        # Half of a surrogate pair is no text: nothing can have been signed over it.
        json.dumps(members, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise LogRefused("It is neither a tlog-proof nor JSON.") from error
    if not isinstance(members, dict):
        raise LogRefused("It is JSON without members.")
    return members


def _verified(proof: str, keys: Collection[Key], members: dict[str, Any]) -> Verified:
    try:
        proven = proofs.check(proofs.parse(proof), keys)
        entry = entries.parse(proven.entry)
    except (ProofRefused, EntryRefused) as refused:
        raise LogRefused(str(refused)) from refused
    return Verified(proven, entry, _content(entry, members))


def _content(entry: Entry, members: dict[str, Any]) -> str | None:
    if "stated" in members:
        return _certificate(entry, members)
    if isinstance(content := members.get("content"), str):
        if not entry.commits_to(content):
            raise LogRefused("The content is not what the log committed to.")
        return "its content is what the log committed to"
    if members.get("isForgotten") is True:
        return (
            "what it commits to can't be checked any more: its salt was erased. That it stands in"
            " the log, and was not changed there, is proven as before"
        )
    if isinstance(told := members.get("entry"), str) and told.encode() != bytes(entry):
        raise LogRefused("The entry is another than the one that is proven.")
    return None


def _certificate(entry: Entry, members: dict[str, Any]) -> str:
    """Compare a certificate with the entry of its approval."""
    said = entry.facts.get(CERTIFICATE)
    if entry.kind != EntryKind.FULFILMENT or said is None:
        raise LogRefused("The entry is not that of an approval with a certificate.")
    if members.get("statedDigest") != said:
        raise LogRefused("The log knows another certificate for this approval.")
    stated = members["stated"]
    if "code" in members and members["code"] != _object(stated).get("code"):
        raise LogRefused("The certificate has another number than the one that it states.")
    if members.get("isWhole") is not True:
        _insist_on_facts(entry, _object(stated))
        return (
            "its authority, value and units are those of the approval; names are left out, and"
            f" without them nothing proves the rest; {_STILL}"
        )
    if digest_of(stated) != said:
        raise LogRefused("What the certificate states is not what was approved.")
    return f"the certificate states what was approved; {_STILL}"


def _insist_on_facts(entry: Entry, stated: dict[str, Any]) -> None:
    """Compare what a certificate without names states with what everybody may read of it."""
    if any(stated.get(hidden) is not None for hidden in ("salt", "holder", "contract", "claim")):
        raise LogRefused("The certificate says that names are left out, and names some.")
    units = _object(stated.get("units"))
    said = {
        "fulfilmentId": stated.get("fulfilmentId"),
        "authorityId": _object(stated.get("authority")).get("id"),
        "valueCents": stated.get("valueCents"),
        "quantityUnits": units.get("quantityUnits", 0),
        "firstSerial": units.get("firstSerial"),
        "lastSerial": units.get("lastSerial"),
    }
    known = {
        **entry.facts,
        "firstSerial": _pair(entry.facts.get("firstSerial")),
        "lastSerial": _pair(entry.facts.get("lastSerial")),
    }
    if any(value != known.get(name) for name, value in said.items()):
        raise LogRefused("What the certificate states is not what was approved.")


def _object(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _pair(serial: object) -> str | None:
    """Write the serial number of a unit as certificates do: of which project, and which of its."""
    return f"{serial >> 32}-{serial & 0xFFFFFFFF}" if isinstance(serial, int) else None


def digest_of(stated: Any) -> str | None:  # noqa: ANN401  JSON can be anything.
    """Hash what a certificate states, as canonical JSON (RFC 8785)."""
    try:
        written = rfc8785.dumps(stated)
    except (rfc8785.CanonicalizationError, RecursionError):
        return None
    return hashlib.sha256(written).hexdigest()
