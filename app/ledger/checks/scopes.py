"""Which rows a check looks at: a range of entries by their ids, or by their positions.

Every check of entries reads `entries` and `lines`; what these are is put before it.
"""

WITHIN_IDS = """
WITH entries AS NOT MATERIALIZED (
    SELECT * FROM ledger_entries WHERE id >= :first AND id < :last
), lines AS NOT MATERIALIZED (
    SELECT * FROM ledger_lines WHERE entry_id >= :first AND entry_id < :last
)
"""
"""All rows are in some range of ids, also lines whose entry is gone."""

WITHIN_POSITIONS = """
WITH placed AS MATERIALIZED (
    SELECT entry_id FROM ledger_positions WHERE position >= :first AND position < :last
), entries AS NOT MATERIALIZED (
    SELECT e.* FROM placed JOIN ledger_entries e ON e.id = placed.entry_id
), lines AS NOT MATERIALIZED (
    SELECT l.* FROM placed JOIN ledger_lines l ON l.entry_id = placed.entry_id
)
"""
