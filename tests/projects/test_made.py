"""What the factories make is what the code takes for real."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.projects import queries
from app.projects.models import ProjectState, RoundState
from tests import make


@pytest.mark.parametrize("state", [*RoundState])
async def test_a_round_in_every_state(session: AsyncSession, state: RoundState) -> None:
    made = await make.a_round(session, state=state)
    found = await queries.rounds.locked(session, made.id)
    assert found.state is state
    assert (found.policy is None) == (state in {RoundState.DRAFT, RoundState.CANCELLED})


@pytest.mark.parametrize("state", [*ProjectState])
async def test_a_project_in_every_state(session: AsyncSession, state: ProjectState) -> None:
    made = await make.a_project(session, state=state)
    found = await queries.projects.locked(session, made.id)
    assert found.state is state
    version = await queries.projects.last_version(session, made.id)
    assert (version is None) == (state is ProjectState.DRAFT)
    if version:
        plan = version.read_plan()
        assert (plan.threshold_units, plan.costs_cents) == (108, 1_080_000)
