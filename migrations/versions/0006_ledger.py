"""The books: tables, what the database refuses, the door, and the sequencer."""

import re
from datetime import UTC, datetime
from pathlib import Path

from alembic import op

revision = "0006_ledger"
down_revision = "0005_sealed_check"

BOOKS = Path(__file__).parents[1] / "books"
STATEMENT = re.compile(r"(?:--[^\n]*|\$\$.*?\$\$|'[^']*'|[^;$])+;", re.DOTALL)
FUNCTION = re.compile(r"CREATE FUNCTION (\w+)")


def upgrade() -> None:
    """Build the books, with room for this year and the next."""
    for part in ("tables", "guards", "careful", "door", "enter", "sequencer"):
        text = (BOOKS / f"{part}.sql").read_text()
        for statement in STATEMENT.findall(text):
            op.get_bind().exec_driver_sql(statement)
        # The application gets back those few that it calls (app/core/grants.py).
        for function in FUNCTION.findall(text):
            op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    this_year = datetime.now(UTC).year
    for year in (this_year, this_year + 1):
        op.execute(f"SELECT ledger_prepare_year({year})")


def downgrade() -> None:
    """The books stay final."""
    message = "The books are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
