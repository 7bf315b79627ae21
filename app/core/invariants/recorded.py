"""Decisions and events: what was decided was written down twice, and both must say the same."""

from collections.abc import Iterable, Mapping

from app.core.invariants.kept import Invariant


def recorded(
    noun: str, kinds: Iterable[str], *, kind: str = "kind", figures: Mapping[str, str] | None = None
) -> Invariant:
    """Insist that each decision about a noun has its event, and each such event its decision.

    The column `kind` says which of `kinds` it is; `figures` are columns, and what their event
    calls them.
    """
    types = ", ".join(f"'{noun}.{each.replace('_', '-')}'" for each in kinds)
    columns = "".join(f", CAST({each} AS text)" for each in figures or ())
    members = "".join(f", data ->> '{each}'" for each in (figures or {}).values())
    return Invariant(
        f"{noun}-decisions-recorded",
        f"Who decided what about each {noun}, when, and of how much, is what the trail of events"
        " says too.",
        f"""
WITH decided AS (
    SELECT {noun}_id AS subject_id, concat('{noun}.', replace({kind}, '_', '-')) AS type,
           decided_by AS actor, decided_at AS at, jsonb_build_array(NULL{columns}) AS figures,
           row_number() OVER (PARTITION BY {noun}_id, {kind}, decided_by ORDER BY id) AS number
      FROM {noun}_decisions
), recorded AS (
    SELECT subject_id, type, actor, occurred_at AS at,
           jsonb_build_array(NULL{members}) AS figures,
           row_number() OVER (PARTITION BY subject_id, type, actor ORDER BY id) AS number
      FROM events WHERE type IN ({types})
)
SELECT format('%s of {noun} %s: expected a decision and its event at the same time, of the same'
              ' figures, found %s and %s', type, subject_id,
              coalesce(concat(d.at, ' ', d.figures - 0), 'no decision'),
              coalesce(concat(e.at, ' ', e.figures - 0), 'no event'))
  FROM decided d FULL JOIN recorded e USING (subject_id, type, actor, number)
 WHERE (abs(extract(epoch FROM d.at - e.at)) <= 600 AND d.figures = e.figures) IS NOT TRUE
""",  # noqa: S608  Names of our own.
    )
