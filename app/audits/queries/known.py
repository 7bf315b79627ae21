"""An authority's contracts, obligations and claims as they were known at a cut.

States and figures change in place, and nobody can tell what a row said before. So all of this comes
from rows that only grow: amendments, decisions, entries of the books, certificates.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Known:
    """Whose things, and as known when."""

    authority_id: UUID
    moment: datetime
    """What was written later is not known."""
    ends: datetime
    """Entries of what happened later are left out."""
    position: int
    """As far as the books are known."""

    def bound(self, only: Sequence[UUID] | None) -> dict[str, Any]:
        """Give the values of the statements below."""
        return {
            "authority": self.authority_id,
            "moment": self.moment,
            "ends": self.ends,
            "until": self.position,
            "only": None if only is None else list(only),
        }


Rows = AsyncIterator[sa.Row[Any]]


async def contracts(
    session: AsyncSession, known: Known, only: Sequence[UUID] | None = None
) -> Rows:
    """Read contracts as they were amended last, in the order in which they were registered."""
    async for row in await session.stream(_CONTRACTS, _only(_CONTRACTS, known.bound(only))):
        yield row


async def obligations(
    session: AsyncSession, known: Known, only: Sequence[UUID] | None = None
) -> Rows:
    """Read obligations with what is imposed and with their accounts; `only` names contracts."""
    async for row in await session.stream(_OBLIGATIONS, _only(_OBLIGATIONS, known.bound(only))):
        yield row


async def fulfilments(
    session: AsyncSession, known: Known, only: Sequence[UUID] | None = None
) -> Rows:
    """Read claims that were submitted, with all that was decided about them; `only` as above."""
    async for row in await session.stream(_FULFILMENTS, _only(_FULFILMENTS, known.bound(only))):
        yield row


def _only(statement: sa.TextClause, values: dict[str, Any]) -> dict[str, Any]:
    """Leave out the values that a statement does not ask for."""
    asked = statement.compile().params
    return {name: value for name, value in values.items() if name in asked}


def _typed(text: str) -> sa.TextClause:
    statement = sa.text(text)
    types: dict[str, Any] = {
        "authority": sa.Uuid(),
        "moment": sa.TIMESTAMP(timezone=True),
        "ends": sa.TIMESTAMP(timezone=True),
        "until": sa.BigInteger(),
        "only": sa.ARRAY(sa.Uuid()),
    }
    named = [name for name in types if f":{name}" in text]
    return statement.bindparams(*(sa.bindparam(name, type_=types[name]) for name in named))


_TERMS = """
  JOIN LATERAL (
       SELECT * FROM contract_amendments m
        WHERE m.contract_id = c.id AND m.made_at <= :moment
        ORDER BY m.number DESC LIMIT 1) t ON true
"""
_ONLY = "(:only IS NULL OR c.id = ANY(:only))"

# What was set aside was given another reference, which ends with its id: the first one is shown.
_REFERENCE = """CASE WHEN right(c.reference, 37) = '/' || c.id
            THEN left(c.reference, -37) ELSE c.reference END"""

_CONTRACTS = _typed(f"""
SELECT c.id, {_REFERENCE} AS reference, c.source_key, c.origin, c.awarded_on, c.registered_at,
       CASE WHEN c.reported_in_at <= :moment THEN c.reported_in_at END AS reported_in_at,
       t.number, t.title, t.kind, t.has_clause, t.is_cancelled, t.base, t.basis_points,
       t.contract_sum_cents, t.tender_sum_cents, t.invoiced_turnover_cents, t.wage_bill_cents,
       t.labour_share_basis_points, t.starts_on, t.ends_on, t.made_at, t.reason, p.parties
  FROM contracts c {_TERMS}
 CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_array(q.scheme, q.identifier, q.legal_name)
                                ORDER BY q.id), '[]') AS parties
         FROM contract_parties q WHERE q.contract_id = c.id) p
 WHERE c.authority_id = :authority AND c.registered_at <= :moment AND {_ONLY}
 ORDER BY c.id
