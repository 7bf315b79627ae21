"""Counters of requests and attempts."""

revision = "0003_throttle"
down_revision = "0002_jobs"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Remove the tables."""
