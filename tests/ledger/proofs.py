"""What must be true of the rows of a history, whatever was done."""

import json
from collections.abc import Iterable
from datetime import datetime

from app.core import clock
from app.ledger.chart import Account, Side
from app.ledger.drafts import Draft
from app.ledger.leaves import LeafEntry, LeafLine, leaf
from tests.ledger.histories import History
from tests.ledger.model import Entered, Held
from tests.ledger.plain import Plain

BALANCES = """
    SELECT a.ledger_id, a.kind, a.owner_id, a.limited, a.posted, a.held,
           (SELECT coalesce(sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END), 0)
              FROM ledger_lines l WHERE l.account_id = a.id)::bigint AS lines,
           (SELECT coalesce(sum(h.quantity), 0) FROM ledger_holds h
             WHERE h.account_id = a.id AND h.state = 'pending')::bigint AS pending
      FROM ledger_accounts a WHERE a.ledger_id = ANY ($1)
"""


async def balances_agree(history: History) -> None:
    """Compare every balance of the history's ledgers: stored, from the lines, and the model's."""
    names = {
        (account.ledger_id, account.kind.code, account.owner_id): account
        for account in history.world.everything
    }
    ledgers = list({account.ledger_id for account in names.values()})
    now, seen = clock.now(), 0
    for row in await history.look.fetch(BALANCES, ledgers):
        account = names[row["ledger_id"], row["kind"], row["owner_id"]]
        modelled = history.books.posted.get(account, 0)
        stored = modelled if row["limited"] else 0
        assert (row["posted"], row["lines"]) == (stored, modelled), (account, row, modelled)
        surely, perhaps = _held(history.books.holds.values(), account, now)
        assert row["held"] == row["pending"], (account, row)
        assert surely <= row["held"] <= perhaps, (account, row, surely, perhaps)
        assert not row["limited"] or 0 <= row["held"] <= row["posted"], (account, row)
        seen += 1
    assert seen == len(names)


def _held(holds: Iterable[Held], account: Account, now: datetime) -> tuple[int, int]:
    """Sum what holds claim now, and what they claim until somebody sweeps."""
    pending = [h for h in holds if h.hold.account == account and h.state == "pending"]
    living = sum(held.hold.amount for held in pending if held.lives(now))
    return living, sum(held.hold.amount for held in pending)


ENTRIES = """
    SELECT e.id, e.kind, e.reference, e.narration, e.occurred_at, e.recorded_at, e.reverses_id,
           e.evidence, p.position, p.leaf, s.salt, r.id AS named, v.entry_id AS mirror,
           (SELECT json_agg(json_build_object('keeper', g.keeper_id, 'kind', a.kind, 'owner',
                   a.owner_id, 'side', l.side, 'amount', l.amount, 'about', l.about_id)
                   ORDER BY l.position)
              FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id
              JOIN ledgers g ON g.id = l.ledger_id AND g.id = a.ledger_id
             WHERE l.entry_id = e.id) AS lines
      FROM ledger_entries e
      LEFT JOIN ledger_references r ON r.reference = e.reference
      LEFT JOIN ledger_positions p ON p.entry_id = e.id
      LEFT JOIN ledger_salts s ON s.entry_id = e.id
      LEFT JOIN ledger_reversals v ON v.reverses_id = e.id
     WHERE e.reference LIKE $1 AND e.id >= $2
"""

UNBALANCED = """
    SELECT l.entry_id, l.ledger_id FROM ledger_lines l
     WHERE l.entry_id >= $1
     GROUP BY l.entry_id, l.ledger_id
    HAVING sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END) <> 0
"""

