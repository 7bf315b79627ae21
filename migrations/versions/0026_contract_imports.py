"""Imports of packages, and what became of each contract in them."""

import sqlalchemy as sa
from alembic import op

revision = "0026_contract_imports"
down_revision = "0025_obligations"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
GROWS = {"rights": "SELECT, INSERT", "append_only": True}


def upgrade() -> None:
    """Make the tables; outcomes only grow."""
    _contract_imports()
    _contract_import_outcomes()
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON contract_import_outcomes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _contract_imports() -> None:
    op.create_table(
        "contract_imports",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("assume_clause", sa.Boolean(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", _one_of("importstate", "waiting", "done", "refused"), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("imported_by_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_contract_imports_ended_when")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_contract_imports_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_contract_imports_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["users.id"], name=op.f("fk_contract_imports_imported_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_imports")),
        info=KEPT,
    )
    op.create_index(
        op.f("ix_contract_imports_authority_id_id"), "contract_imports", ["authority_id", "id"]
    )


def _contract_import_outcomes() -> None:
    op.create_table(
        "contract_import_outcomes",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            _one_of(
                "importoutcome", "registered", "amended", "unchanged", "refused", "passed-over"
            ),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_import_outcomes_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["contract_imports.id"],
            name=op.f("fk_contract_import_outcomes_import_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_import_outcomes")),
        sa.UniqueConstraint(
            "import_id",
            "item",
            "place",
            name=op.f("uq_contract_import_outcomes_import_id_item_place"),
        ),
        info=GROWS,
    )
    op.create_index(
        op.f("ix_contract_import_outcomes_import_id_id"),
        "contract_import_outcomes",
        ["import_id", "id"],
    )
    op.create_index(
        op.f("ix_contract_import_outcomes_import_id_outcome"),
        "contract_import_outcomes",
        ["import_id", "outcome"],
    )


def downgrade() -> None:
    """What was imported says where contracts come from: it is not given back."""
    message = "Imports are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
