"""Invoices and credit notes: numbered without a gap by the database, and never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_invoices"
down_revision = "0019_parts"

MOMENT = sa.TIMESTAMP(timezone=True)
GROWS = {"rights": "SELECT, INSERT", "append_only": True}
REFERS = {
    "order_id": "orders",
    "scheme_id": "schemes",
    "issuer_id": "organisations",
    "drawn_up_by_id": "organisations",
    "buyer_id": "organisations",
    "corrects_id": "invoices",
}
AMOUNTS = ("number", "units", "net_cents", "vat_cents", "total_cents")

NUMBERED = """
CREATE FUNCTION number_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given_back bigint;
    corrected invoices;
BEGIN
    -- First the row that all documents of this issuer and year wait for: what is read after it is
    -- what the one before it left.
    INSERT INTO invoice_series AS s (issuer_id, year, last_number)
    VALUES (NEW.issuer_id, NEW.year, 1)
        ON CONFLICT (issuer_id, year) DO UPDATE SET last_number = s.last_number + 1
    RETURNING s.last_number INTO NEW.number;
    IF NEW.number > 1 AND NOT EXISTS (
        SELECT 1 FROM invoices i WHERE i.issuer_id = NEW.issuer_id AND i.year = NEW.year
           AND i.number = NEW.number - 1
    ) THEN
        RAISE EXCEPTION 'the invoice before number % is missing', NEW.number
            USING ERRCODE = '23514';
    END IF;
    IF NEW.kind = 'invoice' THEN
        IF (SELECT sum(CASE i.kind WHEN 'invoice' THEN i.total_cents ELSE -i.total_cents END)
              FROM invoices i WHERE i.order_id = NEW.order_id AND i.supply = NEW.supply) <> 0 THEN
            RAISE EXCEPTION 'the % of this order are invoiced', NEW.supply
                USING ERRCODE = '23505';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO corrected FROM invoices i WHERE i.id = NEW.corrects_id FOR UPDATE;
    IF (corrected.kind, corrected.order_id, corrected.supply) IS DISTINCT FROM
           ('invoice', NEW.order_id, NEW.supply)
       OR (corrected.issuer_id, corrected.buyer_id) IS DISTINCT FROM (NEW.issuer_id, NEW.buyer_id)
    THEN
        RAISE EXCEPTION 'a credit note gives back an invoice of the same order and parties'
            USING ERRCODE = '23514';
    END IF;
    SELECT coalesce(sum(i.total_cents), 0) INTO given_back
      FROM invoices i WHERE i.corrects_id = NEW.corrects_id;
    IF given_back + NEW.total_cents > corrected.total_cents THEN
        RAISE EXCEPTION 'credit notes come to more than their invoice' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
"""


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the tables, and the trigger that gives the numbers."""
    op.create_table(
        "invoice_series",
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["organisations.id"], name=op.f("fk_invoice_series_issuer_id")
        ),
        sa.PrimaryKeyConstraint("issuer_id", "year", name=op.f("pk_invoice_series")),
        info={"rights": "SELECT"},
    )
    _invoices()
    op.execute(NUMBERED)
    op.execute(
        "CREATE TRIGGER numbered BEFORE INSERT ON invoices"
        " FOR EACH ROW EXECUTE FUNCTION number_invoice()"
    )
    op.create_table(
        "invoice_files",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("form", _one_of("invoiceform", "xml", "pdf"), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_files_invoice_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_invoice_files_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_files")),
        sa.UniqueConstraint("invoice_id", "form", name=op.f("uq_invoice_files_invoice_id_form")),
        info=GROWS,
    )
    for table in ("invoices", "invoice_files"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("kind", _one_of("invoicekind", "invoice", "credit-note"), nullable=False),
        sa.Column("supply", _one_of("supply", "units", "fee"), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=name == "corrects_id") for name in REFERS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in AMOUNTS),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("reason", sa.Text()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'credit-note') = (corrects_id IS NOT NULL)",
            name=op.f("ck_invoices_corrects_when"),
        ),
        sa.CheckConstraint(
            "year = EXTRACT(YEAR FROM issued_on)", name=op.f("ck_invoices_numbered_in_its_year")
        ),
        sa.CheckConstraint(
            "net_cents >= 0 AND vat_cents >= 0 AND total_cents = net_cents + vat_cents",
            name=op.f("ck_invoices_amounts_add_up"),
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_invoices_{name}"))
            for name, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint(
            "issuer_id", "year", "number", name=op.f("uq_invoices_issuer_id_year_number")
        ),
        info=GROWS,
    )
    for owner in ("order_id", "issuer_id", "buyer_id"):
        op.create_index(op.f(f"ix_invoices_{owner}_id"), "invoices", [owner, "id"])
    op.create_index(op.f("ix_invoices_corrects_id"), "invoices", ["corrects_id"])


def downgrade() -> None:
    """Invoices are kept for years: they are not given back."""
    message = "Invoices are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
