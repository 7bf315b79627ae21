"""Who may read the books: staff; no route posts anything."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from app.core.database import Session
from app.core.problems import NotFound
from app.ledger.chart import KINDS, Account, Book
from app.ledger.models import Ledger, LedgerEntry
from app.organisations.access import Staff


async def _readable_ledger(ledger_id: UUID, _caller: Staff, session: Session) -> Ledger:
    if ledger := await session.get(Ledger, ledger_id):
        return ledger
    message = f"You know no ledger {ledger_id}."
    raise NotFound(message)


ReadableLedger = Annotated[Ledger, Depends(_readable_ledger)]


async def _readable_account(
    ledger: ReadableLedger,
    kind: Annotated[
        str, Path(max_length=40, description="A kind of the chart.", examples=["deposit"])
    ],
    owner_id: Annotated[UUID, Path(description="For what or whom it is kept, or the keeper.")],
) -> Account:
    found = KINDS.get(kind)
    if found is None or found.book is not Book(ledger.book):
        message = f"A {ledger.book} book has no accounts of the kind {kind}."
        raise NotFound(message)
    return Account(found, ledger.keeper_id, owner_id)


ReadableAccount = Annotated[Account, Depends(_readable_account)]


async def _readable_entry(entry_id: UUID, _caller: Staff, session: Session) -> LedgerEntry:
    if entry := await session.get(LedgerEntry, entry_id):
        return entry
    message = f"You know no entry {entry_id}."
    raise NotFound(message)


ReadableEntry = Annotated[LedgerEntry, Depends(_readable_entry)]
