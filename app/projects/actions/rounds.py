"""Plan rounds, move them on by the clock or by hand, and move their dates."""

from collections.abc import Mapping

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.events import Actor
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation, OrganisationStatus
from app.projects import hooks, queries
from app.projects.actions import cancellations, decisions, listings, round_dates
from app.projects.models import (
    Project,
    ProjectState,
    Round,
    RoundDecision,
    RoundDecisionKind,
    RoundState,
)
from app.projects.problems import (
    DateCannotMove,
    ProjectsUnderway,
    RoundStateForbids,
)
from app.projects.schemas.rounds import (
    DATES,
    DateMoveRequest,
    RoundChange,
    RoundDecisionRequest,
    RoundRequest,
)
from app.schemes.models import Scheme, SchemeState
from app.schemes.problems import NoPolicyApplies, SchemeStateForbids
from app.schemes.queries import policies

logger = structlog.get_logger(__name__)

FOLLOW_CLOCK = jobs.JobKind("projects.follow-clock")

KIND = RoundDecisionKind
TRANSITIONS: Mapping[RoundDecisionKind, tuple[frozenset[RoundState], RoundState]] = {
    KIND.OPENED: (frozenset({RoundState.DRAFT}), RoundState.OPEN),
    KIND.CLOSED_TO_PLANS: (frozenset({RoundState.OPEN}), RoundState.VALUING),
    KIND.SALE_BEGUN: (frozenset({RoundState.VALUING}), RoundState.ON_SALE),
    KIND.SALE_ENDED: (frozenset({RoundState.ON_SALE}), RoundState.ENDED),
    KIND.SETTLED: (frozenset({RoundState.ENDED}), RoundState.SETTLED),
    KIND.CANCELLED: (
        frozenset({RoundState.DRAFT, RoundState.OPEN, RoundState.VALUING}),
        RoundState.CANCELLED,
    ),
}
"""Each decision with the states that it can be taken in and the state that it leads to."""

BY_CLOCK = {
    RoundState.DRAFT: (KIND.OPENED, "plans_open_at"),
    RoundState.OPEN: (KIND.CLOSED_TO_PLANS, "plans_close_at"),
    RoundState.VALUING: (KIND.SALE_BEGUN, "sale_begins_at"),
    RoundState.ON_SALE: (KIND.SALE_ENDED, "sale_ends_at"),
}
"""What is done in each state when a date comes."""

BEGINNINGS = frozenset({KIND.OPENED, KIND.SALE_BEGUN})
"""After these others act in the scheme, and its operator must answer to them."""

MOVABLE: Mapping[RoundState, tuple[str, ...]] = {
    RoundState.DRAFT: DATES,
    RoundState.OPEN: DATES[1:],
    RoundState.VALUING: DATES[2:],
    RoundState.ON_SALE: DATES[4:],
}
"""Which dates can still move; in the other states none can."""

UNDERWAY = (
    ProjectState.LISTED,
    ProjectState.FUNDED,
    ProjectState.RUNNING,
    ProjectState.REPORTING,
)
"""On the market or beyond, and not ended; what never came to market keeps no round open."""


async def plan(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: RoundRequest
) -> Round:
    """Prepare the next round of a scheme.

    Raises:
        SchemeStateForbids: the scheme is closed.
        DateCannotMove: the dates have passed or do not follow each other.
    """
    scheme = await plannable(session, scheme)
    round_dates.insist_on_future(request.dates())
    round_dates.insist_on_order(request.dates())
    return await add(session, caller, scheme, request)


async def plannable(session: AsyncSession, scheme: Scheme) -> Scheme:
    """Keep a scheme in which rounds are planned as it is, until this is done.

    Raises:
        SchemeStateForbids: the scheme is closed.
    """
    await session.refresh(scheme, with_for_update=True)
    if scheme.state is SchemeState.CLOSED:
        message = "The scheme is closed: nothing new begins in it."
        raise SchemeStateForbids(message, current_state=scheme.state)
    return scheme


