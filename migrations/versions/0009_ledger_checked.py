"""How far the books were checked."""

import sqlalchemy as sa
from alembic import op

revision = "0009_ledger_checked"
down_revision = "0008_schemes"


def upgrade() -> None:
    """Make a place for one mark."""
    op.create_table(
        "ledger_checked",
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_ledger_checked_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_ledger_checked")),
    )


def downgrade() -> None:
    """Forget it: the next check begins at the beginning."""
    op.drop_table("ledger_checked")
