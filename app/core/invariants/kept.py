"""What an invariant is, and how it is looked at."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock

Faults: TypeAlias = AsyncIterator[str]

logger = structlog.get_logger(__name__)


class Kept(Protocol):
    """Something that must always be true."""

    @property
    def name(self) -> str:
        """Name it among all of them: `serials-without-a-gap`."""
        ...

    @property
    def says(self) -> str:
        """Say what must be true."""
        ...

    @property
    def is_timed(self) -> bool:
        """Whether something breaks it only because it waited too long."""
        ...

    def faults(self, session: AsyncSession) -> Faults:
        """Name what breaks it; `session` is of a snapshot."""
        ...


@dataclass(frozen=True, slots=True)
class Invariant:
    """What one statement can find broken."""

    name: str
    says: str
    sql: str
    """Gives a fault a row; `:now` in it is the installation's time."""

    @property
    def is_timed(self) -> bool:
        """Whether it asks what time it is."""
        return ":now" in self.sql

    async def faults(self, session: AsyncSession) -> Faults:
        """Name what breaks it."""
        statement = sa.text(self.sql)
        if self.is_timed:
            statement = statement.bindparams(
                sa.bindparam("now", clock.now(), type_=sa.TIMESTAMP(timezone=True))
            )
        # From the server bit by bit: there may be as many faults as rows.
        async for fault in await session.stream_scalars(statement):
            yield fault


@dataclass(frozen=True, slots=True)
class Proof:
    """What a program finds broken."""

    name: str
    says: str
    find: Callable[[AsyncSession], Faults]
    is_timed: bool = False

    def faults(self, session: AsyncSession) -> Faults:
        """Name what breaks it."""
        return self.find(session)


class CannotLook(Exception):  # noqa: N818  Read aloud it says what happened.
    """Something is in the way for now: whether it holds, nobody knows."""


IN_THE_WAY = ("40", "53", "55P03", "57")
"""How SQLSTATE begins where others block us, end us, or leave us no room."""


async def faults_of(session: AsyncSession, kept: Kept) -> AsyncGenerator[str, None]:
    """Name what breaks one of them; what can't be read is broken, too.

    Raises:
        CannotLook: something is in the way, which says nothing about the rows.
    """
    try:
        async with session.begin_nested():
            async for fault in kept.faults(session):
                yield fault
    except Exception as error:
        cause = getattr(error, "orig", None) or error
        if not await _answers(session):
            # The database went away, with everything that was to be looked at.
            raise
        if str(getattr(cause, "sqlstate", "")).startswith(IN_THE_WAY):
            message = f"{kept.name}: nobody can tell, for {type(cause).__name__} is in the way"
            raise CannotLook(message) from error
        # Whoever tampers may leave what can't even be read: that is a fault, and no reason to
        # look at nothing else.
        logger.exception("invariant_unreadable", invariant=kept.name)
        yield f"{kept.name}: expected rows that can be checked, found {type(cause).__name__}"


async def _answers(session: AsyncSession) -> bool:
    try:
        await session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


async def all_faults(session: AsyncSession, kept: Iterable[Kept]) -> Faults:
    """Name what breaks any of them, or may do so, as nobody can look."""
    for each in kept:
        try:
            async for fault in faults_of(session, each):
                yield fault
        except CannotLook as reason:
            yield str(reason)
