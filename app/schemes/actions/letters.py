"""The letters of this domain: what is mailed to whom, in their language."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import mail
from app.core.languages import Language
from app.core.mail import Category
from app.organisations.actions import letters as to_people
from app.organisations.models import User
from app.schemes.models import Admission, Enrolment, Scheme, SchemeDecisionKind


async def to_user(session: AsyncSession, user_id: UUID, letter: str, **values: str) -> None:
    """Mail somebody about what happened to what is theirs, unless they declined such mail."""
    user = await session.get_one(User, user_id)
    await to_people.about_task(session, user, f"schemes/{letter}", values)


async def to_deciders(
    session: AsyncSession, organisation_id: UUID, scheme: Scheme, letter: str, **values: str
) -> None:
    """Mail who decides for an organisation about a scheme, unless they declined such mail."""

    def told(language: Language) -> dict[str, str]:
        return {"scheme": named(scheme, language), **values}

    await to_people.to_deciders(session, organisation_id, f"schemes/{letter}", told)


async def decided(
    session: AsyncSession,
    scheme: Scheme,
    subject: Admission | Enrolment,
    kind: SchemeDecisionKind,
    reason: str,
) -> None:
    """Tell an organisation what the operator decided about it, and why."""
    await to_deciders(
        session,
        subject.organisation_id,
        scheme,
        "decided",
        organisation=subject.organisation.legal_name,
        kind=kind,
        reason=reason,
    )


async def to_address(
    session: AsyncSession, email: str, language: Language, letter: str, **values: str
) -> None:
    """Mail an address, whoever has it."""
    await mail.send(
        session,
        to=email,
        language=language,
        letter=f"schemes/{letter}",
        category=Category.TASKS,
        **values,
    )


def named(scheme: Scheme, language: Language) -> str:
    """Give the name of a scheme in a language."""
    return scheme.name[language]
