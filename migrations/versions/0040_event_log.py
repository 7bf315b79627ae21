"""The log of events: arrivals, positions, and who is told."""

import sqlalchemy as sa
from alembic import op

revision = "0040_event_log"
down_revision = "0039_audit_readings"

MOMENT = sa.TIMESTAMP(timezone=True)
GROWS = {"rights": "SELECT, INSERT", "append_only": True}
PASSING = {"rights": "SELECT, INSERT, DELETE"}

ARRIVE = """
CREATE FUNCTION event_arrive() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO event_arrivals (event_id) SELECT id FROM new_events ORDER BY id;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Make the tables, and let each event arrive: those that are there in the order of ids."""
    op.create_table(
        "event_arrivals",
        sa.Column("arrival", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("arrival", name=op.f("pk_event_arrivals")),
        info=PASSING,
    )
    op.create_table(
        "event_positions",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_event_positions_position_counted")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event_positions")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_positions_event_id")
        ),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_positions_event_id")),
        info=GROWS,
    )
    op.create_table(
        "event_audiences",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("inner", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "position", name=op.f("pk_event_audiences")),
        info=GROWS,
    )
    for table in ("event_positions", "event_audiences"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(ARRIVE)
    op.execute(
        "CREATE TRIGGER arrives AFTER INSERT ON events REFERENCING NEW TABLE AS new_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION event_arrive()"
    )
    op.execute("INSERT INTO event_arrivals (event_id) SELECT id FROM events ORDER BY id")


def downgrade() -> None:
    """Others have read on by these positions."""
    message = "The log of events is not given back: restore a backup from before instead."
    raise NotImplementedError(message)
