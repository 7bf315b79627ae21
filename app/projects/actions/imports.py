"""Import plans and rounds: every row is judged before one is written, and all are or none."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events, faults, sheets
from app.core.sheets import Judged, RowFault, RowsRefused, Sent
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.projects import contents, exchange, queries
from app.projects.actions import plans, round_dates, rounds
from app.projects.contents import Lack
from app.projects.models import Project, Round
from app.projects.schemas.rounds import RoundChange, RoundRequest
from app.schemes.models import Scheme


@dataclass(frozen=True, slots=True)
class LackingPlan:
    """A row that can be imported, and what its plan lacks before it can be submitted."""

    row: int
    title: dict[str, str]
    lacks: list[Lack]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import would do, or why it would do nothing."""

    rows: int
    fault_count: int
    faults: list[RowFault]
    """Up to a thousand."""
    plans: list[LackingPlan]


async def try_plans(
    session: AsyncSession, organisation: Organisation, round_id: UUID, sent: Sent
) -> Report:
    """Say what an import of plans would do, and what each would lack; it changes nothing.

    Raises:
        InvalidRequest: there are no rows to be read.
        NotFound, PlansClosed, NotAdmitted: no plan of the organisation could begin there.
    """
    in_round = await plans.taking(session, organisation, round_id)
    judged = await sheets.judged(exchange.PLANS, sent)
    frame = queries.desk.frame(in_round)
    lacking = [
        LackingPlan(row, plan.title.model_dump() if plan.title else {}, contents.lacks(plan, frame))
        for row, plan in judged.values.items()
    ]
    return _reported(judged, judged.faults, lacking)


async def import_plans(
    session: AsyncSession,
    caller: Caller,
    organisation: Organisation,
    round_id: UUID,
    sent: Sent,
) -> list[tuple[int, Project]]:
    """Begin a project for every row: drafts, which people of the organisation submit or not.

    Raises:
        InvalidRequest: there are no rows to be read.
        NotFound, PlansClosed, NotAdmitted: no plan of the organisation can begin there.
        RowsRefused: a row has a fault; nothing was written.
    """
    in_round = await plans.taking(session, organisation, round_id)
    judged = await sheets.judged(exchange.PLANS, sent)
    _insist_on_no_fault(judged.faults)
    made = [
        (row, await plans.add(session, caller, in_round, organisation, plan.changes()))
        for row, plan in judged.values.items()
    ]
    events.record(
        session,
        "plans.imported",
        organisation.id,
        caller.actor,
        roundId=str(in_round.id),
        rows=len(made),
        sha256=sent.sha256,
    )
    return made


async def try_rounds(session: AsyncSession, scheme: Scheme, sent: Sent) -> Report:
    """Say what an import of rounds would do; it changes nothing.

    Raises:
        InvalidRequest: there are no rows to be read.
        SchemeStateForbids: the scheme is closed.
    """
    await rounds.plannable(session, scheme)
    judged = await sheets.judged(exchange.ROUNDS, sent)
    return _reported(judged, _faults_of_rounds(judged, sent), [])


async def import_rounds(
    session: AsyncSession, caller: Caller, scheme: Scheme, sent: Sent
) -> list[tuple[int, Round]]:
    """Prepare a round for every row, in their order.

    Raises:
        InvalidRequest: there are no rows to be read.
        SchemeStateForbids: the scheme is closed.
        RowsRefused: a row has a fault; nothing was written.
    """
    scheme = await rounds.plannable(session, scheme)
    judged = await sheets.judged(exchange.ROUNDS, sent)
    _insist_on_no_fault(_faults_of_rounds(judged, sent))
    made = [
        (row, await rounds.add(session, caller, scheme, request))
        for row, request in judged.values.items()
    ]
    events.record(
        session, "rounds.imported", scheme.id, caller.actor, rows=len(made), sha256=sent.sha256
    )
    return made


def _faults_of_rounds(judged: Judged[RoundRequest], sent: Sent) -> list[RowFault]:
    """Add to the faults of form those that planning a round refuses."""
    found = list(judged.faults)
    sound = {row: RoundChange.model_validate(members) for row, members in judged.sound.items()}
    read: dict[int, RoundRequest | RoundChange] = {**judged.values, **sound}
    for row, request in read.items():
        dates = request.dates()
        for name, detail in (*round_dates.in_the_past(dates), *round_dates.out_of_order(dates)):
            column = None if not sent.is_table else name
            found.append(RowFault(row, f"#/{name}", column, "date-cannot-be", detail))
    return sorted(found, key=lambda fault: fault.row)


def _reported(
    judged: Judged[Any], found: list[RowFault], plans_lacking: list[LackingPlan]
) -> Report:
    return Report(judged.rows, len(found), found[: faults.MOST], plans_lacking)


def _insist_on_no_fault(found: list[RowFault]) -> None:
    if found:
        message = f"{len(found)} faults were found, and no row was imported; see faults."
        told = [asdict(fault) for fault in found[: faults.MOST]]
        raise RowsRefused(message, faults=told, fault_count=len(found))
