"""Payments, receipts, outgoings, and what the payment provider tells."""

import sqlalchemy as sa
from alembic import op

revision = "0015_payments"
down_revision = "0014_cancelled_projects"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
PURPOSE = "purpose ~ '^[a-z]+(-[a-z]+)*/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"
POSITIVE = "amount_cents > 0"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    """Make the tables, in the order in which they refer to each other."""
    _make_payments()
    _make_receipts()
    _make_provider_accounts()
    _make_outgoings()
    _make_disputes()
    _make_balance()
    _make_inbox()


def _make_payments() -> None:
    op.create_table(
        "payments",
        _id("scheme_id"),
        _id("payer_id"),
        _text("purpose"),
        _number("amount_cents"),
        sa.Column(
            "way",
            _one_of("way", "card", "ideal", "sepa_debit", "provider_transfer", "bank"),
            nullable=False,
        ),
        _text("description"),
        _text("creditor_reference", nullable=True),
        sa.Column(
            "status",
            _one_of(
                "paymentstatus",
                *("expected", "started", "processing", "succeeded"),
                *("failed", "cancelled", "expired"),
            ),
            nullable=False,
        ),
        *(
            _text(name, nullable=True)
            for name in ("failure", "checkout_id", "intent_id", "checkout_url", "return_url")
        ),
        _moment("expires_at"),
        _moment("cancel_requested_at", nullable=True),
        _text("created_by"),
        _moment("created_at"),
        _moment("succeeded_at", nullable=True),
        _version(),
        _id("id"),
        _check("payments", "amount_positive", POSITIVE),
        _check("payments", "purpose_well_formed", PURPOSE),
        _check("payments", "bank_reference", "(way = 'bank') = (creditor_reference IS NOT NULL)"),
        _check(
            "payments",
            "provider_of_its_way",
            "way <> 'bank' OR num_nonnulls(checkout_id, intent_id) = 0",
        ),
        _refers("payments", "scheme_id", "schemes"),
        _refers("payments", "payer_id", "organisations"),
        _key("payments"),
        _once("payments", "creditor_reference"),
        _once("payments", "checkout_id"),
        _once("payments", "intent_id"),
        info=KEPT,
    )
    _index("payments", "scheme_id", "id")
    _index("payments", "payer_id", "id")
    _index("payments", "purpose")


def _make_receipts() -> None:
    op.create_table(
        "receipts",
        _id("scheme_id"),
        _id("payment_id", nullable=True),
        sa.Column("rail", _one_of("rail", "provider", "bank"), nullable=False),
        _text("external_id"),
        _number("amount_cents"),
        _moment("received_at"),
        *(_text(name, nullable=True) for name in ("payer_name", "payer_iban", "remittance")),
        sa.Column(
            "place", _one_of("receiptplace", "arrived", "suspense", "booked"), nullable=False
        ),
        _moment("booked_at", nullable=True),
        _moment("taken_at"),
        _id("id"),
        _check("receipts", "amount_positive", POSITIVE),
        _check("receipts", "booked_for_something", "place <> 'booked' OR payment_id IS NOT NULL"),
        _check("receipts", "booked_when", "(place = 'arrived') = (booked_at IS NULL)"),
        _refers("receipts", "scheme_id", "schemes"),
        _refers("receipts", "payment_id", "payments"),
        _key("receipts"),
        _once("receipts", "rail", "external_id"),
        info=KEPT,
    )
    _index("receipts", "scheme_id", "id")
    _index("receipts", "payment_id")


def _make_provider_accounts() -> None:
    op.create_table(
        "provider_accounts",
        _id("organisation_id"),
        _text("external_id", nullable=True),
        sa.Column("can_receive", sa.Boolean(), nullable=False),
        sa.Column("can_withdraw", sa.Boolean(), nullable=False),
        sa.Column("requirements", sa.ARRAY(sa.Text()), nullable=False),
        _text("disabled_reason", nullable=True),
        _text("onboarding_url", nullable=True),
        _moment("onboarding_expires_at", nullable=True),
        _text("return_url"),
        _text("created_by"),
        _moment("created_at"),
        _version(),
        _id("id"),
        _refers("provider_accounts", "organisation_id", "organisations"),
        _key("provider_accounts"),
        _once("provider_accounts", "organisation_id"),
        _once("provider_accounts", "external_id"),
    )


