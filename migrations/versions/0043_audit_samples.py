"""Samples that auditors draw, with their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0043_audit_samples"
down_revision = "0042_privacy"

READ_AND_ADD = {"rights": "SELECT, INSERT", "append_only": True}
MOMENT = sa.TIMESTAMP(timezone=True)
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Make the tables; they only grow."""
    _samples()
    _items()
    for table in ("audit_samples", "audit_sample_items"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _samples() -> None:
    table = "audit_samples"
    refers = {
        "organisation_id": "organisations",
        "appointment_id": "auditor_appointments",
        "drawn_by_id": "users",
    }
    op.create_table(
        table,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in refers),
        sa.Column("keeper_id", sa.Uuid(), nullable=False),
        sa.Column("population", sa.String(32), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("size", NUMBER),
        sa.Column("interval_cents", NUMBER),
        sa.Column("population_count", NUMBER, nullable=False),
        sa.Column("population_cents", NUMBER, nullable=False),
        sa.Column("population_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "population IN ('obligations', 'fulfilments', 'orders', 'payouts', 'entries')",
            name=op.f(f"ck_{table}_population"),
        ),
        sa.CheckConstraint(
            "method IN ('random', 'monetary-units')", name=op.f(f"ck_{table}_samplingmethod")
        ),
        sa.CheckConstraint(
            "CASE method WHEN 'random' THEN size IS NOT NULL AND interval_cents IS NULL"
            " ELSE interval_cents > 0 END",
            name=op.f(f"ck_{table}_size_or_interval"),
        ),
        sa.CheckConstraint(
            "length(population_sha256) = 32", name=op.f(f"ck_{table}_population_is_hashed")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, there in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        info=READ_AND_ADD,
    )
    op.create_index(f"ix_{table}_organisation_id_id", table, ["organisation_id", "id"])


def _items() -> None:
    table = "audit_sample_items"
    op.create_table(
        table,
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", NUMBER, nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_samples.id"], name=op.f(f"fk_{table}_sample_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("sample_id", "place", name=op.f(f"uq_{table}_sample_id_place")),
        info=READ_AND_ADD,
    )


def downgrade() -> None:
    """What was drawn is not forgotten."""
    message = "Samples are not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
