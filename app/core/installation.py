"""The installation: one row that says what this database is for.

Its mode (test or live) and whether it is a demo are fixed when it is created; the database
refuses a change. Only a demo's clock can be set; every process follows it.
"""

import math
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, events, ids, sealing
from app.core.database import Identified
from app.core.events import Actor, Event
from app.core.problems import Problem
from app.core.settings import Mode, Settings

CLOCK = "baat_clock"
"""Where processes hear how far the clock is ahead now, in seconds."""

PURPOSE = "installation"

CLOCK_LATEST = "SELECT clock_offset_seconds FROM installations"

END_OF_TIME = datetime(2100, 1, 1, tzinfo=UTC)
"""A demo's clock stops short of this: it can't be put back."""


class Installation(Identified):
    """The one row; a unique index on a constant sees to that."""

    __tablename__ = "installations"
    __table_args__ = (
        sa.Index("uq_installations_only_one", sa.text("(true)"), unique=True),
        sa.CheckConstraint("demo OR clock_offset_seconds = 0", name="only_a_demo_sets_its_clock"),
        sa.CheckConstraint("NOT (demo AND mode = 'live')", name="a_demo_is_not_live"),
    )

    mode: Mapped[Mode]
    demo: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    clock_offset_seconds: Mapped[int] = mapped_column(default=0)
    sealed_check: Mapped[bytes | None]
    """A word that only this installation's secret opens; `create` writes it."""


class WrongInstallation(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """The settings and the database disagree about what this installation is."""


async def begin_demo(session: AsyncSession, settings: Settings, behind: timedelta) -> None:
    """Make the row of a demo that gets a past: its clock begins so long behind the machine's.

    It is whole once its clock has caught up.

    Raises:
        WrongInstallation: there is an installation already.
    """
    first = insert(Installation).values(
        mode=settings.mode, demo=True, clock_offset_seconds=-int(behind.total_seconds())
    )
    made = first.on_conflict_do_nothing().returning(Installation.id)
    if await session.scalar(made) is None:
        message = (
            "This database holds an installation already, and the demo needs one that holds none:"
            " python3 scripts/dev.py run makes it, in a BAAT_HOME that is new."
        )
        raise WrongInstallation(message)
    await create(session, settings)


async def create(session: AsyncSession, settings: Settings) -> Installation:
    """Make the row at the first start; at every later one, insist that it still says the same.

    Raises:
        WrongInstallation: the mode, the demo mark or the secret differs from the creation's.
    """
    # Another process may do the same at this moment: the index decides whose row it is.
    first = insert(Installation).values(mode=settings.mode, demo=settings.demo)
    await session.execute(first.on_conflict_do_nothing())
    installation = (await session.scalars(sa.select(Installation).with_for_update())).one()
    if installation.sealed_check is None:
        installation.sealed_check = sealing.seal(session, PURPOSE, b"baat")
        await session.flush()
    _insist(session, installation, settings)
    return installation


async def check(session: AsyncSession, settings: Settings) -> Installation:
    """Find the row, and insist that the settings fit it; then follow its clock, and its ids.

    Raises:
        WrongInstallation: there is none yet, or it was created otherwise or with another secret.
    """
    installation: Installation | None = await session.scalar(sa.select(Installation))
    if installation is None:
        message = "This database holds no installation yet: run `baat migrate` first."
        raise WrongInstallation(message)
    _insist(session, installation, settings)
    follow(installation.clock_offset_seconds)
    # Not the last of all: for as long as that lies ahead, it would hide those that came since.
    made = sa.select(Event.id).where(Event.id < ids.farthest())
    last = await session.scalar(made.order_by(Event.id.desc()).limit(1))
    if last is not None:
        ids.go_on_from(last)
    return installation


def _insist(session: AsyncSession, installation: Installation, settings: Settings) -> None:
    if (installation.mode, installation.demo) != (settings.mode, settings.demo):
        message = (
            f"This database was created as mode={installation.mode} demo={installation.demo} and"
            f" the settings say mode={settings.mode} demo={settings.demo}. That is fixed at"
            " creation: set BAAT_MODE and BAAT_DEMO back, or use another database."
        )
        raise WrongInstallation(message)
    if installation.sealed_check is None:
        return
    try:
        sealing.unseal(session, PURPOSE, installation.sealed_check)
    except sealing.CannotOpen as error:
        message = (
            "BAAT_SECRET is not the one that this database was made with: what it sealed (mail,"
            " second factors) can't be opened. Set the old secret back."
        )
        raise WrongInstallation(message) from error


async def insist_on_whole(session: AsyncSession) -> None:
    """Insist that the installation's clock is not behind: a demo's is while it is furnished.

    Raises:
        WrongInstallation: what furnished it was interrupted.
    """
    if (await session.scalar(sa.text(CLOCK_LATEST)) or 0) < 0:
        message = (
            "This demo is not whole: what set it up was interrupted. `python3 scripts/dev.py run`"
            " sets it up anew; in a database of your own, empty that first."
        )
        raise WrongInstallation(message)


def follow(offset_seconds: int) -> None:
    """Let this process's clock run as the installation's does."""
    clock.shift(timedelta(seconds=offset_seconds))


class NotADemo(Problem):
    """Only a demo's clock can be set."""

    status = 409
    title = "This installation is not a demo"


class TimeGoesForward(Problem):
    """The clock can't be put back, nor beyond the end of time."""

    status = 409
    title = "The clock can't be set to that moment"


async def set_clock(session: AsyncSession, to: datetime, actor: Actor) -> int:
    """Let the clock of a demo jump to a later moment; say how many seconds it is ahead now.

    Every process follows when the transaction is committed, this one included if it listens.

    Raises:
        NotADemo: real obligations have real deadlines.
        TimeGoesForward: jobs and books only go forward.
    """
    query = sa.select(Installation).with_for_update()
    installation = await session.scalar(query.execution_options(populate_existing=True))
    if installation is None or not installation.demo:
        raise NotADemo("Only the clock of a demo can be set, and this is not one.")
    now = datetime.now(UTC) + timedelta(seconds=installation.clock_offset_seconds)
    if not now <= to < END_OF_TIME:
        raise TimeGoesForward(
            f"The clock says {now:%Y-%m-%dT%H:%M:%SZ}: it can only be set to a later"
            f" moment, before {END_OF_TIME:%Y}."
        )
    offset_seconds = math.ceil((to - datetime.now(UTC)).total_seconds())
    installation.clock_offset_seconds = offset_seconds
    events.record(
        session, "installation.clock-set", installation.id, actor, offset_seconds=offset_seconds
    )
    await session.flush()
    await session.execute(sa.select(sa.func.pg_notify(CLOCK, str(offset_seconds))))
    return offset_seconds
