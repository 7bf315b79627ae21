"""Objections of contractors: to sanctions, refused waivers, and claims that do not count."""

import sqlalchemy as sa
from alembic import op

revision = "0035_contractors_objections"
down_revision = "0034_fulfilment_evidence"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
TABLES = {
    "obligation_objections": (
        "obligation_id",
        "obligations",
        "proposal_id",
        "obligation_proposals",
    ),
    "fulfilment_objections": (
        "fulfilment_id",
        "fulfilments",
        "decision_id",
        "fulfilment_decisions",
    ),
}
CHECKS = {
    "ended_by_somebody": (
        "(state IN ('upheld', 'dismissed')) = (decided_by_id IS NOT NULL)"
        " AND (decided_by_id IS NULL) = (reason IS NULL)"
        " AND (state = 'lodged') = (ended_at IS NULL)"
    ),
    "four_eyes": "decided_by_id <> lodged_by_id",
    "conteststate": "state IN ('lodged', 'upheld', 'dismissed', 'withdrawn')",
}
OBJECTED = (
    *("objection-lodged", "objection-upheld"),
    *("objection-dismissed", "objection-withdrawn"),
)
DECISIONS = {
    "obligation_decisions": (
        "obligationdecisionkind",
        *("registered", "computed", "confirmed", "raised", "lowered", "began", "fulfilled"),
        *("reopened", "recovery-began", "proposed", "proposal-refused", "waived"),
        *("sanctioned", "settled", *OBJECTED, "sanction-lifted"),
    ),
    "fulfilment_decisions": (
        "fulfilmentdecisionkind",
        *("drafted", "rewritten", "submitted", "approved", "rejected", "returned", "revoked"),
        *("adjusted", *OBJECTED),
    ),
}


def upgrade() -> None:
    """Make the tables, and let decisions tell of objections."""
    for table, (about, things, contested, decisions) in TABLES.items():
        _make(table, {about: things, contested: decisions})
        op.create_unique_constraint(op.f(f"uq_{table}_{contested}"), table, [contested])
        op.create_index(f"ix_{table}_{about}_id", table, [about, "id"])
    for table, (name, *kinds) in DECISIONS.items():
        constraint = op.f(f"ck_{table}_{name}")
        op.drop_constraint(constraint, table, type_="check")
        op.create_check_constraint(constraint, table, sa.column("kind").in_(kinds))
    again = sa.Column("times_reinstated", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("fulfilments", again)


def _make(table: str, refers: dict[str, str]) -> None:
    refers = {**refers, "lodged_by_id": "users", "decided_by_id": "users"}
    op.create_table(
        table,
        *(sa.Column(name, sa.Uuid(), nullable=name == "decided_by_id") for name in refers),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("lodged_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))
            for name, condition in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{there}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, there in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        info=KEPT,
    )


def downgrade() -> None:
    """What was contested is not forgotten."""
    message = "Objections are not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
