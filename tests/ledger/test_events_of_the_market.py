"""Every event of the market as a journal page: written with the chart, posted, and read aloud.

Project A is valued at 120 RIKX and starts at 108; B misses its threshold; C takes up who moves. A
unit costs €100 here (an assumption, as in every demo), the buyer bears a fee of 5 %, VAT is 21 %.
A bookkeeper reads `events_of_the_market.txt`: these events, as the journal prints them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.chart import Account, Kind
from app.ledger.drafts import AnyDraft, Draft, Hold, Line, credit, debit
from tests.make.books import a_keeper

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
PRICE, FEE, VAT_ON_SALE, VAT_ON_FEE = 10_000, 500, 2_100, 105
GROSS = PRICE + FEE + VAT_ON_SALE + VAT_ON_FEE
PAGES = Path(__file__).with_name("events_of_the_market.txt")


class Market:
    """Who and what the events are about, with an account for each."""

    def __init__(self, scheme_id: UUID, authority_id: UUID) -> None:
        self.scheme_id, self.authority_id = scheme_id, authority_id
        self.ids: defaultdict[str, UUID] = defaultdict(new_id)
        self.steps = 0

    def of(self, kind: Kind, owner: str | None = None) -> Account:
        """Name an account of the scheme's books."""
        return kind.of(self.scheme_id, self.ids[owner] if owner else None)

    def due(self, kind: Kind) -> Account:
        """Name an account of the obligation in the authority's book."""
        return kind.of(self.authority_id, self.ids["obligation"])

    def entry(self, narration: str, *lines: Line, settles: str | None = None) -> Draft:
        """Draft an event, one a day."""
        self.steps += 1
        return Draft(
            kind="market.event",
            reference=f"event/{self.ids['market']}/{self.steps}",
            narration=narration,
            occurred_at=MAY + timedelta(days=self.steps),
            lines=lines,
            settles=settles,
        )

    def dr(self, kind: Kind, amount: int, owner: str | None = None) -> Line:
        """Debit the scheme's account, about its owner."""
        return debit(self.of(kind, owner), amount, self.ids[owner or "market"])

    def cr(self, kind: Kind, amount: int, owner: str | None = None) -> Line:
        """Credit the scheme's account, about its owner."""
        return credit(self.of(kind, owner), amount, self.ids[owner or "market"])

    def hold(self, kind: Kind, amount: int, owner: str, name: str) -> Hold:
        """Claim a part of an account."""
        return Hold(
            self.of(kind, owner),
            amount,
            f"event/{self.ids['market']}/{name}",
            self.ids[name],
            datetime(2100, 1, 1, tzinfo=UTC),
        )

    def owe(self, kind: Kind, amount: int) -> Line:
        """Debit the obligation."""
        return debit(self.due(kind), amount, self.ids["obligation"])

    def clear(self, kind: Kind, amount: int) -> Line:
        """Credit the obligation."""
        return credit(self.due(kind), amount, self.ids["obligation"])


def supply(m: Market) -> Iterator[AnyDraft]:
    for project, units in (("A", 120), ("B", 40), ("C", 30)):
        yield m.entry(
            f"Project {project} is listed",
            m.dr(chart.FOR_SALE, units, project),
            m.cr(chart.ISSUED, units, project),
        )


