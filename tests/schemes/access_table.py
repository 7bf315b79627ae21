"""Who may do what in this domain: one line per operation."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.models import User
from app.schemes.models import AdmissionState, EnrolmentState, InvitedAs, Scheme, SchemeState
from tests import make
from tests.matrix import (
    ADMINS,
    ANYBODY,
    FURNISHERS,
    INSIDERS,
    PERSONS,
    STAFF,
    Body,
    Caller,
    Place,
    Rule,
    Standing,
    Tenant,
    World,
)
from tests.organisations.access_table import INSPECTORS, ORGANISATION, OURS, REASON, always

INSPECTING = INSIDERS | {Standing.AUDITOR, Standing.KEY}
"""Who sees the inner affairs of a scheme: its operator's people, machines, auditors and staff."""
OPERATING = frozenset({Standing.MEMBER, Standing.APPROVER, Standing.ADMIN})
DECIDING = frozenset({Standing.APPROVER, Standing.ADMIN})
READING = INSIDERS | {Standing.KEY}
"""Of what an organisation takes part in."""
SEATED = frozenset({Caller.EXPERT})


async def furnish(session: AsyncSession, world: World, tenant: Tenant, place: Place) -> None:
    """Let an organisation run a scheme with one of everything, and be an authority elsewhere."""
    scheme = await make.a_scheme(session, tenant.organisation)
    market = await make.a_scheme(session)
    authority = await make.an_authority(session, tenant.organisation)
    recognition = await make.a_recognition(session, scheme, authority)
    is_ours = place is Place.OURS
    user = await session.get_one(User, world.users[Caller.EXPERT]) if is_ours else None
    expert = await make.an_expert(session, scheme, user)
    auditor = await make.an_auditor(
        session,
        tenant.organisation,
        await session.get_one(User, world.users[Caller.AUDITOR]) if is_ours else None,
    )
    invitation, _token = await make.a_scheme_invitation(session, scheme)
    if is_ours:
        await make.an_auditor(
            session,
            tenant.organisation,
            await session.get_one(User, world.users[Caller.PAST_AUDITOR]),
            ends_on=clock.today() - timedelta(days=1),
        )
    new = await make.an_authority(session)
    admission = await make.an_admission(session, scheme, state=AdmissionState.REQUESTED)
    enrolment = await make.an_enrolment(session, scheme, state=EnrolmentState.REQUESTED)
    policy = await make.a_policy(session, scheme)
    tenant.things |= {
        "scheme_id": scheme.id,
        "market_id": market.id,
        "authority_id": authority.id,
        "new_authority_id": new.id,
        "recognition_id": recognition.id,
        "policy_id": policy.id,
        "draft_id": (await make.a_policy_draft(session, scheme)).id,
        "panel_member_id": expert.id,
        "auditor_id": auditor.id,
        "admission_id": admission.id,
        "enrolment_id": enrolment.id,
    }
    # The other domain has an invitation as well: a path names the one of its own.
    tenant.things["scheme_invitation_id"] = invitation.id


FURNISHERS.append(furnish)


async def _a_seat(session: AsyncSession, world: World, caller: Caller) -> Body:
    """Have an invitation to a panel in the mail of whoever calls."""
    scheme = await make.a_scheme(session)
    _invitation, token = await make.a_scheme_invitation(session, scheme, world.emails[caller])
    return {"token": token}


