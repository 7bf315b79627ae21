"""What an entrepreneur owes is netted when a payout is approved: all of it may be."""

import sqlalchemy as sa
from alembic import op

revision = "0028_netting"
down_revision = "0027_fulfilments"

APPROVED_WHOLE = (
    "num_nonnulls(approved_by_id, approved_at, due_on) IN (0, 3)"
    " AND (outgoing_id IS NULL)"
    " = (approved_by_id IS NULL OR netted_cents = principal_cents + vat_cents)"
)


def upgrade() -> None:
    """Say how much of a payout was netted: of those that there are, nothing."""
    op.add_column(
        "payouts", sa.Column("netted_cents", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.alter_column("payouts", "netted_cents", server_default=None)
    op.create_check_constraint(
        op.f("ck_payouts_netted_sensible"),
        "payouts",
        "netted_cents BETWEEN 0 AND principal_cents + vat_cents",
    )
    op.drop_constraint(op.f("ck_payouts_approved_whole"), "payouts", type_="check")
    op.create_check_constraint(op.f("ck_payouts_approved_whole"), "payouts", APPROVED_WHOLE)


def downgrade() -> None:
    """What was netted is in the books."""
    message = "What was netted is not given back: restore a backup from before instead."
    raise NotImplementedError(message)
