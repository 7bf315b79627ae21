"""What must always be true of obligations."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.invariants import Faults, Invariant, Proof, recorded
from app.ledger.invariants import entered
from app.obligations.actions.computing import appraise
from app.obligations.models import (
    ContractAmendment,
    Obligation,
    ObligationDecisionKind,
    RuleVersion,
)
from app.obligations.problems import RulesSilent

AT_ONCE = 1_000

_BALANCES = """
WITH book AS (
    SELECT a.owner_id, g.keeper_id,
           coalesce(sum(posted) FILTER (WHERE kind = 'imposed'), 0) AS imposed,
           coalesce(sum(posted) FILTER (WHERE kind = 'surplus'), 0) AS surplus,
           coalesce(sum(posted) FILTER (WHERE kind = 'owed'), 0) AS owed,
           coalesce(sum(posted) FILTER (WHERE kind = 'provisional'), 0) AS provisional,
           coalesce(sum(posted) FILTER (WHERE kind = 'fulfilled'), 0) AS fulfilled,
           coalesce(sum(posted) FILTER (WHERE kind = 'waived'), 0) AS waived,
           coalesce(sum(posted) FILTER (WHERE kind = 'sanctioned'), 0) AS sanctioned
      FROM ledger_accounts a JOIN ledgers g ON g.id = a.ledger_id
     WHERE kind IN ('imposed', 'surplus', 'owed', 'provisional', 'fulfilled', 'waived',
                    'sanctioned')
     GROUP BY a.owner_id, g.keeper_id
)
"""

_ADD_UP = (
    _BALANCES
    + """
SELECT format('obligation %s: expected its %s imposed and %s surplus to be owed, provisional,'
              ' fulfilled, waived or sanctioned, found %s', owner_id, imposed, surplus,
              owed + provisional + fulfilled + waived + sanctioned)
  FROM book
 WHERE imposed + surplus <> owed + provisional + fulfilled + waived + sanctioned
"""
)

_IMPOSED = (
    _BALANCES
    + """
SELECT format('obligation %s: expected %s cents imposed by its authority, found %s',
              coalesce(o.id, b.owner_id), coalesce(o.confirmed_cents, 0), coalesce(b.imposed, 0))
  FROM obligations o FULL JOIN book b ON b.owner_id = o.id AND b.keeper_id = o.authority_id
 WHERE coalesce(o.confirmed_cents, 0) <> coalesce(b.imposed, 0)
"""
)

_DECIDED = (
    _BALANCES  # noqa: S608  Of our own.
    + """
, decided AS (
    SELECT obligation_id,
           coalesce(sum(amount_cents) FILTER (WHERE kind IN ('confirmed', 'raised')), 0)
           - coalesce(sum(amount_cents) FILTER (WHERE kind = 'lowered'), 0) AS imposed,
           coalesce(sum(amount_cents) FILTER (WHERE kind = 'waived'), 0) AS waived,
           coalesce(sum(amount_cents) FILTER (WHERE kind = 'sanctioned'), 0)
           - coalesce(sum(amount_cents) FILTER (WHERE kind = 'sanction-lifted'), 0) AS sanctioned
      FROM obligation_decisions GROUP BY obligation_id
)
SELECT format('obligation %s: expected %s imposed, %s waived and %s sanctioned, as was decided,'
              ' found %s, %s and %s', b.owner_id, d.imposed, d.waived, d.sanctioned, b.imposed,
              b.waived, b.sanctioned)
  FROM book b LEFT JOIN decided d ON d.obligation_id = b.owner_id
 WHERE (b.imposed, b.waived, b.sanctioned) IS DISTINCT FROM (d.imposed, d.waived, d.sanctioned)
"""
)

_STATES = (
    _BALANCES
    + """
SELECT format('obligation %s (%s): expected nothing to be owed or undecided exactly if it is'
              ' fulfilled, found %s and %s', o.id, o.state, b.owed, b.provisional)
  FROM obligations o JOIN book b ON b.owner_id = o.id AND b.keeper_id = o.authority_id
 WHERE (o.state IN ('confirmed', 'active', 'in_recovery') AND b.owed + b.provisional = 0
        OR o.state IN ('fulfilled', 'settled', 'sanctioned') AND b.owed + b.provisional > 0)
   -- Where an order lost units a job lets the state follow.
   AND NOT EXISTS (SELECT FROM jobs j WHERE j.state IN ('queued', 'running')
                      AND j.arguments ->> 'obligation_id' = CAST(o.id AS text))
"""
)

_ENDED = """
SELECT format('obligation %s: expected a state to which its last decision leads (%s), found %s',
              o.id, coalesce(d.kind, 'none that ends it'), o.state)
  FROM obligations o
  LEFT JOIN (SELECT DISTINCT ON (obligation_id) obligation_id, kind
               FROM obligation_decisions
              WHERE kind IN ('fulfilled', 'reopened', 'waived', 'sanctioned', 'sanction-lifted',
                             'settled')
              ORDER BY obligation_id, id DESC) d ON d.obligation_id = o.id
 WHERE CASE d.kind
       WHEN 'fulfilled' THEN o.state <> 'fulfilled'
       WHEN 'sanctioned' THEN o.state <> 'sanctioned'
       WHEN 'settled' THEN o.state <> 'settled'
       -- A part may be waived: the rest is to be fulfilled, or was.
       WHEN 'waived' THEN o.state IN ('sanctioned', 'settled')
       ELSE o.state IN ('fulfilled', 'waived', 'sanctioned', 'settled') END
