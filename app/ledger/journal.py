"""The door from Python: `post` enters any number of drafts in the books, in one round trip.

A transaction calls it once, so that locks are always taken in the same order. It may call a second
time only where the second call depends on balances that the first returned, and then only touches
accounts of the same or a later lock rank (`chart.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import Problem
from app.ledger import problems
from app.ledger.chart import Account, Book, ledger_id
from app.ledger.drafts import AnyDraft, Draft, Extend, Hold, Line, Reversal, Void


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has on its normal side."""

    posted: int
    held: int = 0

    @property
    def available(self) -> int:
        """What can still be taken or held."""
        return self.posted - self.held


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one draft."""

    id: UUID | None
    """Of the entry or the hold; of the first one, if this was a replay."""
    replayed: bool = False
    refusal: Problem | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """What became of a call's drafts, in their order."""

    outcomes: tuple[Outcome, ...]
    balances: Mapping[Account, Balance]
    """Of the limited accounts, afterwards; their rows stay locked until the transaction ends."""

    @property
    def ids(self) -> tuple[UUID | None, ...]:
        """The entries and holds, one per draft."""
        return tuple(outcome.id for outcome in self.outcomes)


async def open_ledger(session: AsyncSession, keeper_id: UUID, book: Book) -> UUID:
    """Let a scheme or an authority keep a book; opening it again changes nothing."""
    await session.execute(
        sa.select(
            sa.func.ledger_open(ledger_id(keeper_id, book), keeper_id, book.value, clock.now())
        )
    )
    return ledger_id(keeper_id, book)


async def post(session: AsyncSession, *drafts: AnyDraft) -> Posting:
    """Enter drafts that belong together: all of them, or none.

    A draft whose reference was entered before with the same content is a replay: it changes
    nothing and returns the first entry.

    Raises:
        LimitReached: a limited account has not enough, holds included.
        ReferenceReused: a reference was entered before with other content.
        NoSuchHold, HoldEnded, HoldPosted, HoldDoesNotFit: a hold is not as a draft expects.
        NoSuchEntry, ReversedBefore, ReversalStays: an entry can't be reversed.
    """
    posting = await _call(session, drafts, together=True)
    refusals = [outcome.refusal for outcome in posting.outcomes if outcome.refusal]
    for refusal in refusals:
        if not isinstance(refusal, problems.LeftOut):
            raise refusal
    return posting


async def offer(session: AsyncSession, *drafts: AnyDraft) -> Posting:
    """Enter drafts that have nothing to do with each other: each has its own outcome."""
    return await _call(session, drafts, together=False)


async def _call(session: AsyncSession, drafts: Sequence[AnyDraft], *, together: bool) -> Posting:
    if not drafts:
        return Posting((), {})
    lines = list(_in_order_of_locks(drafts))
    match drafts:
        case [Draft(settles=None) as draft]:
            statement, arguments = _FAST, (*_fields(draft), *_line_columns(lines)[1:])
        case _:
            statement = _DOOR
            arguments = (together, *_columns(drafts), *_line_columns(lines))
    connection = await session.connection()
    found = (await connection.exec_driver_sql(statement, (clock.now(), *arguments))).one()
    balances = {
        number: Balance(posted, held)
        for number, posted, held in zip(found.account, found.posted, found.held, strict=True)
        if number is not None
    }
    accounts = zip((line.account for _, _, line in lines), found.line_account or (), strict=False)
    return Posting(
        tuple(_outcome(draft, number, found) for number, draft in enumerate(drafts)),
        {account: balances[number] for account, number in accounts if number in balances},
    )


_DOOR = (
    "SELECT * FROM ledger_post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
    " $16, $17, $18, $19, $20, $21)"
)
_FAST = "SELECT * FROM ledger_enter($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"


def _in_order_of_locks(drafts: Sequence[AnyDraft]) -> Iterator[tuple[int, int, Line]]:
    """Number each line by its draft and its place there, the hottest accounts last."""
    lines = [
        (number, position, line)
        for number, draft in enumerate(drafts, 1)
        for position, line in enumerate(_lines(draft), 1)
    ]
    return iter(sorted(lines, key=_lock))


