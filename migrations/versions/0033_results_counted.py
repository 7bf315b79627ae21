"""What did not come about of a project counts no more, where an authority's rules say so."""

import sqlalchemy as sa
from alembic import op

revision = "0033_results_counted"
down_revision = "0032_transparency"

DECISIONS = (
    *("drafted", "rewritten", "submitted", "approved", "rejected", "returned", "revoked"),
    "adjusted",
)
WITHIN = {
    "order_allocations": "lowered_cents >= 0 AND (provisional_units > 0 OR lowered_cents = 0)",
    "fulfilments": "lowered_cents >= 0 AND revoked_cents + lowered_cents <= value_cents",
}


def upgrade() -> None:
    """Keep by which report something was valued, and what did not come about of it."""
    for table, within in WITHIN.items():
        lowered = sa.Column("lowered_cents", sa.BigInteger(), server_default="0", nullable=False)
        op.add_column(table, lowered)
        op.add_column(table, sa.Column("report_id", sa.Uuid()))
        constraint = op.f(f"fk_{table}_report_id")
        op.create_foreign_key(constraint, table, "reports", ["report_id"], ["id"])
        op.create_check_constraint(op.f(f"ck_{table}_lowered_within"), table, within)
    constraint = op.f("ck_fulfilment_decisions_fulfilmentdecisionkind")
    op.drop_constraint(constraint, "fulfilment_decisions", type_="check")
    kinds = sa.column("kind").in_(DECISIONS)
    op.create_check_constraint(constraint, "fulfilment_decisions", kinds)


def downgrade() -> None:
    """What was recognised is not given back."""
    message = "Fulfilments are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