def sale(m: Market) -> Iterator[AnyDraft]:
    hold = m.hold(chart.FOR_SALE, 60, "A", "a")
    yield hold
    yield m.entry(
        "60 RIKX of A, paid before the threshold",
        m.dr(chart.PROVIDER_BALANCE, 60 * GROSS),
        m.cr(chart.DEPOSIT, 60 * GROSS, "A"),
        m.dr(chart.OWNED, 60, "a"),
        m.cr(chart.FOR_SALE, 60, "A"),
        settles=hold.reference,
    )
    yield m.entry(
        "A partial payment",
        m.dr(chart.BANK, 600_000),
        m.cr(chart.UNALLOCATED, 600_000, "b"),
    )
    yield m.entry("Nobody's payment", m.dr(chart.BANK, 40_000), m.cr(chart.SUSPENSE, 40_000))
    yield m.entry(
        "A person knows whose it is",
        m.dr(chart.SUSPENSE, 40_000),
        m.cr(chart.UNALLOCATED, 40_000, "b"),
    )
    paid, all_paid = 50 * GROSS, 110 * GROSS
    yield m.entry(
        "50 RIKX of A; the threshold of 108 is reached",
        m.dr(chart.UNALLOCATED, paid, "b"),
        m.cr(chart.DEPOSIT, paid, "A"),
        m.dr(chart.DEPOSIT, all_paid, "A"),
        m.cr(chart.START_PART, 108 * PRICE, "A"),
        m.cr(chart.RESULT_PART, 2 * PRICE, "A"),
        m.cr(chart.FEE_INCOME, 110 * FEE),
        m.cr(chart.VAT_FEE, 110 * VAT_ON_FEE),
        m.cr(chart.VAT_SALE, 110 * VAT_ON_SALE, "entrepreneur"),
        m.dr(chart.OWNED, 50, "b"),
        m.cr(chart.FOR_SALE, 50, "A"),
    )
    yield m.entry(
        "10 RIKX of A, paid after funding",
        m.dr(chart.PROVIDER_BALANCE, 10 * GROSS),
        m.cr(chart.RESULT_PART, 10 * PRICE, "A"),
        m.cr(chart.FEE_INCOME, 10 * FEE),
        m.cr(chart.VAT_FEE, 10 * VAT_ON_FEE),
        m.cr(chart.VAT_SALE, 10 * VAT_ON_SALE, "entrepreneur"),
        m.dr(chart.OWNED, 10, "c"),
        m.cr(chart.FOR_SALE, 10, "A"),
    )


def where_the_money_is(m: Market) -> Iterator[AnyDraft]:
    yield m.entry(
        "The provider's fee", m.dr(chart.PROVIDER_FEES, 2_000), m.cr(chart.PROVIDER_BALANCE, 2_000)
    )
    yield m.entry(
        "The provider pays out",
        m.dr(chart.IN_TRANSIT, 700_000),
        m.cr(chart.PROVIDER_BALANCE, 700_000),
    )
    yield m.entry(
        "It has come to the bank", m.dr(chart.BANK, 700_000), m.cr(chart.IN_TRANSIT, 700_000)
    )


def payout(m: Market) -> Iterator[AnyDraft]:
    vat = 108 * VAT_ON_SALE
    whole = 108 * PRICE + vat
    yield m.entry(
        "The start part is approved",
        m.dr(chart.START_PART, 108 * PRICE, "A"),
        m.dr(chart.VAT_SALE, vat, "entrepreneur"),
        m.cr(chart.PAYABLE, whole, "entrepreneur"),
    )
    sent = (m.dr(chart.PAYABLE, whole, "entrepreneur"), m.cr(chart.OUTGOING, whole))
    yield m.entry("The start part is sent", *sent)
    yield m.entry(
        "It failed",
        m.dr(chart.OUTGOING, whole),
        m.cr(chart.PAYABLE, whole, "entrepreneur"),
    )
    yield m.entry("The start part is sent again", *sent)
    yield m.entry("It is settled", m.dr(chart.OUTGOING, whole), m.cr(chart.BANK, whole))


def refund(m: Market) -> Iterator[AnyDraft]:
    over = 640_000 - 50 * GROSS
    yield m.entry(
        "What was paid too much is due back",
        m.dr(chart.UNALLOCATED, over, "b"),
        m.cr(chart.REFUND_DUE, over, "buyer"),
    )
    yield m.entry(
        "The refund is sent", m.dr(chart.REFUND_DUE, over, "buyer"), m.cr(chart.OUTGOING, over)
    )
    yield m.entry("The refund is settled", m.dr(chart.OUTGOING, over), m.cr(chart.BANK, over))


