"""Stopped projects and short results: what is frozen, and what becomes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0022_stops"
down_revision = "0021_payouts"

MOMENT = sa.TIMESTAMP(timezone=True)
KINDS = (
    *("submitted", "returned", "accepted", "rejected", "withdrawn", "valued", "valuation-fell"),
    *("listed", "funded", "not-funded", "objection-lodged", "objection-upheld"),
    *("objection-dismissed", "round-cancelled", "started", "ended", "completed", "stopped"),
)
REMEDIES = ("pro-rata-release", "refund", "substitute-project")
CHECKS = {
    "units_sensible": "units >= 0",
    "substitute_named": "(kind = 'substitute-project') = (substitute_project_id IS NOT NULL)",
    "two_people_decide": "state <> 'approved' OR decided_by_id <> proposed_by_id",
    "decided_whole": (
        "(state = 'proposed') = (num_nonnulls(decided_by_id, decided_at, decision_reason) = 0)"
    ),
}
KEPT = {"rights": "SELECT, INSERT, UPDATE"}


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the tables; no row of them is ever removed."""
    constraint = op.f("ck_project_decisions_projectdecisionkind")
    op.drop_constraint(constraint, "project_decisions", type_="check")
    op.create_check_constraint(constraint, "project_decisions", sa.column("kind").in_(KINDS))
    op.create_table(
        "freezes",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("cause", _one_of("freezecause", "stopped", "short"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("hold_references", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("thawed_holds", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name=op.f("fk_freezes_scheme_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_freezes_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
        sa.UniqueConstraint("project_id", name=op.f("uq_freezes_project_id")),
        info=KEPT,
    )
    op.create_index(op.f("ix_freezes_scheme_id_id"), "freezes", ["scheme_id", "id"])
    _make_proposals()


def _make_proposals() -> None:
    table = "remedy_proposals"
    refers = {
        "freeze_id": "freezes",
        "substitute_project_id": "projects",
        "proposed_by_id": "users",
        "decided_by_id": "users",
    }
    op.create_table(
        table,
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("remedy", *REMEDIES), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("substitute_project_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state", _one_of("remedystate", "proposed", "approved", "rejected"), nullable=False
        ),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, other in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        info=KEPT,
    )
    op.create_index(
        "uq_remedy_proposals_open",
        table,
        ["freeze_id"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )
    op.create_index(op.f(f"ix_{table}_freeze_id_id"), table, ["freeze_id", "id"])


def downgrade() -> None:
    """History is not given back."""
    message = "What was frozen is history: drop the database instead."
    raise NotImplementedError(message)
