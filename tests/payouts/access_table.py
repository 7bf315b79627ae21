"""Who may do what with payouts: one line per operation."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import journal
from app.ledger.chart import FEE_INCOME, RECEIVABLE, START_PART, SUSPENSE, Book
from app.organisations.models import Organisation
from app.payments.models import OutgoingKind
from app.payouts.models import (
    Freeze,
    FreezeCause,
    Payout,
    PayoutState,
    RemedyProposal,
    WriteOff,
    WriteOffState,
)
from app.projects.models import Project, ProjectState, Round, RoundState
from app.schemes.models import Scheme
from app.schemes.terms import Part, Remedy, TrancheMoment
from tests import make
from tests.make.books import a_draft, a_transfer
from tests.make.reports import a_running_project
from tests.matrix import FURNISHERS, Body, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import REASON, always
from tests.payouts.conftest import START
from tests.projects.access_reports import TOLD
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING

CENTS = 1_000


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Have somebody plan a payout of a project of the organisation's scheme."""
    project = await _project(session, tenant)
    payout = Payout(
        scheme_id=project.scheme_id,
        project_id=project.id,
        entrepreneur_id=project.entrepreneur_id,
        part=Part.START,
        tranche=1,
        moment=TrancheMoment.AT_START,
        principal_cents=CENTS,
        vat_cents=0,
        iban="NL91ABNA0417164300",
        holder_name="DAM Nederland B.V.",
        planned_by_id=world.users[Caller.STRANGER],
    )
    told = await a_running_project(session, await _a_round(session, tenant))
    stopped = await session.get_one(Project, told.project_id)
    stopped.state = ProjectState.STOPPED
    freeze = _freeze(stopped, world)
    session.add_all([payout, freeze])
    await session.flush()
    proposal = RemedyProposal(
        freeze_id=freeze.id,
        kind=Remedy.REFUND,
        units=0,
        reason="As agreed.",
        proposed_by_id=world.users[Caller.STRANGER],
    )
    write_off = WriteOff(
        scheme_id=project.scheme_id,
        entrepreneur_id=project.entrepreneur_id,
        amount_cents=1,
        reason="It has nothing.",
        proposed_by_id=world.users[Caller.STRANGER],
    )
    session.add_all([proposal, write_off])
    await session.flush()
    tenant.things |= {
        "write_off_id": write_off.id,
        "payout_id": payout.id,
        "stopped_project_id": stopped.id,
        "remedy_id": proposal.id,
    }


FURNISHERS.append(furnish)


async def _a_round(session: AsyncSession, tenant: Tenant) -> Round:
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    return await make.a_round(session, scheme, state=RoundState.ON_SALE)


async def _project(session: AsyncSession, tenant: Tenant) -> Project:
    return await session.get_one(Project, tenant.things["told_project_id"])


