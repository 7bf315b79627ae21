"""Reports: what came of projects; and projects that run, end and are completed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_reports"
down_revision = "0017_bank"

MOMENT = sa.TIMESTAMP(timezone=True)
STATES = ("draft", "submitted", "returned", "accepted")
KINDS = (
    *("submitted", "returned", "accepted", "rejected", "withdrawn", "valued", "valuation-fell"),
    *("listed", "funded", "not-funded", "objection-lodged", "objection-upheld"),
    *("objection-dismissed", "round-cancelled"),
)
NEW_KINDS = ("started", "ended", "completed")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, other in columns.items()
    ]


def _only_grows(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    """Make the tables; what was submitted, decided and measured only grows."""
    _allow_kinds((*KINDS, *NEW_KINDS))
    op.create_table(
        "reports",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", _one_of("reportkind", "interim", "final"), nullable=False),
        sa.Column("state", _one_of("reportstate", *STATES), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("result", _one_of("result", "achieved", "short"), nullable=True),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_reports_number_positive")),
        sa.CheckConstraint(
            "(result IS NOT NULL) = (kind = 'final' AND state = 'accepted')",
            name=op.f("ck_reports_result_known"),
        ),
        *_refers("reports", project_id="projects", begun_by_id="users", changed_by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_reports_project_id_number")),
    )
    op.create_index(
        "uq_reports_open",
        "reports",
        ["project_id", "kind"],
        unique=True,
        postgresql_where="kind = 'final' OR state <> 'accepted'",
    )
    _make_versions()
    _make_evidence()
    _make_judgements()


def _make_versions() -> None:
    table = "report_versions"
    op.create_table(
        table,
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_refers(
            table, report_id="reports", plan_version_id="plan_versions", submitted_by_id="users"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("report_id", "number", name=op.f(f"uq_{table}_report_id_number")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    _only_grows(table)


def _make_evidence() -> None:
    table = "report_evidence"
    op.create_table(
        table,
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("promise", sa.BigInteger(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("attached_by_id", sa.Uuid(), nullable=False),
        sa.Column("attached_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("promise > 0", name=op.f(f"ck_{table}_promise_positive")),
        *_refers(table, report_id="reports", file_id="files", attached_by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("file_id", name=op.f(f"uq_{table}_file_id")),
    )
    op.create_index(op.f(f"ix_{table}_report_id_id"), table, ["report_id", "id"])


def _make_judgements() -> None:
    table = "report_decisions"
    op.create_table(
        table,
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("report_version_id", sa.Uuid(), nullable=False),
        sa.Column("state", _one_of("reportstate", *STATES), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remarks", postgresql.JSONB(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('accepted', 'returned')", name=op.f(f"ck_{table}_accepted_or_returned")
        ),
        *_refers(
            table, report_id="reports", report_version_id="report_versions", decided_by_id="users"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    op.create_index(op.f(f"ix_{table}_report_id_id"), table, ["report_id", "id"])
    _only_grows(table)
    table = "report_measurements"
    op.create_table(
        table,
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("measured_by_id", sa.Uuid(), nullable=False),
        sa.Column("measured_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_refers(table, report_id="reports", measured_by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    op.create_index(op.f(f"ix_{table}_report_id_id"), table, ["report_id", "id"])
    _only_grows(table)


def _allow_kinds(values: Sequence[str]) -> None:
    constraint = op.f("ck_project_decisions_projectdecisionkind")
    op.drop_constraint(constraint, "project_decisions", type_="check")
    op.create_check_constraint(constraint, "project_decisions", sa.column("kind").in_(values))


def downgrade() -> None:
    """History is not given back."""
    message = "What was reported is history: drop the database instead."
    raise NotImplementedError(message)
