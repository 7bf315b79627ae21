"""Parts of orders that were undone: refunded, lost in a dispute, or moved to another project."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019_parts"
down_revision = "0018_reports"

MOMENT = sa.TIMESTAMP(timezone=True)
STATES = (
    *("awaiting_approval", "reserved", "processing", "paid", "partly_refunded", "disputed"),
    *("expired", "cancelled", "refunded", "reallocated"),
)
DECISIONS = (
    *("ordered", "approved", "declined", "cancelled", "expired", "reserved-anew"),
    *("payment-under-way", "payment-failed", "paid", "disputed", "dispute-won", "set-aside"),
    *("partly-refunded", "refunded", "reallocated", "moved-here"),
)
KINDS = ("refunded", "lost", "reallocated")
COUNTS = {"reservations": "1", "undone_units": "0", "set_aside_units": "0"}
AMOUNTS = ("price_cents", "vat_sale_cents", "fee_cents", "vat_fee_cents", "total_cents")
RANGE = "int8range(first_serial, last_serial, '[]')"
GROWS = {"rights": "SELECT, INSERT", "append_only": True}
CHECKS = {
    "reserved_until_when": "(state IN ('awaiting_approval', 'cancelled'))"
    " OR reserved_until IS NOT NULL OR moved_from_id IS NOT NULL",
    "paid_when": "(state IN ('paid', 'partly_refunded', 'disputed', 'refunded', 'reallocated'))"
    " = (paid_at IS NOT NULL)",
    "undone_as_its_state_says": "CASE WHEN state IN ('refunded', 'reallocated')"
    " THEN undone_units = quantity_units"
    " WHEN state = 'partly_refunded' THEN undone_units BETWEEN 1 AND quantity_units - 1"
    " WHEN state = 'disputed' THEN undone_units BETWEEN 0 AND quantity_units - 1"
    " ELSE undone_units = 0 END",
    "set_aside_while_disputed": "set_aside_units BETWEEN 0 AND quantity_units - undone_units"
    " AND (set_aside_units = 0 OR state = 'disputed')",
    "reservations_positive": "reservations > 0",
    "moved_from_an_origin": "(moved_from_id IS NULL) = (origin_id IS NULL)",
}
"""The first two stand there already, and said less."""

WITHIN_ITS_BLOCK = """
    CREATE FUNCTION annulled_within_its_block() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM serial_blocks b
             WHERE b.id = NEW.block_id
               AND b.first_serial <= NEW.first_serial AND NEW.last_serial <= b.last_serial
        ) THEN
            RAISE EXCEPTION 'only serials of the block can be annulled' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$
"""
WERE_REFUNDED = """
    INSERT INTO order_parts (
        id, order_id, kind, quantity_units, first_serial, last_serial,
        price_cents, vat_sale_cents, fee_cents, vat_fee_cents, total_cents,
        are_for_sale, moved_to_id, dispute_id, reason, decided_by, decided_at)
    SELECT a.id, o.id, 'refunded', o.quantity_units, a.first_serial, a.last_serial,
           o.price_cents, o.vat_sale_cents, o.fee_cents, o.vat_fee_cents, o.total_cents,
           false, NULL, NULL, a.reason, 'system:migration', a.annulled_at
      FROM orders o
      JOIN serial_blocks b ON b.order_id = o.id
      JOIN serial_annulments a ON a.block_id = b.id
     WHERE o.state = 'refunded'
"""
"""Until now orders were refunded whole; who lost a dispute was not told apart."""


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _allow(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table)
    allowed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(constraint, table, f"{column} IN ({allowed})")


def upgrade() -> None:
    """Let an order lose some of its units; what was refunded before is a part of it."""
    _allow("orders", "state", "orderstate", STATES)
    _allow("order_decisions", "kind", "orderdecisionkind", DECISIONS)
    for name, beginning in COUNTS.items():
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default=beginning)
        op.add_column("orders", column)
    for name in ("moved_from_id", "origin_id"):
        op.add_column("orders", sa.Column(name, sa.Uuid()))
        op.create_foreign_key(op.f(f"fk_orders_{name}"), "orders", "orders", [name], ["id"])
    op.execute("UPDATE orders SET undone_units = quantity_units WHERE state = 'refunded'")
    for name in ("reserved_until_when", "paid_when"):
        op.drop_constraint(op.f(f"ck_orders_{name}"), "orders")
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_orders_{name}"), "orders", check)
    op.create_index(
        "ix_orders_origin_id",
        "orders",
        ["origin_id"],
        postgresql_where=sa.text("origin_id IS NOT NULL"),
    )
    _parts()
    op.execute(WERE_REFUNDED)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_parts"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(WITHIN_ITS_BLOCK)
    op.execute(
        "CREATE TRIGGER within_its_block BEFORE INSERT ON serial_annulments"
        " FOR EACH ROW EXECUTE FUNCTION annulled_within_its_block()"
    )


def _parts() -> None:
    op.create_table(
        "order_parts",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("partkind", *KINDS), nullable=False),
        sa.Column("quantity_units", sa.BigInteger(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("last_serial", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in AMOUNTS),
        sa.Column("are_for_sale", sa.Boolean(), nullable=False),
        sa.Column("moved_to_id", sa.Uuid()),
        sa.Column("dispute_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "quantity_units > 0 AND last_serial - first_serial + 1 = quantity_units",
            name=op.f("ck_order_parts_serials_of_its_units"),
        ),
        sa.CheckConstraint(
            "price_cents >= 0 AND vat_sale_cents >= 0 AND fee_cents >= 0 AND vat_fee_cents >= 0"
            " AND total_cents >= price_cents + vat_sale_cents",
            name=op.f("ck_order_parts_amounts_sensible"),
        ),
        sa.CheckConstraint(
            "(kind = 'reallocated') = (moved_to_id IS NOT NULL)",
            name=op.f("ck_order_parts_moved_somewhere"),
        ),
        sa.CheckConstraint(
            "(kind = 'lost') = (dispute_id IS NOT NULL)",
            name=op.f("ck_order_parts_lost_in_a_dispute"),
        ),
        postgresql.ExcludeConstraint(
            (sa.text(RANGE), "&&"), using="gist", name="ex_order_parts_undone_once"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_parts_order_id")),
        sa.ForeignKeyConstraint(
            ["moved_to_id"], ["orders.id"], name=op.f("fk_order_parts_moved_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_order_parts_dispute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_parts")),
        sa.UniqueConstraint("moved_to_id", name=op.f("uq_order_parts_moved_to_id")),
        info=GROWS,
    )
    op.create_index("ix_order_parts_order_id_id", "order_parts", ["order_id", "id"])
    op.create_index("ix_order_parts_dispute_id", "order_parts", ["dispute_id"])


def downgrade() -> None:
    """What was undone of orders is not given back."""
    message = "Parts of orders are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
