"""Who may do what in this domain: one line per operation."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.fulfilments import postings
from app.fulfilments.actions import certifying
from app.fulfilments.models import (
    Allocation,
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentEvidence,
    FulfilmentKind,
    FulfilmentObjection,
    FulfilmentState,
)
from app.fulfilments.postings import Taken
from app.ledger import journal
from app.obligations.models import (
    Obligation,
    ObligationObjection,
    ObligationProposal,
    ProposalKind,
    ProposalSide,
    ProposalState,
)
from app.orders.models import Order, SerialBlock
from app.organisations.models import Role
from app.projects.models import Project, ProjectState
from app.schemes.models import Authority, Scheme, SchemeRecognition
from tests import make
from tests.make import logs
from tests.make.obligations import an_obligation
from tests.make.orders import pay
from tests.matrix import ANYBODY, FURNISHERS, Body, Caller, Place, Rule, Tenant, World
from tests.obligations.access_table import AUTHORITY, OBLIGATION
from tests.orders.access_table import ORDER, SEEING
from tests.organisations.access_table import ORGANISATION, REASON, always
from tests.projects.access_market import a_file
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING, READING


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation have a claim with itself, of units that it ordered."""
    authority = await session.get_one(Authority, tenant.things["authority_id"])
    obligation = await an_obligation(session, authority, tenant.organisation)
    order = await session.get_one(Order, tenant.things["order_id"])
    stranger = world.users[Caller.STRANGER]
    fulfilment = Fulfilment(
        id=new_id(),
        kind=FulfilmentKind.RIKX,
        claim=A_UNIT,
        state=FulfilmentState.RETURNED,
        authority_id=authority.id,
        obligation_id=obligation.id,
        claimant_id=tenant.organisation.id,
        order_id=order.id,
        quantity_units=1,
        rules_id=obligation.rules_id,
        value_cents=1_000,
        drafted_by_id=stranger,
        submitted_by_id=stranger,
        submitted_at=clock.now(),
        decided_at=clock.now(),
    )
    meant = Allocation(order_id=order.id, obligation_id=obligation.id, quantity_units=2)
    session.add_all([fulfilment, meant])
    await session.flush()
    proof = FulfilmentEvidence(
        fulfilment_id=fulfilment.id,
        file_id=await a_file(session),
        attached_by_id=stranger,
        submitted_at=clock.now(),
    )
    session.add(proof)
    await session.flush()
    tenant.things["fulfilment_evidence_id"] = proof.id
    await _contest(session, tenant, obligation, stranger)
    certificate = await certifying.issue(session, Actor.system("test"), fulfilment)
    tenant.things |= {"fulfilment_id": fulfilment.id, "owing_id": obligation.id}
    tenant.things["certificate_code"] = certificate.code
    await logs.sealed(session)


async def _contest(
    session: AsyncSession, tenant: Tenant, obligation: Obligation, stranger: UUID
) -> None:
    """Have two waivers refused and a claim rejected, with an objection about each kind."""
    somebody = (await make.a_user(session)).id
    waivers = [_refused_waiver(obligation, stranger, somebody) for _ in range(2)]
    rejected = Fulfilment(
        id=new_id(),
        kind=FulfilmentKind.PSO,
        claim=PSO,
        state=FulfilmentState.REJECTED,
        authority_id=obligation.authority_id,
        obligation_id=obligation.id,
        claimant_id=tenant.organisation.id,
        rules_id=obligation.rules_id,
        drafted_by_id=stranger,
        submitted_by_id=stranger,
        decided_by_id=somebody,
    )
    session.add_all([*waivers, rejected])
    await session.flush()
    rejections = [_rejection(rejected, somebody) for _ in range(2)]
    session.add_all(rejections)
    await session.flush()
    first, last = sorted(rejections, key=lambda each: each.id)
    lodger = await make.a_member(session, Role.MEMBER, tenant.organisation)
    lodged = {"grounds": "It was.", "lodged_by_id": lodger.user_id}
    about = {"obligation_id": obligation.id, "proposal_id": waivers[0].id}
    to_waiver = ObligationObjection(**about, **lodged, lodged_for_id=tenant.organisation.id)
    about = {"fulfilment_id": rejected.id, "decision_id": first.id}
    to_claim = FulfilmentObjection(**about, **lodged)
    session.add_all([to_waiver, to_claim])
    await session.flush()
    tenant.things |= {
        "refused_waiver_id": waivers[1].id,
        "rejected_id": rejected.id,
        "rejection_id": last.id,
        "obligation_objection_id": to_waiver.id,
        "fulfilment_objection_id": to_claim.id,
    }


