"""What happens to fulfilments arrives at the public log, in the transaction that writes it down."""

from alembic import op

revision = "0036_fulfilment_leaves"
down_revision = "0035_contractors_objections"

ARRIVE = """
CREATE FUNCTION log_arrive() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    -- The name of the source is said where the trigger is made.
    INSERT INTO log_arrivals (source, subject_id)
    SELECT TG_ARGV[0], id FROM new_rows ORDER BY id;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Let each decision arrive, those that were taken already in the order of their ids."""
    op.execute(ARRIVE)
    op.execute(
        "CREATE TRIGGER arrives AFTER INSERT ON fulfilment_decisions"
        " REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT"
        " EXECUTE FUNCTION log_arrive('fulfilments')"
    )
    op.execute(
        "INSERT INTO log_arrivals (source, subject_id)"
        " SELECT 'fulfilments', id FROM fulfilment_decisions ORDER BY id"
    )


def downgrade() -> None:
    """What was published is not taken back."""
    message = "The public log is not given back: restore a backup from before instead."
    raise NotImplementedError(message)
