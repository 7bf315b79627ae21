"""What authorities impose and count: drafts, and versions that only grow."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_authority_rules"
down_revision = "0023_orders_of_keys"


def upgrade() -> None:
    """Make the tables; versions only grow."""
    op.create_table(
        "authority_rule_drafts",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("editor_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        _at("created_at"),
        _at("changed_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("authority_rule_drafts", "authority_id", "authorities"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_rule_drafts")),
    )
    op.create_index(
        op.f("ix_authority_rule_drafts_authority_id"), "authority_rule_drafts", ["authority_id"]
    )
    op.create_table(
        "authority_rules",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("editor_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        _at("published_at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_authority_rules_number_positive")),
        sa.CheckConstraint(
            "published_by_id <> ALL (editor_ids)", name=op.f("ck_authority_rules_four_eyes")
        ),
        _refers("authority_rules", "authority_id", "authorities"),
        _refers("authority_rules", "published_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_rules")),
        sa.UniqueConstraint(
            "authority_id", "number", name=op.f("uq_authority_rules_authority_id_number")
        ),
        info={"rights": "SELECT, INSERT"},
    )
    op.create_index(
        op.f("ix_authority_rules_authority_id_valid_from"),
        "authority_rules",
        ["authority_id", "valid_from"],
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON authority_rules"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _at(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Rules are what people were judged by: they are not given back."""
    message = "Rules are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