def _make_outgoings() -> None:
    op.create_table(
        "outgoings",
        _id("scheme_id"),
        sa.Column(
            "kind", _one_of("outgoingkind", "refund", "payout", "fee", "vat"), nullable=False
        ),
        _text("purpose"),
        _id("account_owner_id", nullable=True),
        _number("amount_cents"),
        sa.Column("rail", _one_of("rail", "provider", "bank"), nullable=False),
        _id("payment_id", nullable=True),
        _id("provider_account_id", nullable=True),
        _text("iban", nullable=True),
        _text("holder_name", nullable=True),
        _text("description"),
        sa.Column(
            "status",
            _one_of(
                "outgoingstatus",
                *("planned", "approved", "sent", "settled", "failed", "withheld", "clawed_back"),
            ),
            nullable=False,
        ),
        _text("planned_by"),
        _moment("planned_at"),
        _text("approved_by", nullable=True),
        *(_moment(name, nullable=True) for name in ("approved_at", "sent_at", "settled_at")),
        _text("external_id", nullable=True),
        _text("failure", nullable=True),
        _version(),
        _id("id"),
        _check("outgoings", "amount_positive", POSITIVE),
        _check("outgoings", "purpose_well_formed", PURPOSE),
        _check(
            "outgoings",
            "one_destination",
            "num_nonnulls(payment_id, provider_account_id, iban) = 1",
        ),
        _check("outgoings", "bank_to_an_account", "(rail = 'bank') = (iban IS NOT NULL)"),
        _check("outgoings", "account_has_a_holder", "(iban IS NULL) = (holder_name IS NULL)"),
        _check("outgoings", "refund_of_a_payment", "payment_id IS NULL OR kind = 'refund'"),
        _check(
            "outgoings",
            "approved_before_sent",
            "(status IN ('planned', 'withheld')) OR approved_by IS NOT NULL",
        ),
        _check(
            "outgoings",
            "two_people_decide",
            "approved_by <> planned_by OR payment_id IS NOT NULL",
        ),
        _refers("outgoings", "scheme_id", "schemes"),
        _refers("outgoings", "payment_id", "payments"),
        _refers("outgoings", "provider_account_id", "provider_accounts"),
        _key("outgoings"),
        _once("outgoings", "external_id"),
        info=KEPT,
    )
    _index("outgoings", "scheme_id", "id")
    _index("outgoings", "purpose")
    _index("outgoings", "payment_id")


def _make_disputes() -> None:
    op.create_table(
        "disputes",
        _id("payment_id"),
        _text("external_id"),
        _number("amount_cents"),
        _text("reason"),
        sa.Column(
            "status",
            _one_of("disputestatus", "asked", "open", "won", "lost", "closed"),
            nullable=False,
        ),
        _moment("respond_by", nullable=True),
        _moment("opened_at"),
        _moment("noted_at"),
        _version(),
        _id("id"),
        _check("disputes", "amount_positive", POSITIVE),
        _refers("disputes", "payment_id", "payments"),
        _key("disputes"),
        _once("disputes", "external_id"),
        info=KEPT,
    )
    _index("disputes", "payment_id")


def _make_balance() -> None:
    op.create_table(
        "provider_transactions",
        _text("external_id"),
        _id("scheme_id", nullable=True),
        _text("type"),
        _text("source_id", nullable=True),
        _number("amount_cents"),
        _number("fee_cents"),
        _moment("happened_at"),
        sa.Column("available_on", sa.Date(), nullable=False),
        _moment("taken_at"),
        _id("id"),
        _refers("provider_transactions", "scheme_id", "schemes"),
        _key("provider_transactions"),
        _once("provider_transactions", "external_id"),
        info=KEPT,
    )
    _index("provider_transactions", "scheme_id", "happened_at")
    op.create_table(
        "provider_payouts",
        _id("scheme_id"),
        _number("amount_cents"),
        sa.Column(
            "status",
            _one_of("providerpayoutstatus", "wanted", "under_way", "arrived", "failed"),
            nullable=False,
        ),
        _text("external_id", nullable=True),
        _text("statement_text"),
        sa.Column("expected_on", sa.Date(), nullable=True),
        _text("failure", nullable=True),
        _text("wanted_by"),
        _moment("wanted_at"),
        _moment("arrived_at", nullable=True),
        _version(),
        _id("id"),
        _check("provider_payouts", "amount_positive", POSITIVE),
        _refers("provider_payouts", "scheme_id", "schemes"),
        _key("provider_payouts"),
        _once("provider_payouts", "external_id"),
        info=KEPT,
    )
    _index("provider_payouts", "scheme_id")


def _make_inbox() -> None:
    op.create_table(
        "provider_events",
        _text("external_id"),
        _text("type"),
        _text("object_id"),
        _text("account", nullable=True),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("is_swept", sa.Boolean(), nullable=False),
        _moment("happened_at"),
        _moment("taken_at"),
        _moment("worked_at", nullable=True),
        sa.Column(
            "outcome",
            _one_of("eventoutcome", "followed", "not_ours", "other_kind", "other_mode"),
            nullable=True,
        ),
        _id("id"),
        _check("provider_events", "worked_when", "(outcome IS NULL) = (worked_at IS NULL)"),
        _key("provider_events"),
        _once("provider_events", "external_id"),
    )
    op.create_index(
        "ix_provider_events_open",
        "provider_events",
        ["id"],
        postgresql_where=sa.text("worked_at IS NULL"),
    )
    _index("provider_events", "happened_at")


def downgrade() -> None:
    """Money is not forgotten."""
    message = "What was paid is history: drop the database instead."
    raise NotImplementedError(message)
