"""Every decision in every state: those that are allowed lead on, the others say why not."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.projects.actions import plans, rounds
from app.projects.models import (
    Project,
    ProjectDecisionKind,
    ProjectState,
    Round,
    RoundDecisionKind,
    RoundState,
)
from tests.projects.conftest import Fair, events_of, said

WHY = "As the board decided."
R, RK = RoundState, RoundDecisionKind
P, PK = ProjectState, ProjectDecisionKind

# What the domain says, written down a second time: a change of it must be meant.
ROUNDS = {
    (R.DRAFT, RK.OPENED): R.OPEN,
    (R.OPEN, RK.CLOSED_TO_PLANS): R.VALUING,
    (R.VALUING, RK.SALE_BEGUN): R.ON_SALE,
    (R.ON_SALE, RK.SALE_ENDED): R.ENDED,
    (R.ENDED, RK.SETTLED): R.SETTLED,
    (R.DRAFT, RK.CANCELLED): R.CANCELLED,
    (R.OPEN, RK.CANCELLED): R.CANCELLED,
    (R.VALUING, RK.CANCELLED): R.CANCELLED,
}
PROJECTS = {
    (P.DRAFT, PK.SUBMITTED): P.SUBMITTED,
    (P.RETURNED, PK.SUBMITTED): P.SUBMITTED,
    (P.SUBMITTED, PK.RETURNED): P.RETURNED,
    (P.SUBMITTED, PK.ACCEPTED): P.ELIGIBLE,
    (P.SUBMITTED, PK.REJECTED): P.REJECTED,
    (P.ELIGIBLE, PK.RETURNED): P.RETURNED,
    (P.ELIGIBLE, PK.REJECTED): P.REJECTED,
    (P.DRAFT, PK.WITHDRAWN): P.WITHDRAWN,
    (P.SUBMITTED, PK.WITHDRAWN): P.WITHDRAWN,
    (P.RETURNED, PK.WITHDRAWN): P.WITHDRAWN,
    (P.ELIGIBLE, PK.WITHDRAWN): P.WITHDRAWN,
    (P.VALUED, PK.WITHDRAWN): P.WITHDRAWN,
}


def test_the_code_knows_exactly_these() -> None:
    for allowed, table in ((ROUNDS, rounds.TRANSITIONS), (PROJECTS, plans.TRANSITIONS)):
        known = {
            (state, kind): leads_to
            for kind, (needed, leads_to) in table.items()
            for state in needed
        }
        assert known == allowed


@pytest.mark.parametrize("kind", rounds.TRANSITIONS)
async def test_of_rounds(
    client: httpx.AsyncClient, database: Database, fair: Fair, kind: RoundDecisionKind
) -> None:
    for state in R:
        async with database.work() as session:
            made = await fair.a_round(session, state)
            if (state, kind) == (R.VALUING, RK.SALE_BEGUN):
                # The panel's deadline must have come.
                made.scores_due_at = clock.now() - timedelta(seconds=1)
        answer = await client.post(
            f"/v1/rounds/{made.id}/decisions",
            json={"kind": kind, "reason": WHY},
            headers=fair.approver.headers,
        )
        leads_to = ROUNDS.get((state, kind))
        expected = (201, None) if leads_to else (409, "/problems/round-state-forbids")
        assert said(answer) == expected, state
        assert await events_of(database, made.id) == ([f"round.{kind}"] if leads_to else [])
        async with database.reading() as session:
            after = await session.get_one(Round, made.id)
        assert after.state is (leads_to or state)
        has_opened = leads_to is R.OPEN or state not in {R.DRAFT, R.CANCELLED}
        assert (after.policy_id is not None) == has_opened
        assert leads_to or answer.json()["currentState"] == state


async def decide(
    client: httpx.AsyncClient, fair: Fair, project: Project, kind: ProjectDecisionKind
) -> httpx.Response:
    """Have the right person take a decision."""
    path = f"/v1/projects/{project.id}"
    if kind is PK.SUBMITTED:
        headers = {**fair.owner.headers, "If-Match": "*"}
        return await client.post(f"{path}/submissions", headers=headers)
    if kind is PK.WITHDRAWN:
        why = {"reason": WHY}
        return await client.post(f"{path}/withdrawals", json=why, headers=fair.owner.headers)
    remarks = [{"pointer": "#/costs/0", "text": "Which cars?"}] if kind is PK.RETURNED else []
    return await client.post(
        f"{path}/eligibility-decisions",
        json={"kind": kind, "reason": WHY, "remarks": remarks},
        headers=fair.approver.headers,
    )


@pytest.mark.parametrize("kind", plans.TRANSITIONS)
async def test_of_projects(
    client: httpx.AsyncClient, database: Database, fair: Fair, kind: ProjectDecisionKind
) -> None:
    for state in P:
        async with database.work() as session:
            project = await fair.a_project(session, state)
        answer = await decide(client, fair, project, kind)
        leads_to = PROJECTS.get((state, kind))
        expected = (201, None) if leads_to else (409, "/problems/project-state-forbids")
        assert said(answer) == expected, state
        assert await events_of(database, project.id) == ([f"project.{kind}"] if leads_to else [])
        async with database.reading() as session:
            after = await session.scalar(sa.select(Project.state).where(Project.id == project.id))
        assert after is (leads_to or state)
        assert leads_to or answer.json()["currentState"] == state
