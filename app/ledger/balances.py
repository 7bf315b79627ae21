"""What an account has: now, as of a moment in the world, or as known at a position."""

from datetime import datetime
from uuid import uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import positions
from app.ledger.chart import Account, KeptPer, Side
from app.ledger.journal import Balance

_SIGNED = "CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END"
_THIS = "a.ledger_id = :ledger AND a.kind = :kind AND a.owner_id = :owner"

# Entry by entry: without the OFFSET the planner may read all lines that the account ever had.
_OF_ENTRY = f"""
    SELECT {_SIGNED} AS signed FROM ledger_lines l
     WHERE l.entry_id = e.entry_id AND l.account_id = a.id
    OFFSET 0
"""  # noqa: S608  Names of our own.

# Limited accounts carry their balance. Of the others, a keeper's have many lines: the totals of
# their kind, which has no other account, and what is not in them yet. The rest have few.
NOW = f"""
    SELECT CASE
        WHEN a.limited THEN a.posted
        WHEN k.kept_per = 'keeper' THEN
            coalesce((SELECT CASE WHEN a.side = 'debit' THEN t.debit - t.credit
                                  ELSE t.credit - t.debit END
                        FROM ledger_totals t
                       WHERE t.ledger_id = a.ledger_id AND t.kind = a.kind
                       ORDER BY t.block DESC LIMIT 1), 0)
            + coalesce((SELECT sum(line.signed) FROM ledger_unsequenced e
                         CROSS JOIN LATERAL ({_OF_ENTRY}) line), 0)
        ELSE coalesce((SELECT sum({_SIGNED}) FROM ledger_lines l WHERE l.account_id = a.id), 0)
    END AS posted,
    a.held - coalesce((SELECT sum(h.quantity) FROM ledger_holds h
                        WHERE h.account_id = a.id AND h.state = 'pending'
                          AND h.expires_at <= :now), 0) AS held
"""  # noqa: S608  Names of our own.
"""Columns `posted` and `held` of accounts `a` with kinds `k`; a hold that expired holds nothing."""


async def now(session: AsyncSession, account: Account) -> Balance:
    """Say what an account has and what of it is held."""
    query = f"{NOW} FROM ledger_accounts a JOIN ledger_kinds k ON k.code = a.kind WHERE {_THIS}"
    values = {"now": clock.now(), **_names(account)}
    row = (await session.execute(sa.text(query), values)).one_or_none()
    return Balance(int(row.posted), int(row.held)) if row else Balance(0)


async def kept(session: AsyncSession, account: Account) -> Balance:
    """Say what an account without a limit has, to one at a time of those who ask like this.

    Nothing refuses to credit more than is there, and no row is locked: who would settle what is
    owed decides under this lock, which lasts as long as the transaction.
    """
    owner = uuid5(account.owner_id, f"{account.ledger_id}/{account.kind.code}")
    number = int.from_bytes(owner.bytes[8:], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
    return await now(session, account)


async def at(
    session: AsyncSession,
    account: Account,
    moment: datetime | None = None,
    position: int | None = None,
) -> int:
    """Say what an account had on its normal side.

    With a moment: after all that had happened in the world by then. With a position: as far as
    anybody knew at it. With both, both; with neither, now.

    Raises:
        NotKnownYet: the books have not come to the position.
    """
    if position is not None:
        await positions.insist(session, position)
    if moment is not None:
        among = _KNOWN if position is not None else ""
        return await _sum(session, f"{_HAPPENED} {among}", account, moment, position)
    if position is None:
        return (await now(session, account)).posted
    if account.kind.kept_per is not KeptPer.KEEPER:
        return await _sum(session, _KNOWN, account, None, position)
    return await _from_totals(session, account, position)


async def _from_totals(session: AsyncSession, account: Account, position: int) -> int:
    """Add up what is known of an account that its kind has no other of."""
    block = position // positions.BLOCK
    names = {"ledger": account.ledger_id, "kind": account.kind.code, "block": block}
    totals = (await session.execute(sa.text(_TOTALS), names)).one_or_none()
    debit = totals.debit - totals.credit if totals else 0
    values = {"first": block * positions.BLOCK, "last": position, **_names(account)}
    since = int(await session.scalar(sa.text(_SINCE), values) or 0)
    return since + (debit if account.kind.side is Side.DEBIT else -debit)


_HAPPENED = "JOIN ledger_entries e ON e.id = l.entry_id AND e.occurred_at <= :moment"
_KNOWN = "JOIN ledger_positions p ON p.entry_id = l.entry_id AND p.position <= :position"
_SINCE = f"""
    SELECT sum(line.signed)
      FROM ledger_accounts a
      JOIN ledger_positions e ON e.position > :first AND e.position <= :last
     CROSS JOIN LATERAL ({_OF_ENTRY}) line
     WHERE {_THIS}
"""  # noqa: S608  Names of our own.
_TOTALS = """
    SELECT debit, credit FROM ledger_totals
     WHERE ledger_id = :ledger AND kind = :kind AND block < :block
     ORDER BY block DESC LIMIT 1
"""


async def _sum(
    session: AsyncSession,
    among: str,
    account: Account,
    moment: datetime | None,
    position: int | None,
) -> int:
    query = (
        f"SELECT coalesce(sum({_SIGNED}), 0) FROM ledger_accounts a"  # noqa: S608  Our own names.
        f" JOIN ledger_lines l ON l.account_id = a.id {among} WHERE {_THIS}"
    )
    asked: dict[str, object] = {"moment": moment, "position": position}
    values = {name: value for name, value in asked.items() if f":{name}" in query}
    return int(await session.scalar(sa.text(query), values | _names(account)) or 0)


def _names(account: Account) -> dict[str, object]:
    return {
        "ledger": account.ledger_id,
        "kind": account.kind.code,
        "owner": account.owner_id,
    }
