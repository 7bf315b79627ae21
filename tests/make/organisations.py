"""People, organisations and credentials, made straight in the database."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.languages import Language
from app.organisations import credentials
from app.organisations.models import (
    ApiKey,
    Membership,
    Organisation,
    Role,
    StaffAppointment,
    User,
    UserSession,
)

PASSWORD = "vier paarden lopen naar zee"
# Hashed once, as cheaply as argon2id allows: tests sign in often.
_PASSWORD_HASH = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

_numbers = count(1)


async def a_user(session: AsyncSession, name: str = "Sanne de Wit", *, staff: bool = False) -> User:
    """A person who has an account; the password is `PASSWORD`."""
    user = User(
        email=f"person{next(_numbers)}@baat.example",
        name=name,
        language=Language.DUTCH,
        password_hash=_PASSWORD_HASH,
    )
    session.add(user)
    await session.flush()
    if staff:
        session.add(StaffAppointment(user_id=user.id, appointed_by="system:test"))
        await session.flush()
    return user


async def an_organisation(
    session: AsyncSession, legal_name: str = "Bakkerij Noord B.V."
) -> Organisation:
    """An active organisation, not verified, without members, that can be invoiced."""
    organisation = Organisation(
        legal_name=legal_name,
        country="NL",
        register_number=f"{next(_numbers):08}",
        vat_id="NL001234567B13",
        street="Coolsingel 40",
        postal_code="3011 AD",
        city="Rotterdam",
    )
    session.add(organisation)
    await session.flush()
    return organisation


async def a_membership(
    session: AsyncSession, organisation: Organisation, user: User, role: Role = Role.ADMIN
) -> Membership:
    """A user acts for an organisation."""
    membership = Membership(organisation_id=organisation.id, user_id=user.id, role=role)
    session.add(membership)
    await session.flush()
    return membership


async def signed_in(
    session: AsyncSession, user: User, *, second_factor: bool = False
) -> dict[str, str]:
    """The headers of a user who signed in."""
    token = await _a_session(session, user, in_cookie=False, second_factor=second_factor)
    return {"Authorization": f"Bearer {token}"}


async def a_cookie(session: AsyncSession, user: User) -> dict[str, str]:
    """The headers of a user's browser, without the CSRF token that its pages would add."""
    token = await _a_session(session, user, in_cookie=True, second_factor=False)
    return {"Cookie": f"__Host-baat-session={token}"}


async def _a_session(
    session: AsyncSession, user: User, *, in_cookie: bool, second_factor: bool
) -> str:
    token = credentials.new_token(credentials.SESSION_PREFIX)
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=credentials.digest(token),
            in_cookie=in_cookie,
            second_factor=second_factor,
            expires_at=clock.now() + timedelta(hours=12),
        )
    )
    await session.flush()
    return token


async def an_api_key(
    session: AsyncSession, organisation: Organisation, *scopes: str
) -> dict[str, str]:
    """The headers of a machine of an organisation's."""
    token = credentials.new_token("baat_test_")
    session.add(
        ApiKey(
            organisation_id=organisation.id,
            name="Procurement system",
            scopes=list(scopes),
            token_hash=credentials.digest(token),
            hint=token[-4:],
            created_by=str(Actor.system("test")),
        )
    )
    await session.flush()
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class Member:
    """A person, for whom they act, and how they call."""

    user_id: UUID
    email: str
    organisation_id: UUID
    membership_id: UUID
    headers: dict[str, str]


async def a_member(
    session: AsyncSession, role: Role = Role.ADMIN, organisation: Organisation | None = None
) -> Member:
    """Somebody who acts for an organisation (their own, if none is given) and signed in."""
    user = await a_user(session)
    organisation = organisation or await an_organisation(session)
    membership = await a_membership(session, organisation, user, role)
    return Member(
        user.id, user.email, organisation.id, membership.id, await signed_in(session, user)
    )
