"""The database: engines, and the one place where transactions begin and end.

**One request, job or command is one transaction.** Routes take `Session`; jobs and commands open
`database.work()`. Nobody else says commit or rollback.

- GET and HEAD run READ ONLY, so that a reading route cannot write whatever its author does.
- The commit precedes the answer: whoever reads "201 Created" can trust it.
- The *side writer* (`database.aside()`) has a short transaction and a small pool of its own, for
  what must stay when the request is refused: throttling, last-used marks, the trail of refusals.

A hot standby may answer GETs. A client that must read what it wrote sends back the `Read-After`
of the answer to its write; a standby that has not come so far is passed over.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar, Self, TypeVar
from uuid import UUID

import asyncpg
import sqlalchemy as sa
import structlog
from fastapi import Depends, Request
from sqlalchemy import event, exc
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import QueuePool

from app.core import clock
from app.core.ids import new_id
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.core.standby import Standby

Sessions = async_sessionmaker[AsyncSession]

logger = structlog.get_logger(__name__)

READING = {"GET", "HEAD"}
READ_AFTER = "Read-After"
ASIDE_POOL_SIZE = 2

READ_AND_ADD = {"rights": "SELECT, INSERT", "append_only": True}
"""`info` of a table that only grows; a trigger on it refuses the rest, whoever connects."""


class Base(DeclarativeBase):
    """What all tables share: an id that sorts by time, and columns by their Python type."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: sa.TIMESTAMP(timezone=True),
        int: sa.BigInteger(),
        str: sa.Text(),
        dict[str, Any]: JSONB(),
        list[str]: sa.ARRAY(sa.Text()),
        Enum: sa.Enum(
            Enum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


class Identified(Base):
    """A table whose rows have an id of their own."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Versioned(Identified):
    """A table whose rows people change; the version is the row's ETag."""

    __abstract__ = True

    version: Mapped[int] = mapped_column(sa.Integer, default=1)

    @sa.orm.declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let every UPDATE count the version up, and miss if somebody else did."""
        return {"version_id_col": cls.version}


def connect(url: str, settings: Settings, *, pool_size: int) -> AsyncEngine:
    """Make an engine; nothing connects yet."""
    limits = {
        "statement_timeout": f"{settings.statement_timeout_seconds * 1000:.0f}",
        "lock_timeout": f"{settings.lock_timeout_seconds * 1000:.0f}",
        # Moments inside JSON are written as the session's clock says: the same everywhere.
        "timezone": "UTC",
    }
    arguments: dict[str, Any] = {"timeout": settings.database_wait_seconds}
    if settings.database_pgbouncer:
        # Without a cache the driver names no statement; a name might be another client's too.
        arguments |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    else:
        arguments["server_settings"] = {
            **limits,
            "application_name": "baat",
            # Compiling a statement takes longer than any of ours takes to run.
            "jit": "off",
            "idle_in_transaction_session_timeout": "60000",
        }
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=settings.database_wait_seconds,
        connect_args=arguments,
        hide_parameters=True,  # They hold people, and errors end in logs.
    )
    explain_failed_connections(engine)
    if settings.database_pgbouncer:
        _limit_each_transaction(engine, limits)
    return engine


def explain_failed_connections(engine: AsyncEngine) -> None:
    """Let an engine say `Unavailable` where the driver has many words for no answer."""

    @event.listens_for(engine.sync_engine, "do_connect")
    def _connect(
        dialect: sa.Dialect, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> Any:  # noqa: ANN401  The driver's own connection.
        try:
            return dialect.connect(*arguments, **options)
        except (OSError, *_NO_ANSWER) as error:
            message = "The database does not answer."
            raise Unavailable(message) from error


_NO_ANSWER = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # Of several hosts none can be written: the standby is not promoted yet.
    asyncpg.TargetServerAttributeNotMatched,
)


def _limit_each_transaction(engine: AsyncEngine, limits: dict[str, str]) -> None:
    # PgBouncer refuses these as start-up parameters and hands connections around, so that a
    # plain SET would leak to strangers.
    settings = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in limits.items())

    @event.listens_for(engine.sync_engine, "begin")
    def _set_limits(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SELECT {settings}")


@dataclass(frozen=True, slots=True)
class Database:
    """The ways into the database that one process has."""

    settings: Settings
    engine: AsyncEngine
    sessions: Sessions
    readers: Sessions
    aside_engine: AsyncEngine
    aside_sessions: Sessions
    standby: Standby | None = None

    @asynccontextmanager
    async def work(self) -> AsyncIterator[AsyncSession]:
        """Open the unit of work of a job or a command; leaving it commits."""
        with clock.steady():
            async with self.sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[AsyncSession]:
        """Open a short transaction beside the request's own; what it writes stays."""
        with clock.steady():
            async with self.aside_sessions.begin() as session:
                yield session

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a READ ONLY transaction on the primary."""
        return self.readers()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Open a READ ONLY transaction that sees one moment, for as long as its reader needs.

        For what reads whole tables: it has no time-out of its own.
        """
        async with self.readers() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                await session.execute(sa.text(f"SET LOCAL {limit} = 0"))
            yield session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def in_use(self) -> int:
        """Count the connections that work at this moment."""
        pools = [self.engine.sync_engine.pool, self.aside_engine.sync_engine.pool]
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    async def close(self) -> None:
        """Close every connection."""
        for engine in (self.engine, self.aside_engine):
            await engine.dispose()
        if self.standby is not None:
            await self.standby.engine.dispose()


def open_database(settings: Settings) -> Database:
    """Prepare the engines of a process; nothing connects yet."""
    url = settings.database_url.get_secret_value()
    engine = connect(url, settings, pool_size=settings.database_pool_size)
    aside = connect(url, settings, pool_size=ASIDE_POOL_SIZE)
    standby = None
    if settings.replica_database_url is not None:
        replica = settings.replica_database_url.get_secret_value()
        there = connect(replica, settings, pool_size=settings.database_pool_size)
        standby = Standby(there, _sessions(_read_only(there), settings))
    return Database(
        settings=settings,
        engine=engine,
        sessions=_sessions(engine, settings),
        readers=_sessions(_read_only(engine), settings),
        aside_engine=aside,
        aside_sessions=_sessions(aside, settings),
        standby=standby,
    )


def _sessions(engine: AsyncEngine, settings: Settings) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False, info={"settings": settings})


