"""Jobs and mail."""

revision = "0002_jobs"
down_revision = "0001_foundation"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Remove the tables."""
