"""What auditors find, who answers it, and what becomes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0047_audit_findings"
down_revision = "0046_write_offs"

READ_AND_ADD = {"rights": "SELECT, INSERT", "append_only": True}
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
MOMENT = sa.TIMESTAMP(timezone=True)
FINDINGS, STEPS, FILES = "audit_findings", "audit_finding_steps", "audit_finding_files"


def upgrade() -> None:
    """Make the tables; what happened to a finding only grows."""
    _findings()
    refers = {"finding_id": FINDINGS, "assigned_to_id": "users", "made_by_id": "users"}
    kinds = ("raised", "assigned", "answered", "closed", "reopened", "file-attached")
    op.create_table(
        STEPS,
        *(sa.Column(name, sa.Uuid(), nullable=name == "assigned_to_id") for name in refers),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        *_common(STEPS, refers),
        _one_of(STEPS, "kind", "findingstepkind", kinds),
        info=READ_AND_ADD,
    )
    refers = {"finding_id": FINDINGS, "file_id": "files", "attached_by_id": "users"}
    op.create_table(
        FILES,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in refers),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("attached_at", MOMENT, nullable=False),
        *_common(FILES, refers),
        sa.UniqueConstraint("file_id", name=op.f(f"uq_{FILES}_file_id")),
        _one_of(FILES, "side", "findingside", ("auditor", "audited")),
        info=READ_AND_ADD,
    )
    for table in (STEPS, FILES):
        op.create_index(f"ix_{table}_finding_id_id", table, ["finding_id", "id"])
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _findings() -> None:
    refers = {
        "organisation_id": "organisations",
        "appointment_id": "auditor_appointments",
        "raised_by_id": "users",
        "raised_for_id": "organisations",
        "sample_item_id": "audit_sample_items",
        "assigned_to_id": "users",
    }
    optional = {"raised_for_id", "sample_item_id", "assigned_to_id"}
    op.create_table(
        FINDINGS,
        *(sa.Column(name, sa.Uuid(), nullable=name in optional) for name in refers),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.String(32)),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("remind_on", sa.Date()),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        *_common(FINDINGS, refers),
        _one_of(FINDINGS, "state", "findingstate", ("raised", "assigned", "answered", "closed")),
        _one_of(FINDINGS, "severity", "severity", ("low", "medium", "high")),
        _one_of(
            FINDINGS,
            "subject_kind",
            "subjectkind",
            ("contract", "obligation", "fulfilment", "order", "payout", "entry"),
        ),
        sa.CheckConstraint(
            "(subject_kind IS NULL) = (subject_id IS NULL)"
            " AND (sample_item_id IS NULL OR subject_id IS NOT NULL)",
            name=op.f(f"ck_{FINDINGS}_about_something_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f(f"ck_{FINDINGS}_closed_when")
        ),
        sa.CheckConstraint(
            "state <> 'assigned' OR assigned_to_id IS NOT NULL",
            name=op.f(f"ck_{FINDINGS}_assigned_to_whom"),
        ),
        info=KEPT,
    )
    op.create_index(f"ix_{FINDINGS}_organisation_id_id", FINDINGS, ["organisation_id", "id"])
    op.create_index(
        f"ix_{FINDINGS}_remind_on",
        FINDINGS,
        ["remind_on"],
        postgresql_where=sa.text("remind_on IS NOT NULL"),
    )


def _common(table: str, refers: dict[str, str]) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, there in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _one_of(table: str, column: str, name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{name}"))


def downgrade() -> None:
    """What was found is not forgotten."""
    message = "Findings are not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
