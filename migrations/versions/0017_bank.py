"""Accounts at a bank, their statements, and the files of what leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0017_bank"
down_revision = "0016_orders"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
GROWING = ("bank_statements", "bank_batches", "bank_status_reports", "receipt_decisions")
GROWS = {"rights": "SELECT, INSERT", "append_only": True}


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


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
    """Make the tables, and let money in suspense be sent back."""
    _make_accounts()
    _make_statements()
    _make_transactions()
    _make_batches()
    _make_transfers()
    _make_reports()
    _make_decisions()
    _let_money_be_sent_back()
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _make_accounts() -> None:
    table = "bank_accounts"
    op.create_table(
        table,
        _id("scheme_id"),
        _text("iban"),
        _text("bic", nullable=True),
        _text("holder_name"),
        _text("opened_by"),
        _moment("opened_at"),
        _text("closed_by", nullable=True),
        _moment("closed_at", nullable=True),
        _text("closing_reason", nullable=True),
        _version(),
        _id("id"),
        _refers(table, "scheme_id", "schemes"),
        _key(table),
        info=KEPT,
    )
    op.create_index(
        "uq_bank_accounts_open_iban",
        table,
        ["iban"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _index(table, "scheme_id", "id")


def _make_statements() -> None:
    table = "bank_statements"
    op.create_table(
        table,
        _id("account_id"),
        _id("file_id"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _text("number"),
        _text("sequence", nullable=True),
        _day("opening_on", nullable=True),
        _number("opening_cents"),
        _day("closing_on", nullable=True),
        _number("closing_cents"),
        _number("expected_cents", nullable=True),
        *(_number(f"{which}_count") for which in ("entry", "new", "pending")),
        _text("imported_by"),
        _moment("imported_at"),
        _id("id"),
        _refers(table, "account_id", "bank_accounts"),
        _refers(table, "file_id", "files"),
        _key(table),
        _once(table, "account_id", "digest"),
        info=GROWS,
    )
    _index(table, "account_id", "closing_on")


def _make_transactions() -> None:
    table = "bank_transactions"
    outcomes = (
        *("open", "received", "suspense", "settled"),
        *("returned", "provider_payout", "unexplained", "cost"),
    )
    maybe = ("bank_reference", "code", "counterparty_name", "counterparty_iban", "end_to_end_id")
    op.create_table(
        table,
        *(_id(f"{of}_id") for of in ("scheme", "account", "statement")),
        _text("entry_key"),
        _number("position"),
        sa.Column("direction", _one_of("direction", "incoming", "outgoing"), nullable=False),
        _number("amount_cents"),
        _day("booked_on"),
        *(_text(name, nullable=True) for name in (*maybe, "batch_reference", "remittance")),
        sa.Column("is_back", sa.Boolean(), nullable=False),
        _text("return_reason", nullable=True),
        sa.Column("outcome", _one_of("outcome", *outcomes), nullable=False),
        _moment("worked_at", nullable=True),
        _id("outgoing_id", nullable=True),
        _text("explained_by", nullable=True),
        _text("explanation", nullable=True),
        _version(),
        _id("id"),
        _check(table, "amount_positive", "amount_cents > 0"),
        _check(table, "worked_when", "(outcome = 'open') = (worked_at IS NULL)"),
        _check(table, "explained_why", "(explained_by IS NULL) = (explanation IS NULL)"),
        _refers(table, "scheme_id", "schemes"),
        _refers(table, "account_id", "bank_accounts"),
        _refers(table, "statement_id", "bank_statements"),
        _refers(table, "outgoing_id", "outgoings"),
        _key(table),
        _once(table, "account_id", "entry_key", "position"),
        info=KEPT,
    )
    _index(table, "statement_id")
    _index(table, "scheme_id", "id")
    _index(table, "outgoing_id")


def _make_batches() -> None:
    table = "bank_batches"
    op.create_table(
        table,
        _id("scheme_id"),
        _id("account_id"),
        _text("debtor_name"),
        _text("debtor_iban"),
        _text("debtor_bic", nullable=True),
        _day("execute_on"),
        _number("transfer_count"),
        _number("total_cents"),
        _text("made_by"),
        _moment("made_at"),
        _id("id"),
        _check(table, "total_positive", "total_cents > 0"),
        _refers(table, "scheme_id", "schemes"),
        _refers(table, "account_id", "bank_accounts"),
        _key(table),
        info=GROWS,
    )
    _index(table, "scheme_id", "id")


def _make_transfers() -> None:
    table = "bank_transfers"
    op.create_table(
        table,
        _id("batch_id"),
        _id("outgoing_id"),
        sa.Column("verdict", _one_of("verdict", "accepted", "rejected", "waiting"), nullable=True),
        _text("bank_status", nullable=True),
        _text("reason", nullable=True),
        _id("id"),
        _refers(table, "batch_id", "bank_batches"),
        _refers(table, "outgoing_id", "outgoings"),
        _key(table),
        _once(table, "outgoing_id"),
        info=KEPT,
    )
    _index(table, "batch_id", "id")


def _make_reports() -> None:
    table = "bank_status_reports"
    op.create_table(
        table,
        _id("batch_id"),
        _id("file_id"),
        _text("message_id"),
        *(_number(f"{which}_count") for which in ("accepted", "rejected", "waiting")),
        _text("imported_by"),
        _moment("imported_at"),
        _id("id"),
        _refers(table, "batch_id", "bank_batches"),
        _refers(table, "file_id", "files"),
        _key(table),
        _once(table, "batch_id", "message_id"),
        info=GROWS,
    )


def _make_decisions() -> None:
    table = "receipt_decisions"
    op.create_table(
        table,
        _id("receipt_id"),
        sa.Column(
            "kind", _one_of("receiptdecisionkind", "assigned", "sending_back"), nullable=False
        ),
        _id("payment_id", nullable=True),
        _id("outgoing_id", nullable=True),
        _text("reason"),
        _text("decided_by"),
        _moment("decided_at"),
        _id("id"),
        _check(
            table,
            "says_what",
            "(kind = 'assigned') = (payment_id IS NOT NULL)"
            " AND (kind = 'sending_back') = (outgoing_id IS NOT NULL)",
        ),
        _refers(table, "receipt_id", "receipts"),
        _refers(table, "payment_id", "payments"),
        _refers(table, "outgoing_id", "outgoings"),
        _key(table),
        info=GROWS,
    )
    _index(table, "receipt_id")


def _let_money_be_sent_back() -> None:
    kinds = "kind IN ('refund', 'payout', 'fee', 'vat', 'send-back')"
    op.drop_constraint("outgoingkind", "outgoings", type_="check")
    op.create_check_constraint("outgoingkind", "outgoings", kinds)
    places = "place IN ('arrived', 'suspense', 'booked', 'sent_back')"
    op.drop_constraint("receiptplace", "receipts", type_="check")
    op.create_check_constraint("receiptplace", "receipts", places)


def downgrade() -> None:
    """What the bank said is not forgotten."""
    message = "What was paid is history: drop the database instead."
    raise NotImplementedError(message)
