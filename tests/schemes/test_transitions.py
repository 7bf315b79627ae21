"""Every decision in every state: those that are allowed lead on, the others say why not."""

from enum import StrEnum
from itertools import product
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.core.database import Database
from app.core.events import Event
from app.organisations.models import Organisation
from app.schemes.actions import admissions, enrolments, schemes
from app.schemes.models import (
    Admission,
    AdmissionState,
    Enrolment,
    EnrolmentState,
    Scheme,
    SchemeDecision,
    SchemeDecisionKind,
    SchemeState,
)
from tests import make
from tests.schemes.conftest import Market, said

KIND = SchemeDecisionKind
WHY = "As the board decided."


def pairs(states: Any, transitions: Any) -> list[Any]:  # noqa: ANN401  Of three kinds.
    return [
        pytest.param(state, kind, id=f"{state} {kind}")
        for state, kind in product(states, transitions)
    ]


# What the domain says, written down a second time: a change of it must be meant.
ALLOWED: dict[str, dict[tuple[StrEnum, SchemeDecisionKind], StrEnum]] = {
    "scheme": {
        (SchemeState.DRAFT, KIND.OPENED): SchemeState.OPEN,
        (SchemeState.OPEN, KIND.CLOSED): SchemeState.CLOSED,
    },
    "admission": {
        (AdmissionState.REQUESTED, KIND.ADMITTED): AdmissionState.ADMITTED,
        (AdmissionState.REQUESTED, KIND.REFUSED): AdmissionState.REFUSED,
        (AdmissionState.ADMITTED, KIND.SUSPENDED): AdmissionState.SUSPENDED,
        (AdmissionState.SUSPENDED, KIND.REINSTATED): AdmissionState.ADMITTED,
    },
    "enrolment": {
        (EnrolmentState.REQUESTED, KIND.ENROLLED): EnrolmentState.ACTIVE,
        (EnrolmentState.REQUESTED, KIND.REFUSED): EnrolmentState.REFUSED,
        (EnrolmentState.ACTIVE, KIND.SUSPENDED): EnrolmentState.SUSPENDED,
        (EnrolmentState.SUSPENDED, KIND.REINSTATED): EnrolmentState.ACTIVE,
    },
}


@pytest.mark.parametrize(
    ("subject", "table"),
    [
        ("scheme", schemes.TRANSITIONS),
        ("admission", admissions.TRANSITIONS),
        ("enrolment", enrolments.TRANSITIONS),
    ],
)
def test_the_code_knows_exactly_these(subject: str, table: Any) -> None:  # noqa: ANN401  Of three kinds.
    known = {(needed, kind): leads_to for kind, (needed, leads_to) in table.items()}
    assert known == ALLOWED[subject]


async def judge(
    database: Database,
    answer: httpx.Response,
    row: Scheme | Admission | Enrolment,
    kind: str,
    problem: str,
) -> None:
    """Say whether an answer, the row, its decisions and its events agree with the table."""
    leads_to = ALLOWED[problem].get((row.state, KIND(kind)))
    expected = (201, None) if leads_to else (409, f"/problems/{problem}-state-forbids")
    assert said(answer) == expected
    async with database.reading() as session:
        after = await session.scalar(sa.select(type(row).state).where(type(row).id == row.id))
        assert after is (leads_to or row.state)
        decided = list(await session.scalars(sa.select(SchemeDecision)))
        events = await session.scalars(
            sa.select(Event.type).where(Event.subject_id == row.id, Event.type.endswith(kind))
        )
        assert [decision.kind for decision in decided] == ([kind] if leads_to else [])
        assert list(events) == ([f"{problem}.{kind}"] if leads_to else [])
    if leads_to is None:
        assert answer.json()["currentState"] == row.state


@pytest.mark.parametrize(("state", "kind"), pairs(SchemeState, schemes.TRANSITIONS))
async def test_of_a_scheme(
    client: httpx.AsyncClient,
    database: Database,
    staff: dict[str, str],
    state: SchemeState,
    kind: str,
) -> None:
    async with database.work() as session:
        scheme: Scheme = await make.a_scheme(session, state=state)
        await make.an_authority(session, recognising=scheme)
    answer = await client.post(
        f"/v1/schemes/{scheme.id}/decisions", json={"kind": kind, "reason": WHY}, headers=staff
    )
    await judge(database, answer, scheme, kind, "scheme")


