"""Counters of requests and attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0003_throttle"
down_revision = "0002_jobs"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
