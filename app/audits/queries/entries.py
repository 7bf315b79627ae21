"""Entries of the books about something, and who may see which of their lines."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.ledger import queries as of_ledger
from app.ledger.chart import KINDS, Book, ledger_id
from app.ledger.models import (
    LedgerAccount,
    LedgerEntry,
    LedgerLine,
    LedgerPosition,
    LedgerReference,
    LedgerTotal,
)
from app.ledger.positions import BLOCK
from app.ledger.queries import EntryRow, LineRow
from app.schemes.queries.keepers import ReadableKeepers


@dataclass(frozen=True, slots=True)
class Sight:
    """Which lines somebody may see; of which keepers' right to see them they make use is noted.

    All of the keepers whose books they read; and of the orders that claims to their authorities
    rest on, how the units moved.
    """

    keepers: ReadableKeepers
    authorities_of: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    """By order, to which of their authorities claims rest on it."""

    def of(self, entry: EntryRow) -> EntryRow | None:
        """Leave out of an entry what may not be seen; None if nothing is left."""
        lines = [line for line in entry.lines if self._as_of(line)]
        if not lines:
            return None
        if not self.keepers.all_of_them:
            self.keepers.note(set().union(*map(self._as_of, lines)))
        is_whole = len(lines) == len(entry.lines)
        return replace(entry, lines=lines, evidence=entry.evidence if is_whole else [])

    def _as_of(self, line: LineRow) -> frozenset[UUID]:
        """Name the keepers by whom they see a line; none: they don't."""
        ids = self.keepers.ids
        if ids is None or line.keeper_id in ids:
            return frozenset({line.keeper_id})
        if KINDS[line.kind].book is not Book.IMPACT:
            return frozenset()
        orders = (line.owner_id, line.about_id)
        return frozenset().union(*(self.authorities_of.get(each, ()) for each in orders))


async def sight(
    session: AsyncSession, keepers: ReadableKeepers, entry_ids: Sequence[UUID]
) -> Sight:
    """Say what somebody may see of some entries."""
    if keepers.all_of_them or not keepers.authorities:
        return Sight(keepers)
    claimed = (
        sa.select(Fulfilment.order_id, Fulfilment.authority_id)
        .distinct()
        .join(
            LedgerAccount,
            sa.and_(LedgerAccount.owner_id == Fulfilment.order_id, LedgerAccount.kind == "owned"),
        )
        .join(LedgerLine, LedgerLine.account_id == LedgerAccount.id)
        .where(
            LedgerLine.entry_id.in_(entry_ids),
            Fulfilment.authority_id.in_(keepers.authorities),
            Fulfilment.state != FulfilmentState.DRAFTED,
        )
    )
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for order_id, authority_id in await session.execute(claimed):
        if order_id is not None:
            found[order_id].add(authority_id)
    return Sight(keepers, {order_id: frozenset(each) for order_id, each in found.items()})


async def one(session: AsyncSession, keepers: ReadableKeepers, entry_id: UUID) -> EntryRow | None:
    """Find an entry, with the lines that may be seen; None if there are none."""
    found = await of_ledger.entry(session, entry_id, None)
    return (await sight(session, keepers, [entry_id])).of(found) if found else None


async def seen(
    session: AsyncSession,
    keepers: ReadableKeepers,
    ids: sa.Select[UUID],
    position: int,
    paging: PageRequest,
) -> Page[EntryRow]:
    """List entries by their ids that were known at a position, the oldest first."""
    query = sa.select(LedgerEntry).join(LedgerPosition, LedgerPosition.entry_id == LedgerEntry.id)
    query = query.where(LedgerEntry.id.in_(ids), LedgerPosition.position <= position)
    if paging.after is not None:
        query = query.where(LedgerEntry.id > paging.after)
    query = query.order_by(LedgerEntry.id).limit(paging.limit + 1)
    found = Page((await session.scalars(query)).all(), paging.limit)
    return await _shown(session, keepers, found)


async def _shown(
    session: AsyncSession, keepers: ReadableKeepers, found: Page[LedgerEntry]
) -> Page[EntryRow]:
    whole = await of_ledger.with_lines(session, found.items, None)
    looking = await sight(session, keepers, [row.id for row in whole])
    page = Page([row for each in whole if (row := looking.of(each))], len(whole))
    page.next = found.next
    return page


