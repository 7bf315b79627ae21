"""What must always be true of projects on the market."""

from app.core.invariants import Invariant
from app.ledger.invariants import entered

_ISSUED = """
SELECT format('listing of project %s: expected %s units issued, as it says, found %s',
              coalesce(l.project_id, i.owner_id), coalesce(l.impact_units, 0), coalesce(i.units, 0))
  FROM listings l
  FULL JOIN (SELECT a.owner_id, sum(CASE t.side WHEN 'credit' THEN t.amount ELSE -t.amount END)
                        AS units
               FROM ledger_accounts a JOIN ledger_lines t ON t.account_id = a.id
              WHERE a.kind = 'issued' GROUP BY a.owner_id) i ON i.owner_id = l.project_id
 WHERE coalesce(l.impact_units, 0) <> coalesce(i.units, 0)
"""

_LISTED = """
SELECT format('listing of project %s: expected the scheme, round and entrepreneur of its project,'
              ' found others', l.project_id)
  FROM listings l JOIN projects p ON p.id = l.project_id
 WHERE (l.scheme_id, l.round_id, l.entrepreneur_id)
       <> (p.scheme_id, p.round_id, p.entrepreneur_id)
 UNION ALL
SELECT format('project %s: expected to be listed once it is on the market (%s), found %s', p.id,
              p.state, CASE WHEN l.id IS NULL THEN 'no listing' ELSE 'a listing' END)
  FROM projects p LEFT JOIN listings l ON l.project_id = p.id
 WHERE l.id IS NULL AND p.state IN ('listed', 'funded', 'running', 'reporting', 'completed',
                                    'not_funded')
    OR l.id IS NOT NULL AND p.state IN ('draft', 'submitted', 'returned', 'eligible', 'rejected',
                                        'valued')
"""

_VALUED = """
SELECT format('listing of project %s: expected the %s units, %s at least, that its valuation and'
              ' what was adopted with it say, found %s and %s', l.project_id, v.impact_units,
              v.threshold_units, l.impact_units, l.threshold_units)
  FROM listings l LEFT JOIN valuations v ON v.id = l.valuation_id
 WHERE (v.project_id, v.plan_version_id, v.impact_units, v.threshold_units,
        v.document ->> 'impactUnits', v.document ->> 'thresholdUnits')
       IS DISTINCT FROM
       (l.project_id, l.plan_version_id, l.impact_units, l.threshold_units,
        CAST(l.impact_units AS text), CAST(l.threshold_units AS text))
"""

_FUNDED = """
SELECT format('project %s (%s): expected its start in the books exactly if it was funded, found %s',
              p.id, p.state, CASE WHEN r.id IS NULL THEN 'none' ELSE 'one' END)
  FROM projects p
  LEFT JOIN ledger_references r ON r.reference = concat('project/', p.id, '/funded')
 WHERE r.id IS NULL AND p.state IN ('funded', 'running', 'reporting', 'completed')
    OR r.id IS NOT NULL AND p.state NOT IN ('funded', 'running', 'reporting', 'completed',
                                            'stopped', 'withdrawn')
"""

INVARIANTS = (
    Invariant(
        "projects-issued",
        "Of each project as many units were issued as it was valued at when it was listed.",
        _ISSUED,
    ),
    Invariant(
        "projects-listed",
        "What is on the market is a listed project of its round and entrepreneur.",
        _LISTED,
    ),
    Invariant(
        "projects-valued",
        "What is on the market has the worth and the threshold that were adopted for it.",
        _VALUED,
    ),
    Invariant(
        "projects-funded",
        "A project is funded when the books say that it reached its threshold.",
        _FUNDED,
    ),
    entered("project", "projects"),
)
