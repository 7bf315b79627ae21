"""Projects come to an end with their round, where it is cancelled."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0014_cancelled_projects"
down_revision = "0013_ledger_in_sets"

STATES = (
    *("draft", "submitted", "returned", "eligible", "rejected", "valued", "listed", "funded"),
    *("running", "reporting", "completed", "withdrawn", "not_funded", "stopped"),
)
KINDS = (
    *("submitted", "returned", "accepted", "rejected", "withdrawn", "valued", "valuation-fell"),
    *("listed", "objection-lodged", "objection-upheld", "objection-dismissed"),
)
COLUMNS = (
    ("projects", "state", "projectstate", STATES, "cancelled"),
    ("market_entries", "state", "projectstate", STATES, "cancelled"),
    ("project_decisions", "kind", "projectdecisionkind", KINDS, "round-cancelled"),
)


def upgrade() -> None:
    """Know the state, and the decision that leads to it."""
    for table, column, name, known, new in COLUMNS:
        _allow(table, column, name, (*known, new))


def downgrade() -> None:
    """Know them no more; fails where there are any."""
    for table, column, name, known, _ in COLUMNS:
        _allow(table, column, name, known)


def _allow(table: str, column: str, name: str, values: Sequence[str]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table, type_="check")
    op.create_check_constraint(constraint, table, sa.column(column).in_(values))
