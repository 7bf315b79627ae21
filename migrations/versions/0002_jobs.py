"""Jobs and mail."""

import sqlalchemy as sa
from alembic import op

revision = "0002_jobs"
down_revision = "0001_foundation"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
