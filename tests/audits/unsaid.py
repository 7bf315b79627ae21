"""Tables that are tampered with, and what of theirs nothing else says: each with its reason.

Everything beside these must be found out.
"""

from collections.abc import Mapping

IN_WORDS = "What somebody wrote: nobody says it a second time."
ONLY_A_NAME = "A row's own name, by which no other row, no entry and no leaf calls it."

NOTHING_ELSE_SAYS: Mapping[str, Mapping[str, str]] = {
    "ledger_accounts": {},
    "ledger_entries": {
        "The database's own number of the transaction: for the trigger that closes an entry.": "xid"
    },
    "ledger_holds": {
        "Whose it is says its reference, which is compared; this is for whoever reads it.": (
            "about_id"
        ),
        "Of a hold that ended nobody asks any more, and orders compare their own.": (
            "created_at expires_at"
        ),
    },
    "ledger_lines": {},
    "ledger_positions": {},
    "ledger_references": {},
    "ledger_reversals": {},
    "ledger_salts": {
        "A salt without its entry is as one that was erased, which is allowed.": "entry_id"
    },
    "ledger_totals": {},
    "ledgers": {
        "When the first account of it was made, of which nothing else is dated.": "opened_at"
    },
    "log_checkpoints": {},
    "log_cosignatures": {
        ONLY_A_NAME: "id",
        "When it reached us: what the witness signed has its own time, and is verified.": (
            "taken_at"
        ),
    },
    "log_keys": {
        ONLY_A_NAME: "id",
        "A calendar for whoever renews keys: what was signed is verified by the key.": (
            "made_at retires_at"
        ),
    },
    "log_leaves": {},
    "log_salts": {
        "A salt without its leaf is as one that was erased, which is allowed.": "subject_id"
    },
    "log_tiles": {},
    "certificates": {ONLY_A_NAME: "id"},
    "fulfilment_decisions": {},
    "fulfilments": {
        "Surplus is of an obligation, whose book says it: no claim has one to give back.": (
            "surplus_cents"
        ),
        "How its value was reckoned, for whoever reads it; the value itself is compared.": "steps",
    },
    "invoice_series": {},
    "invoices": {
        "Names and addresses as they were then; its figures, dates and kind are compared.": (
            "content"
        ),
        IN_WORDS: "reason",
    },
    "obligation_decisions": {IN_WORDS: "reason", ONLY_A_NAME: "id"},
    "obligations": {
        "Until when there is time to make up for it: days that rules gave when it began.": (
            "recovery_ends_on"
        ),
        "When the next letter goes out.": "remind_on",
    },
    "order_decisions": {IN_WORDS: "reason", ONLY_A_NAME: "id"},
    "order_parts": {IN_WORDS: "reason"},
    "orders": {
        "How its buyer wanted to pay and be invoiced: wishes, for which there is one place.": (
            "pay_by purchase_order_number cost_centre invoice_address"
        ),
        "Whether its buyer may be named: certificates compare it once there are some.": "is_named",
        "Compared with its hold as long as it waits; afterwards nothing hangs on it.": (
            "reserved_until"
        ),
    },
    "outgoings": {
        IN_WORDS: "description failure",
        "To which account a refund goes: the bank's statement tells, when it is reconciled.": (
            "iban holder_name"
        ),
    },
    "payments": {
        IN_WORDS: "description failure",
        "What the provider calls it, and where its payer goes: the provider says it.": (
            "checkout_id intent_id checkout_url return_url"
        ),
        "Until when it waits, and that it should not: what came of it is compared.": (
            "expires_at cancel_requested_at"
        ),
        "What its payer was asked to write: what arrived is compared.": "creditor_reference",
    },
    "payout_decisions": {IN_WORDS: "reason", ONLY_A_NAME: "id"},
    "payouts": {
        "Its place in the policy's tranches, and their last day: amounts and parts are compared.": (
            "moment due_on tranche"
        ),
    },
    "receipts": {
        "What the payer's bank wrote of the payer: the statement has it, for whoever looks.": (
            "payer_name payer_iban remittance"
        ),
    },
    "serial_annulments": {IN_WORDS: "reason", ONLY_A_NAME: "id"},
    "serial_blocks": {ONLY_A_NAME: "id"},
}
"""By table: why nothing else says these columns."""
