"""Who may do what in this domain: one line per operation."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import journal
from app.ledger.chart import FULFILLED, OWED
from app.ledger.drafts import Draft, credit, debit
from app.obligations.models import (
    Obligation,
    ObligationProposal,
    ObligationState,
    ProposalKind,
    ProposalSide,
)
from app.schemes.models import Authority
from tests import make
from tests.make.obligations import (
    RULES,
    a_rule_draft,
    a_rule_version,
    an_import,
    an_obligation,
)
from tests.make.packages import a_package, a_release
from tests.matrix import ANYBODY, FURNISHERS, Body, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import ORGANISATION, OURS, REASON, always
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING, READING


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation, which is an authority, have rules and an obligation to confirm."""
    authority = await session.get_one(Authority, tenant.things["authority_id"])
    tenant.things |= {
        "rules_id": (await a_rule_version(session, authority)).id,
        "rule_draft_id": (await a_rule_draft(session, authority)).id,
    }
    contractor = await make.an_organisation(session, "Schoonmaak Zuid B.V.")
    obligation = await an_obligation(session, authority, contractor, confirmed=False)
    proposal = await _a_waiver(session, obligation)
    tenant.things |= {
        "contract_id": obligation.contract_id,
        "obligation_id": obligation.id,
        "proposal_id": proposal.id,
        "ocds_import_id": (await an_import(session, authority)).id,
    }


FURNISHERS.append(furnish)


async def _a_waiver(session: AsyncSession, obligation: Obligation) -> ObligationProposal:
    proposal = ObligationProposal(
        obligation_id=obligation.id,
        kind=ProposalKind.WAIVER,
        side=ProposalSide.CONTRACTOR,
        amount_cents=100,
        steps=[],
        reason="The school burned down.",
        proposed_by_id=(await make.a_user(session)).id,
    )
    session.add(proposal)
    await session.flush()
    return proposal


async def _imposed(session: AsyncSession, world: World) -> list[Obligation]:
    """Have a confirmed obligation everywhere."""
    made = []
    for tenant in world.tenants.values():
        authority = await session.get_one(Authority, tenant.things["authority_id"])
        contractor = await make.an_organisation(session)
        obligation = await an_obligation(session, authority, contractor)
        tenant.things["obligation_id"] = obligation.id
        made.append(obligation)
    return made


async def _waivable(session: AsyncSession, world: World, _caller: Caller) -> Body:
    await _imposed(session, world)
    return WAIVER


