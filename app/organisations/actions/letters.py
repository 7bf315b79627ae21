"""The letters of this domain: what is mailed to whom, in their language."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import mail
from app.core.languages import Language
from app.core.mail import Category
from app.core.settings import Settings
from app.organisations.models import User


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


def page(settings: Settings, path: str, token: str) -> str:
    """Give the address of the page where a token is used.

    The token stands behind the `#`, which no browser sends and no server logs.
    """
    return f"{settings.public_url}/{path}#{token}"
