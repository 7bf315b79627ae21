"""Check an audit pack offline, with the log's public key and nothing else.

A pack is what the log's key signed, file by file; what its certificates and proofs say is in the
log; and what its tables say adds up to what it says of itself.
"""

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from app.audits.packs import manifest
from app.ledger.exports.xaf import NAMESPACE
from app.transparency import checkpoints, notes, verifier
from app.transparency.notes import Key, NoteRefused
from app.transparency.verifier import LogRefused

SIGNATURE = b"PK"
LARGEST_TEXT_BYTES = 67_108_864
"""Of a file that is read as a whole: the manifest, a certificate."""
PIECE_BYTES = 1_048_576
CHECKPOINT, MONEY = "log/checkpoint", "books/money.xaf"
BALANCES = {
    "scheme": "books/scheme-trial-balance.csv",
    "authority": "books/authority-trial-balance.csv",
}


@dataclass(frozen=True, slots=True)
class VerifiedPack:
    """What a pack proved to be."""

    told: dict[str, Any]
    """Its manifest."""
    signers: tuple[Key, ...]
    certificates: int
    unproven: int
    """Of these: those that the log had not taken up when the pack was cut."""

    def __str__(self) -> str:
        """Say it in a few sentences."""
        told, names = self.told, ", ".join(key.name for key in self.signers)
        whose = f"the scheme {told['scheme']['code']} and {told['authority']['name']}"
        known = f"position {told['position']} and {told['knownAt']}"
        proven = self.certificates - self.unproven
        sentences = [
            f"an audit pack of {told['year']}, of {whose}, as known at {known}.",
            f"Signed by {names}.",
            f"All {len(told['files'])} files are what was signed for, and their totals add up.",
            f"{proven} of {self.certificates} certificates are proven by the log.",
            *(f"Left out: {each['what']}. {each['why']}" for each in told["leftOut"]),
        ]
        return " ".join(sentences)


def is_pack(file: Path) -> bool:
    """Tell whether a file claims to be an archive."""
    try:
        with file.open("rb") as content:
            return content.read(len(SIGNATURE)) == SIGNATURE
    except OSError:
        return False


