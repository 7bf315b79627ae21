"""Placements of building blocks: no candidate counts twice for one day, whoever claims."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031_placements"
down_revision = "0030_fulfilment_kinds"

CHECKS = {
    "period_sensible": "starts_on BETWEEN '2000-01-01' AND ends_on AND ends_on <= '2199-12-31'",
    "numbers_positive": "number > 0 AND minutes_per_week > 0",
    "mark_not_negative": "candidate_mark >= 0",
}
COUNTED_ONCE = """
ALTER TABLE placement_lines ADD CONSTRAINT ex_placement_lines_counted_once EXCLUDE USING gist (
    numrange(candidate_mark * 100000 + (starts_on - '2000-01-01'::date),
        candidate_mark * 100000 + (ends_on - '2000-01-01'::date), '[]') WITH &&
) WHERE (is_live)
"""
# A line counts if its claim is live, whatever somebody writes into the line itself; and what was
# submitted stays as it is. The claim's row is kept, so that its state does not change meanwhile.
FOLLOW_CLAIM = """
CREATE FUNCTION follow_claim() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claim_state text;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.fulfilment_id <> NEW.fulfilment_id THEN
        RAISE EXCEPTION 'a placement stays in its claim' USING ERRCODE = '23001';
    END IF;
    SELECT state INTO claim_state FROM fulfilments
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.fulfilment_id ELSE NEW.fulfilment_id END
       FOR SHARE;
    IF claim_state NOT IN ('drafted', 'returned') AND (TG_OP <> 'UPDATE' OR
        (OLD.number, OLD.candidate_mark, OLD.block, OLD.starts_on,
            OLD.ends_on, OLD.minutes_per_week, OLD.age, OLD.is_permanent) IS DISTINCT FROM
        (NEW.number, NEW.candidate_mark, NEW.block, NEW.starts_on,
            NEW.ends_on, NEW.minutes_per_week, NEW.age, NEW.is_permanent))
    THEN
        RAISE EXCEPTION 'placements of a claim that is % stay as they are', claim_state
            USING ERRCODE = '23001';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.is_live := claim_state IN ('submitted', 'approved');
    RETURN NEW;
END $$
"""
TELL_PLACEMENTS = """
CREATE FUNCTION tell_placements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE placement_lines SET is_live = NEW.state IN ('submitted', 'approved')
     WHERE fulfilment_id = NEW.id AND is_live <> (NEW.state IN ('submitted', 'approved'));
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Make the table, its constraint, and the triggers that say which lines count."""
    op.create_table(
        "placement_lines",
        sa.Column("fulfilment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("candidate_mark", sa.Numeric(39, 0), nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("minutes_per_week", sa.BigInteger(), nullable=False),
        sa.Column("age", sa.BigInteger()),
        sa.Column("is_permanent", sa.Boolean(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("counted_months", sa.Text(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_placement_lines_{name}"))
            for name, condition in CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["fulfilments.id"], name=op.f("fk_placement_lines_fulfilment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_lines")),
        sa.UniqueConstraint(
            "fulfilment_id", "number", name=op.f("uq_placement_lines_fulfilment_id_number")
        ),
    )
    op.create_index(
        "ix_placement_lines_candidate_mark",
        "placement_lines",
        ["candidate_mark"],
        postgresql_where=sa.text("is_live"),
    )
    op.execute(COUNTED_ONCE)
    op.execute(FOLLOW_CLAIM)
    op.execute(TELL_PLACEMENTS)
    op.execute(
        "CREATE TRIGGER follow_claim BEFORE INSERT OR UPDATE OR DELETE ON placement_lines"
        " FOR EACH ROW EXECUTE FUNCTION follow_claim()"
    )
    op.execute(
        "CREATE TRIGGER tell_placements AFTER UPDATE OF state ON fulfilments FOR EACH ROW"
        " WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tell_placements()"
    )


def downgrade() -> None:
    """What was recognised is not given back."""
    message = "Fulfilments are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
