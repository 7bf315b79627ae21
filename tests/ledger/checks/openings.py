"""What protects the books, taken away; and what the check says of it, by how each fault begins."""

OPENINGS: dict[str, tuple[str, list[str]]] = {
    "a trigger of a partition switched off": (
        "ALTER TABLE ledger_lines_{next_year} DISABLE TRIGGER balanced",
        ["trigger balanced of ledger_lines_{next_year}: expected it enabled, found it disabled"],
    ),
    "all triggers of a table switched off": (
        "ALTER TABLE ledger_holds DISABLE TRIGGER USER",
        [
            "trigger not_emptied of ledger_holds: expected it enabled, found it disabled",
            "trigger settled_once of ledger_holds: expected it enabled, found it disabled",
        ],
    ),
    "a trigger gone": (
        "DROP TRIGGER append_only ON ledger_positions",
        ["trigger append_only of ledger_positions: expected BEFORE DELETE OR UPDATE OR TRUNCATE"],
    ),
    "a trigger that refuses less": (
        (
            "DROP TRIGGER append_only ON ledger_entries_{next_year};"
            "CREATE TRIGGER append_only BEFORE TRUNCATE ON ledger_entries_{next_year}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
        ["trigger append_only of ledger_entries_{next_year}: expected BEFORE DELETE OR UPDATE"],
    ),
    "a trigger more": (
        (
            "CREATE TRIGGER secret BEFORE INSERT ON ledger_references"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
        ["trigger secret of ledger_references: expected none, found BEFORE INSERT"],
    ),
    "no room for the next year": (
        "DROP TABLE ledger_lines_{next_year}",
        ["partition ledger_lines_{next_year}: expected it beneath ledger_lines, found none"],
    ),
    "a default partition": (
        (
            "CREATE TABLE ledger_rest PARTITION OF ledger_entries DEFAULT;"
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_rest"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
        ["partition ledger_rest: expected no default partition of ledger_entries"],
    ),
    "a partition of other bounds": (
        (
            "DROP TABLE ledger_lines_{next_year};"
            "CREATE TABLE elsewhere PARTITION OF ledger_lines FOR VALUES"
            " FROM ('02000000-0000-0000-0000-000000000000')"
            " TO ('03000000-0000-0000-0000-000000000000')"
        ),
        [
            "partition ledger_lines_{next_year}: expected it beneath ledger_lines, found none",
            "trigger append_only of elsewhere: expected BEFORE",
            "trigger balanced of elsewhere: expected AFTER INSERT",
        ],
    ),
    "rights": (
        (
            "GRANT UPDATE ON ledger_lines_{next_year} TO {role};"
            "GRANT UPDATE (narration) ON ledger_entries TO {role}"
        ),
        [
            "right to UPDATE in ledger_entries: expected that {role} has none",
            "right to UPDATE in ledger_lines_{next_year}: expected that {role} has none",
        ],
    ),
    "a constraint": (
        "ALTER TABLE ledger_positions DROP CONSTRAINT uq_ledger_positions_entry_id",
        ["constraint uq_ledger_positions_entry_id of ledger_positions: expected it, found none"],
    ),
}
