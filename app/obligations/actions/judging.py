"""Let contracts follow the rules that were published after they became known."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs
from app.core.database import Database
from app.core.events import Actor
from app.obligations import queries
from app.obligations.actions import computing

JUDGE = jobs.JobKind("obligations.judge-contracts")

PUBLISHED = Actor.system("rules")

AT_ONCE = 200
"""So many in one job; the next one takes those that are left."""


async def judge(database: Database, authority_id: UUID) -> None:
    """Take up what an authority's rules say of contracts that follow none, or others."""
    async with database.reading() as session:
        due = await queries.rules.following_others(session, authority_id, AT_ONCE)
    await jobs.each_in_turn(database, due, _judge_one)
    if len(due) == AT_ONCE:
        async with database.work() as session:
            await jobs.enqueue(session, JUDGE, authority_id=authority_id)


async def _judge_one(session: AsyncSession, contract_id: UUID) -> None:
    contract = await queries.contracts.kept(session, contract_id)
    await computing.judge_anew(session, PUBLISHED, contract)
