"""The letters of this domain: to whoever is to act on a finding, in their language."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditFinding
from app.core import mail
from app.core.mail import Category
from app.organisations.models import Organisation, User
from app.organisations.queries import users


async def to_audited(
    session: AsyncSession, finding: AuditFinding, what: str, said: str | None = None
) -> None:
    """Tell who is to answer a finding, or as long as nobody is, who decides there."""
    if finding.assigned_to_id is None:
        readers = await users.deciders(session, finding.organisation_id)
    else:
        readers = [await session.get_one(User, finding.assigned_to_id)]
    await _send(session, finding, readers, what, said)


async def to_auditor(session: AsyncSession, finding: AuditFinding, said: str) -> None:
    """Tell who raised a finding that it was answered."""
    readers = [await session.get_one(User, finding.raised_by_id)]
    await _send(session, finding, readers, "answered", said)


async def _send(
    session: AsyncSession,
    finding: AuditFinding,
    readers: Sequence[User],
    what: str,
    said: str | None,
) -> None:
    audited = await session.get_one(Organisation, finding.organisation_id)
    for user in readers:
        if user.wants_task_mail:
            await mail.send(
                session,
                to=user.email,
                language=user.language,
                letter="audits/finding",
                category=Category.TASKS,
                name=user.name,
                organisation=audited.legal_name,
                what=what,
                title=finding.title,
                due_on=finding.due_on,
                said=said,
            )
