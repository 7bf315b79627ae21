"""From how many people on counts of them are shown, as the rules of authorities say it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.obligations.models import RuleVersion
from app.schemes.models import SchemeRecognition


async def by_authority(
    session: AsyncSession, on: date, published_before: datetime
) -> dict[UUID, int]:
    """Say it for each authority whose rules do, by those that applied on a day."""
    rows = await session.execute(_applying(on, published_before))
    return {authority_id: count for authority_id, count in rows if count is not None}


async def by_scheme(session: AsyncSession, on: date, published_before: datetime) -> dict[UUID, int]:
    """Take for each scheme the most careful of the authorities that recognised it by then."""
    applying = _applying(on, published_before).subquery()
    most = sa.func.max(applying.c.smallest_count).label("smallest_count")
    query = (
        sa.select(SchemeRecognition.scheme_id, most)
        .join(applying, applying.c.authority_id == SchemeRecognition.authority_id)
        .where(SchemeRecognition.recognised_at < published_before)
        .group_by(SchemeRecognition.scheme_id)
        .having(most.is_not(None))
    )
    return {row.scheme_id: row.smallest_count for row in await session.execute(query)}


async def of_scheme(session: AsyncSession, scheme_id: UUID) -> int | None:
    """Say it for a scheme now; None where no rules do."""
    return (await by_scheme(session, clock.today(), clock.now())).get(scheme_id)


def _applying(on: date, published_before: datetime) -> sa.Select[UUID, int | None]:
    count = RuleVersion.rules["reporting"]["smallestCount"].as_integer()
    return (
        sa.select(RuleVersion.authority_id, count.label("smallest_count"))
        .ext(distinct_on(RuleVersion.authority_id))
        .where(RuleVersion.valid_from <= on, RuleVersion.published_at < published_before)
        .order_by(RuleVersion.authority_id, RuleVersion.number.desc())
    )
