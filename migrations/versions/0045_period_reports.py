"""Period reports: frozen, and never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0045_period_reports"
down_revision = "0044_audit_packs"


def upgrade() -> None:
    """Make the table, which only grows."""
    op.create_table(
        "period_reports",
        sa.Column("keeper_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("log_size", sa.BigInteger()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_period_reports_position_counted")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_period_reports_sha256_is_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_reports")),
        sa.UniqueConstraint(
            "keeper_id",
            "period",
            "position",
            name=op.f("uq_period_reports_keeper_id_period_position"),
        ),
    )
    op.create_index("ix_period_reports_keeper_id_id", "period_reports", ["keeper_id", "id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON period_reports"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """What was reported is not taken back."""
    message = "Period reports are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
