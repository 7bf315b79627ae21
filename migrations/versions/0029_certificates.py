"""Certificates of what authorities approved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029_certificates"
down_revision = "0028_netting"

GROWS = {"rights": "SELECT, INSERT", "append_only": True}
WRITTEN_CODE = "^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$"


def upgrade() -> None:
    """Make the table, which only grows; one certificate for each fulfilment at the most."""
    op.create_table(
        "certificates",
        sa.Column("fulfilment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"code ~ '{WRITTEN_CODE}'", name=op.f("ck_certificates_code_written")),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["fulfilments.id"], name=op.f("fk_certificates_fulfilment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("fulfilment_id", name=op.f("uq_certificates_fulfilment_id")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        info=GROWS,
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificates"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """What was certified is not taken back."""
    message = "Certificates are not taken back: restore a backup from before instead."
    raise NotImplementedError(message)
