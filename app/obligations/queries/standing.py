"""How an obligation stands in the book: now, as of a moment, or as known at a position."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import balances, positions
from app.ledger.chart import (
    FULFILLED,
    IMPOSED,
    OWED,
    PROVISIONAL,
    SANCTIONED,
    SURPLUS,
    WAIVED,
    Book,
    Kind,
    ledger_id,
)
from app.ledger.models import LedgerAccount
from app.obligations.models import Obligation
from app.obligations.valuing import Room


@dataclass(frozen=True, slots=True)
class Standing:
    """The accounts of one obligation, in cents of social-return value."""

    imposed: int = 0
    surplus: int = 0
    owed: int = 0
    provisional: int = 0
    fulfilled: int = 0
    waived: int = 0
    sanctioned: int = 0

    @property
    def is_met(self) -> bool:
        """Whether nothing of what was imposed is owed or undecided."""
        return self.owed == 0 and self.provisional == 0

    def room(self, of_kind_cents: int = 0) -> Room:
        """Say what may still be claimed, when so much of the kind counts already."""
        return Room(self.imposed, self.owed, of_kind_cents)


KINDS: tuple[Kind, ...] = (IMPOSED, SURPLUS, OWED, PROVISIONAL, FULFILLED, WAIVED, SANCTIONED)


async def now(session: AsyncSession, obligation: Obligation) -> Standing:
    """Say how an obligation stands; all its accounts are limited and carry their balance."""
    rows = await session.execute(
        sa.select(LedgerAccount.kind, LedgerAccount.posted).where(
            LedgerAccount.ledger_id == ledger_id(obligation.authority_id, Book.SOCIAL_RETURN),
            LedgerAccount.owner_id == obligation.id,
        )
    )
    return Standing(**{row.kind: row.posted for row in rows})


async def known(
    session: AsyncSession, position: int | None, known_at: datetime | None
) -> int | None:
    """Say which position is meant: the one that is named, or as far as anybody knew at a moment."""
    if position is not None or known_at is None:
        return position
    return await positions.known_at(session, known_at)


async def at(
    session: AsyncSession,
    obligation: Obligation,
    moment: datetime | None,
    position: int | None,
) -> Standing:
    """Say how it stood after all that had happened by a moment, or as known at a position.

    Raises:
        NotKnownYet: the books have not come to the position.
    """
    if moment is None and position is None:
        return await now(session, obligation)
    found = {
        kind.code: await balances.at(
            session, kind.of(obligation.authority_id, obligation.id), moment, position
        )
        for kind in KINDS
    }
    return Standing(**found)
