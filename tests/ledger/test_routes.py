"""The books over HTTP: what a reader sees, and what nobody else does."""

from uuid import UUID

import httpx
import pytest

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart, journal, positions
from app.ledger.chart import Book
from app.ledger.drafts import Draft, credit, debit
from app.organisations.models import Organisation
from tests import make
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer


class Books:
    """A scheme with books, those of somebody else beside them, and who reads."""

    def __init__(self, scheme_id: UUID, headers: dict[str, str], staff: dict[str, str]) -> None:
        self.scheme_id, self.headers, self.staff = scheme_id, headers, staff
        self.deposit = chart.DEPOSIT.of(scheme_id, new_id())
        self.other_id = new_id()

    @property
    def ledger(self) -> str:
        """The path of the money ledger."""
        return f"/v1/ledgers/{self.deposit.ledger_id}"

    @property
    def account(self) -> str:
        """The path of the deposit."""
        return f"{self.ledger}/accounts/deposit/{self.deposit.owner_id}"


@pytest.fixture
async def books(database: Database) -> Books:
    async with database.work() as session:
        scheme = await make.a_scheme(session)
        operator = await make.a_member(
            session, organisation=await session.get_one(Organisation, scheme.operator_id)
        )
        staff = await make.signed_in(session, await make.a_user(session, staff=True))
        books = Books(scheme.id, operator.headers, staff)
        await journal.open_ledger(session, scheme.id, Book.MONEY)
        books.other_id = await a_keeper(session)
        await journal.post(session, a_draft(books.deposit, 500, reference="order/7/paid"))
        hold = a_hold(books.deposit, 40)
        await journal.post(session, hold)
        await positions.sequence(session)
        await journal.post(session, a_transfer(books.deposit, chart.BANK.of(scheme.id), 100))
    return books


async def test_a_reader_finds_ledgers_accounts_and_balances(
    client: httpx.AsyncClient, books: Books
) -> None:
    found = await client.get("/v1/ledgers", headers=books.headers)
    accounts = await client.get(f"{books.ledger}/accounts?limit=1", headers=books.headers)
    more = await client.get(
        f"{books.ledger}/accounts?after={accounts.json()['next']}", headers=books.headers
    )
    now = await client.get(books.account, headers=books.headers)
    known = await client.get(f"{books.account}?position=1", headers=books.headers)

    assert [ledger["keeperId"] for ledger in found.json()["items"]] == [str(books.scheme_id)]
    [bank], [deposit] = accounts.json()["items"], more.json()["items"]
    assert (bank["kind"], bank["posted"]) == ("bank", 400)
    assert (deposit["posted"], deposit["held"], deposit["available"]) == (400, 40, 360)
    assert (now.json()["balance"], known.json()["balance"]) == (400, 500)


async def test_a_statement_and_a_trial_balance(client: httpx.AsyncClient, books: Books) -> None:
    statement = await client.get(f"{books.account}/statement", headers=books.headers)
    trial = await client.get(f"{books.ledger}/trial-balance", headers=books.headers)
    never = await client.get(
        f"{books.ledger}/accounts/deposit/{new_id()}/statement", headers=books.headers
    )
    ahead = await client.get(f"{books.ledger}/trial-balance?position=99", headers=books.headers)

    assert [row["balance"] for row in statement.json()["items"]] == [500, 400]
    assert trial.json()["debit"] == trial.json()["credit"] == 500
    assert (trial.json()["position"], len(trial.json()["rows"])) == (1, 2)
    assert (never.status_code, never.json()["type"]) == (404, "/problems/no-such-account")
    assert (ahead.status_code, ahead.json()["latest"]) == (404, 1)


async def test_a_story_and_its_entry(client: httpx.AsyncClient, books: Books) -> None:
    story = await client.get("/v1/ledger-entries?story=order/7", headers=books.headers)
    [entry] = story.json()["items"]
    alone = await client.get(f"/v1/ledger-entries/{entry['id']}", headers=books.headers)
    holds = await client.get("/v1/ledger-holds", headers=books.headers)

    assert alone.json() == entry
    assert (entry["reference"], entry["position"]) == ("order/7/paid", 1)
    assert [line["side"] for line in entry["lines"]] == ["debit", "credit"]
    assert [(hold["quantity"], hold["state"]) for hold in holds.json()["items"]] == [
        (40, "pending")
    ]


async def test_of_an_entry_over_two_keepers_each_reads_its_own_lines(
    client: httpx.AsyncClient, database: Database, books: Books
) -> None:
    obligation = new_id()
    draft = Draft(
        kind="test.both",
        reference="test/both",
        narration="Units and an obligation",
        occurred_at=MAY,
        lines=(
            debit(chart.BANK.of(books.scheme_id), 5, obligation),
            credit(books.deposit, 5, obligation),
            debit(chart.OWED.of(books.other_id, obligation), 5, obligation),
            credit(chart.IMPOSED.of(books.other_id, obligation), 5, obligation),
        ),
    )
    async with database.work() as session:
        await journal.post(session, draft)

    ours = await client.get(f"/v1/ledger-entries/{draft.id}", headers=books.headers)
    whole = await client.get(f"/v1/ledger-entries/{draft.id}", headers=books.staff)

    assert [line["kind"] for line in ours.json()["lines"]] == ["bank", "deposit"]
    assert len(whole.json()["lines"]) == 4
    other = chart.ledger_id(books.other_id, Book.SOCIAL_RETURN)
    hidden = await client.get(f"/v1/ledgers/{other}", headers=books.headers)
    assert hidden.status_code == 404


async def test_nothing_is_posted_over_http(client: httpx.AsyncClient) -> None:
    document = (await client.get("/v1/openapi.json")).json()

    methods = {
        method
        for path, operations in document["paths"].items()
        if path.startswith(("/ledger", "/chart"))
        for method in operations
    }
    assert methods - {"parameters"} == {"get"}
