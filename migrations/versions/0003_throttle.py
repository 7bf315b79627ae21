"""Counters of requests and attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0003_throttle"
down_revision = "0002_jobs"


def upgrade() -> None:
    """Make the table of counters; a crash may forget them."""
    op.create_table(
        "throttle_counters",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_ends_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_throttle_counters_used_is_counted")),
        sa.CheckConstraint("granted >= 0", name=op.f("ck_throttle_counters_granted_is_counted")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle_counters")),
        prefixes=["UNLOGGED"],
    )
    # Room on each page for the new version of a row: an update then touches no index.
    op.execute("ALTER TABLE throttle_counters SET (fillfactor = 50)")


def downgrade() -> None:
    """Remove the counters."""
    op.drop_table("throttle_counters")
