"""What entrepreneurs owe and will not pay is written off by two people."""

import sqlalchemy as sa
from alembic import op

revision = "0046_write_offs"
down_revision = "0045_period_reports"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
CHECKS = {
    "amount_sensible": "amount_cents > 0",
    "two_people_decide": "state <> 'approved' OR decided_by_id <> proposed_by_id",
    "decided_whole": (
        "(state = 'proposed') = (num_nonnulls(decided_by_id, decided_at, decision_reason) = 0)"
    ),
    "writeoffstate": "state IN ('proposed', 'approved', 'rejected')",
}
REFERS = {
    "scheme_id": "schemes",
    "entrepreneur_id": "organisations",
    "proposed_by_id": "users",
    "decided_by_id": "users",
}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "write_offs",
        *(sa.Column(name, sa.Uuid(), nullable=name == "decided_by_id") for name in REFERS),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_write_offs_{name}"))
            for name, condition in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_write_offs_{name}"))
            for name, there in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_offs")),
        info=KEPT,
    )
    op.create_index(
        "uq_write_offs_open",
        "write_offs",
        ["scheme_id", "entrepreneur_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index("ix_write_offs_scheme_id_id", "write_offs", ["scheme_id", "id"])


def downgrade() -> None:
    """What was written off stays so."""
    message = "Write-offs are not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
