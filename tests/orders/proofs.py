"""What holds after every step of a history, whatever happened."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import checks, positions
from app.payments import queries
from app.payments.facts import Meaning
from scripts.disasters.proofs import DEAD_JOBS, SERIALS_HAVE_NO_GAP, UNITS_ADD_UP
from tests.orders.histories import History


async def everything_holds(history: History, since: int) -> int:
    """Prove it; `since` is the position up to which the books were checked before.

    Returns:
        The position up to which they are checked now.
    """
    await positions.sequence_all(history.database)
    async with history.database.snapshot() as session:
        found = [fault async for fault in checks.faults_since(session, since)]
        for query in (UNITS_ADD_UP, SERIALS_HAVE_NO_GAP, DEAD_JOBS):
            found += [str(one) for one in await session.scalars(sa.text(query))]
        found += await _differences(session, history)
        scheme = {"scheme": history.desk.scheme_id}
        for query in (OFF_ORDERS, OFF_SCHEMES, OVERSOLD):
            found += [str(one) for one in await session.scalars(sa.text(query), scheme)]
        assert found == [], history.happened
        return (await checks.counts(session)).position


async def _differences(session: AsyncSession, history: History) -> list[str]:
    reconciled = await queries.reconciling.everything(
        session, history.desk.scheme_id, clock.today()
    )
    found = [
        f"{one.name} {one.meaning}: {one.books_cents} here, {one.outside_cents} there"
        for one in reconciled.differences
        if one.meaning is not Meaning.IN_SUSPENSE
    ]
    provider, bank = reconciled.provider, reconciled.bank
    outside = history.player.world.balance(), history.balance_cents
    if (provider.books_cents, bank.books_cents) != outside:
        found.append(f"{provider.books_cents} and {bank.books_cents} here, {outside} outside")
    return found


_LINES = """
WITH lines AS (
    SELECT a.kind, l.about_id AS about, e.kind AS event,
           CASE l.side WHEN 'credit' THEN l.amount ELSE -l.amount END AS cents
      FROM ledgers g
      JOIN ledger_accounts a ON a.ledger_id = g.id
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id
     WHERE g.keeper_id = :scheme
), bought AS (
    SELECT o.id, coalesce(o.origin_id, o.id) AS paid_id, o.state,
           CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.total_cents
                - (SELECT coalesce(sum(total_cents), 0) FROM order_parts WHERE order_id = o.id)
                END AS paid
      FROM orders o WHERE o.scheme_id = :scheme
), money AS (
    SELECT b.paid_id AS id, string_agg(b.state, ', ' ORDER BY b.id) AS state,
           (SELECT coalesce(sum(r.amount_cents), 0) FROM receipts r
              JOIN payments p ON p.id = r.payment_id
             WHERE p.purpose = 'order/' || b.paid_id AND r.place = 'booked') AS came,
           (SELECT coalesce(sum(amount_cents), 0) FROM outgoings
             WHERE purpose = 'order/' || b.paid_id AND status = 'settled') AS went_back,
           (SELECT coalesce(sum(d.amount_cents), 0) FROM disputes d
              JOIN payments p ON p.id = d.payment_id
             WHERE p.purpose = 'order/' || b.paid_id AND d.status = 'lost') AS lost,
           (SELECT coalesce(sum(-cents), 0) FROM lines
             WHERE about = ANY(array_agg(b.id)) AND kind = 'operator_loss'
               AND event IN ('order.lost-twice', 'order.made-good')) AS lost_twice,
           (SELECT coalesce(sum(cents), 0) FROM lines
             WHERE about = ANY(array_agg(b.id))
               AND kind IN ('unallocated', 'refund_due', 'outgoing')) AS waits,
           sum(b.paid) AS paid
      FROM bought b GROUP BY b.paid_id
)
"""

OFF_ORDERS = f"""
{_LINES}
SELECT format('order %s (%s): came %s, went back %s, lost %s (%s twice), waits %s, paid %s',
              id, state, came, went_back, lost, lost_twice, waits, paid)
  FROM money WHERE came - went_back - lost + lost_twice <> waits + paid
"""  # noqa: S608  Text of our own.
"""What came for an order is what lies for it and what went back: nothing appears or is lost.

An order stands for all that its money was moved to.
"""

OFF_SCHEMES = f"""
{_LINES}
SELECT format('orders paid %s, and their money is %s', paid, lies) FROM (
    SELECT (SELECT coalesce(sum(paid), 0) FROM money) AS paid,
           (SELECT coalesce(sum(cents), 0) FROM lines
             WHERE kind IN ('deposit', 'start_part', 'result_part', 'fee_income', 'vat_fee',
                            'vat_sale', 'receivable')
                OR (kind = 'operator_loss'
                    AND event NOT IN ('order.lost-twice', 'order.made-good'))) AS lies) both_sides
 WHERE paid <> lies
"""  # noqa: S608  Text of our own.
"""What orders that still stand paid is what deposits, parts, fees and VAT have, less claims."""

OVERSOLD = """
SELECT format('project %s of %s sold or holds %s', l.project_id, l.impact_units,
              sum(o.quantity_units - o.undone_units))
  FROM listings l JOIN orders o ON o.project_id = l.project_id
 WHERE l.scheme_id = :scheme
   AND o.state IN ('reserved', 'processing', 'paid', 'partly_refunded', 'disputed')
   AND (o.paid_at IS NOT NULL OR o.reserved_until > clock_timestamp())
 GROUP BY l.project_id, l.impact_units
HAVING sum(o.quantity_units - o.undone_units) > l.impact_units
"""
