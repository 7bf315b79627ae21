"""Schemes, authorities, policies, auditors, admissions, enrolments and panels."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_schemes"
down_revision = "0007_files"

APPEND_ONLY = ("admission_checks", "scheme_decisions", "scheme_policies")


def upgrade() -> None:
    """Make the tables; policies, decisions and checks only grow."""
    _schemes()
    _policies()
    _panel()
    _participants()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _at(name: str, *, nullable: bool) -> sa.Column[datetime]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=nullable)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _schemes() -> None:
    """Schemes, authorities, what these recognise, and auditors."""
    op.create_table(
        "authorities",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("municipalities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        _at("registered_at", nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _at("ended_at", nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("authorities", "ended_by_id", "users"),
        _refers("authorities", "organisation_id", "organisations"),
        _refers("authorities", "registered_by_id", "users"),
        _key("authorities"),
    )
    op.create_index(op.f("ix_authorities_organisation_id"), "authorities", ["organisation_id"])
    op.create_index(
        "uq_authorities_living",
        "authorities",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "schemes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_nl", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", _one_of("schemestate", "draft", "open", "closed"), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        _at("created_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("cardinality(region) > 0", name=op.f("ck_schemes_has_a_region")),
        _refers("schemes", "created_by_id", "users"),
        _refers("schemes", "operator_id", "organisations"),
        _key("schemes"),
        sa.UniqueConstraint("code", name=op.f("uq_schemes_code")),
    )
    op.create_index(op.f("ix_schemes_operator_id"), "schemes", ["operator_id"])
    op.create_table(
        "scheme_recognitions",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recognised_by_id", sa.Uuid(), nullable=False),
        _at("recognised_at", nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _at("ended_at", nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("scheme_recognitions", "authority_id", "authorities"),
        _refers("scheme_recognitions", "ended_by_id", "users"),
        _refers("scheme_recognitions", "recognised_by_id", "users"),
        _refers("scheme_recognitions", "scheme_id", "schemes"),
        _key("scheme_recognitions"),
    )
    op.create_index(
        op.f("ix_scheme_recognitions_authority_id"), "scheme_recognitions", ["authority_id"]
    )
    op.create_index(
        "uq_scheme_recognitions_living",
        "scheme_recognitions",
        ["scheme_id", "authority_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "auditor_appointments",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("appointed_by_id", sa.Uuid(), nullable=False),
        _at("appointed_at", nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _at("ended_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "starts_on <= ends_on", name=op.f("ck_auditor_appointments_starts_before_it_ends")
        ),
        _refers("auditor_appointments", "appointed_by_id", "users"),
        _refers("auditor_appointments", "ended_by_id", "users"),
        _refers("auditor_appointments", "organisation_id", "organisations"),
        _refers("auditor_appointments", "user_id", "users"),
        _key("auditor_appointments"),
    )
    op.create_index(
        op.f("ix_auditor_appointments_organisation_id_id"),
        "auditor_appointments",
        ["organisation_id", "id"],
    )
    op.create_index(
        op.f("ix_auditor_appointments_user_id_organisation_id"),
        "auditor_appointments",
        ["user_id", "organisation_id"],
    )


def _policies() -> None:
    """Drafts and published versions."""
    op.create_table(
        "scheme_policy_drafts",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("editor_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        _at("created_at", nullable=False),
        _at("changed_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("scheme_policy_drafts", "scheme_id", "schemes"),
        _key("scheme_policy_drafts"),
    )
    op.create_index(
        op.f("ix_scheme_policy_drafts_scheme_id"), "scheme_policy_drafts", ["scheme_id"]
    )
    op.create_table(
        "scheme_policies",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("editor_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        _at("published_at", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_scheme_policies_number_positive")),
        sa.CheckConstraint(
            "published_by_id <> ALL (editor_ids)", name=op.f("ck_scheme_policies_four_eyes")
        ),
        _refers("scheme_policies", "published_by_id", "users"),
        _refers("scheme_policies", "scheme_id", "schemes"),
        _key("scheme_policies"),
        sa.UniqueConstraint(
            "scheme_id", "number", name=op.f("uq_scheme_policies_scheme_id_number")
        ),
        info={"rights": "SELECT, INSERT"},
    )
    op.create_index(
        op.f("ix_scheme_policies_scheme_id_valid_from"),
        "scheme_policies",
        ["scheme_id", "valid_from"],
    )


def _panel() -> None:
    """Invitations and experts."""
    op.create_table(
        "scheme_invitations",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("invited_as", _one_of("invitedas", "entrepreneur", "expert"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", _one_of("language", "en", "nl"), nullable=False),
        sa.Column("tenure_ends_on", sa.Date(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        _at("created_at", nullable=False),
        _at("expires_at", nullable=False),
        sa.Column(
            "outcome",
            _one_of("invitationoutcome", "accepted", "declined", "revoked", "expired"),
            nullable=True,
        ),
        _at("closed_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "tenure_ends_on IS NULL OR invited_as = 'expert'",
            name=op.f("ck_scheme_invitations_only_experts_have_a_tenure"),
        ),
        _refers("scheme_invitations", "invited_by_id", "users"),
        _refers("scheme_invitations", "scheme_id", "schemes"),
        _key("scheme_invitations"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_scheme_invitations_token_hash")),
    )
    op.create_index(op.f("ix_scheme_invitations_scheme_id"), "scheme_invitations", ["scheme_id"])
    op.create_index(
        "uq_scheme_invitations_open",
        "scheme_invitations",
        ["scheme_id", "invited_as", "email"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "panel_members",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        _at("joined_at", nullable=False),
        sa.Column("tenure_ends_on", sa.Date(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _at("ended_at", nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("panel_members", "ended_by_id", "users"),
        _refers("panel_members", "invitation_id", "scheme_invitations"),
        _refers("panel_members", "scheme_id", "schemes"),
        _refers("panel_members", "user_id", "users"),
        _key("panel_members"),
    )
    op.create_index(op.f("ix_panel_members_user_id"), "panel_members", ["user_id"])
    op.create_index(
        "uq_panel_members_living",
        "panel_members",
        ["scheme_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _participants() -> None:
    """Entrepreneurs, companies, and the decisions about them."""
    op.create_table(
        "admissions",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            _one_of("admissionstate", "requested", "admitted", "refused", "suspended"),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        _at("requested_at", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("admissions", "invitation_id", "scheme_invitations"),
        _refers("admissions", "organisation_id", "organisations"),
        _refers("admissions", "requested_by_id", "users"),
        _refers("admissions", "scheme_id", "schemes"),
        _key("admissions"),
        sa.UniqueConstraint(
            "scheme_id", "organisation_id", name=op.f("uq_admissions_scheme_id_organisation_id")
        ),
    )
    op.create_index(op.f("ix_admissions_organisation_id"), "admissions", ["organisation_id"])
    op.create_table(
        "admission_checks",
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _one_of("checkkind", "identity", "beneficial-owners", "sanctions", "bank-account"),
            nullable=False,
        ),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        _at("checked_at", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "passed = (valid_until IS NOT NULL)", name=op.f("ck_admission_checks_passed_until_when")
        ),
        _refers("admission_checks", "admission_id", "admissions"),
        _refers("admission_checks", "checked_by_id", "users"),
        _key("admission_checks"),
        info={"rights": "SELECT, INSERT"},
    )
    op.create_index(
        op.f("ix_admission_checks_admission_id_id"), "admission_checks", ["admission_id", "id"]
    )
    op.create_table(
        "enrolments",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _one_of("enrolmentstate", "requested", "active", "refused", "suspended"),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        _at("requested_at", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("enrolments", "organisation_id", "organisations"),
        _refers("enrolments", "requested_by_id", "users"),
        _refers("enrolments", "scheme_id", "schemes"),
        _key("enrolments"),
        sa.UniqueConstraint(
            "scheme_id", "organisation_id", name=op.f("uq_enrolments_scheme_id_organisation_id")
        ),
    )
    op.create_index(op.f("ix_enrolments_organisation_id"), "enrolments", ["organisation_id"])
    op.create_table(
        "scheme_decisions",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=True),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            _one_of(
                "schemedecisionkind",
                "opened",
                "closed",
                "requested",
                "admitted",
                "enrolled",
                "refused",
                "suspended",
                "reinstated",
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        _at("decided_at", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(admission_id, enrolment_id) <= 1",
            name=op.f("ck_scheme_decisions_about_one_thing"),
        ),
        _refers("scheme_decisions", "admission_id", "admissions"),
        _refers("scheme_decisions", "decided_by_id", "users"),
        _refers("scheme_decisions", "enrolment_id", "enrolments"),
        _refers("scheme_decisions", "scheme_id", "schemes"),
        _key("scheme_decisions"),
        info={"rights": "SELECT, INSERT"},
    )
    op.create_index(op.f("ix_scheme_decisions_admission_id"), "scheme_decisions", ["admission_id"])
    op.create_index(op.f("ix_scheme_decisions_enrolment_id"), "scheme_decisions", ["enrolment_id"])
    op.create_index(
        op.f("ix_scheme_decisions_scheme_id_id"), "scheme_decisions", ["scheme_id", "id"]
    )


def downgrade() -> None:
    """History is not given back."""
    message = "Policies and decisions are history: drop the database instead."
    raise NotImplementedError(message)
