"""What auditors read: each request, for which appointment, and what they were shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039_audit_readings"
down_revision = "0038_integrity_checks"

TABLE = "audit_readings"
READ_AND_ADD = {"rights": "SELECT, INSERT", "append_only": True}
REFERS = {
    "appointment_id": "auditor_appointments",
    "organisation_id": "organisations",
    "user_id": "users",
}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in REFERS),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("path_parameters", JSONB(), nullable=False),
        sa.Column("query", JSONB(), nullable=False),
        sa.Column("rows", sa.BigInteger()),
        sa.Column("media_type", sa.Text()),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("request_id", sa.Text()),
        sa.Column("read_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name, there in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        info=READ_AND_ADD,
    )
    op.create_index(f"ix_{TABLE}_organisation_id_id", TABLE, ["organisation_id", "id"])
    op.create_index(f"ix_{TABLE}_user_id_id", TABLE, ["user_id", "id"])
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """What was read is not forgotten."""
    message = "The log of readings is not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