def _lines(draft: AnyDraft) -> tuple[Line, ...]:
    if isinstance(draft, Draft):
        return draft.lines
    if isinstance(draft, Hold):
        return (Line(draft.account, draft.account.kind.side, draft.amount, draft.about_id),)
    return ()


def _lock(numbered: tuple[int, int, Line]) -> tuple[int, UUID, UUID]:
    account = numbered[2].account
    return account.kind.lock_rank, account.ledger_id, account.owner_id


Column = list[Any]


def _columns(drafts: Sequence[AnyDraft]) -> tuple[Column, ...]:
    return tuple(map(list, zip(*map(_row, drafts), strict=True)))


def _row(draft: AnyDraft) -> tuple[Any, ...]:
    """Write a draft as the door reads it: `d_op` to `d_reverses`."""
    nothing: datetime | None = None
    if isinstance(draft, Draft):
        return (
            *("entry", draft.id, draft.reference, draft.kind, draft.narration, draft.occurred_at),
            *(" ".join(draft.evidence), len(draft.lines), draft.settles, nothing, None),
        )
    if isinstance(draft, Reversal):
        return (
            *("reversal", draft.id, draft.reference, draft.kind, draft.narration),
            *(draft.occurred_at, " ".join(draft.evidence), 0, None, nothing, draft.reverses_id),
        )
    if isinstance(draft, Hold):
        return (
            *("hold", draft.id, draft.reference, None, None, nothing, "", 1, None),
            *(draft.expires_at, None),
        )
    expires_at = draft.expires_at if isinstance(draft, Extend) else nothing
    op = "void" if isinstance(draft, Void) else "extend"
    return (op, None, None, None, None, nothing, "", 0, draft.reference, expires_at, None)


def _fields(draft: Draft) -> tuple[Any, ...]:
    return (
        *(draft.id, draft.reference, draft.kind, draft.narration, draft.occurred_at),
        " ".join(draft.evidence),
    )


def _line_columns(lines: Sequence[tuple[int, int, Line]]) -> tuple[Column, ...]:
    return (
        [number for number, _, _ in lines],
        [position for _, position, _ in lines],
        [line.account.ledger_id for _, _, line in lines],
        [line.account.kind.code for _, _, line in lines],
        [line.account.owner_id for _, _, line in lines],
        [line.side == "debit" for _, _, line in lines],
        [line.amount for _, _, line in lines],
        [line.about_id for _, _, line in lines],
    )


def _outcome(draft: AnyDraft, number: int, found: Any) -> Outcome:  # noqa: ANN401  The door's row.
    said: str = found.outcome[number]
    if said in {"posted", "replayed"}:
        return Outcome(found.entry[number], replayed=said == "replayed")
    if said == "limit":
        limit = problems.LimitReached(found.culprit[number], found.available[number])
        return Outcome(None, refusal=limit)
    if said == "reference reused":
        return Outcome(None, refusal=problems.ReferenceReused(draft.reference))
    reason, sentence = _REASONS[said]
    return Outcome(None, refusal=reason(sentence.format(draft.reference)))


_REASONS: dict[str, tuple[type[Problem], str]] = {
    "no such hold": (problems.NoSuchHold, "No hold is known to {}."),
    "hold ended": (problems.HoldEnded, "The hold of {} expired or was voided."),
    "hold posted before": (problems.HoldPosted, "The hold of {} was posted before."),
    "hold does not fit": (
        problems.HoldDoesNotFit,
        "{} takes nothing, or more than is held, from the account of its hold.",
    ),
    "no such entry": (problems.NoSuchEntry, "There is no entry for {} to reverse."),
    "reversed before": (problems.ReversedBefore, "What {} reverses was reversed before."),
    "is a reversal": (
        problems.ReversalStays,
        "What {} reverses is a reversal itself: enter the event anew.",
    ),
    "left out": (problems.LeftOut, "{} was left out, because another part was refused."),
}
