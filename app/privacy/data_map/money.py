"""Money, books and the public log; and what holds nothing of people."""

from app.privacy.data_map.kinds import DataSet, table

PAYMENTS = DataSet(
    title="Payments and bank statements",
    what="Names and accounts of who paid and was paid, and what they typed",
    why="Legal duty: bookkeeping (7 years in the Netherlands)",
    how_long="`BAAT_RETENTION_YEARS`, then the house erases them, statements as files too",
    erasure="Kept for those years; explanations that name the person are masked",
    tables=(
        table("receipts", facts="external_id", law="payer_name payer_iban remittance"),
        table(
            "outgoings",
            facts="purpose description external_id",
            law="iban holder_name",
            actor="planned_by approved_by",
            words="failure",
        ),
        table("payouts", law="iban holder_name"),
        table(
            "bank_transactions",
            facts="entry_key bank_reference code end_to_end_id batch_reference return_reason",
            law="counterparty_name counterparty_iban remittance",
            actor="explained_by",
            words="explanation",
        ),
        table("bank_statements", sealed="digest", facts="number sequence", actor="imported_by"),
        table("bank_batches", organisation="debtor_name debtor_iban debtor_bic", actor="made_by"),
        table("bank_transfers", facts="bank_status reason"),
        table("bank_status_reports", facts="message_id", actor="imported_by"),
        table(
            "payments",
            facts="purpose description creditor_reference failure checkout_id intent_id"
            " checkout_url return_url",
            actor="created_by",
        ),
        table("disputes", facts="external_id reason"),
        table("provider_payouts", facts="external_id statement_text failure", actor="wanted_by"),
        table("provider_transactions", facts="external_id type source_id"),
        table("provider_events", facts="external_id type object_id account"),
    ),
)
ORDERS = DataSet(
    title="Orders",
    what="The buyer's own reference (it may be a person's name), where its invoices go",
    why="Legal duty: bookkeeping (7 years in the Netherlands)",
    how_long="`BAAT_RETENTION_YEARS`, then the house erases both; the order itself stays",
    erasure="References are masked; the address is kept for those years",
    tables=(table("orders", words="purchase_order_number cost_centre", law="invoice_address"),),
)
INVOICES = DataSet(
    title="Invoices",
    what="Names and addresses of organisations; a sole trader's are a person's",
    why="Legal duty: bookkeeping (7 years in the Netherlands); afterwards, that the numbers have no"
    " gap and the books can be checked",
    how_long="For good, also after those years: nothing here erases an invoice that was issued",
    erasure="Stays as it was issued",
    tables=(
        table("invoices", facts="series", organisation="content reason"),
        table("invoice_files"),
        table("invoice_series"),
    ),
)
BOOKS = DataSet(
    title="Books and public log",
    what="Ids only; texts are written by the programs, of things and never of people",
    why="Legal duty: accountability; public task",
    how_long="For good: they only grow",
    erasure="Untouched. The salt of an entry can be erased: `baat keys forget`",
    tables=(
        table("ledgers", facts="book"),
        table("ledger_kinds", facts="code book kept_per"),
        table("ledger_accounts", facts="kind"),
        table("ledger_references", committed="reference"),
        table("ledger_entries", committed="kind reference narration evidence"),
        table("ledger_lines"),
        table("ledger_reversals"),
        table("ledger_holds", committed="reference", facts="state"),
        table("ledger_unsequenced"),
        table("ledger_positions", committed="leaf"),
        table("ledger_salts", sealed="salt"),
        table("ledger_totals", facts="kind"),
        table("ledger_checked"),
        table("log_leaves", committed="source entry hash"),
        table("log_tiles", committed="hashes root"),
        table("log_checkpoints", committed="root note"),
        table("log_keys", facts="name public_key", sealed="sealed_key"),
        table("log_witnesses", facts="name public_key"),
        table("log_cosignatures", committed="line"),
        table("log_arrivals", facts="source"),
        table("log_salts", sealed="salt"),
        table("certificates", committed="code content"),
        table("period_reports", committed="period content sha256", actor="frozen_by"),
    ),
)
THINGS = DataSet(
    title="The rest",
    what="Nothing of people",
    why="The market's own facts",
    how_long="As long as the market; finished jobs `BAAT_RETENTION_DAYS`",
    erasure="Nothing to do",
    tables=(
        table("installations", sealed="sealed_check"),
        table("integrity_checks", facts="name"),
        table("jobs", facts="kind arguments unique_key last_error origin"),
        table("schemes", facts="code name_nl name_en unit_name region languages"),
        table("rounds", facts="name_nl name_en"),
        table("projects"),
        table("market_versions"),
        table("event_arrivals"),
        table("event_positions"),
        table("event_audiences", facts="type"),
        table("serial_blocks"),
        table("order_allocations"),
        table("contracts", facts="reference source_key"),
        table("obligations", facts="steps"),
    ),
)

SETS = (PAYMENTS, ORDERS, INVOICES, BOOKS, THINGS)
