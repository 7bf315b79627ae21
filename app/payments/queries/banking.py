"""Do the books and the bank agree? By transaction, by statement and by day; and what is under way.

A transaction and the entries that follow from it have its id as their name. What brings an outgoing
back has that of the transaction that took it: together they are nothing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.ledger import balances
from app.ledger.chart import BANK, IN_TRANSIT, OUTGOING, Book, Kind, ledger_id
from app.payments.facts import (
    Day,
    Difference,
    Meaning,
    Reconciliation,
    Traveller,
    TravellerKind,
    UnderWay,
)

MOST = 200
"""More differences than anybody reads at once."""

_BOTH = """
WITH ours AS (
    SELECT coalesce((SELECT split_part(substr(proof, 6), '/', 1) FROM unnest(e.evidence) AS proof
                      WHERE proof LIKE 'camt:%' LIMIT 1), e.reference) AS name,
           CASE WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END AS cents,
           e.occurred_at AS at
      FROM ledger_accounts a
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id
     WHERE a.ledger_id = :ledger AND a.kind = 'bank'
), theirs AS (
    SELECT coalesce(split_part(o.external_id, '/', 1), t.id::text) AS name, t.outcome,
           CASE WHEN t.direction = 'incoming' THEN t.amount_cents ELSE -t.amount_cents END AS cents,
           t.booked_on::timestamp AT TIME ZONE 'UTC' AS at
      FROM bank_transactions t
      LEFT JOIN outgoings o ON o.id = t.outgoing_id
     WHERE t.scheme_id = :scheme
)
"""

_BY_NAME = f"""
{_BOTH}
SELECT name,
       CASE WHEN t.name IS NULL THEN 'not_on_statement'
            WHEN t.is_open THEN 'being_booked'
            WHEN o.name IS NULL THEN 'unexplained'
            ELSE 'unequal' END AS meaning,
       coalesce(o.cents, 0) AS books_cents, coalesce(t.cents, 0) AS outside_cents,
       least(o.at, t.at) AS since
  FROM (SELECT name, sum(cents) AS cents, min(at) AS at FROM ours GROUP BY name) o
  FULL JOIN (SELECT name, sum(cents) AS cents, min(at) AS at, bool_or(outcome = 'open') AS is_open
               FROM theirs GROUP BY name) t USING (name)
 WHERE coalesce(o.cents, 0) <> coalesce(t.cents, 0)
"""  # noqa: S608  Text of our own.

_IN_SUSPENSE = """
SELECT id::text AS name, 'in_suspense' AS meaning, amount_cents AS books_cents,
       amount_cents AS outside_cents, received_at AS since
  FROM receipts
 WHERE scheme_id = :scheme AND rail = 'bank' AND place = 'suspense' AND payment_id IS NULL
"""

# A statement follows the one that ended last before it began. Files may overlap: one that begins
# where another begins follows the same one, and one that ended with this balance will do.
_STATEMENTS = """
SELECT a.iban || ' ' || s.number AS name,
       CASE WHEN p.id IS NULL THEN 'opening_balance' ELSE 'statement_missing' END AS meaning,
       0 AS books_cents, s.opening_cents - coalesce(p.closing_cents, 0) AS outside_cents,
       s.opening_on::timestamp AT TIME ZONE 'UTC' AS since
  FROM (SELECT DISTINCT ON (account_id, opening_on, opening_cents) * FROM bank_statements
         ORDER BY account_id, opening_on, opening_cents, id) s
  JOIN bank_accounts a ON a.id = s.account_id
  JOIN LATERAL (SELECT opening_on, opening_cents FROM bank_statements f
                 WHERE f.account_id = s.account_id ORDER BY opening_on, id LIMIT 1) f ON true
  LEFT JOIN LATERAL (SELECT id, closing_cents FROM bank_statements p
                      WHERE p.account_id = s.account_id AND p.closing_on <= s.opening_on
                        AND p.id <> s.id
                        AND (s.opening_on, s.opening_cents) <> (f.opening_on, f.opening_cents)
                      ORDER BY p.closing_cents = s.opening_cents DESC, closing_on DESC, id DESC
                      LIMIT 1) p ON true
 WHERE a.scheme_id = :scheme
   AND (p.id IS NOT NULL
        OR (s.opening_on, s.opening_cents) = (f.opening_on, f.opening_cents))
   AND s.opening_cents <> coalesce(p.closing_cents, 0)
"""

_NUMBERS = """
SELECT iban || ' ' || before + 1 AS name, 'statement_missing' AS meaning, 0 AS books_cents,
       0 AS outside_cents, closing_on::timestamp AT TIME ZONE 'UTC' AS since
  FROM (SELECT iban, sequence, closing_on,
               lag(sequence) OVER (PARTITION BY iban, extract(year FROM closing_on)
                                       ORDER BY sequence) AS before
          FROM (SELECT a.iban, s.sequence::bigint AS sequence, min(s.closing_on) AS closing_on
                  FROM bank_statements s JOIN bank_accounts a ON a.id = s.account_id
                 WHERE a.scheme_id = :scheme AND s.sequence ~ '^[0-9]{1,15}$'
                   AND s.closing_on IS NOT NULL
                 GROUP BY a.iban, s.sequence, extract(year FROM s.closing_on)) numbered) following
 WHERE sequence > before + 1
