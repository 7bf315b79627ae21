"""What is known was recorded before, also where somebody set the clock back between the two."""

from pathlib import Path

from alembic import op

revision = "0052_known_once_recorded"
down_revision = "0051_events_by_type"

SEQUENCER = Path(__file__).parents[1] / "books" / "sequencer.sql"


def upgrade() -> None:
    """Bring the sequencer to what its file says now; a new installation has it already."""
    replaced = SEQUENCER.read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    op.get_bind().exec_driver_sql(replaced)


def downgrade() -> None:
    """The books stay final."""
    message = "The books are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
