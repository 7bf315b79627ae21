"""The SQL of a reservation, by hand: what the bare endpoint and the floor run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Chosen:
    """One reservation: of one unit of a project."""

    order_id: UUID
    project_id: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with numbered places, and what belongs there."""

    text: str
    values: Callable[[Chosen], Sequence[Any]]


# Who may buy what, and until when.
_FACTS = """
SELECT l.scheme_id, l.entrepreneur_id, l.policy_id, p.state, r.state, r.sale_begins_at,
       r.sale_ends_at, l.threshold_units,
       (SELECT e.organisation_id FROM enrolments e
         WHERE e.scheme_id = l.scheme_id AND e.state = 'active' LIMIT 1)
  FROM listings l JOIN projects p ON p.id = l.project_id JOIN rounds r ON r.id = l.round_id
 WHERE l.project_id = $1
"""
_ORDER = """
INSERT INTO orders (id, scheme_id, project_id, buyer_id, policy_id, state, quantity_units,
       price_cents, vat_sale_cents, fee_cents, vat_fee_cents, fee_borne_by, total_cents, pay_by,
       is_named, ordered_by_id, ordered_at, reserved_until, version)
SELECT $1, l.scheme_id, l.project_id, e.organisation_id, l.policy_id, 'reserved', 1, 10000, 0, 500,
       105, 'buyer', 10605, 'online', false, e.requested_by_id, now(),
       now() + interval '30 minutes', 1
  FROM listings l, LATERAL (SELECT organisation_id, requested_by_id FROM enrolments
                             WHERE scheme_id = l.scheme_id LIMIT 1) e
 WHERE l.project_id = $2
"""
_HOLD = """
SELECT p.outcome
  FROM listings l, ledgers g, ledger_post(now(), true, ARRAY['hold'], ARRAY[$1::uuid],
       ARRAY['order/' || $1::uuid || '/reserved'], ARRAY[NULL::text], ARRAY[NULL::text],
       ARRAY[NULL::timestamptz], ARRAY[''], ARRAY[1::smallint], ARRAY[NULL::text],
       ARRAY[now() + interval '30 minutes'], ARRAY[NULL::uuid], ARRAY[1], ARRAY[1::smallint],
       ARRAY[g.id], ARRAY['for_sale'], ARRAY[l.project_id], ARRAY[true], ARRAY[1::bigint],
       ARRAY[$1::uuid]) p
 WHERE l.project_id = $2 AND g.keeper_id = l.scheme_id AND g.book = 'impact'
"""

STATEMENTS = (
    Statement(_FACTS, lambda chosen: (chosen.project_id,)),
    Statement(_ORDER, lambda chosen: (chosen.order_id, chosen.project_id)),
    Statement(_HOLD, lambda chosen: (chosen.order_id, chosen.project_id)),
)


def floor(projects: int) -> str:
    """Write the same for pgbench; it draws one of the projects of a table `bench_projects`."""
    facts, order, hold = (_placed(statement.text) for statement in STATEMENTS)
    return "\n".join(
        [
            rf"\set n random(1, {projects})",
            "SELECT id AS project, uuidv7() AS fresh FROM bench_projects WHERE n = :n \\gset",
            "BEGIN;",
            facts.replace(":a", "':project'"),
            order,
            hold,
            "COMMIT;",
        ]
    )


def _placed(text: str) -> str:
    line = " ".join(text.split())
    if "$2" in line:
        line = line.replace("$1", ":fresh").replace("$2", ":project")
    return line.replace("$1", ":project") + ";"


TAKE = """
WITH kept AS (
    INSERT INTO provider_events (id, external_id, type, object_id, is_live, is_swept, happened_at,
           taken_at)
    SELECT gen_random_uuid(), $1, 'payment_intent.succeeded', left(md5($2), 20), false, false,
           now(), now()
        ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO jobs (id, kind, arguments, max_attempts, state, attempts, origin, run_at, created_at,
       finished_at)
SELECT gen_random_uuid(), 'bench.nothing', '{}', 1, 'done', 0, '{}', now(), now(), now() FROM kept
RETURNING pg_notify('bench', '')
"""
