"""Jobs and mail; a demo's clock goes forward only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_jobs"
down_revision = "0001_foundation"

FORWARD_ONLY = """
CREATE FUNCTION refuse_going_back_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.clock_offset_seconds < OLD.clock_offset_seconds THEN
        RAISE EXCEPTION 'the clock of an installation only goes forward' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the tables."""
    _make_jobs()
    _make_mails()
    op.execute(FORWARD_ONLY)
    op.execute(
        "CREATE TRIGGER forward_only BEFORE UPDATE OF clock_offset_seconds ON installations"
        " FOR EACH ROW EXECUTE FUNCTION refuse_going_back_in_time()"
    )


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(), nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("run_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("max_attempts", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("origin", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'dead')", name=op.f("ck_jobs_jobstate")
        ),
        sa.CheckConstraint(
            "attempts BETWEEN 0 AND max_attempts", name=op.f("ck_jobs_attempts_are_counted")
        ),
        sa.CheckConstraint(
            "(state = 'running') = (lease IS NOT NULL)", name=op.f("ck_jobs_who_runs_has_a_lease")
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'dead')) = (finished_at IS NOT NULL)",
            name=op.f("ck_jobs_the_end_has_a_moment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_jobs_unique_key")),
    )
    waiting = sa.text("state IN ('queued', 'running')")
    held = sa.text("held_until IS NOT NULL")
    finished = sa.text("finished_at IS NOT NULL")
    op.create_index("ix_jobs_open", "jobs", ["run_at", "id"], postgresql_where=waiting)
    op.create_index("ix_jobs_held", "jobs", ["held_until"], postgresql_where=held)
    op.create_index("ix_jobs_dead", "jobs", ["id"], postgresql_where=sa.text("state = 'dead'"))
    op.create_index("ix_jobs_finished", "jobs", ["finished_at"], postgresql_where=finished)
    # Every job is updated at least twice: clear up more often than a table that grows.
    op.execute("ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02)")


def _make_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "category IN ('security', 'tasks', 'news')", name=op.f("ck_mails_category")
        ),
        sa.CheckConstraint("language IN ('en', 'nl')", name=op.f("ck_mails_language")),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (sealed IS NOT NULL)", name=op.f("ck_mails_sent_means_erased")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_created_at"), "mails", ["created_at"])


def downgrade() -> None:
    """Remove the tables."""
    op.execute("DROP TRIGGER forward_only ON installations")
    op.execute("DROP FUNCTION refuse_going_back_in_time")
    op.drop_table("mails")
    op.drop_table("jobs")