""")  # noqa: S608  Names of our own.

_CHANGES = (
    "'registered', 'confirmed', 'began', 'fulfilled', 'reopened', 'recovery-began', 'waived',"
    " 'sanctioned', 'settled', 'sanction-lifted'"
)
"""Kinds of decisions after which an obligation stands elsewhere."""

_OBLIGATIONS = _typed(f"""
WITH accounts AS (
    SELECT a.owner_id, a.kind,
           sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END) AS cents
      FROM ledgers g
      JOIN ledger_accounts a ON a.ledger_id = g.id
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id AND e.occurred_at < :ends
      JOIN ledger_positions p ON p.entry_id = l.entry_id AND p.position <= :until
     WHERE g.keeper_id = :authority AND g.book = 'social_return'
       AND (:only IS NULL OR a.owner_id IN (
            SELECT i.id FROM obligations i WHERE i.contract_id = ANY(:only)))
     GROUP BY 1, 2
), balances AS (
    SELECT owner_id, json_object_agg(kind, cents) AS cents FROM accounts GROUP BY 1
)
SELECT o.id, o.contract_id, {_REFERENCE} AS reference, o.registered_at, t.ends_on AS due_on,
       d.kind AS decided, d.decided_at,
       (SELECT CAST(sum(CASE WHEN i.kind = 'lowered' THEN -1 ELSE 1 END * i.amount_cents)
                    AS bigint)
          FROM obligation_decisions i
         WHERE i.obligation_id = o.id AND i.decided_at <= :moment
           AND i.kind IN ('confirmed', 'raised', 'lowered')) AS confirmed_cents,
       (SELECT i.amount_cents FROM obligation_decisions i
         WHERE i.obligation_id = o.id AND i.decided_at <= :moment
           AND i.kind IN ('registered', 'computed')
         ORDER BY i.id DESC LIMIT 1) AS computed_cents,
       (SELECT max(i.decided_at) FROM obligation_decisions i
         WHERE i.obligation_id = o.id AND i.decided_at <= :moment
           AND i.kind = 'fulfilled') AS met_at,
       coalesce(b.cents, '{{}}') AS balances
  FROM obligations o
  JOIN contracts c ON c.id = o.contract_id {_TERMS}
  LEFT JOIN balances b ON b.owner_id = o.id
  LEFT JOIN LATERAL (
       SELECT * FROM obligation_decisions i
        WHERE i.obligation_id = o.id AND i.decided_at <= :moment AND i.kind IN ({_CHANGES})
        ORDER BY i.id DESC LIMIT 1) d ON true
 WHERE o.authority_id = :authority AND o.registered_at <= :moment AND {_ONLY}
 ORDER BY o.id
""")  # noqa: S608  Names of our own.

_FULFILMENTS = _typed(f"""
SELECT f.id, f.obligation_id, o.contract_id, {_REFERENCE} AS reference, f.kind, f.claimant_id,
       f.order_id, d.decisions, x.id AS certificate_id, x.code, x.is_named, x.content, x.issued_at
  FROM fulfilments f
  JOIN obligations o ON o.id = f.obligation_id
  JOIN contracts c ON c.id = o.contract_id
 CROSS JOIN LATERAL (
       SELECT json_agg(json_build_object(
                  'id', i.id, 'kind', i.kind, 'units', i.quantity_units, 'cents', i.value_cents,
                  'at', i.decided_at, 'undone', EXISTS (
                      SELECT FROM fulfilment_objections u
                       WHERE u.decision_id = i.id AND u.state = 'upheld'
                         AND u.ended_at <= :moment))
              ORDER BY i.id) AS decisions,
              bool_or(i.kind = 'submitted') AS was_submitted
         FROM fulfilment_decisions i
        WHERE i.fulfilment_id = f.id AND i.decided_at <= :moment) d
  LEFT JOIN certificates x ON x.fulfilment_id = f.id AND x.issued_at <= :moment
 WHERE f.authority_id = :authority AND d.was_submitted AND {_ONLY}
 ORDER BY f.id
""")  # noqa: S608  Names of our own.
