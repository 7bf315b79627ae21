"""Do the books and the provider agree? By name of what moved the balance, and by day.

The bank is compared in `queries.banking`.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import balances
from app.ledger.chart import (
    BANK,
    DISPUTED,
    IN_TRANSIT,
    OUTGOING,
    PROVIDER_BALANCE,
    Book,
    Kind,
    ledger_id,
)
from app.payments.facts import (
    Day,
    Difference,
    Meaning,
    Reconciled,
    Reconciliation,
    Whereabouts,
)
from app.payments.postings import COSTS
from app.payments.queries import banking

MOST = 200
"""More differences than anybody reads at once."""


_BOTH = """
WITH ours AS (
    SELECT coalesce((SELECT substr(proof, 8) FROM unnest(e.evidence) AS proof
                      WHERE proof LIKE 'stripe:%' LIMIT 1), e.reference) AS name,
           CASE WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END AS cents,
           e.occurred_at AS at
      FROM ledger_accounts a
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id
     WHERE a.ledger_id = :ledger AND a.kind = 'provider_balance'
), theirs AS (
    SELECT CASE WHEN type = ANY(:costs) THEN external_id
                ELSE coalesce(source_id, external_id) END AS name,
           amount_cents AS cents, happened_at AS at
      FROM provider_transactions WHERE scheme_id = :scheme
    UNION ALL
    SELECT external_id, -fee_cents, happened_at
      FROM provider_transactions WHERE scheme_id = :scheme AND fee_cents <> 0
)
"""

_DIFFERENCES = sa.text(f"""
{_BOTH}
SELECT name, coalesce(o.cents, 0) AS books_cents, coalesce(t.cents, 0) AS outside_cents,
       least(o.at, t.at) AS since,
       o.name IS NOT NULL AS in_books, t.name IS NOT NULL AS at_provider,
       EXISTS (SELECT FROM receipts r WHERE r.rail = 'provider' AND r.external_id = name
                  AND r.place = 'arrived') AS arrived
  FROM (SELECT name, sum(cents) AS cents, min(at) AS at FROM ours GROUP BY name) o
  FULL JOIN (SELECT name, sum(cents) AS cents, min(at) AS at FROM theirs GROUP BY name) t
       USING (name)
 WHERE coalesce(o.cents, 0) <> coalesce(t.cents, 0)
 ORDER BY since, name LIMIT :most
""")  # noqa: S608  Text of our own.

_DAYS = sa.text(f"""
{_BOTH}
SELECT * FROM (
    SELECT day, books_cents, outside_cents,
           sum(books_cents) OVER (ORDER BY day) AS books_closing_cents,
           sum(outside_cents) OVER (ORDER BY day) AS outside_closing_cents
      FROM (SELECT (at AT TIME ZONE :zone)::date AS day,
                   coalesce(sum(cents) FILTER (WHERE is_ours), 0) AS books_cents,
                   coalesce(sum(cents) FILTER (WHERE NOT is_ours), 0) AS outside_cents
              FROM (SELECT cents, at, true AS is_ours FROM ours
                    UNION ALL SELECT cents, at, false FROM theirs) both_sides
             GROUP BY day) moved) days
 WHERE day >= :since ORDER BY day
""")  # noqa: S608  Text of our own.


async def everything(session: AsyncSession, scheme_id: UUID, since: date) -> Reconciled:
    """Compare the books of a scheme with the provider and with the bank, as of this moment."""
    return Reconciled(
        as_of=clock.now(),
        provider=await provider(session, scheme_id, since),
        bank=await banking.bank(session, scheme_id, since),
        under_way=await banking.under_way(session, scheme_id),
    )


async def provider(session: AsyncSession, scheme_id: UUID, since: date) -> Reconciliation:
    """Compare everything that ever moved a scheme's balance, and show the days from one on."""
    names = {
        "ledger": ledger_id(scheme_id, Book.MONEY),
        "scheme": scheme_id,
        "costs": sorted(COSTS),
    }
    found = await session.execute(_DIFFERENCES, {**names, "most": MOST})
    differences = [
        Difference(
            name=row.name,
            meaning=_meaning(row),
            books_cents=int(row.books_cents),
            outside_cents=int(row.outside_cents),
            since=row.since,
        )
        for row in found
    ]
    days = await session.execute(_DAYS, {**names, "since": since, "zone": clock.TIME_ZONE})
    moved = await session.scalar(_MOVED, {"scheme": scheme_id})
    return Reconciliation(
        books_cents=(await balances.now(session, PROVIDER_BALANCE.of(scheme_id))).posted,
        outside_cents=int(moved or 0),
        differences=differences,
        days=[Day(row.day, *map(int, row[1:])) for row in days],
    )


_MOVED = sa.text(
    "SELECT sum(amount_cents - fee_cents) FROM provider_transactions WHERE scheme_id = :scheme"
)


def _meaning(row: sa.Row[tuple[bool, bool, bool]]) -> Meaning:
    if row.arrived:
        return Meaning.BEING_BOOKED
    if not row.at_provider:
        return Meaning.NOT_COUNTED
    return Meaning.UNEQUAL if row.in_books else Meaning.UNKNOWN


async def unclaimed(session: AsyncSession) -> list[str]:
    """Name the moves of the balance of which nobody knows whose they are, the oldest first."""
    query = sa.text(
        "SELECT external_id FROM provider_transactions WHERE scheme_id IS NULL"
        " ORDER BY happened_at LIMIT :most"
    )
    return list(await session.scalars(query, {"most": MOST}))


_HELD_SINCE = sa.text("""
SELECT min(happened_at) FROM (
    SELECT happened_at, sum(amount_cents) OVER (ORDER BY happened_at DESC, id DESC) - amount_cents
           AS newer FROM provider_transactions
     WHERE scheme_id = :scheme AND amount_cents > 0) came
 WHERE newer < :balance
""")


async def whereabouts(session: AsyncSession, scheme_id: UUID) -> Whereabouts:
    """Say where a scheme's money is; what came first at the provider leaves it first."""

    async def has(kind: Kind) -> int:
        return (await balances.now(session, kind.of(scheme_id))).posted

    at_provider = await has(PROVIDER_BALANCE)
    values = {"scheme": scheme_id, "balance": at_provider}
    oldest: datetime | None = await session.scalar(_HELD_SINCE, values)
    return Whereabouts(
        provider_cents=at_provider,
        bank_cents=await has(BANK),
        in_transit_cents=await has(IN_TRANSIT),
        disputed_cents=await has(DISPUTED),
        outgoing_cents=await has(OUTGOING),
        held_since=oldest and clock.day_of(oldest),
    )
