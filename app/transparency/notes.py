"""Signed notes, as C2SP's signed-note and tlog-cosignature write and sign them.

A note is text that ends a line, an empty line, and one line for each signature:
`— name base64(key id, signature)`. A *verifier key* is what others need to check one:
`name+key id+base64(type, public key)`.
"""

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG = 0x01
"""The type of a key that signs the text as it is (Ed25519)."""
WITNESS = 0x04
"""The type of one that says when it saw a checkpoint (Ed25519, `cosignature/v1`)."""

ID_BYTES, KEY_BYTES, SIGNATURE_BYTES, TIME_BYTES = 4, 32, 64, 8
LAST_SECOND = 253_402_300_799
"""Of the year 9999: nobody saw anything later."""
MOST_SIGNATURES = 100
MOST_BYTES = 1_000_000


class NoteRefused(Exception):  # noqa: N818  Read aloud it says what happened.
    """It is no signed note, or nobody whom one trusts has signed it."""


class KeyRefused(Exception):  # noqa: N818  The same.
    """It is no verifier key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with the name that it signs for."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that stand before its signatures."""
        hashed = f"{self.name}\n".encode() + bytes([self.kind]) + self.public
        return hashlib.sha256(hashed).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """Write the verifier key."""
        coded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{coded}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A line below a note, not checked yet."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        """Write the line, without its end."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.content).decode()}"

    def is_by(self, key: Key) -> bool:
        """Tell whether it claims to be made with a key."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True, slots=True)
class Note:
    """Text, and who is said to have signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Write the note."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    def signers(self, keys: Collection[Key]) -> list[Key]:
        """Find those of some keys that signed it, by checking their signatures.

        Raises:
            NoteRefused: a signature that claims to be of one of them is not.
        """
        found = []
        for signature in self.signatures:
            for key in keys:
                if signature.is_by(key) and key not in found:
                    if not is_valid(key, self.text, signature):
                        raise NoteRefused(f"The signature of {key.name} is not right.")
                    found.append(key)
        return found


_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")


def is_name(name: str) -> bool:
    """Tell whether a key may have this name."""
    return _NAME.fullmatch(name) is not None


def parse_key(written: str, *kinds: int) -> Key:
    """Read a verifier key of one of some types.

    Raises:
        KeyRefused: it is none, or of another type.
    """
    name, _, rest = written.partition("+")
    key_id, _, coded = rest.partition("+")
    content = _decoded(coded)
    if content is None or not is_name(name) or len(content) != 1 + KEY_BYTES:
        raise KeyRefused("A verifier key is written name+id+key, with an Ed25519 key.")
    key = Key(name, content[0], content[1:])
    if key.id.hex() != key_id:
        raise KeyRefused("The id of the key is not that of its name and its bytes.")
    if key.kind not in (kinds or (LOG, WITNESS)):
        raise KeyRefused(f"A key of the type {key.kind:#04x} is none for this.")
    return key


def parse(written: str) -> Note:
    """Read a note; nothing in it is to be trusted before `signers` found somebody.

    Raises:
        NoteRefused: it is none.
    """
    text, separator, lines = written.rpartition("\n\n")
    if (
        not separator
        or not text
        or not lines.endswith("\n")
        or len(written) > MOST_BYTES
        or _CONTROLS.search(written)
    ):
        raise NoteRefused("A signed note is text, an empty line, and lines with signatures.")
    return Note(text + "\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Read the lines below a note.

    Raises:
        NoteRefused: one of them is no signature, or there are very many.
    """
    split = lines.removesuffix("\n").split("\n")
    if len(split) > MOST_SIGNATURES:
        raise NoteRefused(f"More than {MOST_SIGNATURES} signatures are too many.")
    return tuple(map(_signature, split))


def _signature(line: str) -> Signature:
    dash, name, coded = (*line.split(" "), "", "", "")[:3]
    content = _decoded(coded)
    if (
        dash != "—"
        or line.count(" ") != 2  # noqa: PLR2004  Between three words.
        or not is_name(name)
        or content is None
        or len(content) <= ID_BYTES
    ):
        raise NoteRefused("A signature is written `— name base64`.")
    return Signature(name, content[:ID_BYTES], content[ID_BYTES:])


def _decoded(coded: str) -> bytes | None:
    try:
        content = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return None
    # One text for one value: what ends in other bits than it should is another text.
    return content if base64.b64encode(content).decode() == coded else None


def is_valid(key: Key, text: str, signature: Signature) -> bool:
    """Check a signature of a key over a text."""
    content = signature.content
    message = text.encode()
    if key.kind == WITNESS:
        if len(content) != TIME_BYTES + SIGNATURE_BYTES or seconds_of(signature) > LAST_SECOND:
            return False
        message = _seen_at(seconds_of(signature)) + message
        content = content[TIME_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(content, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def seconds_of(cosignature: Signature) -> int:
    """Say when a witness claims to have signed, in seconds since 1970."""
    return int(struct.unpack(">Q", cosignature.content[:TIME_BYTES])[0])


def _seen_at(seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and the name that it signs for."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> Key:
        """What others check its signatures with."""
        return Key(self.name, LOG, self.private.public_key().public_bytes_raw())

    @property
    def witness_key(self) -> Key:
        """The same where it witnesses."""
        return Key(self.name, WITNESS, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign a text."""
        return Signature(self.name, self.key.id, self.private.sign(text.encode()))

    def cosign(self, text: str, seconds: int) -> Signature:
        """Say of a checkpoint's text when it was seen, as a witness does.

        We are none of our own log: for tests, and whoever runs a witness with this.
        """
        content = self.private.sign(_seen_at(seconds) + text.encode())
        time = struct.pack(">Q", seconds)
        return Signature(self.name, self.witness_key.id, time + content)


def signed(text: str, signers: Sequence[Signer]) -> Note:
    """Make a note of a text that ends a line."""
    return Note(text, tuple(signer.sign(text) for signer in signers))
