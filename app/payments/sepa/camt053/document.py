"""Reading a `camt.053` file: which one it is, its statements, their balances."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from app.core.money import euros
from app.payments.sepa.camt053.entries import direction_of, read_entries
from app.payments.sepa.camt053.values import Entry, Statement
from app.payments.sepa.documents import Document
from app.payments.sepa.documents import read as read_document
from app.payments.sepa.faults import Fault, MessageRefusedError
from app.payments.sepa.reading import CURRENCY, Reader, iban_of

VERSIONS = ("02", "06", "08")
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(?P<version>[0-9]{2})")
_OPENING = ("OPBD", "PRCD")
"""The booked balance at the beginning, or else the last one that the bank closed with."""
_CLOSING = ("CLBD",)


@dataclass(frozen=True, slots=True)
class Message:
    """A file of a bank."""

    id: str
    version: str
    created_at: datetime | None
    statements: tuple[Statement, ...]


def read(content: bytes) -> Message:
    """Read a file of statements.

    Raises:
        MessageRefusedError: it is no `camt.053` of a known version, or something in it is missing,
            is no euro, or does not add up; every fault is named.
    """
    document = read_document(content)
    version = _version(document)
    faults: list[Fault] = []
    message = Reader(document.root, "", faults).at("BkToCstmrStmt")
    if message is None:
        raise MessageRefusedError(Fault("Document", "not-camt053", "It has no BkToCstmrStmt."))
    read_message = Message(
        id=message.needed("GrpHdr/MsgId"),
        version=version,
        created_at=message.moment("GrpHdr/CreDtTm"),
        statements=tuple(_statement(found) for found in message.each("Stmt")),
    )
    if not read_message.statements:
        message.note("Stmt", "missing", "The file has no statement.")
    if faults:
        raise MessageRefusedError(*faults)
    return read_message


def _version(document: Document) -> str:
    found = _NAMESPACE.fullmatch(document.namespace)
    if found is None or document.root.name != "Document":
        what = document.namespace[:100] or f"a <{document.root.name[:40]}>"
        detail = f"This is {what}: upload the bank's statement as camt.053 (XML)."
        raise MessageRefusedError(Fault("Document", "not-camt053", detail))
    if found["version"] not in VERSIONS:
        detail = (
            f"This is version {found['version']} of camt.053; versions {', '.join(VERSIONS)} are"
            " read. Ask the bank for one of those."
        )
        raise MessageRefusedError(Fault("Document", "unknown-version", detail))
    return found["version"]


def _statement(statement: Reader) -> Statement:
    account = iban_of(statement.text("Acct/Id/IBAN"))
    if account is None:
        statement.note("Acct/Id/IBAN", "no-iban", "The account has no valid IBAN.")
    _insist_on_euro(statement)
    _insist_on_one_page(statement)
    opening_on, opening_cents = _balance(statement, _OPENING, "opening")
    closing_on, closing_cents = _balance(statement, _CLOSING, "closing")
    before = len(statement.faults)
    entries, pending_count = read_entries(statement, account or "")
    if len(statement.faults) == before:
        _insist_on_sum(statement, entries, opening_cents, closing_cents)
    return Statement(
        number=statement.needed("Id"),
        sequence=statement.text("ElctrncSeqNb", "LglSeqNb"),
        iban=account or "",
        created_at=statement.moment("CreDtTm"),
        opening_on=opening_on,
        opening_cents=opening_cents or 0,
        closing_on=closing_on,
        closing_cents=closing_cents or 0,
        entries=entries,
        pending_count=pending_count,
    )


def _insist_on_euro(statement: Reader) -> None:
    currency = statement.text("Acct/Ccy") or CURRENCY
    if currency != CURRENCY:
        statement.note("Acct/Ccy", "not-euro", f"The account is in {currency}, not euro.")


def _insist_on_one_page(statement: Reader) -> None:
    first = statement.text("StmtPgntn/PgNb") in {None, "1"}
    last = statement.text("StmtPgntn/LastPgInd") in {None, "true", "1"}
    if not (first and last):
        detail = "This is a part of a statement: ask the bank for the whole one."
        statement.note("StmtPgntn", "not-whole", detail)


def _balance(
    statement: Reader, codes: tuple[str, ...], which: str
) -> tuple[date | None, int | None]:
    """Read the balance of the first code that there is; its amount is None where it has faults."""
    balances = {balance.text("Tp/CdOrPrtry/Cd"): balance for balance in statement.each("Bal")}
    found = next((balances[code] for code in codes if code in balances), None)
    if found is None:
        statement.note("Bal", "missing", f"The {which} balance ({' or '.join(codes)}) is missing.")
        return None, None
    before = len(found.faults)
    cents, direction, day = found.cents("Amt"), direction_of(found), found.day("Dt")
    return day, direction.signed(cents) if len(found.faults) == before else None


def _insist_on_sum(
    statement: Reader, entries: tuple[Entry, ...], opening: int | None, closing: int | None
) -> None:
    if opening is None or closing is None:
        return
    moved = sum(entry.direction.signed(entry.amount_cents) for entry in entries)
    if opening + moved != closing:
        detail = (
            f"The booked entries lead from {euros(opening)} to {euros(opening + moved)}, and the"
            f" closing balance says {euros(closing)}: the file is not whole."
        )
        statement.note("Bal", "does-not-add-up", detail)
