"""The letters of this domain: what is mailed to whom, in their language."""

from collections.abc import Callable, Mapping
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import mail
from app.core.languages import Language
from app.core.mail import Category
from app.core.settings import Settings
from app.organisations.models import User
from app.organisations.queries import users


async def to_user(session: AsyncSession, user: User, letter: str, **values: str) -> None:
    """Mail somebody who has an account about its security: that can't be declined."""
    await to_address(session, user.email, user.language, letter, name=user.name, **values)


async def to_address(
    session: AsyncSession, email: str, language: Language, letter: str, **values: str
) -> None:
    """Mail an address that nobody may have proved to be theirs yet."""
    await mail.send(
        session,
        to=email,
        language=language,
        letter=f"organisations/{letter}",
        category=Category.SECURITY,
        **values,
    )


Told: TypeAlias = Mapping[str, object] | Callable[[Language], Mapping[str, object]]
"""What a letter says; of what is called otherwise in each language, for who reads one."""


async def about_task(session: AsyncSession, user: User, letter: str, told: Told) -> None:
    """Mail somebody about what is to be done, or was, unless they declined such mail.

    The letter is named with its domain: `orders/paid`.
    """
    if user.wants_task_mail:
        said = told(user.language) if callable(told) else told
        await mail.send(
            session,
            to=user.email,
            language=user.language,
            letter=letter,
            category=Category.TASKS,
            **{"name": user.name, **said},
        )


async def to_deciders(
    session: AsyncSession, organisation_id: UUID, letter: str, told: Told
) -> None:
    """Mail who decides for an organisation about what is to be done, or was."""
    for user in await users.deciders(session, organisation_id):
        await about_task(session, user, letter, told)


def page(settings: Settings, path: str, token: str) -> str:
    """Give the address of the page where a token is used.

    The token stands behind the `#`, which no browser sends and no server logs.
    """
    return f"{settings.public_url}/{path}#{token}"
