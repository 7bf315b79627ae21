"""What the operator is told of its panels: who does not value a plan, and that a quorum lacks."""

from datetime import timedelta
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.jobs import Job
from app.organisations.models import Organisation, User
from app.projects.actions import panel, score_reminders
from app.projects.models import Project, Round, Sitting
from tests import make
from tests.make.mails import Read
from tests.projects.valuing import Case, a_case, assigned, score

WHY = {"reason": "My brother works for the entrepreneur."}


async def told(database: Database, case: Case) -> list[Read]:
    """The letters to who decides for the operator; its other members get none."""
    found = await make.mails(database)
    assert case.member.email not in {mail.to for mail in found}
    return [mail for mail in found if mail.to == case.approver.email]


def text_of(mail: Read) -> str:
    return " ".join(mail.text.split())


async def test_an_operator_hears_of_every_recusal_and_whether_too_few_remain(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case)
    for index in (3, 2):
        path = f"/v1/assignments/{ids[index]}/recusals"
        answer = await client.post(path, json=WHY, headers=case.expert_headers[index])
        assert answer.status_code == 201
    first, second = await told(database, case)
    assert first.subject == second.subject == "Een expert waardeert een project niet"
    assert "blijven er 3 over; het quorum is 3" in text_of(first)
    assert WHY["reason"] in first.text
    assert "Wijs anderen aan" not in first.text
    assert "blijven er 2 over; het quorum is 3" in text_of(second)
    assert "Wijs anderen aan" in second.text


async def test_an_operator_hears_of_a_conflict_that_is_detected(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    for index, each in enumerate(ids):
        await score(client, case, index, each)
    async with database.work() as session:
        project = await session.get_one(Project, case.id)
        owner = await session.get_one(Organisation, project.entrepreneur_id)
        insider = await session.get_one(User, case.expert_users[0])
        await make.a_membership(session, owner, insider)
    for _ in range(2):
        async with database.work() as session:
            await panel.open_scores(session, await the_sitting(database))
    [mail] = await told(database, case)
    assert "blijven er 2 over" in text_of(mail)
    assert "came to belong to the organisation" in text_of(mail)


async def the_sitting(database: Database) -> UUID:
    async with database.reading() as session:
        return (await session.scalars(sa.select(Sitting.id))).one()


async def test_an_operator_is_warned_while_a_quorum_lacks(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    for index in (0, 1):
        await score(client, case, index, ids[index])
    sitting_id = await the_sitting(database)
    async with database.reading() as session:
        due_at = (await session.get_one(Round, case.round_id)).scores_due_at

    async def warned(days_before: int, moment: timedelta) -> list[str]:
        before = len(await told(database, case))
        with clock.travelled(due_at + moment):
            async with database.work() as session:
                await score_reminders.warn(session, sitting_id, days_before)
        return [text_of(mail) for mail in (await told(database, case))[before:]]

    async with database.reading() as session:
        wanted = await session.scalars(
            sa.select(Job.run_at).where(Job.kind == score_reminders.WARN.name).order_by(Job.run_at)
        )
        assert list(wanted) == [due_at - timedelta(days=2), due_at]
    [early] = await warned(2, timedelta(days=-2))
    assert "eindigt op" in early
    assert "Er kwamen scores van 2 experts; het quorum is 3." in early
    [late] = await warned(0, timedelta(minutes=1))
    assert "Alles blijft verzegeld" in late

    async with database.work() as session:
        (await session.get_one(Round, case.round_id)).scores_due_at = due_at + timedelta(days=5)
    assert await warned(2, timedelta(minutes=1)) == [], "the date has moved"
    async with database.reading() as session:
        again = sa.select(sa.func.max(Job.run_at)).where(Job.kind == score_reminders.WARN.name)
        assert await session.scalar(again) == due_at + timedelta(days=3)
    await score(client, case, 2, ids[2])
    assert await warned(2, timedelta(days=3)) == [], "the quorum is met"