async def _funded(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the projects funded, with enough for two payouts in their start parts."""
    for place in Place:
        project = await _project(session, world[place])
        project.state = ProjectState.FUNDED
        await journal.open_ledger(session, project.scheme_id, Book.MONEY)
        part = START_PART.of(project.scheme_id, project.id)
        await journal.post(session, a_draft(part, 2 * CENTS))
    await session.flush()
    return START


async def _approvable(session: AsyncSession, world: World, caller: Caller) -> Body:
    await _funded(session, world, caller)
    return REASON


async def _failed(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the payouts failed."""
    for place in Place:
        payout = await session.get_one(Payout, world[place].things["payout_id"])
        scheme = await session.get_one(Scheme, payout.scheme_id)
        outgoing = await make.a_refund(session, scheme)
        outgoing.kind, outgoing.purpose = OutgoingKind.PAYOUT, payout.purpose
        payout.approved_by_id = world.users[Caller.FORMER_STAFF]
        payout.approved_at, payout.due_on = clock.now(), clock.today()
        payout.outgoing_id, payout.state = outgoing.id, PayoutState.FAILED
    await session.flush()
    return AGAIN


async def _frozen(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the projects' money frozen."""
    for place in Place:
        project = await _project(session, world[place])
        project.state = ProjectState.STOPPED
        session.add(_freeze(project, world))
    await session.flush()
    return REFUNDED


def _freeze(project: Project, world: World) -> Freeze:
    return Freeze(
        scheme_id=project.scheme_id,
        project_id=project.id,
        cause=FreezeCause.STOPPED,
        reason="As agreed.",
        frozen_by=f"user:{world.users[Caller.STRANGER]}",
        hold_references=[],
    )


async def _earned(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the operators earned something, and an account of their own."""
    for place in Place:
        scheme = await session.get_one(Scheme, world[place].things["scheme_id"])
        operator = await session.get_one(Organisation, scheme.operator_id)
        operator.iban = "NL91ABNA0417164300"
        operator.iban_changed_at = clock.now() - timedelta(days=60)
        await journal.open_ledger(session, scheme.id, Book.MONEY)
        await journal.post(session, a_draft(FEE_INCOME.of(scheme.id), CENTS))
    await session.flush()
    return TAKEN


async def _owing(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have everybody who could be meant owe something to both schemes."""
    owners = {(await _project(session, world[place])).entrepreneur_id for place in Place}
    for place in Place:
        scheme = await session.get_one(Scheme, world[place].things["scheme_id"])
        await journal.open_ledger(session, scheme.id, Book.MONEY)
        for owner_id in owners:
            owed = RECEIVABLE.of(scheme.id, owner_id)
            await journal.post(session, a_transfer(owed, SUSPENSE.of(scheme.id), CENTS))
    await session.flush()
    return {"entrepreneurId": str(next(iter(owners)))}


async def _writing_off(session: AsyncSession, world: World, caller: Caller) -> Body:
    for place in Place:
        waiting = await session.get_one(WriteOff, world[place].things["write_off_id"])
        waiting.state, waiting.decision_reason = WriteOffState.REJECTED, "It can pay."
        waiting.decided_by_id, waiting.decided_at = waiting.proposed_by_id, clock.now()
    return {**await _owing(session, world, caller), **REASON}


async def _given_up(session: AsyncSession, world: World, caller: Caller) -> Body:
    await _owing(session, world, caller)
    return APPROVED


AGAIN = {"rail": "bank", **REASON}
TAKEN = {"kind": "fee", "amountCents": CENTS}
PROJECT = "/v1/projects/{project_id}"
PAYOUT = f"{PROJECT}/payouts/{{payout_id}}"
SCHEME = "/v1/schemes/{scheme_id}"
REFUNDED = {"kind": "refund", **REASON}
APPROVED = {"kind": "approved", **REASON}
STOPPED = {"project_id": "stopped_project_id"}

TABLE: dict[str, Rule] = {
    f"GET {PROJECT}/earmark": Rule(INSPECTING, other=TOLD),
    f"GET {PROJECT}/payouts": Rule(INSPECTING, other=TOLD),
    f"POST {PROJECT}/payouts": Rule(OPERATING, always(START), _funded, other=TOLD),
    f"GET {PAYOUT}": Rule(INSPECTING, other=TOLD),
    f"GET {PAYOUT}/decisions": Rule(INSPECTING, other=TOLD),
    f"POST {PAYOUT}/approvals": Rule(DECIDING, always(REASON), _approvable, other=TOLD),
    f"POST {PAYOUT}/withholdings": Rule(DECIDING, always(REASON), other=TOLD),
    f"POST {PAYOUT}/retries": Rule(OPERATING, always(AGAIN), _failed, other=TOLD),
    f"POST {PROJECT}/stops": Rule(DECIDING, always(REASON), _approvable, other=TOLD),
    f"GET {PROJECT}/freeze": Rule(INSPECTING, other=STOPPED),
    f"POST {PROJECT}/remedies": Rule(OPERATING, always(REFUNDED), _frozen, other=TOLD),
    f"POST {PROJECT}/remedies/{{remedy_id}}/decisions": Rule(
        DECIDING, always(APPROVED), other=STOPPED
    ),
    f"GET {SCHEME}/payouts": Rule(INSPECTING),
    f"POST {SCHEME}/withdrawals": Rule(OPERATING, always(TAKEN), _earned),
    f"POST {SCHEME}/repayments": Rule(OPERATING, arrange=_owing),
    f"GET {SCHEME}/write-offs": Rule(INSPECTING),
    f"POST {SCHEME}/write-offs": Rule(OPERATING, arrange=_writing_off),
    f"POST {SCHEME}/write-offs/{{write_off_id}}/decisions": Rule(
        DECIDING, always(APPROVED), _given_up
    ),
}
"""Every operation, by every kind of caller, on own and others' things; see `tests.matrix`."""
