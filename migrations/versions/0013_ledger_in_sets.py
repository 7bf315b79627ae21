"""The door finds and updates many accounts at once, and the sequencer makes leaves in sets."""

from pathlib import Path

from alembic import op

revision = "0013_ledger_in_sets"
down_revision = "0012_listings"

BOOKS = Path(__file__).parents[1] / "books"


def upgrade() -> None:
    """Bring what was built before to what the files say now; a new installation has it already."""
    for part in ("door", "sequencer"):
        text = (BOOKS / f"{part}.sql").read_text()
        replaced = text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        op.get_bind().exec_driver_sql(replaced)
    op.execute("DROP FUNCTION IF EXISTS ledger_leaf_content")


def downgrade() -> None:
    """The books stay final."""
    message = "The books are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