def verify(file: Path, keys: Collection[Key]) -> VerifiedPack:
    """Check a pack.

    Raises:
        LogRefused: something in it is not as it says.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _Reading(archive, keys).verified()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise LogRefused("It is no archive that can be read to its end.") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LogRefused(
            "Its manifest or one of its tables is not written as it should."
        ) from error
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise LogRefused(f"{MONEY} is no XML that can be read.") from error


class _Reading:
    """A pack that is being checked."""

    def __init__(self, archive: zipfile.ZipFile, keys: Collection[Key]) -> None:
        self._archive = archive
        self._keys = keys
        self._content = self._read(manifest.MANIFEST)
        self._told: dict[str, Any] = json.loads(self._content)

    def verified(self) -> VerifiedPack:
        """Check everything; the signature first, for all else rests on it."""
        signers = self._signers()
        self._insist_on_files()
        self._insist_on_checkpoint()
        certificates, unproven = self._certificates()
        for keeper, totals in self._told["totals"].items():
            self._insist_on_balance(BALANCES[keeper], totals)
        if MONEY in self._archive.namelist():
            self._insist_on_money(self._told["totals"]["scheme"].get("money", {}))
        return VerifiedPack(self._told, signers, certificates, unproven)

    def _read(self, path: str) -> bytes:
        try:
            with self._archive.open(path) as member:
                content = member.read(LARGEST_TEXT_BYTES + 1)
        except KeyError as error:
            raise LogRefused(f"It has no {path}: it is no audit pack, or not whole.") from error
        if len(content) > LARGEST_TEXT_BYTES:
            raise LogRefused(f"{path} is larger than it can be.")
        return content

    def _signers(self) -> tuple[Key, ...]:
        try:
            note = notes.parse(self._read(manifest.NOTE).decode())
            signers = note.signers([key for key in self._keys if key.kind == notes.LOG])
        except (NoteRefused, UnicodeDecodeError) as refused:
            raise LogRefused(f"{manifest.NOTE}: {refused}") from refused
        if note.text != manifest.text(self._content):
            raise LogRefused("The manifest is another than the one that was signed.")
        if not any(key.name == self._told["origin"] for key in signers):
            raise LogRefused("None of the keys that you trust has signed the manifest.")
        return tuple(signers)

    def _insist_on_files(self) -> None:
        listed = {each["path"]: each for each in self._told["files"]}
        expected = [*listed, manifest.MANIFEST, manifest.SUMS, manifest.NOTE]
        names = self._archive.namelist()
        if Counter(names) != Counter(expected):
            odd = sorted(
                (Counter(names) - Counter(expected)) + (Counter(expected) - Counter(names))
            )
            raise LogRefused(f"It has other files than its manifest: {', '.join(odd[:5])}.")
        for path, each in listed.items():
            if self._digest(path, each["sizeBytes"]) != each["sha256"]:
                raise LogRefused(f"{path} is not what was signed for.")
        lines = [f"{each['sha256']}  {path}\n" for path, each in listed.items()]
        lines.append(f"{hashlib.sha256(self._content).hexdigest()}  {manifest.MANIFEST}\n")
        if self._read(manifest.SUMS).decode() != "".join(lines):
            raise LogRefused(f"{manifest.SUMS} says other hashes than the manifest.")

    def _digest(self, path: str, size_bytes: int) -> str:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(path) as member:
            while piece := member.read(PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                if size > size_bytes:
                    raise LogRefused(f"{path} is larger than was signed for.")
        return digest.hexdigest()

    def _insist_on_checkpoint(self) -> None:
        try:
            checkpoint = checkpoints.opened(self._read(CHECKPOINT).decode(), self._keys)
        except NoteRefused as refused:
            raise LogRefused(f"{CHECKPOINT}: {refused}") from refused
        if (checkpoint.origin, checkpoint.size) != (self._told["origin"], self._told["logSize"]):
            raise LogRefused(f"{CHECKPOINT} is of another log, or of another size.")

    def _certificates(self) -> tuple[int, int]:
        count = unproven = 0
        for path in self._archive.namelist():
            if not path.startswith("certificates/") or not path.endswith(".json"):
                continue
            count += 1
            written = self._read(path).decode()
            if json.loads(written)["proof"] is None:
                unproven += 1
                continue
            self._insist_on_certificate(path, written)
        return count, unproven

    def _insist_on_certificate(self, path: str, written: str) -> None:
        code = path.removeprefix("certificates/").removesuffix(".json")
        try:
            verifier.verify(written, self._keys)
        except LogRefused as refused:
            raise LogRefused(f"{path}: {refused}") from refused
        if self._read(f"proofs/{code}.tlog-proof").decode() != json.loads(written)["proof"]:
            raise LogRefused(f"proofs/{code}.tlog-proof is another proof than the certificate's.")

    def _insist_on_balance(self, path: str, totals: dict[str, dict[str, int]]) -> None:
        """Add up a trial balance: every row by itself, every book, and the whole."""
        moved: dict[str, Counter[str]] = {}
        for row in self._rows(path):
            book = moved.setdefault(row["book"], Counter())
            opening, debit, credit, closing = (
                int(row[name]) for name in ("opening", "debit", "credit", "closing")
            )
            sign = 1 if row["side"] == "debit" else -1
            if opening + sign * (debit - credit) != closing:
                raise LogRefused(f"{path}: {row['account']} does not add up.")
            book.update(debit=debit, credit=credit, opening=sign * opening, closing=sign * closing)
        for name, sums in moved.items():
            expected = (totals[name]["debit"], totals[name]["credit"], 0, 0)
            found = (sums["debit"], sums["credit"], sums["opening"], sums["closing"])
            if found != expected or sums["debit"] != sums["credit"]:
                raise LogRefused(f"{path}: the book of {name} does not add up.")
        if moved.keys() != totals.keys():
            raise LogRefused(f"{path} has other books than the manifest.")

    def _rows(self, path: str) -> Iterator[dict[str, str]]:
        with (
            self._archive.open(path) as member,
            io.TextIOWrapper(member, "utf-8-sig", newline="") as text,
        ):
            yield from csv.DictReader(text, delimiter=";")

    def _insist_on_money(self, totals: dict[str, int]) -> None:
        """Add up the lines of the XAF: every entry by itself, and the whole."""
        with self._archive.open(MONEY) as member:
            sums = _added_up(member)
        expected = (totals.get("debit", 0), totals.get("credit", 0), totals.get("lines", 0))
        if (sums["D"], sums["C"], sums["lines"]) != expected:
            raise LogRefused(f"{MONEY} does not add up to what the manifest says.")


def _added_up(member: IO[bytes]) -> Counter[str]:
    sums: Counter[str] = Counter()
    journal = None
    for event, element in ElementTree.iterparse(member, ("start", "end"), forbid_dtd=True):
        name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if event == "start" and name == "journal":
            journal = element
        if event != "end" or name != "transaction":
            continue
        before = sums["D"] - sums["C"]
        for line in element.iter(f"{{{NAMESPACE}}}trLine"):
            sums[line.findtext(f"{{{NAMESPACE}}}amntTp")] += _cents(line)
            sums["lines"] += 1
        if sums["D"] - sums["C"] != before:
            raise LogRefused(f"{MONEY} has an entry that does not balance.")
        if journal is not None:
            # What was added up is forgotten, or the whole book would be in memory.
            journal.clear()
    return sums


def _cents(line: Any) -> int:  # noqa: ANN401  The library has no types.
    whole, _, rest = line.findtext(f"{{{NAMESPACE}}}amnt").partition(".")
    return int(whole) * 100 + int(rest)