def missed(m: Market) -> Iterator[AnyDraft]:
    for order, units in (("d", 20), ("e", 5)):
        yield m.entry(
            f"{units} RIKX of B",
            m.dr(chart.BANK, units * GROSS),
            m.cr(chart.DEPOSIT, units * GROSS, "B"),
            m.dr(chart.OWNED, units, order),
            m.cr(chart.FOR_SALE, units, "B"),
        )
    yield m.entry(
        "B missed its threshold: one order is due back",
        m.dr(chart.DEPOSIT, 20 * GROSS, "B"),
        m.cr(chart.REFUND_DUE, 20 * GROSS, "buyer"),
        m.dr(chart.ANNULLED, 20, "B"),
        m.cr(chart.OWNED, 20, "d"),
    )
    yield m.entry(
        "The other one moves to C",
        m.dr(chart.DEPOSIT, 5 * GROSS, "B"),
        m.cr(chart.DEPOSIT, 5 * GROSS, "C"),
        m.dr(chart.ANNULLED, 5, "B"),
        m.cr(chart.OWNED, 5, "e"),
        m.dr(chart.OWNED, 5, "f"),
        m.cr(chart.FOR_SALE, 5, "C"),
    )
    yield m.entry("Unsold at the end", m.dr(chart.LAPSED, 15, "B"), m.cr(chart.FOR_SALE, 15, "B"))


def unwound(m: Market) -> Iterator[AnyDraft]:
    yield m.entry(
        "2 RIKX of a firm order are refunded, and on sale again",
        m.dr(chart.RESULT_PART, 2 * PRICE, "A"),
        m.dr(chart.FEE_INCOME, 2 * FEE),
        m.dr(chart.VAT_FEE, 2 * VAT_ON_FEE),
        m.dr(chart.VAT_SALE, 2 * VAT_ON_SALE, "entrepreneur"),
        m.cr(chart.REFUND_DUE, 2 * GROSS, "buyer"),
        m.dr(chart.FOR_SALE, 2, "A"),
        m.cr(chart.OWNED, 2, "c"),
    )
    yield m.entry(
        "1 RIKX that was paid out is refunded; the operator bears the VAT",
        m.dr(chart.RECEIVABLE, PRICE, "entrepreneur"),
        m.dr(chart.FEE_INCOME, FEE),
        m.dr(chart.VAT_FEE, VAT_ON_FEE),
        m.dr(chart.OPERATOR_LOSS, VAT_ON_SALE),
        m.cr(chart.REFUND_DUE, GROSS, "buyer"),
        m.dr(chart.ANNULLED, 1, "A"),
        m.cr(chart.OWNED, 1, "a"),
    )
    opened = (m.dr(chart.DISPUTED, 8 * GROSS), m.cr(chart.PROVIDER_BALANCE, 8 * GROSS))
    yield m.entry("A dispute is opened", *opened)
    yield m.entry(
        "The dispute is won",
        m.dr(chart.PROVIDER_BALANCE, 8 * GROSS),
        m.cr(chart.DISPUTED, 8 * GROSS),
    )
    yield m.entry("Another dispute is opened", *opened)
    yield m.entry(
        "The dispute is lost",
        m.dr(chart.RESULT_PART, 8 * PRICE, "A"),
        m.dr(chart.FEE_INCOME, 8 * FEE),
        m.dr(chart.VAT_FEE, 8 * VAT_ON_FEE),
        m.dr(chart.VAT_SALE, 8 * VAT_ON_SALE, "entrepreneur"),
        m.cr(chart.DISPUTED, 8 * GROSS),
        m.dr(chart.ANNULLED, 8, "A"),
        m.cr(chart.OWNED, 8, "c"),
    )


def result(m: Market) -> Iterator[AnyDraft]:
    hold = m.hold(chart.RESULT_PART, 2 * PRICE, "A", "undecided")
    yield hold
    yield m.entry(
        "The result fell short: half goes back, half is paid",
        m.dr(chart.RESULT_PART, 2 * PRICE, "A"),
        m.cr(chart.REFUND_DUE, PRICE, "buyer"),
        m.cr(chart.PAYABLE, PRICE, "entrepreneur"),
        settles=hold.reference,
    )
    yield m.entry(
        "The operator takes its fee", m.dr(chart.FEE_INCOME, 50_000), m.cr(chart.OUTGOING, 50_000)
    )
    yield m.entry("VAT is remitted", m.dr(chart.VAT_FEE, 10_000), m.cr(chart.OUTGOING, 10_000))


