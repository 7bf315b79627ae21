"""Orders, the units that were issued to them, and what a member may spend."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_orders"
down_revision = "0015_payments"

MOMENT = sa.TIMESTAMP(timezone=True)
AMOUNTS = ("quantity_units", "price_cents", "vat_sale_cents", "fee_cents", "vat_fee_cents")
REFERS = {
    "scheme_id": "schemes",
    "project_id": "projects",
    "buyer_id": "organisations",
    "policy_id": "scheme_policies",
    "ordered_by_id": "users",
}
STATES = (
    *(
        "awaiting_approval",
        "reserved",
        "processing",
        "paid",
        "disputed",
        "expired",
        "cancelled",
        "refunded",
    ),
)
DECISIONS = (
    *("ordered", "approved", "declined", "cancelled", "expired", "reserved-anew"),
    *("payment-under-way", "payment-failed", "paid", "disputed", "dispute-won", "refunded"),
)
OUTCOMES = (
    *("submitted", "returned", "accepted", "rejected", "withdrawn", "valued", "valuation-fell"),
    *("listed", "objection-lodged", "objection-upheld", "objection-dismissed"),
    "round-cancelled",
    *("funded", "not-funded"),
)
"""What is decided about projects: the last two are new."""
RANGE = "int8range(first_serial, last_serial, '[]')"
ONE_PROJECT = "first_serial >> 32 = last_serial >> 32 AND first_serial <= last_serial"
GROWS = {"rights": "SELECT, INSERT", "append_only": True}


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the tables; decisions, serials and annulments only grow."""
    op.add_column("memberships", sa.Column("spending_limit_cents", sa.BigInteger()))
    op.create_check_constraint(
        op.f("ck_memberships_spending_limit_sensible"), "memberships", "spending_limit_cents >= 0"
    )
    name = op.f("ck_project_decisions_projectdecisionkind")
    op.drop_constraint(name, "project_decisions")
    kinds = ", ".join(f"'{kind}'" for kind in OUTCOMES)
    op.create_check_constraint(name, "project_decisions", f"kind IN ({kinds})")
    _orders()
    op.create_table(
        "order_decisions",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("orderdecisionkind", *DECISIONS), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_decisions_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_decisions")),
        info=GROWS,
    )
    op.create_index("ix_order_decisions_order_id_id", "order_decisions", ["order_id", "id"])
    _serials()
    for table in ("order_decisions", "serial_blocks", "serial_annulments"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _orders() -> None:
    op.create_table(
        "orders",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in REFERS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in AMOUNTS),
        sa.Column("state", _one_of("orderstate", *STATES), nullable=False),
        sa.Column("fee_borne_by", _one_of("feebearer", "buyer", "entrepreneur"), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("pay_by", _one_of("payby", "online", "invoice"), nullable=False),
        sa.Column("purchase_order_number", sa.Text()),
        sa.Column("cost_centre", sa.Text()),
        sa.Column("invoice_address", postgresql.JSONB()),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.Column("reserved_until", MOMENT),
        sa.Column("paid_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("quantity_units > 0", name=op.f("ck_orders_quantity_positive")),
        sa.CheckConstraint(
            "price_cents > 0 AND vat_sale_cents >= 0 AND fee_cents >= 0 AND vat_fee_cents >= 0",
            name=op.f("ck_orders_amounts_sensible"),
        ),
        sa.CheckConstraint(
            "total_cents = price_cents + vat_sale_cents"
            " + CASE fee_borne_by WHEN 'buyer' THEN fee_cents + vat_fee_cents ELSE 0 END",
            name=op.f("ck_orders_total_adds_up"),
        ),
        sa.CheckConstraint(
            "(state IN ('awaiting_approval', 'cancelled')) OR reserved_until IS NOT NULL",
            name=op.f("ck_orders_reserved_until_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'disputed', 'refunded')) = (paid_at IS NOT NULL)",
            name=op.f("ck_orders_paid_when"),
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_orders_{name}"))
            for name, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    for first, second in (("buyer_id", "id"), ("scheme_id", "id"), ("project_id", "state")):
        op.create_index(f"ix_orders_{first}_{second}", "orders", [first, second])
    op.create_index(
        "ix_orders_reserved_until",
        "orders",
        ["reserved_until"],
        postgresql_where=sa.text("state = 'reserved'"),
    )


def _serials() -> None:
    op.create_table(
        "serial_blocks",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("last_serial", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            f"{ONE_PROJECT} AND first_serial & 4294967295 > 0",
            name=op.f("ck_serial_blocks_of_one_project"),
        ),
        postgresql.ExcludeConstraint(
            (sa.text(RANGE), "&&"), using="gist", name="ex_serial_blocks_issued_once"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_serial_blocks_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_serial_blocks_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial_blocks")),
        sa.UniqueConstraint("order_id", name=op.f("uq_serial_blocks_order_id")),
        info=GROWS,
    )
    op.create_index(
        "ix_serial_blocks_project_id_last_serial",
        "serial_blocks",
        ["project_id", "last_serial"],
        unique=True,
    )
    op.create_table(
        "serial_annulments",
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("last_serial", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("annulled_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(ONE_PROJECT, name=op.f("ck_serial_annulments_of_one_project")),
        postgresql.ExcludeConstraint(
            (sa.text(RANGE), "&&"), using="gist", name="ex_serial_annulments_annulled_once"
        ),
        sa.ForeignKeyConstraint(
            ["block_id"], ["serial_blocks.id"], name=op.f("fk_serial_annulments_block_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial_annulments")),
        info=GROWS,
    )
    op.create_index("ix_serial_annulments_block_id", "serial_annulments", ["block_id"])


def downgrade() -> None:
    """Orders are contracts: they are not given back."""
    message = "Orders are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