"""

_DIFFERENCES = sa.text(f"""
SELECT * FROM ({_BY_NAME}) x
UNION ALL {_IN_SUSPENSE} UNION ALL {_STATEMENTS} UNION ALL {_NUMBERS}
 ORDER BY since NULLS FIRST, name LIMIT :most
""")  # noqa: S608  Text of our own.

_LATEST = """
SELECT sum(s.closing_cents) FROM bank_accounts a
  JOIN LATERAL (SELECT closing_cents FROM bank_statements s
                 WHERE s.account_id = a.id AND s.closing_on <= {day}
                 ORDER BY closing_on DESC, id DESC LIMIT 1) s ON true
 WHERE a.scheme_id = :scheme
"""

_DAYS = sa.text(f"""
{_BOTH},
moved AS (
    SELECT (at AT TIME ZONE :zone)::date AS day,
           coalesce(sum(cents) FILTER (WHERE is_ours), 0) AS books_cents,
           coalesce(sum(cents) FILTER (WHERE NOT is_ours), 0) AS outside_cents
      FROM (SELECT cents, at, true AS is_ours FROM ours
            UNION ALL SELECT cents, at, false FROM theirs
            UNION ALL
            SELECT 0, s.closing_on::timestamp AT TIME ZONE 'UTC', false
              FROM bank_statements s JOIN bank_accounts a ON a.id = s.account_id
             WHERE a.scheme_id = :scheme) both_sides
     GROUP BY day)
SELECT * FROM (
    SELECT day, books_cents, outside_cents, sum(books_cents) OVER (ORDER BY day) AS books_closing,
           ({_LATEST.format(day="moved.day")}) AS outside_closing
      FROM moved) days
 WHERE day >= :since ORDER BY day
""")  # noqa: S608  Text of our own.

_CLOSING = sa.text(_LATEST.format(day="'infinity'::date"))


async def bank(session: AsyncSession, scheme_id: UUID, since: date) -> Reconciliation:
    """Compare everything that ever happened at the bank, and show the days from one on."""
    names = {"ledger": ledger_id(scheme_id, Book.MONEY), "scheme": scheme_id}
    rows = await session.execute(_DIFFERENCES, {**names, "most": MOST})
    found = [
        Difference(
            row.name, Meaning(row.meaning), int(row.books_cents), int(row.outside_cents), row.since
        )
        for row in rows
    ]
    books_cents = (await balances.now(session, BANK.of(scheme_id))).posted
    outside_cents = int(await session.scalar(_CLOSING, {"scheme": scheme_id}) or 0)
    days = await session.execute(_DAYS, {**names, "since": since, "zone": clock.TIME_ZONE})
    return Reconciliation(
        books_cents=books_cents,
        outside_cents=outside_cents,
        differences=[*found, *rest(found, books_cents, outside_cents)],
        days=[
            Day(
                row.day,
                int(row.books_cents),
                int(row.outside_cents),
                int(row.books_closing),
                None if row.outside_closing is None else int(row.outside_closing),
            )
            for row in days
        ],
    )


def rest(found: Sequence[Difference], books_cents: int, outside_cents: int) -> list[Difference]:
    """Name what the closing balances differ and no other difference explains."""
    explained = sum(one.outside_cents - one.books_cents for one in found)
    if len(found) == MOST or books_cents + explained == outside_cents:
        return []
    closing = Meaning.CLOSING_BALANCE
    return [Difference("closing balance", closing, books_cents, outside_cents, None)]


_TRAVELLERS = sa.text("""
SELECT 'provider_payout' AS kind, id, amount_cents, wanted_at AS since FROM provider_payouts
 WHERE scheme_id = :scheme AND status = 'under_way'
UNION ALL
SELECT 'outgoing', id, amount_cents, sent_at FROM outgoings
 WHERE scheme_id = :scheme AND status = 'sent'
 ORDER BY since
""")


async def under_way(session: AsyncSession, scheme_id: UUID) -> UnderWay:
    """List what is under way, and see that the books have as much of it."""
    late = clock.now() - timedelta(days=settings_of(session).under_way_warning_days)
    rows = await session.execute(_TRAVELLERS, {"scheme": scheme_id})
    travellers = [
        Traveller(TravellerKind(row.kind), row.id, row.amount_cents, row.since, row.since <= late)
        for row in rows
    ]
    in_transit_cents = (await balances.now(session, IN_TRANSIT.of(scheme_id))).posted
    outgoing_cents = (await balances.now(session, OUTGOING.of(scheme_id))).posted
    kinds: dict[TravellerKind, tuple[Kind, int]] = {
        TravellerKind.PROVIDER_PAYOUT: (IN_TRANSIT, in_transit_cents),
        TravellerKind.OUTGOING: (OUTGOING, outgoing_cents),
    }
    differences = []
    for kind, (account, booked) in kinds.items():
        travelling = sum(one.amount_cents for one in travellers if one.kind is kind)
        if booked != travelling:
            unequal = Difference(account.code, Meaning.UNEQUAL, booked, travelling, None)
            differences.append(unequal)
    return UnderWay(in_transit_cents, outgoing_cents, travellers, differences)
