"""Rows that are locked after they were read: what counts is how they stand by then."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database, Versioned
from app.payments.models import Outgoing, Payment
from app.payments.queries import outgoings, payments
from app.schemes.models import Scheme
from tests import make
from tests.make.payments import a_payment, a_refund

Made: TypeAlias = Callable[[AsyncSession, Scheme], Awaitable[Versioned]]
Locked: TypeAlias = Callable[[AsyncSession, UUID], Awaitable[Versioned]]


@pytest.mark.parametrize(
    ("kind", "made", "locked"),
    [(Payment, a_payment, payments.locked), (Outgoing, a_refund, outgoings.locked)],
)
async def test_who_waited_for_a_row_reads_what_became_of_it(
    database: Database, kind: type[Versioned], made: Made, locked: Locked
) -> None:
    async with database.work() as session:
        scheme = await make.a_scheme(session)
        row_id = (await made(session, scheme)).id
    async with database.work() as session:
        before = await session.get_one(kind, row_id)
        async with database.work() as other:
            changed = await other.get_one(kind, row_id)
            await other.execute(
                sa.update(kind).where(kind.id == row_id).values(version=changed.version + 1)
            )

        after = await locked(session, row_id)

        assert after is before
        assert after.version == 2
