"""The letters of this domain: what is mailed to whom, in their language."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import mail
from app.core.database import settings_of
from app.core.languages import Language
from app.core.mail import Category
from app.organisations.models import User
from app.organisations.queries import users
from app.schemes.models import Admission, Enrolment, Scheme, SchemeDecisionKind


async def to_user(session: AsyncSession, user_id: UUID, letter: str, **values: str) -> None:
    """Mail somebody about what happened to what is theirs, unless they declined such mail."""
    user = await session.get_one(User, user_id)
    if user.wants_task_mail:
        await to_address(session, user.email, user.language, letter, name=user.name, **values)


async def to_deciders(
    session: AsyncSession, organisation_id: UUID, scheme: Scheme, letter: str, **values: str
) -> None:
    """Mail who decides for an organisation about a scheme, unless they declined such mail."""
    for user in await users.deciders(session, organisation_id):
        scheme_name = named(scheme, user.language)
        await to_address(
            session,
            user.email,
            user.language,
            letter,
            **{"name": user.name, "scheme": scheme_name, **values},
        )


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


def page(session: AsyncSession, path: str, token: str) -> str:
    """Give the address of the page where a token is used; no server logs what is behind the #."""
    return f"{settings_of(session).public_url}/{path}#{token}"
