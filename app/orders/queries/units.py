"""Questions about units and their serials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.core.problems import NotFound
from app.orders.models import Annulment, Order, SerialBlock
from app.orders.serials import Serial
from app.organisations.models import Organisation
from app.projects.models import Project


async def last_serial(session: AsyncSession, project: Project) -> int:
    """Say which serial of a project was issued last; its project must be locked."""
    query = sa.select(sa.func.max(SerialBlock.last_serial)).where(
        SerialBlock.project_id == project.id
    )
    return await session.scalar(query) or Serial(project.number, 0).number


async def given(session: AsyncSession, order: Order) -> SerialBlock:
    """Find the serials that an order was given.

    Raises:
        NotFound: none, for it was never paid.
    """
    query = sa.select(SerialBlock).where(SerialBlock.order_id == order.id)
    found: SerialBlock | None = await session.scalar(query)
    if found is None:
        message = f"The order {order.id} is {order.state}: units get their serials when it is paid."
        raise NotFound(message)
    return found


@dataclass(frozen=True, slots=True)
class OrderUnits:
    """The serials that an order was given, and which of them are annulled."""

    id: UUID
    project_id: UUID
    first_serial: int
    last_serial: int
    issued_at: datetime
    annulled: Sequence[Annulment]


async def of_order(session: AsyncSession, order: Order) -> OrderUnits:
    """Find the serials that an order was given, and those of them that count for nothing now.

    Raises:
        NotFound: it was given none, for it was never paid.
    """
    block = await given(session, order)
    query = sa.select(Annulment).where(Annulment.block_id == block.id)
    annulled = (await session.scalars(query.order_by(Annulment.first_serial))).all()
    return OrderUnits(
        block.id,
        block.project_id,
        block.first_serial,
        block.last_serial,
        block.issued_at,
        annulled,
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, as the public register tells it."""

    serial: Serial
    project_id: UUID
    scheme_id: UUID
    issued_at: datetime
    holder_name: str | None
    """None where the buyer asked not to be named."""
    annulled_at: datetime | None
    annulment_reason: str | None


async def found(session: AsyncSession, written: str) -> Unit:
    """Find a unit that was ever issued.

    Raises:
        NotFound: there is none with this serial.
    """
    unknown = NotFound(f"No unit {written} was ever issued.")
    try:
        serial = Serial.read(written)
    except ValueError as error:
        raise unknown from error
    found = await session.execute(_REGISTER.where(_holds(SerialBlock, serial)))
    row = found.one_or_none()
    if row is None:
        raise unknown
    annulment = await session.scalar(sa.select(Annulment).where(_holds(Annulment, serial)))
    return Unit(
        serial,
        row.project_id,
        row.scheme_id,
        row.issued_at,
        row.legal_name if row.is_named else None,
        annulment.annulled_at if annulment else None,
        annulment.reason if annulment else None,
    )


def _holds(kind: type[SerialBlock | Annulment], serial: Serial) -> sa.ColumnElement[bool]:
    # As the exclusion constraint's index has it.
    held = sa.func.int8range(kind.first_serial, kind.last_serial, sa.literal_column("'[]'"))
    return held.op("@>")(sa.cast(serial.number, sa.BigInteger))


_REGISTER = (
    sa.select(
        SerialBlock.project_id,
        Order.scheme_id,
        SerialBlock.issued_at,
        Organisation.legal_name,
        Order.is_named,
    )
    .join(Order, Order.id == SerialBlock.order_id)
    .join(Organisation, Organisation.id == Order.buyer_id)
)


async def of_project(
    session: AsyncSession, project_id: UUID, paging: PageRequest
) -> Page[SerialBlock]:
    """List the blocks of a project, in the order of their serials."""
    query = sa.select(SerialBlock).where(SerialBlock.project_id == project_id)
    return await page(session, query, SerialBlock, paging)
