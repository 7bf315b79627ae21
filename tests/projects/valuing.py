"""A project that waits for its experts, and everybody who has to do with it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.organisations.models import Organisation, Role, User
from app.projects import queries
from app.projects.actions import panel
from app.projects.models import ProjectState, Sitting
from tests import make
from tests.make import Member

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One project of DAM Nederland, and who may do what about it."""

    id: UUID
    round_id: UUID
    scheme_id: UUID
    experts: list[UUID]
    expert_users: list[UUID]
    expert_headers: list[Headers]
    approver: Member
    member: Member
    entrepreneur: Member

    @property
    def path(self) -> str:
        """Where the project is."""
        return f"/v1/projects/{self.id}"


async def a_case(
    database: Database,
    *,
    experts: int = 3,
    state: ProjectState = ProjectState.ELIGIBLE,
    policy: dict[str, Any] = make.TERMS,
) -> Case:
    """Make a scheme with so many experts, and a project in it."""
    async with database.work() as session:
        operator = await make.an_organisation(session, "Stichting Rikx")
        scheme = await make.a_scheme(session, operator, policy=policy)
        of_round = await make.a_round(session, scheme)
        project = await make.a_project(session, of_round, state=state)
        owner = await session.get_one(Organisation, project.entrepreneur_id)
        members = [await make.an_expert(session, scheme) for _ in range(experts)]
        users = [await session.get_one(User, member.user_id) for member in members]
        return Case(
            id=project.id,
            round_id=of_round.id,
            scheme_id=scheme.id,
            experts=[member.id for member in members],
            expert_users=[user.id for user in users],
            expert_headers=[await make.signed_in(session, user) for user in users],
            approver=await make.a_member(session, Role.APPROVER, operator),
            member=await make.a_member(session, Role.MEMBER, operator),
            entrepreneur=await make.a_member(session, Role.ADMIN, owner),
        )


async def assigned(client: httpx.AsyncClient, case: Case, *indexes: int) -> list[str]:
    """Assign these experts, all if none is named, over HTTP; give the assignments' ids."""
    made = []
    for index in indexes or range(len(case.experts)):
        answer = await client.post(
            f"{case.path}/assignments",
            json={"panelMemberId": str(case.experts[index])},
            headers=case.member.headers,
        )
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
    return made


async def score(
    client: httpx.AsyncClient, case: Case, index: int, assignment: str, estimate: int = 112
) -> httpx.Response:
    """Submit an expert's sheet."""
    return await client.post(
        f"/v1/assignments/{assignment}/scores",
        json=make.a_sheet(estimate),
        headers=case.expert_headers[index],
    )


async def opened(database: Database, case: Case) -> bool:
    """Let the job run that opens scores if it may; say whether they are open."""
    async with database.work() as session:
        sitting = await _last(session, case)
        await panel.open_scores(session, sitting.id)
    async with database.reading() as session:
        return not (await _last(session, case)).is_sealed


async def _last(session: AsyncSession, case: Case) -> Sitting:
    found = await queries.panel.last(session, case.id)
    assert found is not None
    return found


async def adopt(
    client: httpx.AsyncClient, case: Case, headers: Headers | None = None
) -> httpx.Response:
    """Adopt the proposal."""
    return await client.post(
        f"{case.path}/valuations",
        json={"reason": "Three of three experts valued it."},
        headers=headers or case.approver.headers,
    )
