"""Fulfilments of every kind: what was done stands in the claim, and only RIKX have an order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030_fulfilment_kinds"
down_revision = "0029_certificates"

KINDS = (
    *("rikx", "building-block", "social-purchase"),
    *("activity-hours", "in-kind", "pso"),
)
DECISIONS = (
    *("drafted", "rewritten", "submitted"),
    *("approved", "rejected", "returned", "revoked"),
)
CHECKS = {
    "units_of_an_order": (
        "CASE WHEN kind = 'rikx' THEN order_id IS NOT NULL AND quantity_units > 0"
        " ELSE order_id IS NULL AND quantity_units = 0 AND first_serial IS NULL END"
    ),
    "serials_of_its_units": (
        "(first_serial IS NULL AND (kind <> 'rikx' OR state IN ('drafted', 'returned')))"
        " OR (last_serial - first_serial + 1 = quantity_units"
        " AND first_serial >> 32 = last_serial >> 32)"
    ),
    "revoked_as_its_state_says": (
        "CASE WHEN state = 'revoked' THEN revoked_units = quantity_units"
        " WHEN state = 'approved' THEN revoked_units BETWEEN 0 AND"
        " GREATEST(quantity_units - 1, 0)"
        " ELSE revoked_units = 0 END"
    ),
}


def upgrade() -> None:
    """Let a fulfilment be of any kind; those that are there are RIKX."""
    op.add_column("fulfilments", sa.Column("claim", postgresql.JSONB()))
    op.execute(
        "UPDATE fulfilments SET claim ="
        " jsonb_build_object('kind', 'rikx', 'quantityUnits', quantity_units)"
    )
    op.alter_column("fulfilments", "claim", nullable=False)
    op.alter_column("fulfilments", "order_id", nullable=True)
    for name in ("quantity_positive", *list(CHECKS)[1:]):
        op.drop_constraint(op.f(f"ck_fulfilments_{name}"), "fulfilments", type_="check")
    _count_only_serials_once()
    _let_be("fulfilments", "fulfilmentkind", KINDS)
    _let_be("fulfilment_decisions", "fulfilmentdecisionkind", DECISIONS)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_fulfilments_{name}"), "fulfilments", condition)


def _count_only_serials_once() -> None:
    """Leave out of the constraint what has no serials: its range would be all of them."""
    op.drop_constraint("ex_fulfilments_counted_once", "fulfilments")
    op.execute(
        "ALTER TABLE fulfilments ADD CONSTRAINT ex_fulfilments_counted_once EXCLUDE USING gist"
        " (int8range(first_serial, last_serial - revoked_units, '[]') WITH &&)"
        " WHERE (first_serial IS NOT NULL AND state IN ('submitted', 'approved'))"
    )


def _let_be(table: str, kind: str, values: tuple[str, ...]) -> None:
    """Let a column hold more kinds than before."""
    name = op.f(f"ck_{table}_{kind}")
    op.drop_constraint(name, table, type_="check")
    named = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"kind IN ({named})")


def downgrade() -> None:
    """What was recognised is not given back."""
    message = "Fulfilments are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
