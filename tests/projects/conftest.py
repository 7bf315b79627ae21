"""A round that is there before the test begins, an entrepreneur in it, and its operator."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.events import Event
from app.core.settings import Settings
from app.organisations.models import Organisation, Role
from app.projects.models import Project, ProjectState, Round, RoundState
from app.schemes.models import Scheme
from tests import make
from tests.conftest import Cluster, Furnished, furnished
from tests.make import Member


@dataclass(frozen=True, slots=True)
class Fair:
    """A scheme with an open round, two approvers of its operator, and an entrepreneur's people."""

    scheme_id: UUID
    round_id: UUID
    entrepreneur_id: UUID
    approver: Member
    second: Member
    viewer: Member
    owner: Member
    writer: Member

    async def a_round(self, session: AsyncSession, state: RoundState) -> Round:
        """Another round of the scheme."""
        scheme = await session.get_one(Scheme, self.scheme_id)
        return await make.a_round(session, scheme, state=state)

    async def a_project(self, session: AsyncSession, state: ProjectState) -> Project:
        """A project of the entrepreneur in the open round."""
        in_round = await session.get_one(Round, self.round_id)
        entrepreneur = await session.get_one(Organisation, self.entrepreneur_id)
        return await make.a_project(session, in_round, entrepreneur, state=state)


async def a_fair(session: AsyncSession) -> Fair:
    """Open a round, and let people come."""
    operator = await make.an_organisation(session, "Stichting Rikx")
    scheme = await make.a_scheme(session, operator)
    admission = await make.an_admission(session, scheme)
    entrepreneur = await session.get_one(Organisation, admission.organisation_id)
    in_round = await make.a_round(session, scheme)
    approver, second, viewer = [
        await make.a_member(session, role, operator)
        for role in (Role.APPROVER, Role.APPROVER, Role.VIEWER)
    ]
    owner = await make.a_member(session, Role.ADMIN, entrepreneur)
    writer = await make.a_member(session, Role.MEMBER, entrepreneur)
    return Fair(
        *(scheme.id, in_round.id, entrepreneur.id),
        *(approver, second, viewer, owner, writer),
    )


@pytest.fixture(scope="session")
async def fairground(cluster: Cluster) -> AsyncIterator[Furnished[Fair]]:
    """An open round, made once."""
    async with furnished(cluster, a_fair) as there:
        yield there


@pytest.fixture
async def settings(
    cluster: Cluster, fairground: Furnished[Fair], tmp_path: Path
) -> AsyncIterator[Settings]:
    """The settings of an installation of the test's own, in which the round is open."""
    async with cluster.clone(fairground.name) as name:
        yield cluster.settings(name, tmp_path)


@pytest.fixture
def fair(fairground: Furnished[Fair]) -> Fair:
    """An open round."""
    return fairground.world


def said(answer: httpx.Response) -> tuple[int, str | None]:
    """Give the status of an answer, and why it refuses."""
    return answer.status_code, answer.json()["type"] if answer.is_error else None


async def events_of(database: Database, subject_id: UUID) -> list[str]:
    """What happened to something, in order."""
    async with database.reading() as session:
        found = await session.scalars(
            sa.select(Event.type).where(Event.subject_id == subject_id).order_by(Event.id)
        )
        return list(found)


async def somebody_waits(database: Database, how_many: int = 1) -> None:
    """Come back when so many transactions wait for what another one has locked."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        async with database.reading() as session:
            if (await session.scalar(query) or 0) >= how_many:
                return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")
