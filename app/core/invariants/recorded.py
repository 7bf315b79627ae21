"""Decisions and events: what was decided was written down twice, and both must say the same."""

from collections.abc import Iterable

from app.core.invariants.kept import Invariant


def recorded(noun: str, table: str, column: str, kinds: Iterable[str], kind: str) -> Invariant:
    """Insist that each decision about a noun has its event, and each such event its decision.

    `table` has the decisions, `column` whom they are about, and `kind` which of `kinds` it is.
    """
    types = ", ".join(f"'{noun}.{each.replace('_', '-')}'" for each in kinds)
    return Invariant(
        f"{noun}-decisions-recorded",
        f"Who decided what about each {noun}, and when, is what the trail of events says too.",
        f"""
WITH decided AS (
    SELECT {column} AS subject_id, concat('{noun}.', replace({kind}, '_', '-')) AS type,
           decided_by AS actor, decided_at AS at,
           row_number() OVER (PARTITION BY {column}, {kind}, decided_by ORDER BY id) AS number
      FROM {table}
), recorded AS (
    SELECT subject_id, type, actor, occurred_at AS at,
           row_number() OVER (PARTITION BY subject_id, type, actor ORDER BY id) AS number
      FROM events WHERE type IN ({types})
)
SELECT format('%s of {noun} %s: expected a decision and its event at the same time, found %s and'
              ' %s', type, subject_id, coalesce(CAST(d.at AS text), 'no decision'),
              coalesce(CAST(e.at AS text), 'no event'))
  FROM decided d FULL JOIN recorded e USING (subject_id, type, actor, number)
 WHERE abs(extract(epoch FROM d.at - e.at)) <= 600 IS NOT TRUE
""",  # noqa: S608  Names of our own.
    )
