"""Payouts: what of a project's money goes to its entrepreneur."""

import sqlalchemy as sa
from alembic import op

revision = "0021_payouts"
down_revision = "0020_invoices"

MOMENT = sa.TIMESTAMP(timezone=True)
STATES = ("planned", "approved", "sent", "settled", "failed", "withheld", "clawed_back")
REFERS = {
    "scheme_id": "schemes",
    "project_id": "projects",
    "entrepreneur_id": "organisations",
    "provider_account_id": "provider_accounts",
    "retries_id": "payouts",
    "outgoing_id": "outgoings",
    "planned_by_id": "users",
    "approved_by_id": "users",
}
CHECKS = {
    "amounts_sensible": "principal_cents > 0 AND vat_cents >= 0",
    "one_destination": "num_nonnulls(iban, provider_account_id) = 1",
    "account_has_a_holder": "(iban IS NULL) = (holder_name IS NULL)",
    "two_people_decide": "approved_by_id <> planned_by_id",
    "approved_before_sent": ("(state IN ('planned', 'withheld')) OR approved_by_id IS NOT NULL"),
    "approved_whole": ("num_nonnulls(approved_by_id, approved_at, due_on, outgoing_id) IN (0, 4)"),
}


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the tables; decisions only grow, and no payout is ever removed."""
    op.create_table(
        "payouts",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("entrepreneur_id", sa.Uuid(), nullable=False),
        sa.Column("part", _one_of("part", "start-part", "result-part"), nullable=False),
        sa.Column("tranche", sa.BigInteger(), nullable=False),
        sa.Column(
            "moment",
            _one_of("tranchemoment", "start", "interim-report", "final-report"),
            nullable=False,
        ),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", _one_of("payoutstate", *STATES), nullable=False),
        sa.Column("iban", sa.Text(), nullable=True),
        sa.Column("holder_name", sa.Text(), nullable=True),
        sa.Column("provider_account_id", sa.Uuid(), nullable=True),
        sa.Column("retries_id", sa.Uuid(), nullable=True),
        sa.Column("outgoing_id", sa.Uuid(), nullable=True),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_payouts_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_payouts_{name}"))
            for name, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("retries_id", name=op.f("uq_payouts_retries_id")),
        sa.UniqueConstraint("outgoing_id", name=op.f("uq_payouts_outgoing_id")),
        info={"rights": "SELECT, INSERT, UPDATE"},
    )
    for name in ("project_id", "scheme_id"):
        op.create_index(op.f(f"ix_payouts_{name}_id"), "payouts", [name, "id"])
    op.create_table(
        "payout_decisions",
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("state", _one_of("payoutstate", *STATES), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payouts.id"], name=op.f("fk_payout_decisions_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_decisions")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    op.create_index(
        op.f("ix_payout_decisions_payout_id_id"), "payout_decisions", ["payout_id", "id"]
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_decisions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """History is not given back."""
    message = "What was paid out is history: drop the database instead."
    raise NotImplementedError(message)
