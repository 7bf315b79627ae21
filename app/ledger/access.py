"""Who may read the books? No route posts anything.

Which keepers a caller may read is known above (schemes and authorities): `main` wires the answer as
`app.state.whose_books`, and nothing is served without it.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol, TypeAlias
from uuid import UUID

from fastapi import Depends, Path, Request, Security
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


WhoseBooks: TypeAlias = Callable[[AsyncSession, Caller], Awaitable[Keepers]]
"""The hook: says whose books a caller may read."""


async def _readable_keepers(
    request: Request,
    caller: Annotated[Caller, Security(identify, scopes=[READ_BOOKS])],
    session: Session,
) -> frozenset[UUID] | None:
    whose_books: WhoseBooks = request.app.state.whose_books
    return (await whose_books(session, caller)).ids


ReadableKeepers = Annotated[frozenset[UUID] | None, Depends(_readable_keepers)]
"""The keepers whose books the caller may read; None: all."""


async def _readable_ledger(ledger_id: UUID, keepers: ReadableKeepers, session: Session) -> Ledger:
    ledger = await session.get(Ledger, ledger_id)
    if ledger is None or (keepers is not None and ledger.keeper_id not in keepers):
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


async def _readable_entry(entry_id: UUID, keepers: ReadableKeepers, session: Session) -> EntryRow:
    if entry := await queries.entry(session, entry_id, keepers):
        return entry
    message = f"You know no entry {entry_id}."
    raise NotFound(message).for_trail()


ReadableEntry = Annotated[EntryRow, Depends(_readable_entry)]
"""An entry, with those of its lines that the caller may read: each ledger balances by itself."""
