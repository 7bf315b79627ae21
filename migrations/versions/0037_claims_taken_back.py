"""A claim can be taken back before it is decided; an invoice of a supplier's counts once."""

import sqlalchemy as sa
from alembic import op

revision = "0037_claims_taken_back"
down_revision = "0036_fulfilment_leaves"

KINDS = (
    *("drafted", "rewritten", "submitted", "withdrawn", "approved", "rejected", "returned"),
    *("revoked", "adjusted"),
    *("objection-lodged", "objection-upheld", "objection-dismissed", "objection-withdrawn"),
)
CONSTRAINT = "ck_fulfilment_decisions_fulfilmentdecisionkind"


def upgrade() -> None:
    """Say of older claims that nobody asked for their invoice's number."""
    op.drop_constraint(op.f(CONSTRAINT), "fulfilment_decisions", type_="check")
    op.create_check_constraint(
        op.f(CONSTRAINT), "fulfilment_decisions", sa.column("kind").in_(KINDS)
    )
    op.add_column("fulfilments", sa.Column("invoice", sa.Text()))
    op.execute(
        'UPDATE fulfilments SET claim = claim || \'{"invoiceNumber": "not asked"}\''
        " WHERE kind = 'social-purchase'"
    )
    op.create_index(
        "ix_fulfilments_invoice_once",
        "fulfilments",
        ["invoice"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'approved')"),
    )


def downgrade() -> None:
    """What was taken back stays so."""
    message = "What happened to claims is not forgotten: restore a backup from before instead."
    raise NotImplementedError(message)