# In the order in which the books became known, a limited account is never below zero, and nothing
# is reversed before it is known.
ACAUSAL = """
    SELECT x.account_id, x.position FROM (
        SELECT l.account_id, p.position,
               sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END)
                   OVER (PARTITION BY l.account_id ORDER BY p.position
                         RANGE UNBOUNDED PRECEDING) AS balance
          FROM ledger_accounts a
          JOIN ledger_lines l ON l.account_id = a.id
          JOIN ledger_positions p ON p.entry_id = l.entry_id
         WHERE a.limited AND a.ledger_id = ANY ($1)
    ) x WHERE x.balance < 0
    UNION ALL
    SELECT NULL, p.position FROM ledger_reversals r
      JOIN ledger_positions p ON p.entry_id = r.reverses_id
      JOIN ledger_positions m ON m.entry_id = r.entry_id
     WHERE m.position <= p.position AND p.position > $2
"""


async def sequence(look: Plain) -> None:
    """Give every committed entry its position."""
    while await look.fetchval("SELECT ledger_sequence($1, 1000)", clock.now()):
        pass


async def everything_agrees(history: History) -> None:
    """Compare all entries and holds with the model; prove order, positions, leaves."""
    look, world, books = history.look, history.world, history.books
    await sequence(look)
    rows = await look.fetch(ENTRIES, f"test/{world.name}/%", world.scheme)
    assert {row["reference"] for row in rows} == set(books.entries)
    assert len(rows) == len(books.entries)
    for row in rows:
        _entry_agrees(row, books.entries[row["reference"]])
        assert (row["mirror"] is not None) == (row["id"] in books.reversed)
    assert not await look.fetch(UNBALANCED, world.scheme)
    ledgers = list({account.ledger_id for account in world.everything})
    least = min((row["position"] for row in rows), default=0)
    assert not await look.fetch(ACAUSAL, ledgers, least - 1)
    count, last, waiting = await look.fetchrow(
        "SELECT count(*), coalesce(max(position), 0), (SELECT count(*) FROM ledger_unsequenced)"
        " FROM ledger_positions"
    )
    assert (count, waiting) == (last, 0)
    await _holds_agree(history)


def _entry_agrees(row: Plain, entered: Entered) -> None:
    draft, lines = entered.draft, json.loads(row["lines"])
    assert row["id"] == row["named"] == draft.id
    assert (row["kind"], row["narration"]) == (draft.kind, draft.narration)
    assert (row["occurred_at"], tuple(row["evidence"])) == (draft.occurred_at, draft.evidence)
    assert abs((row["recorded_at"] - entered.recorded_at).total_seconds()) < 60
    reverses = None if isinstance(draft, Draft) else draft.reverses_id
    assert row["reverses_id"] == reverses
    leaf_lines = [
        LeafLine(
            *(line.side, line.amount, line.account.keeper_id, line.account.kind.code),
            *(line.account.owner_id, line.about_id),
        )
        for line in entered.lines
    ]
    assert lines == [
        {
            "keeper": str(line.keeper_id),
            "kind": line.kind,
            "owner": str(line.owner_id),
            "side": Side(line.side).value,
            "amount": line.amount,
            "about": str(line.about_id),
        }
        for line in leaf_lines
    ]
    entry = LeafEntry(
        *(draft.id, draft.kind, draft.reference, draft.occurred_at, row["recorded_at"], reverses),
        *(draft.evidence, draft.narration, leaf_lines),
    )
    assert row["position"] is not None
    assert row["leaf"] == leaf(entry, row["salt"])


HOLDS = """
    SELECT reference, id, quantity, posted_quantity, state, expires_at, entry_id
      FROM ledger_holds WHERE reference LIKE $1
"""


async def _holds_agree(history: History) -> None:
    rows = await history.look.fetch(HOLDS, f"test/{history.world.name}/%")
    assert {row["reference"] for row in rows} == set(history.books.holds)
    now = clock.now()
    for row in rows:
        held = history.books.holds[row["reference"]]
        lapsed = held.state == "pending" and not held.lives(now)
        assert row["state"] in {held.state, "expired" if lapsed else held.state}, (row, held)
        assert (row["id"], row["quantity"]) == (held.hold.id, held.hold.amount)
        assert (row["posted_quantity"], row["entry_id"]) == (held.taken, held.entry)
        assert row["expires_at"] == held.expires_at
