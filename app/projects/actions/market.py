"""Keep the public market up to date with the books, and say when it changed."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database

CHANNEL = "baat_market"
"""Where processes hear the number of the market's version."""

LATEST = "SELECT number FROM market_versions"

EVERY_SECONDS = 1.0
"""How old the figures of a running sale can be."""
AFTERWARDS_SECONDS = 60.0
"""The same, once the sale is over."""


async def _changed(session: AsyncSession) -> None:
    """Count the market's version up, and tell every process once this is committed.

    Only `refresh` does it, for all that happened meanwhile: the row is a lock that publishing and
    reserving would wait for, and announcing takes turns at the commit.
    """
    await session.execute(
        sa.text(
            "WITH up AS (UPDATE market_versions SET number = number + 1 RETURNING number)"
            " SELECT pg_notify(:channel, CAST(number AS text)) FROM up"
        ),
        {"channel": CHANNEL},
    )


async def refresh(session: AsyncSession, *, over: bool = False) -> int:
    """Copy what changed in the books, rounds and names; say how many listings it was.

    `over` chooses those whose sale has ended. Another one that is at it lets this one do nothing.
    """
    alone = "SELECT pg_try_advisory_xact_lock(hashtext('market_entries'))"
    if not await session.scalar(sa.text(alone)):
        return 0
    found = await session.execute(sa.text(_REFRESH), {"now": clock.now(), "over": over})
    count = len(found.all())
    if count:
        await _changed(session)
    return count


async def keep_fresh(database: Database) -> None:
    """Do it for what is on sale, or will be: a chore."""
    async with database.work() as session:
        await refresh(session)


async def keep_right(database: Database) -> None:
    """Do it for what was on sale: a chore."""
    async with database.work() as session:
        await refresh(session, over=True)


# What is sold is what was issued and is neither for sale nor gone; a hold that expired holds
# nothing, whether it was swept or not. So the columns add up: sold + reserved + remaining + gone.
_REFRESH = """
    WITH expired AS (
        SELECT h.account_id, sum(h.quantity) AS quantity FROM ledger_holds h
         WHERE h.state = 'pending' AND h.expires_at <= :now GROUP BY h.account_id
    ), found AS (
        SELECT l.project_id, p.state, o.legal_name AS entrepreneur_name,
               CASE r.state WHEN 'valuing' THEN 'upcoming' WHEN 'on_sale' THEN 'running'
                            ELSE 'ended' END AS sale,
               r.sale_begins_at, r.sale_ends_at,
               CAST(l.impact_units - a.posted - gone.units AS bigint) AS sold_units,
               CAST(a.held - coalesce(x.quantity, 0) AS bigint) AS reserved_units,
               CAST(a.posted - a.held + coalesce(x.quantity, 0) AS bigint) AS remaining_units,
               CAST((l.impact_units - a.posted - gone.units) * 100 / l.threshold_units AS bigint)
                   AS progress_percent
          FROM market_entries e
          JOIN listings l ON l.project_id = e.project_id
          JOIN projects p ON p.id = e.project_id
          JOIN rounds r ON r.id = l.round_id
          JOIN organisations o ON o.id = l.entrepreneur_id
          JOIN ledger_accounts a ON a.owner_id = e.project_id AND a.kind = 'for_sale'
          LEFT JOIN expired x ON x.account_id = a.id
         CROSS JOIN LATERAL (
               SELECT CAST(coalesce(sum(CASE WHEN n.side = 'debit' THEN n.amount ELSE -n.amount
                                             END), 0) AS bigint) AS units
                 FROM ledger_accounts b JOIN ledger_lines n ON n.account_id = b.id
                WHERE b.owner_id = e.project_id AND b.kind IN ('lapsed', 'annulled')) gone
         WHERE e.is_over = :over
    )
    UPDATE market_entries e
       SET state = f.state, entrepreneur_name = f.entrepreneur_name, sale = f.sale,
           sale_begins_at = f.sale_begins_at, sale_ends_at = f.sale_ends_at,
           sold_units = f.sold_units, reserved_units = f.reserved_units,
           remaining_units = f.remaining_units, progress_percent = f.progress_percent,
           announced = true
      FROM found f
     WHERE e.project_id = f.project_id
       AND (NOT e.announced
            OR (e.state, e.entrepreneur_name, e.sale, e.sale_begins_at, e.sale_ends_at,
                e.sold_units, e.reserved_units, e.remaining_units)
               IS DISTINCT FROM
               (f.state, f.entrepreneur_name, f.sale, f.sale_begins_at, f.sale_ends_at,
                f.sold_units, f.reserved_units, f.remaining_units))
    RETURNING e.project_id
"""
