"""Reading the entries of a statement, and the transactions that each is made of."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from app.payments.sepa.camt053.details import (
    is_return_code,
    known_id,
    read_transaction,
    told_charges,
    transaction_code,
)
from app.payments.sepa.camt053.values import Direction, Entry, Return, Transaction
from app.payments.sepa.documents import Element
from app.payments.sepa.reading import Reader

_BOOKED = "BOOK"
_NOT_YET = {"PDNG", "FUTR"}
_AS_INFORMATION = "INFO"


def read_entries(statement: Reader, own_iban: str) -> tuple[tuple[Entry, ...], int]:
    """Read what is booked, and count what is not yet."""
    entries: list[Entry] = []
    pending_count = 0
    alike: Counter[str] = Counter()
    for found in statement.each("Ntry"):
        # A plain word in version 02, a code or the bank's own word in later ones.
        status = found.text("Sts/Cd", "Sts/Prtry", "Sts")
        if status == _BOOKED:
            entries.append(_entry(found, own_iban, alike))
        elif status in _NOT_YET:
            pending_count += 1
        elif status != _AS_INFORMATION:
            found.note("Sts", "unknown-status", f"{status!r} is not BOOK, PDNG, FUTR or INFO.")
    return tuple(entries), pending_count


def _entry(found: Reader, own_iban: str, alike: Counter[str]) -> Entry:
    direction, amount_cents = direction_of(found), found.cents("Amt")
    booked_on = found.day("BookgDt")
    if booked_on is None:
        found.note("BookgDt", "missing", "The day of booking is missing.")
    details = list(found.each("NtryDtls/TxDtls"))
    alone_cents = amount_cents if len(details) == 1 else None
    read = [read_transaction(one, direction, alone_cents, own_iban) for one in details]
    # A batch of ours that the bank booked as one may come without any details.
    batch_id = known_id(found, "NtryDtls/Btch/PmtInfId")
    whole = Transaction(direction, amount_cents, batch_id=batch_id)
    transactions, has_other_details = _agreeing(whole, read)
    code = transaction_code(found)
    if is_return_code(code):
        transactions = tuple(_coming_back(one) for one in transactions)
    return Entry(
        key=_key(found, (booked_on, direction, amount_cents), alike),
        direction=direction,
        amount_cents=amount_cents,
        booked_on=booked_on or date.min,
        value_on=found.day("ValDt"),
        bank_reference=known_id(found, "AcctSvcrRef"),
        code=code,
        information=found.text("AddtlNtryInf"),
        is_reversal=found.text("RvslInd") in {"true", "1"},
        charges_cents=told_charges(found),
        transactions=transactions,
        has_other_details=has_other_details,
    )


def direction_of(found: Reader) -> Direction:
    """Read which way an amount counts; note what says neither.

    The word stands for what the entry itself does, also where it reverses another.
    """
    word = found.needed("CdtDbtInd")
    if word not in {"CRDT", "DBIT", ""}:
        found.note("CdtDbtInd", "no-direction", f"{word!r} is neither CRDT nor DBIT.")
    return Direction.OUTGOING if word == "DBIT" else Direction.INCOMING


def _agreeing(
    whole: Transaction, details: list[Transaction | None]
) -> tuple[tuple[Transaction, ...], bool]:
    """Keep the details that add up to the entry, or else the entry as a whole.

    Details without an amount in euros are None. What money is for is decided by people if the
    bank's own figures differ, such as where it kept charges of a batch.
    """
    known = tuple(detail for detail in details if detail is not None)
    if not details:
        return (whole,), False
    if len(known) < len(details):
        return (whole,), True
    moved = sum(one.direction.signed(one.amount_cents) for one in known)
    if moved != whole.direction.signed(whole.amount_cents):
        return (whole,), True
    return known, False


def _coming_back(transaction: Transaction) -> Transaction:
    return replace(transaction, returned=transaction.returned or Return(None))


def _key(found: Reader, told: tuple[object, ...], alike: Counter[str]) -> str:
    """Name an entry by what no other file about it says otherwise.

    That is the bank's reference with day, direction and amount, or, at banks that give none, all
    that is said of it save its number within the statement. Entries alike within one statement are
    two payments: they are counted. Without references they must stand in one file, as they do at
    banks that deliver whole days.
    """
    reference = known_id(found, "AcctSvcrRef")
    said = [reference] if reference else list(_words(found.element))
    digest = hashlib.sha256("\x1f".join([*map(str, told), *said]).encode()).hexdigest()[:32]
    alike[digest] += 1
    return digest if alike[digest] == 1 else f"{digest}-{alike[digest]}"


def _words(element: Element) -> Iterator[str]:
    if element.name == "NtryRef":
        return
    if element.text:
        yield element.text
    for child in element.children:
        yield from _words(child)