async def _an_invitation(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    """Have an invitation in the mail of somebody."""
    scheme = await make.a_scheme(session)
    _invitation, token = await make.a_scheme_invitation(
        session, scheme, invited_as=InvitedAs.ENTREPRENEUR
    )
    return {"token": token}


async def _an_organisation(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    organisation = await make.an_organisation(session, "Gemeente Schiedam")
    return {"organisationId": str(organisation.id), "municipalities": ["GM0606"], **REASON}


async def _an_idle_authority(session: AsyncSession, world: World, _caller: Caller) -> Body:
    things = world[Place.OURS].things
    things["authority_id"] = (await make.an_authority(session)).id
    return REASON


async def _an_operator(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    operator = await make.an_organisation(session, "Stichting Tweede")
    return {**SCHEME, "operatorId": str(operator.id)}


async def _somebody(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    return {**AUDIT, "email": (await make.a_user(session)).email}


async def _ready(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for place in Place:
        scheme = await session.get_one(Scheme, world[place].things["scheme_id"])
        scheme.state = SchemeState.OPEN
    return {"kind": "closed", **REASON}


def _thing(member: str, thing: str, **more: object) -> Callable[[World, Place], Body]:
    """Send the id of a thing of the tenant's."""
    return lambda world, place: {member: str(world[place].things[thing]), **more}


TODAY = clock.today()
SCHEME = {
    "code": "rikx-nieuw",
    "name": {"nl": "Rikx Nieuw", "en": "Rikx New"},
    "unitName": "RIKX",
    "operatorId": "01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11",
    "region": ["GM0599"],
    "languages": ["nl", "en"],
}
AUDIT = {
    "email": "x@baat.example",
    "startsOn": TODAY.isoformat(),
    "endsOn": (TODAY + timedelta(days=30)).isoformat(),
    **REASON,
}
DRAFT = {"validFrom": (TODAY + timedelta(days=3)).isoformat(), "terms": make.TERMS}
CHECK = {
    "kind": "identity",
    "passed": True,
    "evidence": "Extract of the trade register.",
    "validUntil": (TODAY + timedelta(days=365)).isoformat(),
}
INVITED = {"email": "new.expert@baat.example", "invitedAs": "expert"}
INSIDE = "/v1/schemes/{scheme_id}"
REASONED = always(REASON)

TABLE = {
    # For everybody.
    "GET /v1/authorities": Rule(ANYBODY, on=OURS),
    "GET /v1/authorities/{authority_id}": Rule(ANYBODY, on=OURS),
    "GET /v1/schemes": Rule(ANYBODY, on=OURS),
    f"GET {INSIDE}": Rule(ANYBODY, on=OURS),
    f"GET {INSIDE}/policies": Rule(ANYBODY, on=OURS),
    f"GET {INSIDE}/policies/{{policy_id}}": Rule(ANYBODY, on=OURS),
    "POST /v1/declined-invitations": Rule(ANYBODY, arrange=_an_invitation, on=OURS),
    # For every person, about themselves.
    "GET /v1/me/schemes": Rule(PERSONS, on=OURS),
    "POST /v1/panel-members": Rule(PERSONS, always({"token": "x"}), _a_seat, on=OURS),
    # For staff.
    "POST /v1/authorities": Rule(
        STAFF,
        _thing("organisationId", "organisation_id", municipalities=["GM0599"], **REASON),
        _an_organisation,
        on=OURS,
    ),
    "POST /v1/authorities/{authority_id}/endings": Rule(
        STAFF, REASONED, _an_idle_authority, on=OURS
    ),
    "POST /v1/schemes": Rule(STAFF, always(SCHEME), _an_operator, on=OURS),
    f"POST {INSIDE}/decisions": Rule(STAFF, always({"kind": "closed", **REASON}), _ready),
    f"POST {INSIDE}/recognitions": Rule(STAFF, _thing("authorityId", "new_authority_id", **REASON)),
    f"POST {INSIDE}/recognitions/{{recognition_id}}/endings": Rule(STAFF, REASONED),
    # Inside a scheme.
    f"GET {INSIDE}/settings": Rule(INSPECTING),
    f"PATCH {INSIDE}/settings": Rule(ADMINS, always({"region": ["GM0599"]})),
    f"GET {INSIDE}/decisions": Rule(INSPECTING),
    f"GET {INSIDE}/policy-drafts": Rule(INSPECTING),
    f"POST {INSIDE}/policy-drafts": Rule(OPERATING, always(DRAFT)),
    f"GET {INSIDE}/policy-drafts/{{draft_id}}": Rule(INSPECTING),
    f"PATCH {INSIDE}/policy-drafts/{{draft_id}}": Rule(
        OPERATING, always({"validFrom": DRAFT["validFrom"]})
    ),
    f"DELETE {INSIDE}/policy-drafts/{{draft_id}}": Rule(OPERATING),
    f"POST {INSIDE}/policy-drafts/{{draft_id}}/publications": Rule(DECIDING, REASONED),
    f"GET {INSIDE}/invitations": Rule(INSPECTING),
    f"POST {INSIDE}/invitations": Rule(OPERATING, always(INVITED)),
    f"DELETE {INSIDE}/invitations/{{scheme_invitation_id}}": Rule(OPERATING),
    f"GET {INSIDE}/panel-members": Rule(INSPECTING),
    f"POST {INSIDE}/panel-members/{{panel_member_id}}/endings": Rule(
        DECIDING, REASONED, own=SEATED
    ),
    f"GET {INSIDE}/admissions": Rule(INSPECTING),
    f"GET {INSIDE}/admissions/{{admission_id}}": Rule(INSPECTING),
    f"POST {INSIDE}/admissions/{{admission_id}}/checks": Rule(OPERATING, always(CHECK)),
    f"POST {INSIDE}/admissions/{{admission_id}}/decisions": Rule(
        DECIDING, always({"kind": "admitted", **REASON})
    ),
    f"GET {INSIDE}/enrolments": Rule(INSPECTING),
    f"POST {INSIDE}/enrolments/{{enrolment_id}}/decisions": Rule(
        DECIDING, always({"kind": "enrolled", **REASON})
    ),
    # An organisation and where it takes part.
    f"GET {ORGANISATION}/admissions": Rule(READING),
    f"POST {ORGANISATION}/admissions": Rule(OPERATING, _thing("schemeId", "market_id", **REASON)),
    f"GET {ORGANISATION}/enrolments": Rule(READING),
    f"POST {ORGANISATION}/enrolments": Rule(OPERATING, _thing("schemeId", "market_id", **REASON)),
    f"GET {ORGANISATION}/auditors": Rule(INSPECTORS),
    f"POST {ORGANISATION}/auditors": Rule(ADMINS | STAFF, always(AUDIT), _somebody),
    f"DELETE {ORGANISATION}/auditors/{{auditor_id}}": Rule(ADMINS | STAFF),
}
