"""What must be true of the order in which the books became known."""

from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import leaves
from app.ledger.leaves import LeafEntry

ORDER = """
SELECT format('position %s: %s', position, fault)
  FROM (SELECT p.position, p.known_at, p.entry_id, e.id,
               lag(p.position, 1, 0::bigint) OVER w AS before,
               -- Machines disagree by moments.
               greatest(lag(p.known_at) OVER w, e.recorded_at - interval '10 minutes')
                   AS known_before
          FROM ledger_positions p LEFT JOIN ledger_entries e ON e.id = p.entry_id
         WHERE p.position < :last AND p.position >= coalesce(
               (SELECT max(position) FROM ledger_positions WHERE position < :first), :first)
        WINDOW w AS (ORDER BY p.position)) p
 CROSS JOIN LATERAL (VALUES
       (position <> before + 1, format('expected to follow %s, found %s', position - 1, before)),
       (known_at < known_before, format('expected to be known at %s or later, found %s',
                                        known_before, known_at)),
       (id IS NULL, format('expected entry %s, found none', entry_id))
       ) f(found, fault)
 WHERE position >= :first AND found
 ORDER BY position
"""
"""No gap, entries that exist, and what is known never becomes unknown."""

QUEUE = """
SELECT format('arrival %s in the queue: expected entry %s, found none', arrival, entry_id)
  FROM ledger_unsequenced u
 WHERE NOT EXISTS (SELECT FROM ledger_entries e WHERE e.id = u.entry_id)
"""

TOTALS = """
WITH moved AS (
    SELECT a.ledger_id, a.kind, (p.position - 1) / :size AS block,
           coalesce(sum(l.amount) FILTER (WHERE l.side = 'debit'), 0) AS debit,
           coalesce(sum(l.amount) FILTER (WHERE l.side = 'credit'), 0) AS credit
      FROM ledger_positions p
      JOIN ledger_lines l ON l.entry_id = p.entry_id
      JOIN ledger_accounts a ON a.id = l.account_id
     WHERE p.position > :block * :size
     GROUP BY 1, 2, 3
), until AS (
    SELECT m.ledger_id, m.kind, m.block,
           coalesce(t.debit, 0) + sum(m.debit) OVER w AS debit,
           coalesce(t.credit, 0) + sum(m.credit) OVER w AS credit
      FROM moved m
      LEFT JOIN LATERAL (
           SELECT debit, credit FROM ledger_totals
            WHERE ledger_id = m.ledger_id AND kind = m.kind AND block < :block
            ORDER BY block DESC LIMIT 1
      ) t ON true
    WINDOW w AS (PARTITION BY m.ledger_id, m.kind ORDER BY m.block)
)
SELECT format('total of %s in ledger %s at block %s: expected debit %s and credit %s, found %s and'
              ' %s', kind, ledger_id, block, coalesce(u.debit, 0), coalesce(u.credit, 0),
              coalesce(CAST(t.debit AS text), 'none'), coalesce(CAST(t.credit AS text), 'none'))
  FROM until u
  FULL JOIN (SELECT * FROM ledger_totals WHERE block >= :block) t USING (ledger_id, kind, block)
 WHERE (u.debit, u.credit) IS DISTINCT FROM (t.debit, t.credit)
"""
"""From a block on, trusting the totals before it (from 0: none)."""


async def leaf_faults(session: AsyncSession, first: int, last: int) -> AsyncIterator[str]:
    """Hash entries anew, from one position to before another, where a salt is left."""
    for row in await session.execute(sa.text(_LEAVES), {"first": first, "last": last}):
        position, leaf, salt, *content = row
        wanted = leaves.leaf(LeafEntry(*content), salt)
        if wanted != leaf:
            yield (
                f"leaf of entry {content[0]} at position {position}: expected {wanted.hex()},"
                f" found {leaf.hex()}"
            )


# Lines are written here, each as leaves.py does: most of the time would go into making them.
_LEAVES = """
SELECT p.position, p.leaf, s.salt, e.id, e.kind, e.reference, e.occurred_at, e.recorded_at,
       e.reverses_id, e.evidence, e.narration, l.lines
  FROM ledger_positions p
  JOIN ledger_entries e ON e.id = p.entry_id
  JOIN ledger_salts s ON s.entry_id = e.id
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(concat_ws(' ', l.side, l.amount, g.keeper_id, a.kind, a.owner_id,
                                           l.about_id) ORDER BY l.position), '{}') AS lines
         FROM ledger_lines l
         -- OFFSET keeps it a look-up: else every call would begin with reading all accounts.
         JOIN LATERAL (SELECT * FROM ledger_accounts WHERE id = l.account_id OFFSET 0) a ON true
         JOIN ledgers g ON g.id = a.ledger_id
        WHERE l.entry_id = e.id
       ) l
 WHERE p.position >= :first AND p.position < :last
 ORDER BY p.position
"""
