"""Who may read the books? No route posts anything.

Which keepers a caller may read is known above (schemes and authorities): `main` wires the answer as
`app.state.whose_books`, and nothing is served without it.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeAlias
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import NotFound
from app.ledger import queries
from app.ledger.chart import KINDS, Account, Book
from app.ledger.models import Ledger
from app.ledger.queries import EntryRow
from app.organisations.access import identify
from app.organisations.callers import Caller
from app.organisations.scopes import Scope

READ_BOOKS = Scope("books:read", "Read the books of the schemes and authorities it acts for.")


class Keepers(Protocol):
    """Whose books somebody may read."""

    @property
    def ids(self) -> frozenset[UUID] | None:
        """Which keepers; None: all of them."""
        ...

    def note(self, keeper_ids: Collection[UUID] | None = None) -> None:
        """Note that books of some of them are read, or of all: what an auditor reads is kept."""
        ...


WhoseBooks: TypeAlias = Callable[[AsyncSession, Caller], Awaitable[Keepers]]
"""The hook: says whose books a caller may read."""


async def _books(
    request: Request,
    caller: Annotated[Caller, Security(identify, scopes=[READ_BOOKS])],
    session: Session,
) -> Keepers:
    whose_books: WhoseBooks = request.app.state.whose_books
    return await whose_books(session, caller)


Books = Annotated[Keepers, Depends(_books)]
"""Whose books the caller may read; who finds something in them notes whose it is."""


async def _readable_keepers(books: Books) -> frozenset[UUID] | None:
    books.note()
    return books.ids


ReadableKeepers = Annotated[frozenset[UUID] | None, Depends(_readable_keepers)]
"""The keepers whose books the caller may read, all of which are noted as read; None: all."""


@dataclass(frozen=True, slots=True)
class AskedKeepers:
    """Of whom a list is."""

    ids: frozenset[UUID] | None
    """Whose books the caller may read; None: everybody's."""
    keeper_id: UUID | None
    """The one keeper whom the caller named."""


async def _asked_keepers(
    books: Books,
    keeper_id: Annotated[
        UUID | None, Query(alias="keeperId", description="Of this scheme or authority only.")
    ] = None,
) -> AskedKeepers:
    books.note(None if keeper_id is None else {keeper_id})
    return AskedKeepers(books.ids, keeper_id)


KeepersOfList = Annotated[AskedKeepers, Depends(_asked_keepers)]
"""All keepers whose books the caller may read, or the one that they name (`keeperId`)."""


def reads(books: Keepers, keeper_id: UUID) -> bool:
    """Tell whether a caller may read the books of a keeper, and note that they do."""
    books.note({keeper_id})
    return books.ids is None or keeper_id in books.ids


async def _readable_ledger(ledger_id: UUID, books: Books, session: Session) -> Ledger:
    ledger = await session.get(Ledger, ledger_id)
    if ledger is None or not reads(books, ledger.keeper_id):
        message = f"You know no ledger {ledger_id}."
        raise NotFound(message).for_trail()
    return ledger


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


async def _readable_entry(entry_id: UUID, books: Books, session: Session) -> EntryRow:
    if entry := await queries.entry(session, entry_id, books.ids):
        books.note({line.keeper_id for line in entry.lines})
        return entry
    message = f"You know no entry {entry_id}."
    raise NotFound(message).for_trail()


ReadableEntry = Annotated[EntryRow, Depends(_readable_entry)]
"""An entry, with those of its lines that the caller may read: each ledger balances by itself."""
