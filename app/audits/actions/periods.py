"""Freeze period reports."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models.periods import PeriodReport
from app.audits.periods import canonical, digest, named
from app.audits.problems import PeriodNotBegun
from app.audits.queries import periods
from app.audits.schemas.periods import PeriodReportRequest
from app.core import clock, events
from app.organisations.callers import Caller


async def freeze(
    session: AsyncSession, caller: Caller, request: PeriodReportRequest
) -> PeriodReport:
    """Keep what is known of a period at a position; asked again, it is the same report.

    Raises:
        PeriodNotBegun: it lies in the future.
        NotKnownYet: the books have not come to the position.
        LeafPending: the public log has not signed for it yet.
    """
    period = named(request.period)
    if period.begins_at > clock.now():
        message = f"{period.name} begins on {period.begins_on}: nothing happened in it yet."
        raise PeriodNotBegun(message)
    position = await periods.signed_position(session, request.position)
    # Two at once would write it twice: the second one waits, and finds the first one's.
    key = f"period report {request.keeper_id} {period.name} {position}"
    await session.execute(
        sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0)))
    )
    if known := await periods.frozen(session, request.keeper_id, period, position):
        return known
    content = await periods.compute(session, request.keeper_id, period, position)
    written = canonical(content)
    report = PeriodReport(
        keeper_id=request.keeper_id,
        period=period.name,
        position=position,
        log_size=content["logSize"],
        content=written,
        sha256=digest(written),
        frozen_by=str(caller.actor),
    )
    session.add(report)
    await session.flush()
    events.record(
        session,
        "period-report.frozen",
        report.id,
        caller.actor,
        keeper=str(report.keeper_id),
        period=report.period,
        position=position,
        sha256=report.sha256,
    )
    return report
