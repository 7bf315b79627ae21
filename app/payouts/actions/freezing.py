"""Freeze what was not paid out: of a stopped project, or of one whose result is short."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events, jobs
from app.core.database import Database
from app.core.ids import new_id
from app.ledger import balances, journal
from app.ledger.drafts import AnyDraft, Hold, Void
from app.orders.actions import ending
from app.orders.models import Order, OrderPart
from app.organisations.callers import Caller
from app.payments.models import Outgoing
from app.payments.queries import outgoings
from app.payouts import postings, queries
from app.payouts.actions import deciding, decisions, letters
from app.payouts.models import Freeze, FreezeCause, PayoutState
from app.payouts.models.payouts import OWED_AGAIN
from app.projects.actions import eligibility, running
from app.projects.models import Project, ProjectDecision, ProjectDecisionKind
from app.projects.queries import projects


async def stop(
    session: AsyncSession, caller: Caller, project: Project, reason: str
) -> ProjectDecision:
    """Stop a project: nothing is sold or paid of it any more, and what is there is frozen.

    Payouts that were not sent, or did not arrive, are withheld. Orders that were not paid end.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        ProjectStateForbids: it is not funded yet, or has ended.
    """
    eligibility.insist_on_distance(caller, project)
    project = await projects.locked_on_sale(session, project.id)
    decision = await running.move(session, caller, project, ProjectDecisionKind.STOPPED, reason)
    await session.flush()
    await ending.end_sale(session, project.id)
    # Read anew with all that the letters tell: orders lock the bare row.
    project = await projects.locked_on_sale(session, project.id)
    await _withhold_unsent(session, caller, project, reason)
    await _freeze(session, caller, project, FreezeCause.STOPPED, reason)
    await letters.stopped(session, project, reason)
    return decision


async def freeze_short(
    session: AsyncSession, caller: Caller, project: Project, reason: str
) -> None:
    """Freeze what is left of a project whose final report says that its result is short.

    Called in the transaction that accepts the report (`projects.hooks`); the project is locked.
    """
    await _withhold_unsent(session, caller, project, reason)
    await _freeze(session, caller, project, FreezeCause.SHORT, reason)


async def _withhold_unsent(
    session: AsyncSession, caller: Caller, project: Project, reason: str
) -> None:
    for payout in await queries.payouts.counted(session, project.id):
        # What did not arrive is owed: were it left so, it would be in no freeze and retried later.
        unsent = payout.state is PayoutState.PLANNED or payout.state in OWED_AGAIN
        if payout.state is PayoutState.APPROVED and payout.outgoing_id is not None:
            # It may be on its way by now: who sends it locks it first.
            outgoing: Outgoing = await outgoings.locked(session, payout.outgoing_id)
            unsent = outgoing.status in deciding.STOPPABLE
        if unsent:
            await deciding.withhold(session, caller, project, payout, reason)


async def _freeze(
    session: AsyncSession, caller: Caller, project: Project, cause: FreezeCause, reason: str
) -> None:
    freeze = Freeze(
        id=new_id(),
        scheme_id=project.scheme_id,
        project_id=project.id,
        cause=cause,
        reason=reason,
        frozen_by=str(caller.actor),
        hold_references=[],
    )
    session.add(freeze)
    await session.flush()
    await _hold(session, freeze)
    events.record(session, f"project.frozen-{cause}", project.id, caller.actor)
    await session.flush()


async def _hold(session: AsyncSession, freeze: Freeze) -> None:
    """Hold what is in the project's parts and is not held; its project is locked."""
    holds: list[Hold] = []
    for part, kind in postings.KEPT_IN.items():
        account = kind.of(freeze.scheme_id, freeze.project_id)
        free = (await balances.now(session, account)).available
        if free:
            number = freeze.thawed_holds + len(freeze.hold_references) + len(holds) + 1
            holds.append(postings.frozen(freeze, part, free, number))
    await journal.post(session, *holds)
    freeze.hold_references = [*freeze.hold_references, *(hold.reference for hold in holds)]


async def thaw(session: AsyncSession, order: Order, _part: OrderPart) -> Sequence[AnyDraft]:
    """Give free what a buyer's refund, or a lost dispute, takes of a frozen project.

    Called by orders (`orders.hooks`), which locked the project and enter this before the rest, in
    one call. Nothing else leaves meanwhile, for nobody has decided; what is left is held again by
    `keep_frozen`.
    """
    freeze = await queries.freezes.of_project(session, order.project_id)
    if freeze is None or not freeze.is_open:
        return ()
    freeze = await queries.freezes.locked(session, freeze.id)
    voids = tuple(Void(reference) for reference in freeze.hold_references)
    freeze.thawed_holds += len(voids)
    freeze.hold_references = []
    await session.flush()
    return voids


async def keep_frozen(database: Database) -> None:
    """Hold what came into frozen projects since: a late payment, a payout that failed. A chore."""
    async with database.reading() as session:
        leaking = await queries.freezes.leaking(session)
    await jobs.each_in_turn(database, leaking, freeze_more)


async def freeze_more(session: AsyncSession, project_id: UUID) -> None:
    """Hold what came into one frozen project since, if nobody has decided by now."""
    await projects.locked_on_sale(session, project_id)
    freeze = await queries.freezes.of_project(session, project_id)
    if freeze is not None:
        freeze = await queries.freezes.locked(session, freeze.id)
        if freeze.is_open:
            await earmark_failed(session, freeze)
            await _hold(session, freeze)


async def earmark_failed(session: AsyncSession, freeze: Freeze) -> None:
    """Earmark what was under way when it was frozen and did not arrive; its project is locked."""
    for payout in await queries.payouts.counted(session, freeze.project_id):
        if payout.state in OWED_AGAIN:
            kept = await queries.payouts.locked(session, payout.id)
            await deciding.give_back(session, decisions.PAYMENTS, kept, freeze.reason)