@pytest.mark.parametrize(("state", "kind"), pairs(AdmissionState, admissions.TRANSITIONS))
async def test_of_an_admission(
    client: httpx.AsyncClient, database: Database, market: Market, state: AdmissionState, kind: str
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        admission: Admission = await make.an_admission(session, scheme, state=state)
    answer = await client.post(
        f"{market.path}/admissions/{admission.id}/decisions",
        json={"kind": kind, "reason": WHY},
        headers=market.approver.headers,
    )
    await judge(database, answer, admission, kind, "admission")


@pytest.mark.parametrize(("state", "kind"), pairs(EnrolmentState, enrolments.TRANSITIONS))
async def test_of_an_enrolment(
    client: httpx.AsyncClient, database: Database, market: Market, state: EnrolmentState, kind: str
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        enrolment: Enrolment = await make.an_enrolment(session, scheme, state=state)
    answer = await client.post(
        f"{market.path}/enrolments/{enrolment.id}/decisions",
        json={"kind": kind, "reason": WHY},
        headers=market.approver.headers,
    )
    await judge(database, answer, enrolment, kind, "enrolment")


@pytest.mark.parametrize("what", ["admissions", "enrolments"])
@pytest.mark.parametrize("state", list(AdmissionState))
async def test_of_asking(
    client: httpx.AsyncClient, database: Database, market: Market, what: str, state: AdmissionState
) -> None:
    """Only who was refused can ask again; it is the same row, and its story goes on."""
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        member = await make.a_member(session)
        organisation = await session.get_one(Organisation, member.organisation_id)
        if what == "admissions":
            await make.an_admission(session, scheme, organisation, state=state)
        else:
            stands = "active" if state is AdmissionState.ADMITTED else state.value
            await make.an_enrolment(session, scheme, organisation, state=EnrolmentState(stands))
    answer = await client.post(
        f"/v1/organisations/{member.organisation_id}/{what}",
        json={"schemeId": str(market.id), "reason": "We have a plan now."},
        headers=member.headers,
    )

    again = state is AdmissionState.REFUSED
    assert said(answer) == ((201, None) if again else (409, "/problems/already-requested"))
    listed = await client.get(f"{market.path}/{what}", headers=market.viewer.headers)
    assert len(listed.json()["items"]) == 1


async def test_what_has_ended_does_not_end_again(
    client: httpx.AsyncClient, database: Database, market: Market, staff: dict[str, str]
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        authority = await make.an_authority(session)
        recognition = await make.a_recognition(session, scheme, authority)
        auditor = await make.an_auditor(
            session, await session.get_one(Organisation, market.operator_id)
        )
        expert = await make.an_expert(session, scheme)
        invitation, token = await make.a_scheme_invitation(session, scheme)
    why = {"reason": WHY}
    endings: list[tuple[str, str, dict[str, Any] | None, dict[str, str], str]] = [
        (
            "POST",
            f"{market.path}/recognitions/{recognition.id}/endings",
            why,
            staff,
            "recognition-ended",
        ),
        ("POST", f"/v1/authorities/{authority.id}/endings", why, staff, "authority-ended"),
        (
            "POST",
            f"{market.path}/panel-members/{expert.id}/endings",
            why,
            market.approver.headers,
            "expert-left",
        ),
        (
            "DELETE",
            f"/v1/organisations/{market.operator_id}/auditors/{auditor.id}",
            None,
            staff,
            "audit-ended",
        ),
        (
            "DELETE",
            f"{market.path}/invitations/{invitation.id}",
            None,
            market.member.headers,
            "invitation-closed",
        ),
    ]
    for method, path, body, headers, problem in endings:
        first = await client.request(method, path, json=body, headers=headers)
        second = await client.request(method, path, json=body, headers=headers)
        assert first.is_success, path
        assert said(second) == (409, f"/problems/{problem}")
    declined = await client.post("/v1/declined-invitations", json={"token": token})
    assert said(declined) == (409, "/problems/token-refused")
    recognising = {"authorityId": str(authority.id), **why}
    gone = await client.post(f"{market.path}/recognitions", json=recognising, headers=staff)
    assert said(gone) == (409, "/problems/authority-ended")
