"""What somebody sends to have it verified, and what is found of it: no database, no HTTP."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from email.message import Message
from typing import Any
from uuid import UUID

from app.fulfilments.certificates import attachments, codes
from app.fulfilments.models.certificates import WRITTEN_CODE
from app.transparency import proofs, verifier
from app.transparency.entries import EntryKind
from app.transparency.notes import Key
from app.transparency.verifier import LogRefused, Verified

_CODE = re.compile(WRITTEN_CODE)
_ADDRESS = re.compile(r"/certificates/([0-9A-Za-z-]{20,40})")
_NAME = re.compile(rb'\bname="([^"\r\n]{1,50})"')
MOST_PARTS = 8
LONGEST_NUMBER = 200
"""A number, or the address that it is in, is not longer."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent: the number of a certificate, or a document."""

    code: str | None = None
    document: str | None = None
    from_pdf: bool = False


class NothingSent(Exception):  # noqa: N818  Read aloud it says what happened.
    """There is nothing to verify in the form."""


class Unreadable(Exception):  # noqa: N818  The same.
    """It is no text, and no PDF that a certificate is attached to."""


def fields_of(content_type: str, body: bytes) -> dict[str, bytes]:
    """Read the few fields of a form that a browser sent as `multipart/form-data`."""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if not boundary:
        return {}
    fields = {}
    for part in body.split(b"--" + boundary.encode("latin-1", "replace"), MOST_PARTS)[1:]:
        said, _, content = part.partition(b"\r\n\r\n")
        if name := _NAME.search(said):
            fields[name[1].decode("latin-1")] = content.removesuffix(b"\r\n")
    return fields


def read(fields: dict[str, bytes]) -> Sent:
    """Find out what was sent: a file before a text.

    Raises:
        NothingSent, Unreadable: nothing can be made of it.
    """
    file = fields.get("file", b"")
    if attachments.is_pdf(file):
        found = attachments.attached(file)
        if found is None:
            raise Unreadable
        return Sent(document=_text(found), from_pdf=True)
    return typed(_text(file) or _text(fields.get("document", b"")))


def typed(text: str) -> Sent:
    """Tell a number, or the address that it stands in, from a document.

    Raises:
        NothingSent: there is neither.
    """
    # A browser ends the lines of what was pasted otherwise than they were signed.
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise NothingSent
    if len(text) <= LONGEST_NUMBER:
        in_address = _ADDRESS.search(text)
        code = codes.normalised(in_address[1] if in_address else text)
        if _CODE.fullmatch(code):
            return Sent(code=code)
    return Sent(document=f"{text}\n" if proofs.is_proof(text) else text)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable from error


@dataclass(frozen=True, slots=True)
class Checked:
    """What a document proved, or why it proves nothing."""

    refusal: str | None
    verified: Verified | None = None
    stated: dict[str, Any] | None = None
    """What it certifies, where it is a certificate."""
    is_whole: bool = False

    @property
    def fulfilment_id(self) -> UUID | None:
        """Which fulfilment it is about, as the log says."""
        if self.verified is None or self.verified.entry.kind != EntryKind.FULFILMENT:
            return None
        said = self.verified.entry.facts.get("fulfilmentId")
        return UUID(said) if isinstance(said, str) else None


def check(document: str, keys: Collection[Key]) -> Checked:
    """Check a document as `baat verify` does."""
    try:
        verified = verifier.verify(document, keys)
    except LogRefused as refused:
        return Checked(str(refused))
    try:
        members = json.loads(document)
    except ValueError:
        # A bare proof.
        members = {}
    stated = members.get("stated")
    is_whole = members.get("isWhole") is True
    return Checked(None, verified, stated if isinstance(stated, dict) else None, is_whole)