async def _overdue(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for obligation in await _imposed(session, world):
        obligation.state = ObligationState.IN_RECOVERY
        obligation.recovery_ends_on = clock.today() - timedelta(days=1)
    return REASON


async def _proposed(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for obligation in await _imposed(session, world):
        proposal = await _a_waiver(session, obligation)
        authority_id = obligation.authority_id
        [tenant] = [
            tenant
            for tenant in world.tenants.values()
            if tenant.things["authority_id"] == authority_id
        ]
        tenant.things["proposal_id"] = proposal.id
    return DECISION


async def _fulfilled(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for obligation in await _imposed(session, world):
        keeper, about, all_of_it = obligation.authority_id, obligation.id, obligation.computed_cents
        lines = (
            debit(FULFILLED.of(keeper, about), all_of_it, about),
            credit(OWED.of(keeper, about), all_of_it, about),
        )
        now = clock.now()
        draft = Draft("claim.approved", f"claim/{about}/approved", "Fulfilled", now, lines)
        await journal.post(session, draft)
        await session.execute(
            sa.update(Obligation)
            .where(Obligation.id == obligation.id)
            .values(state=ObligationState.FULFILLED)
        )
    return REASON


TODAY = clock.today()
DRAFT = {"validFrom": (TODAY + timedelta(days=3)).isoformat(), "rules": RULES}
AUTHORITY = "/v1/authorities/{authority_id}"
RULE_DRAFT = f"{AUTHORITY}/rule-drafts/{{rule_draft_id}}"
CONTRACT = "/v1/contracts/{contract_id}"
OBLIGATION = "/v1/obligations/{obligation_id}"

SAYS = {
    "title": "Cleaning of schools",
    "kind": "services",
    "hasClause": True,
    "contractSumCents": 100_000_000,
    "startsOn": TODAY.isoformat(),
    "endsOn": (TODAY + timedelta(days=365)).isoformat(),
}
AWARDED = {"reference": "2026-0999", "awardedOn": TODAY.isoformat()}
PARTY = {"scheme": "NL-KVK", "identifier": "12345678", "legalName": "Schoonmaak Zuid B.V."}
ROWS = {"contracts": [{"contract": {**SAYS, **AWARDED, "contractor": PARTY}}]}
WAIVER = {"amountCents": 100, **REASON}
DECISION = {"approved": True, **REASON}


def _a_report(world: World, place: Place) -> Body:
    return {**SAYS, **AWARDED, "authorityId": str(world[place].things["authority_id"])}


def _a_package(_world: World, _place: Place) -> bytes:
    return a_package(a_release())


TABLE = {
    "GET /v1/rule-tables": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rules": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rules/{{rules_id}}": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rules/{{rules_id}}/changes": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rule-drafts": Rule(INSPECTING),
    f"POST {AUTHORITY}/rule-drafts": Rule(OPERATING, always(DRAFT)),
    f"GET {RULE_DRAFT}": Rule(INSPECTING),
    f"GET {RULE_DRAFT}/changes": Rule(INSPECTING),
    f"PATCH {RULE_DRAFT}": Rule(OPERATING, always({"validFrom": DRAFT["validFrom"]})),
    f"DELETE {RULE_DRAFT}": Rule(OPERATING),
    f"POST {RULE_DRAFT}/publications": Rule(DECIDING, always(REASON)),
    # Contracts.
    f"GET {AUTHORITY}/contracts": Rule(INSPECTING),
    f"POST {AUTHORITY}/contracts": Rule(OPERATING, always({**SAYS, **AWARDED, "parties": [PARTY]})),
    f"GET {AUTHORITY}/completeness": Rule(INSPECTING),
    f"GET {ORGANISATION}/contracts": Rule(READING),
    f"POST {ORGANISATION}/contract-reports": Rule(OPERATING, _a_report),
    f"GET {CONTRACT}": Rule(INSPECTING),
    f"GET {CONTRACT}/amendments": Rule(INSPECTING),
    f"POST {CONTRACT}/amendments": Rule(OPERATING, always({**SAYS, **REASON})),
    # Imports.
    f"POST {AUTHORITY}/contract-imports/dry-run": Rule(OPERATING, always(ROWS)),
    f"POST {AUTHORITY}/contract-imports": Rule(OPERATING, always(ROWS)),
    f"GET {AUTHORITY}/ocds-imports": Rule(INSPECTING),
    f"POST {AUTHORITY}/ocds-imports": Rule(OPERATING, _a_package, upload=True),
    f"GET {AUTHORITY}/ocds-imports/{{ocds_import_id}}": Rule(INSPECTING),
    f"GET {AUTHORITY}/ocds-imports/{{ocds_import_id}}/outcomes": Rule(INSPECTING),
    # Obligations.
    f"GET {AUTHORITY}/obligations": Rule(INSPECTING),
    f"GET {ORGANISATION}/obligations": Rule(READING),
    f"GET {OBLIGATION}": Rule(INSPECTING),
    f"GET {OBLIGATION}/balance": Rule(INSPECTING),
    f"GET {OBLIGATION}/decisions": Rule(INSPECTING),
    f"GET {OBLIGATION}/proposals": Rule(INSPECTING),
    f"POST {OBLIGATION}/confirmations": Rule(DECIDING, always(REASON)),
    f"POST {OBLIGATION}/settlements": Rule(DECIDING, always(REASON), _fulfilled),
    f"POST {OBLIGATION}/waivers": Rule(OPERATING, always(WAIVER), _waivable),
    f"POST {OBLIGATION}/sanctions": Rule(OPERATING, always(REASON), _overdue),
    f"POST {OBLIGATION}/proposals/{{proposal_id}}/decisions": Rule(
        DECIDING, always(DECISION), _proposed
    ),
}