async def of_keeper(
    session: AsyncSession,
    keepers: ReadableKeepers,
    keeper_id: UUID,
    position: int,
    paging: PageRequest,
) -> Page[EntryRow]:
    """List what has lines in a keeper's ledgers, as it became known up to a position.

    The totals say in which blocks of positions anything of the keeper's is, so that little is read
    for nothing where others fill the books.
    """
    ledgers = [ledger_id(keeper_id, book) for book in Book]
    known = sa.select(LedgerPosition.position).where(LedgerPosition.entry_id == paging.after)
    after, wanted = await session.scalar(known) or 0, paging.limit + 1
    moved = (
        sa.select(LedgerTotal.block)
        .where(
            LedgerTotal.ledger_id.in_(ledgers),
            LedgerTotal.block.between(after // BLOCK, position // BLOCK),
        )
        .distinct()
        .order_by(LedgerTotal.block)
        # In each there is one at least; but in the first it may be before what is asked for.
        .limit(wanted + 1)
    )
    blocks = list(await session.scalars(moved))
    ids: list[UUID] = []
    for within in _ever_more(blocks):
        if len(ids) < wanted:
            most = wanted - len(ids)
            ids += await session.scalars(_in_blocks(ledgers, within, (after, position), most))
    rows = await session.scalars(sa.select(LedgerEntry).where(LedgerEntry.id.in_(ids)))
    by_id = {row.id: row for row in rows}
    return await _shown(session, keepers, Page([by_id[each] for each in ids], paging.limit))


def _ever_more(blocks: Sequence[int]) -> Iterator[Sequence[int]]:
    """Divide blocks: most often the first one has enough, and where it has not, few more have."""
    first, size = 0, 1
    while first < len(blocks):
        yield blocks[first : first + size]
        first, size = first + size, size * 4


def _in_blocks(
    ledgers: Sequence[UUID], blocks: Sequence[int], between: tuple[int, int], most: int
) -> sa.Select[UUID]:
    """Select the first entries that have lines in some ledgers, among some blocks of positions."""
    after, position = between
    numbers = sa.literal(blocks, sa.ARRAY(sa.BigInteger()))
    within = (
        sa.func.unnest(numbers)
        .table_valued(sa.column("block", sa.BigInteger()), name="within")
        .render_derived()
    )
    block = within.c.block
    has_lines = sa.exists().where(
        LedgerLine.entry_id == LedgerPosition.entry_id, LedgerLine.ledger_id.in_(ledgers)
    )
    # Block by block, or those between them would be read too; and of each no more than is wanted,
    # in the order of its index, which ends as soon as there is enough.
    found = (
        sa.select(LedgerPosition.position, LedgerPosition.entry_id)
        .where(
            LedgerPosition.position > sa.func.greatest(block * BLOCK, after),
            LedgerPosition.position <= sa.func.least((block + 1) * BLOCK, position),
            has_lines,
        )
        .order_by(LedgerPosition.position)
        .limit(most)
        .lateral("found")
    )
    return (
        sa.select(found.c.entry_id)
        .select_from(within)
        .join(found, sa.true())
        .order_by(found.c.position)
        .limit(most)
    )


def about_obligation(obligation_id: UUID, account: str | None) -> sa.Select[UUID]:
    """Select what moved the accounts of an obligation, or one of them."""
    query = _on_accounts_of(obligation_id)
    return query if account is None else query.where(LedgerAccount.kind == account)


def about_fulfilment(obligation_id: UUID, fulfilment_id: UUID) -> sa.Select[UUID]:
    """Select what is about a fulfilment, on the accounts of its obligation."""
    return _on_accounts_of(obligation_id).where(LedgerLine.about_id == fulfilment_id)


def _on_accounts_of(owner_id: UUID) -> sa.Select[UUID]:
    return (
        sa.select(LedgerLine.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
        .where(LedgerAccount.owner_id == owner_id)
    )


def under(story: str) -> sa.Select[UUID]:
    """Select what was entered under one reference: all of `order/7/…`."""
    # The column is sorted by bytes, and "0" is the byte after "/".
    reference = LedgerReference.reference
    return sa.select(LedgerReference.id).where(reference >= f"{story}/", reference < f"{story}0")


def about_order(order_id: UUID) -> sa.Select[UUID]:
    """Select what was entered about an order, and what moved its units."""
    both = sa.union(under(f"order/{order_id}"), _on_accounts_of(order_id)).subquery()
    return sa.select(both.c[0])