async def add(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: RoundRequest
) -> Round:
    """Write the next round of a scheme that is locked, whose dates were looked at."""
    last = await session.scalar(
        sa.select(sa.func.max(Round.number)).where(Round.scheme_id == scheme.id)
    )
    made = Round(
        scheme_id=scheme.id,
        number=(last or 0) + 1,
        name_nl=request.name.nl,
        name_en=request.name.en,
        state=RoundState.DRAFT,
        **request.dates(),
    )
    session.add(made)
    await session.flush()
    _tell(session, caller, scheme, made, "round.planned")
    return made


async def change(
    session: AsyncSession, caller: Caller, of_round: Round, request: RoundChange
) -> None:
    """Change a draft of a round.

    Raises:
        RoundStateForbids: it has opened: its dates move by a decision.
        DateCannotMove: the dates have passed or do not follow each other.
    """
    of_round = await queries.rounds.locked(session, of_round.id)
    if of_round.state is not RoundState.DRAFT:
        message = "Only a draft is edited. Move dates by a decision, with a reason."
        raise RoundStateForbids(message, current_state=of_round.state)
    round_dates.insist_on_future(request.dates())
    round_dates.insist_on_order(round_dates.of(of_round) | request.dates())
    for name, value in request.changes().items():
        setattr(of_round, name, value)
    await session.flush()
    _tell(session, caller, of_round.scheme, of_round, "round.changed")


def _tell(
    session: AsyncSession, caller: Caller, scheme: Scheme, of_round: Round, kind: str
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        of_round.id,
        organisation_id=scheme.operator_id,
        schemeId=str(scheme.id),
    )


async def move_dates(
    session: AsyncSession, caller: Caller, of_round: Round, request: DateMoveRequest
) -> RoundDecision:
    """Move dates that have not come, to others that have not.

    Raises:
        RoundStateForbids: nothing moves in this state.
        DateCannotMove: a date has come, would have, or would not follow the one before it.
    """
    of_round = await queries.rounds.locked(session, of_round.id)
    movable = MOVABLE.get(of_round.state, ())
    if not movable:
        message = f"The round is {of_round.state}: its dates stay."
        raise RoundStateForbids(message, current_state=of_round.state)
    before, moved = round_dates.of(of_round), request.dates()
    for name in moved:
        if name not in movable or before[name] <= clock.now():
            message = f"{round_dates.wire(name)} has come: it stays."
            raise DateCannotMove(message, date=round_dates.wire(name))
    round_dates.insist_on_future(moved)
    round_dates.insist_on_order(before | moved)
    for name, moment in moved.items():
        setattr(of_round, name, moment)
    data = {
        round_dates.wire(name): {"from": before[name].isoformat(), "to": moved[name].isoformat()}
        for name in moved
    }
    decided = (KIND.DATES_MOVED, request.reason)
    return await decisions.about_round(session, caller, of_round, decided, data)


async def decide(
    session: AsyncSession, caller: Caller, of_round: Round, request: RoundDecisionRequest
) -> RoundDecision:
    """Move a round on by hand; the date that this does not wait for becomes now.

    Where it is cancelled, its projects end with it and their unsold units lapse.

    Raises:
        RoundStateForbids: the state does not allow this.
        NoPolicyApplies, SchemeStateForbids: it can't open.
        DateCannotMove: the sale would begin before the scores are due.
        ProjectsUnderway: it can't be settled yet; or cancelled, for units are sold or reserved.
    """
    of_round = await queries.rounds.locked(session, of_round.id)
    decision = await _take(session, caller, of_round, request.kind, request.reason)
    if request.kind is KIND.CANCELLED:
        await cancellations.end_projects(session, caller, of_round, request.reason)
    return decision


