"""Machines order, too: within a limit of their key, above which a person approves."""

import sqlalchemy as sa
from alembic import op

revision = "0023_orders_of_keys"
down_revision = "0022_stops"


def upgrade() -> None:
    """Give keys a limit: those that exist have none to spend; and say which key ordered."""
    op.add_column(
        "api_keys",
        sa.Column("spending_limit_cents", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_api_keys_spending_limit_sensible"), "api_keys", "spending_limit_cents >= 0"
    )
    op.alter_column("orders", "ordered_by_id", nullable=True)
    op.add_column("orders", sa.Column("ordered_by_key_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_orders_ordered_by_key_id"), "orders", "api_keys", ["ordered_by_key_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_orders_ordered_by_one"),
        "orders",
        "num_nonnulls(ordered_by_id, ordered_by_key_id) = 1",
    )


def downgrade() -> None:
    """Orders of machines have no person to name."""
    message = "Orders are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
