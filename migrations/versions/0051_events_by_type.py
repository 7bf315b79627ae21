"""Who follows one type of events finds the next of them at once, however few there are."""

from alembic import op

revision = "0051_events_by_type"
down_revision = "0050_objections_lodged_for"

INDEX = "ix_event_audiences_organisation_id_type_position"


def upgrade() -> None:
    """Make the index."""
    op.create_index(INDEX, "event_audiences", ["organisation_id", "type", "position"])


def downgrade() -> None:
    """Read all events again."""
    op.drop_index(INDEX, "event_audiences")