def settings_of(session: AsyncSession) -> Settings:
    """Say how the installation is set up that this session belongs to."""
    settings: Settings = session.info["settings"]
    return settings


def _read_only(engine: AsyncEngine) -> AsyncEngine:
    # An option of the driver's own BEGIN: it costs no round trip.
    return engine.execution_options(postgresql_readonly=True)


async def _unit_of_work(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    if request.method in READING:
        async with _reading(database, request.headers.get(READ_AFTER)) as session:
            yield session
        return
    with clock.steady():
        async with database.sessions() as session:
            request.state.session = session
            yield session
            await session.commit()  # An exception skips this line, and closing rolls back.
            if database.standby is not None:
                request.state.read_after = await _written_until(session)


# scope="function": the transaction ends before the answer leaves. The default would commit after.
Session = Annotated[AsyncSession, Depends(_unit_of_work, scope="function")]


Row = TypeVar("Row", bound=Identified)


async def locked(
    session: AsyncSession, kind: type[Row], row_id: UUID, *, others_refer: bool = False
) -> Row:
    """Keep a row as it is until this is done, and read it as it is by then.

    Others may write rows that refer to it meanwhile, if that is said.

    `Session.get` with a lock compares versions: it would answer 412, to a client that named none,
    where the row moved on since it was read.

    Raises:
        NoResultFound: there is no such row.
    """
    query = sa.select(kind).where(kind.id == row_id).with_for_update(key_share=others_refer)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def release(session: AsyncSession) -> None:
    """End a transaction that only read, so that something slow may follow without a connection.

    What was read can still be looked at; the next statement begins a new transaction.

    Raises:
        RuntimeError: something was written or locked, of which half would be committed.
    """
    if not session.in_transaction():
        return
    pending = session.new or session.dirty or session.deleted
    if pending or await session.scalar(_HAS_WRITTEN) is not None:
        message = "A transaction that has written can't be released: do what is slow before."
        raise RuntimeError(message)
    await session.commit()


_HAS_WRITTEN = sa.text("SELECT CAST(pg_current_xact_id_if_assigned() AS text)")


@asynccontextmanager
async def _reading(database: Database, read_after: str | None) -> AsyncIterator[AsyncSession]:
    session = await database.standby.fresh(read_after) if database.standby else None
    async with session or database.readers() as chosen:
        yield chosen


async def _written_until(session: AsyncSession) -> str | None:
    try:
        async with session.begin():
            return str(
                await session.scalar(sa.text("SELECT CAST(pg_current_wal_insert_lsn() AS text)"))
            )
    except (Unavailable, exc.SQLAlchemyError):
        # The work is committed: an answer without the position is better than a false refusal.
        logger.warning("position_unknown", exc_info=True)
        return None


def violates(error: exc.IntegrityError, constraint: str) -> bool:
    """Tell whether the database refused because of this constraint (or unique index)."""
    cause = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None) == constraint


_BUSY = {
    "40001": "The database had to choose between two changes",
    "40P01": "Two changes waited for each other",
    "55P03": "Another change holds what this request needs",
    "57014": "The database needed too long",
    "57P01": "The database is restarting",
    "57P03": "The database is starting",
    "53100": "The disk of the database is full",
    "53300": "The database has no connection left",
}


def unavailable(error: Exception) -> Unavailable | None:
    """Recognise what passes by itself: time-outs, restarts, a pool with nothing left."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, exc.TimeoutError):
        return Unavailable("All connections to the database are in use. Nothing was done.")
    if isinstance(error, exc.DBAPIError):
        sqlstate = getattr(error.orig, "sqlstate", None) or ""
        if sqlstate in _BUSY:
            return Unavailable(f"{_BUSY[sqlstate]}. Nothing was done.")
        # The driver's word for a connection that died in the middle of an exchange.
        broken = isinstance(getattr(error.orig, "__cause__", None), asyncpg.InternalClientError)
        if broken or error.connection_invalidated or sqlstate.startswith("08"):
            return Unavailable("The connection to the database was lost.")
    return None
