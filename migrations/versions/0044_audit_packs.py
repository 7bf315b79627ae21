"""Audit packs: what each is made of, and what was signed for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0044_audit_packs"
down_revision = "0043_audit_samples"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
READ_AND_ADD = {"rights": "SELECT, INSERT", "append_only": True}
STATES = ("waiting", "working", "ready", "failed", "expired")
REFERS = {"scheme_id": "schemes", "authority_id": "authorities", "file_id": "files"}


def upgrade() -> None:
    """Make the tables; a pack stays, and what was signed for it."""
    table = "audit_packs"
    op.create_table(
        table,
        *(sa.Column(name, sa.Uuid(), nullable=name == "file_id") for name in REFERS),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("year", "position", "log_size", "done_files", "total_files")
        ),
        sa.Column("known_at", MOMENT, nullable=False),
        sa.Column("has_books", sa.Boolean(), nullable=False),
        sa.Column("has_obligations", sa.Boolean(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="auditpackstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("failure", sa.Text()),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("expires_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, there in REFERS.items()
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL)", name=op.f(f"ck_{table}_file_when_ready")
        ),
        sa.CheckConstraint("has_books OR has_obligations", name=op.f(f"ck_{table}_of_something")),
        sa.CheckConstraint("position >= 1 AND log_size >= 1", name=op.f(f"ck_{table}_cut_counted")),
        sa.CheckConstraint(
            "sha256 IS NULL OR length(sha256) = 32", name=op.f(f"ck_{table}_sha256_is_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        info=KEPT,
    )
    for columns in (["authority_id", "id"], ["scheme_id", "id"], ["state", "expires_at"]):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    op.create_table(
        "audit_signatures",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_audit_signatures_sha256_is_whole")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_audit_signatures")),
        info=READ_AND_ADD,
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_signatures"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """What was signed for is not forgotten."""
    message = "Audit packs are not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
