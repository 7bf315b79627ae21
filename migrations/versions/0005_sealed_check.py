"""A sealed word in the installation, by which a lost or changed secret is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0005_sealed_check"
down_revision = "0004_organisations"


def upgrade() -> None:
    """Add the word; `baat migrate` writes it in the same breath."""
    op.add_column("installations", sa.Column("sealed_check", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Remove the word."""
    op.drop_column("installations", "sealed_check")
