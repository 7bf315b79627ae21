"""The door's fast way: it enters what the door would enter, and refuses what the door refuses."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart
from app.ledger.drafts import Draft, credit
from tests.ledger import plain
from tests.ledger.plain import LINES, Books, call
from tests.make.books import a_draft

ARGUMENTS = {"id": "uuid", "reference": "text", "kind": "text", "narration": "text"}


@pytest.fixture
async def books(database: Database) -> AsyncIterator[Books]:
    """A scheme's books, as the application sees them."""
    async with plain.books(database, as_owner=False) as books:
        yield books


def enter(draft: Draft, **instead: str) -> str:
    """Write a call of the fast way; `instead` replaces arguments."""
    given = {f"p_{name}": f"'{getattr(draft, name)}'::{kind}" for name, kind in ARGUMENTS.items()}
    given |= {
        "p_occurred_at": f"'{draft.occurred_at.isoformat()}'::timestamptz",
        "p_evidence": "''",
    }
    rows = [
        (
            *(n, line.account.ledger_id, line.account.kind.code, line.account.owner_id),
            *(line.side == "debit", line.amount, line.about_id),
        )
        for n, line in enumerate(draft.lines, 1)
    ]
    for (name, kind), column in zip(list(LINES.items())[1:], zip(*rows, strict=True), strict=True):
        given[f"l_{name}"] = plain._array(kind, column)
    arguments = ", ".join(f"{name} => {value}" for name, value in (given | instead).items())
    return f"SELECT * FROM ledger_enter(p_now => '{clock.now().isoformat()}', {arguments})"  # noqa: S608  A test's own.


async def test_what_one_way_entered_is_a_replay_on_the_other(books: Books) -> None:
    for first, second in ((enter, call_door), (call_door, enter)):
        draft = a_draft(books.deposit, 7)
        entered = await books.connection.fetchrow(first(draft))
        again = await books.connection.fetchrow(second(replace(draft, id=new_id())))

        assert (entered["outcome"], entered["entry"]) == (["posted"], [draft.id])
        assert (again["outcome"], again["entry"]) == (["replayed"], [draft.id])

    assert await posted(books) == 514


def call_door(draft: Draft) -> str:
    return call([draft])


async def posted(books: Books) -> int:
    query = "SELECT posted FROM ledger_accounts WHERE id = $1"
    return int(await books.connection.fetchval(query, await books.number(books.deposit)))


async def test_it_says_the_balances_of_limited_accounts_line_by_line(books: Books) -> None:
    known = await books.connection.fetchrow(enter(a_draft(books.deposit, 7)))
    draft = a_draft(books.deposit, 7)
    beside = chart.UNALLOCATED.of(books.scheme, new_id())
    lines = (
        draft.lines[0],
        credit(books.deposit, 3, books.scheme),
        credit(beside, 4, books.scheme),
    )
    opening = await books.connection.fetchrow(enter(replace(draft, lines=lines)))

    number = await books.number(books.deposit)
    assert (known["account"], known["posted"], known["held"]) == (
        [None, number],
        [None, 507],
        [None, 100],
    )
    # An account that is opened on the way takes the door's own way.
    found = dict(zip(opening["account"], opening["posted"], strict=True))
    assert found == {number: 510, await books.number(beside): 4}


@pytest.mark.parametrize(
    ("instead", "sqlstate"),
    [
        ({"l_amount": "ARRAY[7, 6]::bigint[]"}, plain.CHECK),
        ({"l_amount": "ARRAY[-7, -7]::bigint[]"}, plain.CHECK),
        ({"l_amount": "ARRAY[7, NULL]::bigint[]"}, "23502"),
        ({"l_amount": "ARRAY[7, 7, 7]::bigint[]"}, "22023"),
        ({"l_amount": "'[2:3]={7,7}'::bigint[]"}, "22023"),
        ({"l_debit": "ARRAY[true, NULL]"}, "23502"),
        ({"l_debit": "ARRAY[true, true]"}, plain.CHECK),
        ({"l_position": "ARRAY[1, 1]::smallint[]"}, "23505"),
        ({"l_position": "ARRAY[1, 3]::smallint[]"}, plain.CHECK),
        ({"l_kind": "ARRAY['bank', 'nothing']"}, "23503"),
        ({"l_kind": "ARRAY[]::text[]"}, "22023"),
        ({"l_owner": "ARRAY[NULL, NULL]::uuid[]"}, plain.CHECK),
        ({"p_id": "NULL"}, "23502"),
        ({"p_reference": "NULL"}, "23502"),
        ({"p_evidence": "NULL"}, "23502"),
        ({"p_occurred_at": "NULL"}, "23502"),
    ],
)
async def test_what_is_no_entry_is_refused(
    books: Books, instead: dict[str, str], sqlstate: str
) -> None:
    refusal = await books.refuses(enter(a_draft(books.deposit, 7), **instead))

    assert refusal.sqlstate == sqlstate
    assert await posted(books) == 500


async def test_a_limit_refuses_with_a_word_and_leaves_nothing(books: Books) -> None:
    draft = a_draft(books.deposit, 401)
    taking = {"l_debit": "ARRAY[false, true]"}

    refused = await books.connection.fetchrow(enter(draft, **taking))
    rest = "SELECT count(*) FROM ledger_references WHERE reference = $1"

    assert (refused["outcome"], refused["culprit"]) == (["limit"], ["deposit"])
    assert refused["available"] == [400]
    assert await books.connection.fetchval(rest, draft.reference) == 0
    assert await posted(books) == 500