async def _take(
    session: AsyncSession,
    by: Caller | Actor,
    of_round: Round,
    kind: RoundDecisionKind,
    reason: str,
) -> RoundDecision:
    needed, leads_to = TRANSITIONS[kind]
    if of_round.state not in needed:
        message = (
            f"The round is {of_round.state}; this needs it to be {' or '.join(sorted(needed))}."
        )
        raise RoundStateForbids(message, current_state=of_round.state)
    if kind is KIND.OPENED:
        await _freeze_policy(session, of_round)
    if kind is KIND.SETTLED:
        await _insist_on_ended(session, of_round)
    data = _date_becomes_now(of_round) if kind not in {KIND.SETTLED, KIND.CANCELLED} else {}
    of_round.state = leads_to
    decision = await decisions.about_round(session, by, of_round, (kind, reason), data)
    if kind is KIND.SALE_BEGUN:
        actor = by if isinstance(by, Actor) else by.actor
        await listings.publish_valued(session, actor, of_round, reason)
    return decision


async def _freeze_policy(session: AsyncSession, of_round: Round) -> None:
    # The lock keeps the scheme from being closed meanwhile.
    scheme = of_round.scheme
    await session.refresh(scheme, with_for_update={"read": True})
    if scheme.state is not SchemeState.OPEN:
        message = f"The scheme is {scheme.state}: no round opens in it."
        raise SchemeStateForbids(message, current_state=scheme.state)
    policy = await policies.applying(session, of_round.scheme_id, clock.today())
    if policy is None:
        message = "No policy applies today. Publish one, then open the round."
        raise NoPolicyApplies(message)
    of_round.policy_id, of_round.policy = policy.id, policy


async def _insist_on_ended(session: AsyncSession, of_round: Round) -> None:
    underway = await session.scalar(
        sa.select(sa.func.count()).where(
            Project.round_id == of_round.id, Project.state.in_(UNDERWAY)
        )
    )
    if underway:
        message = f"{underway} projects of the round are underway; it is settled after them."
        raise ProjectsUnderway(message, underway=underway)
    frozen = await hooks.undecided(session, of_round.id)
    if frozen:
        message = (
            f"The money of {frozen} projects of the round is frozen: decide what becomes of it,"
            " then settle the round."
        )
        raise ProjectsUnderway(message, frozen=frozen)


def _date_becomes_now(of_round: Round) -> dict[str, dict[str, str]]:
    _, name = BY_CLOCK[of_round.state]
    now, was = clock.now(), round_dates.of(of_round)[name]
    if was <= now:
        return {}
    if name == "sale_begins_at" and now < of_round.scores_due_at:
        message = "The panel's scores are due before the sale: move scoresDueAt first."
        raise DateCannotMove(message, date="scoresDueAt")
    setattr(of_round, name, now)
    return {round_dates.wire(name): {"from": was.isoformat(), "to": now.isoformat()}}


async def follow_clock(session: AsyncSession) -> None:
    """Move on every round whose date has come, through as many states as have come."""
    now = clock.now()
    is_due = [
        sa.and_(Round.state == state, getattr(Round, date) <= now)
        for state, (_, date) in BY_CLOCK.items()
    ]
    due = await session.scalars(sa.select(Round.id).where(sa.or_(*is_due)).order_by(Round.id))
    for round_id in due.all():
        of_round = await queries.rounds.locked(session, round_id)
        while step := BY_CLOCK.get(of_round.state):
            kind, date = step
            if round_dates.of(of_round)[date] > now or not await _by_clock(session, of_round, kind):
                break


async def _by_clock(session: AsyncSession, of_round: Round, kind: RoundDecisionKind) -> bool:
    operator = await session.get_one(Organisation, of_round.scheme.operator_id)
    if kind in BEGINNINGS and operator.status is not OrganisationStatus.ACTIVE:
        # What it could not begin by hand, the clock does not begin for it.
        logger.warning("round_waits_for_operator", round_id=str(of_round.id))
        return False
    try:
        await _take(session, decisions.CLOCK, of_round, kind, "Its date came.")
    except (NoPolicyApplies, SchemeStateForbids) as refusal:
        # It opens with the next turn after the operator has seen to this.
        logger.warning("round_not_opened", round_id=str(of_round.id), reason=refusal.type_path())
        return False
    return True
