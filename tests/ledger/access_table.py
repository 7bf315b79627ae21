"""Who may read the books: who acts for their keeper, its auditors, and staff."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.chart import Book
from tests.make.books import a_draft
from tests.matrix import FURNISHERS, KEYS, PERSONS, Place, Rule, Standing, Tenant, World
from tests.organisations.access_table import OURS
from tests.schemes.access_table import INSPECTING  # And its schemes are furnished before.


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let its scheme keep a book with one entry."""
    keeper_id = tenant.things["scheme_id"]
    assert isinstance(keeper_id, UUID)
    ledger_id = await journal.open_ledger(session, keeper_id, Book.MONEY)
    project_id = new_id()
    draft = a_draft(chart.DEPOSIT.of(keeper_id, project_id), 500)
    await journal.post(session, draft)
    tenant.things |= {
        "ledger_id": ledger_id,
        "kind": "deposit",
        "owner_id": project_id,
        "entry_id": draft.id,
    }


FURNISHERS.append(furnish)

LEDGER = "GET /v1/ledgers/{ledger_id}"
ACCOUNT = LEDGER + "/accounts/{kind}/{owner_id}"
WITH_SCOPE = PERSONS | {Standing.KEY, Standing.OUTSIDE_KEY}
"""Who has nothing to read finds an empty list."""

TABLE = {
    "GET /v1/chart-of-accounts": Rule(PERSONS | KEYS, on=OURS),
    "GET /v1/ledgers": Rule(WITH_SCOPE, on=OURS),
    LEDGER: Rule(INSPECTING),
    f"{LEDGER}/accounts": Rule(INSPECTING),
    f"{LEDGER}/trial-balance": Rule(INSPECTING),
    ACCOUNT: Rule(INSPECTING),
    f"{ACCOUNT}/statement": Rule(INSPECTING),
    "GET /v1/ledger-entries": Rule(WITH_SCOPE, on=OURS),
    "GET /v1/ledger-entries/{entry_id}": Rule(INSPECTING),
    "GET /v1/ledger-holds": Rule(WITH_SCOPE, on=OURS),
}
