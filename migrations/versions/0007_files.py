"""Files: what is kept and what is on its way; erasure is the only change of a file."""

import sqlalchemy as sa
from alembic import op

revision = "0007_files"
down_revision = "0006_ledger"

ONLY_ERASURE = """
CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
       AND NEW.name IS NULL
       AND ROW(NEW.id, NEW.sha256, NEW.size_bytes, NEW.media_type, NEW.uploaded_by, NEW.created_at)
           = ROW(OLD.id, OLD.sha256, OLD.size_bytes, OLD.media_type, OLD.uploaded_by,
                 OLD.created_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a file is only ever erased: % is refused', TG_OP USING ERRCODE = '23001';
END $$
"""


def upgrade() -> None:
    """Make both tables, and refuse what may never happen to a file."""
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_files_sha256_is_whole")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_files_something_is_in_it")),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (name IS NOT NULL)", name=op.f("ck_files_erased_means_nameless")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.execute(ONLY_ERASURE)
    op.execute(
        "CREATE TRIGGER only_erasure BEFORE UPDATE OR DELETE ON files"
        " FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure()"
    )
    op.execute(
        "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON files"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "file_arrivals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_arrivals")),
    )
    op.create_index(op.f("ix_file_arrivals_created_at"), "file_arrivals", ["created_at"])


def downgrade() -> None:
    """Remove the tables; the contents stay in the store."""
    op.drop_table("file_arrivals")
    op.drop_table("files")
    op.execute("DROP FUNCTION refuse_all_but_erasure()")