"""

_BY_CALENDAR = f"""
SELECT format('obligation %s (%s): expected a state that fits its days, %s to %s, found another',
              id, state, starts_on, due_on)
  FROM obligations
 WHERE state = 'confirmed'
       AND starts_on < CAST((:now - interval '1 hour') AT TIME ZONE '{clock.TIME_ZONE}' AS date)
    OR state = 'active' AND (starts_on > CAST(:now AS date) + 1
                             OR due_on < CAST(:now AS date) - 1 AND recovery_ends_on IS NOT NULL)
    OR state = 'in_recovery' AND (due_on > CAST(:now AS date) OR recovery_ends_on IS NULL)
"""  # noqa: S608  A name of our own.

_FOLLOWS = """
SELECT format('obligation %s: expected what follows from the last amendment of its contract, found'
              ' another contract, authority, amendment or dates', o.id)
  FROM obligations o
  JOIN contracts c ON c.id = o.contract_id
  JOIN contract_amendments a ON a.id = o.amendment_id
 WHERE o.authority_id <> c.authority_id OR a.contract_id <> o.contract_id
    OR (o.starts_on, o.due_on) <> (a.starts_on, a.ends_on)
 UNION ALL
SELECT format('obligation %s: expected to be registered at %s, found %s', o.id, d.decided_at,
              o.registered_at)
  FROM obligations o
  JOIN obligation_decisions d ON d.obligation_id = o.id AND d.kind = 'registered'
 WHERE abs(extract(epoch FROM d.decided_at - o.registered_at)) > 600
 UNION ALL
SELECT format('contract %s: expected amendments numbered from 1 on, found %s after %s', contract_id,
              number, before)
  FROM (SELECT contract_id, number,
               lag(number, 1, 0::bigint) OVER (PARTITION BY contract_id ORDER BY number) AS before
          FROM contract_amendments) a
 WHERE number <> before + 1
 UNION ALL
SELECT format('contract %s: expected its last amendment to say whether it has a clause and goes on,'
              ' found otherwise', c.id)
  FROM contracts c
  LEFT JOIN LATERAL (SELECT has_clause, is_cancelled FROM contract_amendments
                      WHERE contract_id = c.id ORDER BY number DESC LIMIT 1) a ON true
 WHERE (c.has_clause, c.is_cancelled) IS DISTINCT FROM (a.has_clause, a.is_cancelled)
"""


async def computed_faults(session: AsyncSession) -> Faults:
    """Compute anew what follows from each contract, by the rules that applied."""
    last = UUID(int=0)
    while rows := await _obligations(session, last):
        for obligation, version, amendment in rows:
            try:
                found = appraise(version, amendment)
            except RulesSilent:
                # Rules that were published afterwards may be silent: nothing follows from them.
                cents, steps = 0, obligation.steps
            else:
                cents, steps = found.cents, [asdict(step) for step in found.steps]
            if (cents, steps) != (obligation.computed_cents, obligation.steps):
                yield (
                    f"obligation {obligation.id}: expected {cents} cents to follow from its"
                    f" contract, step by step, found {obligation.computed_cents}"
                )
        last = rows[-1][0].id


async def _obligations(
    session: AsyncSession, after: UUID
) -> Sequence[sa.Row[Obligation, RuleVersion, ContractAmendment]]:
    query = (
        sa.select(Obligation, RuleVersion, ContractAmendment)
        .join(RuleVersion, RuleVersion.id == Obligation.rules_id)
        .join(ContractAmendment, ContractAmendment.id == Obligation.amendment_id)
        .where(Obligation.id > after)
    )
    return (await session.execute(query.order_by(Obligation.id).limit(AT_ONCE))).all()


INVARIANTS = (
    Invariant(
        "obligations-add-up",
        "What is imposed of each obligation, and the surplus, is owed, provisional, fulfilled,"
        " waived or sanctioned.",
        _ADD_UP,
    ),
    Invariant(
        "obligations-imposed",
        "The book of social return has imposed what the authority confirmed.",
        _IMPOSED,
    ),
    Invariant(
        "obligations-decided",
        "What is imposed, waived and sanctioned is what was decided.",
        _DECIDED,
    ),
    recorded("obligation", ObligationDecisionKind, figures={"amount_cents": "amountCents"}),
    Invariant(
        "obligations-met",
        "An obligation is fulfilled when its book owes nothing more, and not before.",
        _STATES,
    ),
    Invariant(
        "obligations-ended",
        "An obligation ended as the last decision that ends it says, and no other did.",
        _ENDED,
    ),
    Invariant(
        "obligations-by-calendar",
        "An obligation has begun when its contract has, and is in recovery when that is over.",
        _BY_CALENDAR,
    ),
    Proof(
        "obligations-computed",
        "What an obligation comes to follows from its contract and the rules that applied.",
        computed_faults,
    ),
    Invariant(
        "obligations-of-contracts",
        "An obligation follows from its own contract, which stands as its amendments left it.",
        _FOLLOWS,
    ),
    entered("obligation", "obligations"),
)
