"""The letters of this domain: to whoever is to act on a finding, in their language."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditFinding
from app.audits.queries import findings
from app.organisations.actions.letters import about_task
from app.organisations.models import Organisation, User
from app.organisations.queries import users


async def to_audited(
    session: AsyncSession, finding: AuditFinding, what: str, said: str | None = None
) -> None:
    """Tell who is to answer a finding, or as long as nobody there is, who decides there."""
    answerer_id = finding.assigned_to_id
    if answerer_id is not None and await findings.is_member(
        session, finding.organisation_id, answerer_id
    ):
        readers = [await session.get_one(User, answerer_id)]
    else:
        # Who left reads no more of it.
        readers = list(await users.deciders(session, finding.organisation_id))
    await _send(session, finding, readers, what, said)


async def to_auditor(session: AsyncSession, finding: AuditFinding, said: str) -> None:
    """Tell who raised a finding that it was answered, or who else concludes it by now."""
    readers = await findings.concluding(session, finding)
    raised = [user for user in readers if user.id == finding.raised_by_id]
    await _send(session, finding, raised or readers, "answered", said)


async def _send(
    session: AsyncSession,
    finding: AuditFinding,
    readers: Sequence[User],
    what: str,
    said: str | None,
) -> None:
    audited = await session.get_one(Organisation, finding.organisation_id)
    told = {
        "organisation": audited.legal_name,
        "what": what,
        "title": finding.title,
        "due_on": finding.due_on,
        "said": said,
    }
    for user in readers:
        await about_task(session, user, "audits/finding", told)
