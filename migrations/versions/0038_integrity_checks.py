"""What was found when the invariants were last looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0038_integrity_checks"
down_revision = "0037_claims_taken_back"

MOMENT = sa.TIMESTAMP(timezone=True)
FIGURES = ("fault_count", "position", "took_milliseconds")
MOMENTS = ("checked_at", "due_at", "since")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "integrity_checks",
        sa.Column("name", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in FIGURES),
        *(sa.Column(name, MOMENT, nullable=False) for name in MOMENTS),
        sa.CheckConstraint("fault_count >= 0", name=op.f("ck_integrity_checks_faults_counted")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_integrity_checks")),
        info={"rights": "SELECT, INSERT, UPDATE"},
    )


def downgrade() -> None:
    """Take it away again: all of it is found anew."""
    op.drop_table("integrity_checks")
