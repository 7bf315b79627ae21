"""What an owner might change, and what the check says of it, each fault by how it begins.

The names in braces are those of the fixture `names`.
"""

LEAF = "leaf of entry {received} at position 1: expected "
TOTAL = "total of {kind} in ledger {{deposit}} at block 0: expected debit {wanted}"

CORRUPTIONS: dict[str, tuple[str, list[str]]] = {
    "an amount": (
        "UPDATE ledger_lines SET amount = 600 WHERE entry_id = '{received}' AND position = 2",
        [
            (
                "entry {received}: expected as much debit as credit in ledger {deposit},"
                " found 500 and 600"
            ),
            (
                "account # (deposit of {project}): expected 561 posted, the sum of its lines,"
                " found 461"
            ),
            LEAF,
            TOTAL.format(kind="deposit", wanted="110 and credit 670, found 110 and 570"),
        ],
    ),
    "amounts of nothing": (
        "UPDATE ledger_lines SET amount = 0 WHERE entry_id = '{queued}'",
        [
            "line 1 of entry {queued}: expected a positive amount, found 0",
            "line 2 of entry {queued}: expected a positive amount, found 0",
            "account # (deposit of {project}): expected 460 posted",
        ],
    ),
    "a line less": (
        "DELETE FROM ledger_lines WHERE entry_id = '{received}' AND position = 1",
        [
            "entry {received}: expected lines 1 to 2, found 1 of them, numbered 2 to 2",
            (
                "entry {received}: expected as much debit as credit in ledger {deposit},"
                " found 0 and 500"
            ),
            LEAF,
            TOTAL.format(kind="bank", wanted="70 and credit 70, found 570 and 70"),
        ],
    ),
    "a line's place": (
        "UPDATE ledger_lines SET position = 3 WHERE entry_id = '{queued}' AND position = 1",
        ["entry {queued}: expected lines 1 to 2, found 2 of them, numbered 2 to 3"],
    ),
    "no lines at all": (
        (
            "UPDATE ledger_entries SET line_count = 0 WHERE id = '{queued}';"
            "DELETE FROM ledger_lines WHERE entry_id = '{queued}'"
        ),
        [
            "entry {queued}: expected lines 1 to 2, found 0 of them",
            "account # (deposit of {project}): expected 460 posted",
        ],
    ),
    "that it has one line": (
        "UPDATE ledger_entries SET line_count = 1 WHERE id = '{queued}'",
        ["entry {queued}: expected lines 1 to 2, found 2 of them, numbered 1 to 2, and 1 said"],
    ),
    "the account of a line": (
        "UPDATE ledger_lines SET account_id = 999 WHERE entry_id = '{queued}' AND position = 1",
        ["line 1 of entry {queued}: expected account 999, found none"],
    ),
    "the ledger of a line": (
        (
            "UPDATE ledger_lines SET ledger_id = '{nobody}'"
            " WHERE entry_id = '{queued}' AND position = 1"
        ),
        [
            (
                "line 1 of entry {queued}: expected ledger {deposit}, as its account # says,"
                " found {nobody}"
            ),
            "entry {queued}: expected as much debit as credit in ledger {deposit}, found 0 and 1",
            "entry {queued}: expected as much debit as credit in ledger {nobody}, found 1 and 0",
        ],
    ),
    "an entry gone": (
        "DELETE FROM ledger_entries WHERE id = '{received}'",
        [
            "line 1 of entry {received}: expected its entry, found none",
            "line 2 of entry {received}: expected its entry, found none",
            (
                "reference {reference}: expected the entry or hold {received} to have it,"
                " found neither"
            ),
            "position 1: expected entry {received}, found none",
        ],
    ),
    "a narration": (
        "UPDATE ledger_entries SET narration = 'Nothing of note' WHERE id = '{received}'",
        [LEAF],
    ),
    "a balance": (
        "UPDATE ledger_accounts SET posted = 462 WHERE id = {deposit_row}",
        ["account # (deposit of {project}): expected 461 posted, the sum of its lines, found 462"],
    ),
    "a hold sum": (
        "UPDATE ledger_accounts SET held = 31 WHERE id = {deposit_row}",
        ["account # (deposit of {project}): expected 30 held by pending holds, found 31"],
    ),
    "a balance where none is kept": (
        "UPDATE ledger_accounts SET posted = 1, held = 1 WHERE id = {bank_row}",
        [
            "account # (bank of {keeper}): expected 0 posted",
            "account # (bank of {keeper}): expected 0 held",
        ],
    ),
    "a limit": (
        (
            "ALTER TABLE ledger_accounts DROP CONSTRAINT ck_ledger_accounts_within_limit;"
            "UPDATE ledger_accounts SET posted = 29 WHERE id = {deposit_row}"
        ),
        [
            "constraint ck_ledger_accounts_within_limit of ledger_accounts: expected it",
            "account # (deposit of {project}): expected 461 posted",
            (
                "account # (deposit of {project}): expected to hold back no more than it has,"
                " found 29 posted and 30 held"
            ),
        ],
    ),
    "the rank of an account": (
        "UPDATE ledger_accounts SET lock_rank = 99 WHERE id = {deposit_row}",
        [
            (
                "account # (deposit of {project}): expected side credit, limit t, rank 40"
                " as the chart says, found credit, t, 99"
            )
        ],
    ),
    "the owner of a keeper's account": (
        (
            "UPDATE ledger_accounts SET owner_id = '{nobody}' WHERE id = {bank_row};"
            "DELETE FROM ledger_salts"
        ),
        [
            (
                "account # (bank of {nobody}): expected to be kept per keeper,"
                " found one of keeper {keeper}"
            )
        ],
    ),
    "an account of another book": (
        (
            "INSERT INTO ledger_accounts (ledger_id, kind, owner_id, side, lock_rank, limited)"
            " VALUES ('{deposit}', 'owned', '{project}', 'debit', 12, true)"
        ),
        ["account # (owned of {project}): expected a ledger of impact, found one of money"],
    ),
    "an account of no kind, in no ledger": (
        (
            "INSERT INTO ledger_accounts (ledger_id, kind, owner_id, side, lock_rank, limited)"
            " VALUES ('{nobody}', 'pocket', '{project}', 'debit', 12, true)"
        ),
        [
            "account # (pocket of {project}): expected ledger {nobody}, found none",
            "account # (pocket of {project}): expected its kind in the chart of accounts",
        ],
    ),
    "the chart": (
        "UPDATE ledger_kinds SET lock_rank = 99 WHERE code = 'waived'",
        ["kind waived: expected as the program's chart of accounts says, found otherwise"],
    ),
    "the id of a ledger": (
        "INSERT INTO ledgers VALUES ('{nobody}', '{project}', 'money', now())",
        ["ledger {nobody}: expected #, which is made of its keeper {project} and money"],
    ),
    "a reference gone": (
        "DELETE FROM ledger_references WHERE reference = '{reference}'",
        [
            (
                "entry {received}: expected the reference {reference} to be its own,"
                " found no such reference"
            )
        ],
    ),
    "a reference of another": (
        "UPDATE ledger_references SET id = '{mistake}' WHERE reference = '{reference}'",
        [
            (
                "entry {received}: expected the reference {reference} to be its own,"
                " found that of {mistake}"
            ),
            "reference {reference}: expected the entry or hold {mistake} to have it, found ",
        ],
    ),
    "a reference of nothing": (
        "INSERT INTO ledger_references VALUES ('test/x', '{nobody}')",
        ["reference test/x: expected the entry or hold {nobody} to have it, found neither"],
    ),
    "a reversal that nobody notes": (
        "DELETE FROM ledger_reversals",
        ["entry {reversal}: expected to be the one that reverses {mistake}, found none"],
    ),
    "a reversal that is none": (
        "INSERT INTO ledger_reversals VALUES ('{received}', '{posted}')",
        ["reversal of entry {received}: expected entry {posted} to say so, found no reversal"],
    ),
    "an entry that says it reverses": (
        "UPDATE ledger_entries SET reverses_id = '{received}' WHERE id = '{queued}'",
        [
            "entry {queued}: expected to be the one that reverses {received}, found none",
            "entry {queued}: expected the mirror of entry {received}, found another line 1",
        ],
    ),
    "a second reversal": (
        "UPDATE ledger_entries SET reverses_id = '{mistake}' WHERE id = '{queued}'",
        [
            "entry {queued}: expected to be the one that reverses {mistake}, found {reversal}",
            "entry {queued}: expected the mirror of entry {mistake}, found another line 1",
        ],
    ),
    "a mirror": (
        (
            "UPDATE ledger_lines SET about_id = '{nobody}'"
            " WHERE entry_id = '{reversal}' AND position = 2"
        ),
        [
            "entry {reversal}: expected the mirror of entry {mistake}, found another line 2",
            "leaf of entry {reversal} at position 3",
        ],
    ),
    "what a hold posted": (
        "UPDATE ledger_holds SET posted_quantity = 39 WHERE id = '{settled}'",
        [
            (
                "hold {settled} ({reference_settled}): expected 40 posted, as entry {posted} took,"
                " found 39"
            )
        ],
    ),
    "the entry of a hold": (
        "UPDATE ledger_holds SET entry_id = '{nobody}' WHERE id = '{settled}'",
        ["hold {settled} ({reference_settled}): expected entry {nobody}, found none"],
    ),
    "a hold that came back": (
        "UPDATE ledger_holds SET state = 'pending', settled_at = NULL WHERE id = '{voided}'",
        ["account # (deposit of {project}): expected 50 held by pending holds, found 30"],
    ),
    "a hold settled twice by one entry": (
        (
            "UPDATE ledger_holds SET state = 'posted', posted_quantity = 20, entry_id = '{posted}'"
            " WHERE id = '{voided}'"
        ),
        [
            (
                "hold {voided} ({reference_voided}): expected 40 posted, as entry {posted} took,"
                " found 20"
            ),
            "entry {posted}: expected to settle one hold, found 2",
        ],
    ),
    "a hold that neither ended nor lasts": (
        (
            "ALTER TABLE ledger_holds DROP CONSTRAINT ck_ledger_holds_settled;"
            "UPDATE ledger_holds SET settled_at = NULL, posted_quantity = 1 WHERE id = '{voided}'"
        ),
        [
            "constraint ck_ledger_holds_settled of ledger_holds: expected it, found none",
            "hold {voided} ({reference_voided}): expected to be settled once it ended",
            "hold {voided} ({reference_voided}): expected to be posted in part of its 20",
        ],
    ),
    "a hold on what has no limit": (
        "UPDATE ledger_holds SET account_id = {bank_row} WHERE id = '{voided}'",
        ["hold {voided} ({reference_voided}): expected a limited account, found #"],
    ),
    "the reference of a hold": (
        "UPDATE ledger_references SET id = '{voided}' WHERE reference = '{reference_pending}'",
        [
            (
                "hold {pending} ({reference_pending}): expected its reference to be its own,"
                " found that of {voided}"
            ),
            (
                "reference {reference_pending}: expected the entry or hold {voided} to have it,"
                " found {reference_voided}"
            ),
        ],
    ),
    "a position gone": (
        "DELETE FROM ledger_positions WHERE position = 4",
        [
            "entry {posted}: expected one place, in the order or in the queue, found 0",
            TOTAL.format(kind="deposit", wanted="70 and credit 570, found 110 and 570"),
            TOTAL.format(kind="start_part", wanted="0 and credit 0, found 0 and 40"),
        ],
    ),
    "a gap": (
        "UPDATE ledger_positions SET position = 6 WHERE position = 4",
        ["position 6: expected to follow 5, found 3"],
    ),
    "a moment before": (
        "UPDATE ledger_positions SET known_at = known_at - interval '1 hour' WHERE position = 3",
        ["position 3: expected to be known at "],
    ),
    "the moment before its own entry": (
        "UPDATE ledger_positions SET known_at = known_at - interval '1 hour' WHERE position = 1",
        ["position 1: expected to be known at "],
    ),
    "two places": (
        "INSERT INTO ledger_unsequenced (entry_id) VALUES ('{received}')",
        ["entry {received}: expected one place, in the order or in the queue, found 2"],
    ),
    "no place": (
        "DELETE FROM ledger_unsequenced",
        ["entry {queued}: expected one place, in the order or in the queue, found 0"],
    ),
    "a place in the queue for nothing": (
        "INSERT INTO ledger_unsequenced (entry_id) VALUES ('{nobody}')",
        ["arrival # in the queue: expected entry {nobody}, found none"],
    ),
    "a leaf": (
        "UPDATE ledger_positions SET leaf = sha256('x') WHERE position = 1",
        [LEAF],
    ),
    "a salt": ("UPDATE ledger_salts SET salt = sha256('x') WHERE entry_id = '{received}'", [LEAF]),
    "a total": (
        "UPDATE ledger_totals SET debit = debit + 1 WHERE kind = 'bank'",
        [TOTAL.format(kind="bank", wanted="570 and credit 70, found 571 and 70")],
    ),
    "a total gone": (
        "DELETE FROM ledger_totals WHERE kind = 'bank'",
        [TOTAL.format(kind="bank", wanted="570 and credit 70, found none and none")],
    ),
    "a total of nothing": (
        "INSERT INTO ledger_totals VALUES ('{deposit}', 'bank', 7, 570, 70)",
        ["total of bank in ledger {deposit} at block 7: expected debit 0 and credit 0, found 570"],
    ),
}
