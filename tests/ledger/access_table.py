"""Who may read the books: staff."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.chart import Book
from tests.make.books import a_draft
from tests.matrix import FURNISHERS, KEYS, PERSONS, STAFF, Place, Rule, Tenant, World


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let the organisation keep a book with one entry."""
    keeper_id = tenant.organisation.id
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

OURS = (Place.OURS,)
LEDGER = "GET /v1/ledgers/{ledger_id}"
ACCOUNT = LEDGER + "/accounts/{kind}/{owner_id}"

TABLE = {
    "GET /v1/chart-of-accounts": Rule(PERSONS | KEYS, on=OURS),
    "GET /v1/ledgers": Rule(STAFF, on=OURS),
    LEDGER: Rule(STAFF),
    f"{LEDGER}/accounts": Rule(STAFF),
    f"{LEDGER}/trial-balance": Rule(STAFF),
    ACCOUNT: Rule(STAFF),
    f"{ACCOUNT}/statement": Rule(STAFF),
    "GET /v1/ledger-entries": Rule(STAFF, on=OURS),
    "GET /v1/ledger-entries/{entry_id}": Rule(STAFF),
    "GET /v1/ledger-holds": Rule(STAFF, on=OURS),
}
