"""The manifest: what a pack is of and which files it has; signed with the log's key."""

import hashlib
from collections.abc import Sequence
from typing import Any

import rfc8785

from app.audits.packs.archive import Entry
from app.audits.packs.asking import Asked

MANIFEST, SUMS, NOTE = "manifest.json", "SHA256SUMS", "manifest.note"
FORMAT = "baat audit pack 1"

NO_BOOKS = "Whoever asked for it may not read the books of the scheme."
NO_OBLIGATIONS = "Whoever asked for it may not read what is the authority's own."
NOT_AS_OF_THEN = (
    ("certificates as PDF", "The program that sets pages may set them otherwise later on."),
    ("states of obligations", "They change in place: the last decision is there instead."),
    ("what is claimed, of claims", "It may be written anew: certificates state what was approved."),
    ("cosignatures of witnesses", "They come later: ask the log for its checkpoint of this size."),
)


def written(asked: Asked, entries: Sequence[Entry], totals: dict[str, Any]) -> bytes:
    """Write the manifest as canonical JSON (RFC 8785)."""
    facts, cut = asked.facts, asked.cut
    told: dict[str, Any] = {
        "format": FORMAT,
        "scheme": {
            "id": str(asked.scheme_id),
            "code": facts.scheme_code,
            "name": facts.scheme_name,
            "operator": facts.operator.name,
        },
        "authority": {"id": str(asked.authority_id), "name": facts.authority.name},
        "year": asked.year,
        "position": cut.position,
        "logSize": cut.log_size,
        "knownAt": cut.known_at.isoformat(),
        "asOf": asked.moment.isoformat(),
        "origin": facts.origin,
        "isTest": facts.is_test,
        "software": f"Baat {facts.software_version}",
        "files": [
            {"path": each.path, "sha256": each.sha256, "sizeBytes": each.size_bytes}
            for each in entries
        ],
        "totals": totals,
        "leftOut": [{"what": what, "why": why} for what, why in _left_out(asked)],
    }
    return rfc8785.dumps(told)


def _left_out(asked: Asked) -> list[tuple[str, str]]:
    left: list[tuple[str, str]] = []
    if not asked.has_books:
        left.append(("the books of the scheme", NO_BOOKS))
    if not asked.has_obligations:
        left.append(("contracts, obligations and claims of the authority", NO_OBLIGATIONS))
        return left
    return [*left, *NOT_AS_OF_THEN]


def sums(entries: Sequence[Entry]) -> bytes:
    """Write the hashes as `sha256sum -c` reads them."""
    return "".join(f"{each.sha256}  {each.path}\n" for each in entries).encode()


def text(manifest: bytes) -> str:
    """Write what is signed; a checkpoint of a log can't be written so."""
    return f"{FORMAT}\n{MANIFEST} {hashlib.sha256(manifest).hexdigest()}\n"
