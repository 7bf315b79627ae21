"""Rounds, projects and their plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_projects"
down_revision = "0009_ledger_checked"


APPEND_ONLY = ("round_decisions", "plan_versions", "project_decisions")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the tables; plans' versions and decisions only grow."""
    op.execute("CREATE SEQUENCE project_numbers")
    op.create_table(
        "rounds",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name_nl", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _one_of(
                "roundstate", "draft", "open", "valuing", "on_sale", "ended", "settled", "cancelled"
            ),
            nullable=False,
        ),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("plans_open_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("plans_close_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("scores_due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sale_begins_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sale_ends_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('draft', 'cancelled')) OR (policy_id IS NOT NULL)",
            name=op.f("ck_rounds_policy_frozen"),
        ),
        sa.CheckConstraint(
            "plans_open_at < plans_close_at AND plans_close_at < sale_begins_at"
            " AND sale_begins_at < sale_ends_at"
            " AND scores_due_at > plans_close_at AND scores_due_at <= sale_begins_at",
            name=op.f("ck_rounds_dates_follow_each_other"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["scheme_policies.id"], name=op.f("fk_rounds_policy_id")
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name=op.f("fk_rounds_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("scheme_id", "number", name=op.f("uq_rounds_scheme_id_number")),
    )
    op.create_index(
        op.f("ix_rounds_state_plans_open_at"), "rounds", ["state", "plans_open_at"], unique=False
    )
    op.create_table(
        "projects",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("entrepreneur_id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('project_numbers')"),
            nullable=False,
        ),
        sa.Column(
            "state",
            _one_of(
                "projectstate",
                "draft",
                "submitted",
                "returned",
                "eligible",
                "rejected",
                "valued",
                "listed",
                "funded",
                "running",
                "reporting",
                "completed",
                "withdrawn",
                "not_funded",
                "stopped",
            ),
            nullable=False,
        ),
        sa.Column("resubmit_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "number BETWEEN 1 AND 2147483647", name=op.f("ck_projects_number_fits_serials")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_projects_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entrepreneur_id"], ["organisations.id"], name=op.f("fk_projects_entrepreneur_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_projects_round_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name=op.f("fk_projects_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("number", name=op.f("uq_projects_number")),
    )
    op.create_index(
        op.f("ix_projects_entrepreneur_id_id"), "projects", ["entrepreneur_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_projects_round_id_state"), "projects", ["round_id", "state"], unique=False
    )
    op.create_index(op.f("ix_projects_scheme_id"), "projects", ["scheme_id"], unique=False)
    op.create_table(
        "round_decisions",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "rounddecisionkind",
                "opened",
                "closed-to-plans",
                "sale-begun",
                "sale-ended",
                "settled",
                "cancelled",
                "dates-moved",
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_decisions_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_decisions")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    op.create_index(
        op.f("ix_round_decisions_round_id_id"), "round_decisions", ["round_id", "id"], unique=False
    )
    op.create_table(
        "plan_attachments",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("attached_by_id", sa.Uuid(), nullable=False),
        sa.Column("attached_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attached_by_id"], ["users.id"], name=op.f("fk_plan_attachments_attached_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_plan_attachments_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_plan_attachments_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_attachments")),
        sa.UniqueConstraint("file_id", name=op.f("uq_plan_attachments_file_id")),
    )
    op.create_index(
        op.f("ix_plan_attachments_project_id_id"),
        "plan_attachments",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "plan_drafts",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk_plan_drafts_changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_plan_drafts_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_drafts")),
        sa.UniqueConstraint("project_id", name=op.f("uq_plan_drafts_project_id")),
    )
    op.create_table(
        "plan_versions",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_plan_versions_number_positive")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_plan_versions_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_plan_versions_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint(
            "project_id", "number", name=op.f("uq_plan_versions_project_id_number")
        ),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    op.create_table(
        "project_decisions",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "projectdecisionkind",
                "submitted",
                "returned",
                "accepted",
                "rejected",
                "withdrawn",
                "valued",
                "valuation-fell",
                "listed",
                "objection-lodged",
                "objection-upheld",
                "objection-dismissed",
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_versions.id"],
            name=op.f("fk_project_decisions_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_decisions_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    op.create_index(
        op.f("ix_project_decisions_project_id_id"),
        "project_decisions",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "objections",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state", _one_of("objectionstate", "lodged", "upheld", "dismissed"), nullable=False
        ),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("lodged_by_id", sa.Uuid(), nullable=False),
        sa.Column("lodged_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'lodged') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_objections_decided_means_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_objections_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["project_decisions.id"], name=op.f("fk_objections_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["lodged_by_id"], ["users.id"], name=op.f("fk_objections_lodged_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_objections_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_objections_decision_id")),
    )
    op.create_index(
        op.f("ix_objections_project_id_id"), "objections", ["project_id", "id"], unique=False
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """History is not given back."""
    message = "Submitted plans and decisions are history: drop the database instead."
    raise NotImplementedError(message)