def _refused_waiver(obligation: Obligation, by: UUID, refused_by: UUID) -> ObligationProposal:
    return ObligationProposal(
        obligation_id=obligation.id,
        kind=ProposalKind.WAIVER,
        side=ProposalSide.CONTRACTOR,
        state=ProposalState.REFUSED,
        amount_cents=100,
        steps=[],
        reason="The school burned down.",
        proposed_by_id=by,
        decided_by_id=refused_by,
        decided_at=clock.now(),
        decision_reason="It did not.",
    )


def _rejection(rejected: Fulfilment, by: UUID) -> FulfilmentDecision:
    return FulfilmentDecision(
        fulfilment_id=rejected.id,
        kind=FulfilmentDecisionKind.REJECTED,
        quantity_units=0,
        value_cents=1_000,
        reason="It is not certified.",
        decided_by=str(Actor.user(by)),
    )


FURNISHERS.append(furnish)


async def _firm(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the orders paid, their projects funded, and the schemes recognised."""
    for tenant in world.tenants.values():
        order = await session.get_one(Order, tenant.things["order_id"])
        await pay(session, order)
        project = await session.get_one(Project, order.project_id)
        project.state = ProjectState.FUNDED
        scheme = await session.get_one(Scheme, order.scheme_id)
        authority = await session.get_one(Authority, tenant.things["authority_id"])
        known = sa.select(SchemeRecognition.id).filter_by(
            scheme_id=scheme.id, authority_id=authority.id, ended_at=None
        )
        if await session.scalar(known) is None:
            await make.a_recognition(session, scheme, authority)
    return {}


async def _submitted(session: AsyncSession, world: World, caller: Caller) -> Body:
    await _firm(session, world, caller)
    for tenant in world.tenants.values():
        fulfilment = await session.get_one(Fulfilment, tenant.things["fulfilment_id"])
        blocks = sa.select(SerialBlock).filter_by(order_id=fulfilment.order_id)
        block = (await session.scalars(blocks)).one()
        fulfilment.first_serial = fulfilment.last_serial = block.first_serial
        fulfilment.state = FulfilmentState.SUBMITTED
    await session.flush()
    return VERDICT


async def _waiting(session: AsyncSession, world: World, caller: Caller) -> Body:
    await _submitted(session, world, caller)
    return {}


async def _approved(session: AsyncSession, world: World, caller: Caller) -> Body:
    await _submitted(session, world, caller)
    for tenant in world.tenants.values():
        fulfilment = await session.get_one(Fulfilment, tenant.things["fulfilment_id"])
        order = await session.get_one(Order, fulfilment.order_id)
        taken = Taken(1_000, 0, 0)
        draft = postings.approved(fulfilment, order.scheme_id, taken, clock.now())
        await journal.post(session, draft)
        fulfilment.decided_by_id = (await make.a_user(session)).id
        fulfilment.state = FulfilmentState.APPROVED
    await session.flush()
    return REASON


def _a_claim(world: World, place: Place) -> dict[str, Any]:
    return {"obligationId": str(world[place].things["owing_id"]), "quantityUnits": 1}


def _of_pso(world: World, place: Place) -> dict[str, Any]:
    return {"obligationId": str(world[place].things["owing_id"]), "claim": PSO}


def _to_waiver(world: World, place: Place) -> dict[str, Any]:
    return {"proposalId": str(world[place].things["refused_waiver_id"]), "grounds": "It was."}


def _to_rejection(world: World, place: Place) -> dict[str, Any]:
    return {"decisionId": str(world[place].things["rejection_id"]), "grounds": "It was."}


def _a_split(world: World, place: Place) -> dict[str, Any]:
    return {"parts": [_a_claim(world, place)]}


def _a_purchase(world: World, place: Place) -> dict[str, Any]:
    project_id = str(world[place].things["listed_project_id"])
    return {"projectId": project_id, "quantityUnits": 1, "split": [_a_claim(world, place)]}


PSO = {"kind": "pso", "step": "2", "validUntil": "2030-12-31"}
A_UNIT = {"kind": "rikx", "quantityUnits": 1}
VERDICT = {"verdict": "returned", **REASON}  # It has its certificate already.
FULFILMENT = "/v1/fulfilments/{fulfilment_id}"
EVIDENCE = f"{FULFILMENT}/evidence"
REJECTED = {"fulfilment_id": "rejected_id"}
OWING = {"obligation_id": "owing_id"}
DISMISSED = {"upheld": False, **REASON}
TO_CLAIM = f"{FULFILMENT}/objections"
TO_PROPOSAL = f"{OBLIGATION}/objections"
CERTIFICATE = "/v1/certificates/{certificate_code}"

TABLE = {
    f"GET {ORGANISATION}/assessments/{{listed_project_id}}": Rule(READING),
    f"POST {ORGANISATION}/quotes": Rule(READING, _a_purchase),
    f"GET {ORDER}/split": Rule(SEEING),
    f"POST {ORDER}/splits": Rule(OPERATING, _a_split),
    f"POST {ORDER}/fulfilments": Rule(OPERATING, _a_claim),
    f"GET {ORGANISATION}/fulfilments": Rule(READING),
    f"POST {ORGANISATION}/fulfilments": Rule(OPERATING, _of_pso),
    f"GET {AUTHORITY}/fulfilments": Rule(INSPECTING),
    f"GET {FULFILMENT}": Rule(INSPECTING),
    f"PUT {FULFILMENT}": Rule(OPERATING, always({"claim": A_UNIT})),
    f"POST {FULFILMENT}/withdrawals": Rule(OPERATING, always({}), _waiting),
    f"GET {FULFILMENT}/placements": Rule(INSPECTING),
    "GET /v1/candidate-salt": Rule(ANYBODY),
    f"GET {TO_CLAIM}": Rule(INSPECTING, other=REJECTED),
    f"POST {TO_CLAIM}": Rule(OPERATING, _to_rejection, other=REJECTED),
    f"POST {TO_CLAIM}/{{fulfilment_objection_id}}/decisions": Rule(
        DECIDING, always(DISMISSED), other=REJECTED
    ),
    f"POST {TO_CLAIM}/{{fulfilment_objection_id}}/withdrawals": Rule(
        OPERATING, always({}), other=REJECTED
    ),
    f"GET {TO_PROPOSAL}": Rule(INSPECTING, other=OWING),
    f"POST {TO_PROPOSAL}": Rule(OPERATING, _to_waiver, other=OWING),
    f"POST {TO_PROPOSAL}/{{obligation_objection_id}}/decisions": Rule(
        DECIDING, always(DISMISSED), other=OWING
    ),
    f"POST {TO_PROPOSAL}/{{obligation_objection_id}}/withdrawals": Rule(
        OPERATING, always({}), other=OWING
    ),
    f"GET {EVIDENCE}": Rule(INSPECTING),
    f"POST {EVIDENCE}": Rule(OPERATING, upload=True),
    f"DELETE {EVIDENCE}/{{fulfilment_evidence_id}}": Rule(OPERATING),
    f"GET {EVIDENCE}/{{fulfilment_evidence_id}}/content": Rule(INSPECTING),
    f"GET {FULFILMENT}/assessment": Rule(INSPECTING),
    f"GET {FULFILMENT}/decisions": Rule(INSPECTING),
    f"GET {FULFILMENT}/decisions/{{fulfilment_decision_id}}/proof": Rule(
        INSPECTING, other=REJECTED | {"fulfilment_decision_id": "rejection_id"}
    ),
    f"GET {FULFILMENT}/certificate": Rule(INSPECTING),
    f"GET {FULFILMENT}/certificate/document.html": Rule(INSPECTING),
    f"GET {FULFILMENT}/certificate/document.pdf": Rule(INSPECTING),
    f"GET {CERTIFICATE}": Rule(ANYBODY),
    f"GET {CERTIFICATE}/document.html": Rule(ANYBODY),
    f"GET {CERTIFICATE}/document.pdf": Rule(ANYBODY),
    f"GET {ORGANISATION}/certificates": Rule(READING),
    f"GET {AUTHORITY}/certificates": Rule(INSPECTING),
    f"GET {ORGANISATION}/dashboard": Rule(READING),
    f"GET {ORGANISATION}/standings": Rule(READING),
    f"GET {ORGANISATION}/recognised-fulfilments": Rule(READING),
    f"GET {AUTHORITY}/dashboard": Rule(INSPECTING),
    f"GET {AUTHORITY}/standings": Rule(INSPECTING),
    f"GET {AUTHORITY}/recognised-fulfilments": Rule(INSPECTING),
    f"GET {AUTHORITY}/reach": Rule(INSPECTING),
    f"GET {OBLIGATION}/moves": Rule(INSPECTING),
    f"POST {FULFILMENT}/submissions": Rule(OPERATING, always({}), _firm),
    f"POST {FULFILMENT}/decisions": Rule(DECIDING, always(VERDICT), _submitted),
    f"POST {FULFILMENT}/revocations": Rule(DECIDING, always(REASON), _approved),
}
