"""Files that prove what a claim says."""

import sqlalchemy as sa
from alembic import op

revision = "0034_fulfilment_evidence"
down_revision = "0033_results_counted"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
REFERS = {"fulfilment_id": "fulfilments", "file_id": "files", "attached_by_id": "users"}


def upgrade() -> None:
    """Make the table; its rows say when a file was part of a claim, and stay."""
    table = "fulfilment_evidence"
    op.create_table(
        table,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in REFERS),
        sa.Column("attached_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT),
        sa.Column("removed_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, there in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("file_id", name=op.f(f"uq_{table}_file_id")),
        info=KEPT,
    )
    op.create_index(f"ix_{table}_fulfilment_id_id", table, ["fulfilment_id", "id"])


def downgrade() -> None:
    """What was proven is not forgotten."""
    message = "Evidence is not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
