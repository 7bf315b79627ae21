"""The installation, its events and its idempotency keys, and a trigger that keeps history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_foundation"
down_revision = None

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = '23001';
END $$
"""

FIX_INSTALLATION = """
CREATE FUNCTION refuse_another_installation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.mode <> OLD.mode OR NEW.demo <> OLD.demo OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'mode and demo are fixed when an installation is created'
            USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the tables, and refuse what may never happen, whoever connects."""
    op.execute(REFUSE_CHANGE)
    op.create_table(
        "installations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("clock_offset_seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mode IN ('test', 'live')", name=op.f("ck_installations_mode")),
        sa.CheckConstraint(
            "demo OR clock_offset_seconds = 0",
            name=op.f("ck_installations_only_a_demo_sets_its_clock"),
        ),
        sa.CheckConstraint(
            "NOT (demo AND mode = 'live')", name=op.f("ck_installations_a_demo_is_not_live")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
    )
    op.create_index("uq_installations_only_one", "installations", [sa.text("(true)")], unique=True)
    op.execute(FIX_INSTALLATION)
    op.execute(
        "CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON installations"
        " FOR EACH ROW EXECUTE FUNCTION refuse_another_installation()"
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_subject_id_id"), "events", ["subject_id", "id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("caller", "key", name=op.f("uq_idempotency_keys_caller_key")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"])


def downgrade() -> None:
    """History is not given back."""
    message = "The first migration has nothing to go back to: drop the database instead."
    raise NotImplementedError(message)
