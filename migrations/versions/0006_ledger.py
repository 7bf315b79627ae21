"""The books: tables, what the database refuses, the door, and the sequencer."""

import re
from datetime import UTC, datetime
from pathlib import Path

from alembic import op

revision = "0006_ledger"
down_revision = "0005_sealed_check"

BOOKS = Path(__file__).parents[1] / "books"
STATEMENT = re.compile(r"(?:--[^\n]*|\$\$.*?\$\$|'[^']*'|[^;$])+;", re.DOTALL)
CALLED_BY_THE_APPLICATION = ("open", "post", "sequence", "prepare_year")


def upgrade() -> None:
    """Build the books, with room for this year and the next."""
    for part in ("tables", "guards", "careful", "door", "sequencer"):
        for statement in STATEMENT.findall((BOOKS / f"{part}.sql").read_text()):
            op.get_bind().exec_driver_sql(statement)
    this_year = datetime.now(UTC).year
    for year in (this_year, this_year + 1):
        op.execute(f"SELECT ledger_prepare_year({year})")
    for function in CALLED_BY_THE_APPLICATION:
        op.execute(f"REVOKE ALL ON FUNCTION ledger_{function} FROM PUBLIC")


def downgrade() -> None:
    """The books stay final."""
    message = "The books are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
