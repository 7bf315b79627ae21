"""Books in which a lot happened, by chance: seeds make them again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.ledger import chart, journal, positions
from app.ledger.chart import Account
from app.ledger.drafts import AnyDraft, Draft, Hold, Line, Reversal, Void, credit, debit
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer

NARRATIONS = (
    "3 RIKX of DAM Nederland",
    '=HYPERLINK("https://example.org")',
    "  ! (odd) ; kind:wrong | who, what: \u201cwhy\u201d",
    "* 2026-01-01 [2026-02-02] date:2026-03-03 \U0001f600",
    "@SUM(1+1)",
    "-1, é,\u00a0x  y",
)
EVIDENCE = ((), ("stripe:pi_1", "=1+1"), ("camt:2026,12/3;date:2026-01-01", "file:%2C|x"))


@dataclass
class BusyBooks:
    """What a random history may build on."""

    chance: Random
    scheme_id: UUID
    authority_id: UUID
    projects: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(4)])
    entries: list[UUID] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    def draft(self) -> AnyDraft:
        """Think of something that may happen, or be refused."""
        makings: list[Callable[[], AnyDraft]] = [
            *(self._received, self._received, self._moved, self._held, self._recognised)
        ]
        if self.entries:
            makings.append(self._reversed)
        if self.holds:
            makings += [self._settled, self._voided]
        return self.chance.choice(makings)()

    def _project(self) -> UUID:
        return self.chance.choice(self.projects)

    def _deposit(self) -> Account:
        return chart.DEPOSIT.of(self.scheme_id, self._project())

    def _amount(self) -> int:
        return self.chance.randint(1, 50_000)

    def _received(self) -> Draft:
        return self._described(a_draft(self._deposit(), self._amount()))

    def _moved(self) -> Draft:
        to = chart.START_PART.of(self.scheme_id, self._project())
        return self._described(a_transfer(self._deposit(), to, self._amount()))

    def _recognised(self) -> Draft:
        about, obligation, project = new_id(), new_id(), self._project()
        lines: tuple[Line, ...] = (
            debit(chart.OWED.of(self.authority_id, obligation), self._amount(), about),
        )
        units, fee = self.chance.randint(1, 9), self._amount()
        return self._described(
            Draft(
                kind="test.recognised",
                reference=f"test/{about}/recognised",
                narration="Units, money and an obligation at once",
                occurred_at=MAY,
                lines=(
                    *lines,
                    credit(chart.IMPOSED.of(self.authority_id, obligation), lines[0].amount, about),
                    debit(chart.FOR_SALE.of(self.scheme_id, project), units, project),
                    credit(chart.ISSUED.of(self.scheme_id, project), units, project),
                    debit(chart.PROVIDER_FEES.of(self.scheme_id), fee, about),
                    credit(chart.PROVIDER_BALANCE.of(self.scheme_id), fee, about),
                    debit(chart.BANK.of(self.authority_id), fee, about),
                    credit(chart.SUSPENSE.of(self.authority_id), fee, about),
                ),
            )
        )

    def _described(self, draft: Draft) -> Draft:
        return Draft(
            kind=draft.kind,
            reference=draft.reference,
            narration=self.chance.choice(NARRATIONS),
            occurred_at=MAY + timedelta(hours=self.chance.randint(-500, 500)),
            lines=draft.lines,
            evidence=self.chance.choice(EVIDENCE),
            settles=draft.settles,
        )

    def _held(self) -> Hold:
        return a_hold(self._deposit(), self._amount())

    def _settled(self) -> Draft:
        hold = self.chance.choice(self.holds)
        to = chart.START_PART.of(self.scheme_id, self._project())
        amount = self.chance.randint(1, hold.amount)
        return self._described(a_transfer(hold.account, to, amount, settles=hold.reference))

    def _voided(self) -> Void:
        return Void(self.chance.choice(self.holds).reference)

    def _reversed(self) -> Reversal:
        return Reversal(
            reverses_id=self.chance.choice(self.entries),
            reference=f"test/{new_id()}/reversed",
            narration=self.chance.choice(NARRATIONS),
            occurred_at=MAY,
        )


async def busy_books(session: AsyncSession, *, drafts: int, seed: int) -> BusyBooks:
    """Let a lot happen; what limits refuse did not."""
    chance = Random(seed)  # noqa: S311  Histories, not secrets.
    books = BusyBooks(chance, await a_keeper(session), await a_keeper(session))
    for _ in range(drafts):
        draft = books.draft()
        posting = await journal.offer(session, draft)
        if posting.ids[0] is None or posting.outcomes[0].refusal:
            continue
        if isinstance(draft, Hold):
            books.holds.append(draft)
        elif isinstance(draft, Draft | Reversal):
            books.entries.append(posting.ids[0])
    return books


async def sequence(session: AsyncSession) -> None:
    """Give every entry its position."""
    while await positions.sequence(session):
        pass
