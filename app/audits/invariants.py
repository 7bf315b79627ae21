"""Everything that must always be true, of all domains, in the order in which it is looked at."""

from app.core.invariants import Invariant, Kept, protection, references, work
from app.fulfilments.invariants import INVARIANTS as FULFILMENTS
from app.ledger.invariants import INVARIANTS as BOOKS
from app.obligations.invariants import INVARIANTS as OBLIGATIONS
from app.orders.invariants import INVARIANTS as ORDERS
from app.payments.invariants import INVARIANTS as PAYMENTS
from app.payouts.invariants import INVARIANTS as PAYOUTS
from app.projects.invariants import INVARIANTS as PROJECTS
from app.transparency.invariants import INVARIANTS as LOG
from app.webhooks.invariants import INVARIANTS as EVENTS

_FROZEN = """
SELECT format('period report %s: expected what was frozen and recorded then, found another',
              coalesce(r.id, e.subject_id))
  FROM period_reports r
  FULL JOIN (SELECT * FROM events WHERE type = 'period-report.frozen') e ON e.subject_id = r.id
 WHERE ((encode(sha256(r.content), 'hex'), r.sha256, r.frozen_by, r.period,
         CAST(r.keeper_id AS text), CAST(r.position AS text))
        = (e.data ->> 'sha256', e.data ->> 'sha256', e.actor, e.data ->> 'period',
           e.data ->> 'keeper', e.data ->> 'position')
        AND abs(extract(epoch FROM e.occurred_at - r.frozen_at)) <= 600) IS NOT TRUE
"""

_PACKED = """
SELECT format('audit pack %s: expected what was asked for and recorded then, found another',
              coalesce(p.id, e.subject_id))
  FROM audit_packs p
  FULL JOIN (SELECT * FROM events WHERE type = 'audit-pack.asked') e ON e.subject_id = p.id
 WHERE ((CAST(p.scheme_id AS text), CAST(p.authority_id AS text), CAST(p.year AS text),
         CAST(p.position AS text), p.asked_by)
        = (e.data ->> 'schemeId', e.data ->> 'authorityId', e.data ->> 'year',
           e.data ->> 'position', e.actor)) IS NOT TRUE
 UNION ALL
SELECT format('audit pack %s: expected the hash that was recorded when it was made, found %s',
              p.id, encode(p.sha256, 'hex'))
  FROM audit_packs p
  LEFT JOIN files f ON f.id = p.file_id
 WHERE f.sha256 <> p.sha256
    OR EXISTS (SELECT FROM events e
                WHERE e.subject_id = p.id AND e.type = 'audit-pack.made'
                  AND e.data ->> 'sha256' IS DISTINCT FROM encode(p.sha256, 'hex'))
"""

OWN = (
    Invariant(
        "reports-frozen",
        "A period report says what it said when it was frozen, by its hash.",
        _FROZEN,
    ),
    Invariant(
        "packs-recorded",
        "An audit pack is of what was asked for, and has the hash that it had when it was made.",
        _PACKED,
    ),
)

SECTIONS: dict[str, tuple[Kept, ...]] = {
    "protection": (*protection.INVARIANTS, *references.INVARIANTS),
    "books": BOOKS,
    "log": LOG,
    "projects": PROJECTS,
    "orders": ORDERS,
    "payments": PAYMENTS,
    "payouts": PAYOUTS,
    "obligations": OBLIGATIONS,
    "fulfilments": FULFILMENTS,
    "events": EVENTS,
    "audits": OWN,
    "work": work.INVARIANTS,
}

INVARIANTS: tuple[Kept, ...] = tuple(each for section in SECTIONS.values() for each in section)