def obligation(m: Market) -> Iterator[AnyDraft]:
    yield m.entry(
        "An obligation is imposed", m.owe(chart.OWED, 1_500_000), m.clear(chart.IMPOSED, 1_500_000)
    )
    yield m.entry("It is raised", m.owe(chart.OWED, 100_000), m.clear(chart.IMPOSED, 100_000))
    yield m.entry(
        "60 RIKX count provisionally",
        m.owe(chart.PROVISIONAL, 600_000),
        m.clear(chart.OWED, 600_000),
    )
    yield m.entry(
        "1 RIKX lapses, for it was refunded",
        m.owe(chart.OWED, 10_000),
        m.clear(chart.PROVISIONAL, 10_000),
    )
    yield m.entry(
        "59 RIKX are approved, with 2 more than was provisional",
        m.owe(chart.FULFILLED, 610_000),
        m.clear(chart.PROVISIONAL, 590_000),
        m.clear(chart.OWED, 20_000),
        m.dr(chart.RETIRED, 59, "a"),
        m.cr(chart.OWNED, 59, "a"),
    )
    yield m.entry(
        "9 RIKX are revoked",
        m.owe(chart.OWED, 90_000),
        m.clear(chart.FULFILLED, 90_000),
        m.dr(chart.OWNED, 9, "a"),
        m.cr(chart.RETIRED, 9, "a"),
    )
    yield m.entry("A part is waived", m.owe(chart.WAIVED, 30_000), m.clear(chart.OWED, 30_000))
    yield m.entry(
        "A part is sanctioned", m.owe(chart.SANCTIONED, 50_000), m.clear(chart.OWED, 50_000)
    )
    yield m.entry(
        "It is lowered, beyond what is owed",
        m.owe(chart.IMPOSED, 1_100_000),
        m.clear(chart.OWED, 1_000_000),
        m.clear(chart.SURPLUS, 100_000),
    )


CHAPTERS = (
    supply,
    sale,
    where_the_money_is,
    payout,
    refund,
    missed,
    unwound,
    result,
    obligation,
)

IMPACT = """
    SELECT p.owner_id FROM (
        SELECT coalesce(o.project, a.owner_id) AS owner_id, a.kind,
               sum(CASE WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END) AS balance
          FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id
          LEFT JOIN unnest(CAST(:orders AS uuid[]), CAST(:projects AS uuid[])) o(id, project)
            ON o.id = a.owner_id
         WHERE l.ledger_id = :ledger GROUP BY 1, 2) p
     GROUP BY p.owner_id HAVING sum(p.balance) <> 0
"""


@pytest.fixture
async def market(session: AsyncSession) -> Market:
    return Market(await a_keeper(session), await a_keeper(session))


async def unequal_projects(session: AsyncSession, market: Market) -> list[UUID]:
    """Projects whose issued units are not for sale, owned, retired, annulled or lapsed."""
    orders = {"a": "A", "b": "A", "c": "A", "d": "B", "e": "B", "f": "C"}
    found = await session.scalars(
        sa.text(IMPACT),
        {
            "ledger": market.of(chart.ISSUED, "A").ledger_id,
            "orders": [market.ids[order] for order in orders],
            "projects": [market.ids[project] for project in orders.values()],
        },
    )
    return list(found)


async def social_return(session: AsyncSession, market: Market) -> tuple[int, int]:
    """What was imposed and beyond, and where it is."""
    query = sa.text(
        "SELECT side, sum(posted) AS posted FROM ledger_accounts WHERE owner_id = :id GROUP BY side"
    )
    rows = await session.execute(query, {"id": market.ids["obligation"]})
    sums = {row.side: int(row.posted) for row in rows}
    return sums.get("credit", 0), sums.get("debit", 0)


async def test_every_event_of_the_market_is_a_page(session: AsyncSession, market: Market) -> None:
    pages = []
    for chapter in CHAPTERS:
        for draft in chapter(market):
            await journal.post(session, draft)
            pages.append(str(draft))
            assert await unequal_projects(session, market) == []
            imposed, answered = await social_return(session, market)
            assert imposed == answered
    assert "\n".join(pages) == PAGES.read_text().strip()
