"""Allocations of units to obligations, fulfilments, and what was decided about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_fulfilments"
down_revision = "0026_contract_imports"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
GROWS = {"rights": "SELECT, INSERT", "append_only": True}
STATES = ("drafted", "submitted", "approved", "rejected", "returned", "revoked")
REFERS = {
    "authority_id": "authorities",
    "obligation_id": "obligations",
    "claimant_id": "organisations",
    "order_id": "orders",
    "rules_id": "authority_rules",
    "drafted_by_id": "users",
    "submitted_by_id": "users",
    "decided_by_id": "users",
}
MAYBE = {"submitted_by_id", "decided_by_id"}
AMOUNTS = (
    *("quantity_units", "value_cents", "surplus_cents"),
    *("revoked_units", "revoked_cents", "revoked_surplus_cents"),
)
CHECKS = {
    "quantity_positive": "quantity_units > 0",
    "serials_of_its_units": (
        "(first_serial IS NULL AND state IN ('drafted', 'returned'))"
        " OR (last_serial - first_serial + 1 = quantity_units"
        " AND first_serial >> 32 = last_serial >> 32)"
    ),
    "four_eyes": "decided_by_id <> submitted_by_id",
    "submitted_by": "state = 'drafted' OR submitted_by_id IS NOT NULL",
    "decided_by_whom": (
        "state NOT IN ('approved', 'rejected', 'revoked') OR decided_by_id IS NOT NULL"
    ),
    "revoked_as_its_state_says": (
        "CASE WHEN state = 'revoked' THEN revoked_units = quantity_units"
        " WHEN state = 'approved' THEN revoked_units BETWEEN 0 AND quantity_units - 1"
        " ELSE revoked_units = 0 END"
    ),
    "amounts_sensible": (
        "surplus_cents BETWEEN 0 AND value_cents AND revoked_cents BETWEEN 0 AND value_cents"
        " AND revoked_surplus_cents BETWEEN 0 AND surplus_cents"
    ),
}


def upgrade() -> None:
    """Make the tables; decisions only grow, and no unit is in two live fulfilments."""
    _allocations()
    _fulfilments()
    _decisions()


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _allocations() -> None:
    op.create_table(
        "order_allocations",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        *map(_number, ("quantity_units", "provisional_units", "provisional_cents", "entries")),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("allocated_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "quantity_units >= 0", name=op.f("ck_order_allocations_quantity_sensible")
        ),
        sa.CheckConstraint(
            "provisional_units BETWEEN 0 AND quantity_units AND provisional_cents >= 0"
            " AND (provisional_units > 0 OR provisional_cents = 0)",
            name=op.f("ck_order_allocations_provisional_within"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_allocations_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_order_allocations_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_allocations")),
        sa.UniqueConstraint(
            "order_id", "obligation_id", name=op.f("uq_order_allocations_order_id_obligation_id")
        ),
        info=KEPT,
    )
    op.create_index("ix_order_allocations_obligation_id", "order_allocations", ["obligation_id"])


def _fulfilments() -> None:
    op.create_table(
        "fulfilments",
        sa.Column("kind", _one_of("fulfilmentkind", "rikx"), nullable=False),
        sa.Column("state", _one_of("fulfilmentstate", *STATES), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=name in MAYBE) for name in REFERS),
        *map(_number, AMOUNTS),
        sa.Column("first_serial", sa.BigInteger()),
        sa.Column("last_serial", sa.BigInteger()),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_fulfilments_{name}"))
            for name, condition in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_fulfilments_{name}"))
            for name, table in REFERS.items()
        ),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(first_serial, last_serial - revoked_units, '[]')"), "&&"),
            using="gist",
            where=sa.text("state IN ('submitted', 'approved')"),
            name="ex_fulfilments_counted_once",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilments")),
        info=KEPT,
    )
    op.create_index("ix_fulfilments_order_id", "fulfilments", ["order_id"])
    for column in ("obligation_id", "authority_id", "claimant_id"):
        op.create_index(f"ix_fulfilments_{column}_id", "fulfilments", [column, "id"])


def _decisions() -> None:
    op.create_table(
        "fulfilment_decisions",
        sa.Column("fulfilment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("fulfilmentdecisionkind", *STATES), nullable=False),
        *map(_number, ("quantity_units", "value_cents")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"],
            ["fulfilments.id"],
            name=op.f("fk_fulfilment_decisions_fulfilment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment_decisions")),
        info=GROWS,
    )
    op.create_index(
        "ix_fulfilment_decisions_fulfilment_id_id", "fulfilment_decisions", ["fulfilment_id", "id"]
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fulfilment_decisions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """What was recognised is not given back."""
    message = "Fulfilments are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
