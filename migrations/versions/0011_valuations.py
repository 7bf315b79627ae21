"""Sittings of the panel, sealed scores and valuations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_valuations"
down_revision = "0010_projects"


APPEND_ONLY = (
    *("assignments", "recusals", "score_extensions"),
    *("sealed_scores", "opened_scores", "valuations"),
)
GROWING = {"rights": "SELECT, INSERT", "append_only": True}


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=nullable)


def _reference(name: str, to: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{to}.id"), nullable=nullable)


def upgrade() -> None:
    """Make the tables; but for the moment in which a sitting is opened, they only grow."""
    _sittings()
    _scores()
    _valuations()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _sittings() -> None:
    op.create_table(
        "sittings",
        _reference("project_id", "projects"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _reference("plan_version_id", "plan_versions"),
        _moment("created_at"),
        _moment("opened_at", nullable=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_sittings_number_positive")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_sittings_project_id_number")),
    )
    op.create_table(
        "score_extensions",
        _reference("sitting_id", "sittings"),
        _moment("due_at"),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("decided_by_id", "users"),
        _moment("decided_at"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        info=GROWING,
    )
    op.create_index(
        op.f("ix_score_extensions_sitting_id_id"), "score_extensions", ["sitting_id", "id"]
    )
    op.create_table(
        "assignments",
        _reference("sitting_id", "sittings"),
        _reference("panel_member_id", "panel_members"),
        _reference("replaces_id", "assignments", nullable=True),
        _reference("assigned_by_id", "users"),
        _moment("assigned_at"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.UniqueConstraint(
            "sitting_id", "panel_member_id", name=op.f("uq_assignments_sitting_id_panel_member_id")
        ),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_assignments_replaces_id")),
        info=GROWING,
    )
    op.create_index(op.f("ix_assignments_panel_member_id"), "assignments", ["panel_member_id"])
    kinds = sa.Enum(
        *("declared", "reported", "detected"),
        name="recusalkind",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    op.create_table(
        "recusals",
        _reference("assignment_id", "assignments"),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("recorded_by_id", "users", nullable=True),
        _moment("recorded_at"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.CheckConstraint(
            "(kind = 'detected') = (recorded_by_id IS NULL)",
            name=op.f("ck_recusals_people_record_the_others"),
        ),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_recusals_assignment_id")),
        info=GROWING,
    )


def _scores() -> None:
    op.create_table(
        "sealed_scores",
        _reference("assignment_id", "assignments"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("submitted_at"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_sealed_scores_number_positive")),
        sa.CheckConstraint(
            "length(commitment) = 64", name=op.f("ck_sealed_scores_commitment_is_sha256")
        ),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_sealed_scores_assignment_id_number")
        ),
        info=GROWING,
    )
    op.create_table(
        "opened_scores",
        _reference("sealed_scores_id", "sealed_scores"),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _moment("opened_at"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.UniqueConstraint("sealed_scores_id", name=op.f("uq_opened_scores_sealed_scores_id")),
        info=GROWING,
    )


def _valuations() -> None:
    op.create_table(
        "valuations",
        _reference("project_id", "projects"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _reference("plan_version_id", "plan_versions"),
        _reference("policy_id", "scheme_policies"),
        _reference("sitting_id", "sittings", nullable=True),
        sa.Column("threshold_units", sa.BigInteger(), nullable=False),
        sa.Column("impact_units", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("supersedes_id", "valuations", nullable=True),
        _reference("adopted_by_id", "users"),
        _moment("adopted_at"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_valuations_number_positive")),
        sa.CheckConstraint(
            "0 < threshold_units AND threshold_units <= impact_units",
            name=op.f("ck_valuations_threshold_within_value"),
        ),
        sa.CheckConstraint(
            "(number = 1) = (supersedes_id IS NULL)",
            name=op.f("ck_valuations_supersedes_the_last"),
        ),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_valuations_project_id_number")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_valuations_supersedes_id")),
        info=GROWING,
    )


def downgrade() -> None:
    """History is not given back."""
    message = "Scores and valuations are history: drop the database instead."
    raise NotImplementedError(message)
