"""Who does a token belong to, and what may they do now? One query per request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.events import Actor
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.organisations import credentials
from app.organisations.callers import Identity
from app.organisations.models import (
    ApiKey,
    Deputy,
    Membership,
    Organisation,
    OrganisationStatus,
    Right,
    Role,
    StaffAppointment,
    UserSession,
)

logger = structlog.get_logger(__name__)

MARK_EVERY = timedelta(minutes=1)
"""How exact `lastUsedAt` is; idle time-outs are no more exact than this."""

LOOKING = frozenset({Right.READ, Right.INSPECT})
"""What is left of a role in an organisation that is not active."""

NOT_LENT = frozenset({Right.ADMINISTER, Right.INSPECT})
"""What a deputy does not get: they could keep it for good."""


async def identity(session: AsyncSession, token: str, settings: Settings) -> Identity | None:
    """Find the living holder of a token; None if there is no such one."""
    if token.startswith(credentials.SESSION_PREFIX):
        return await _person(session, token, settings)
    if token.startswith(credentials.KEY_PREFIXES[settings.mode]):
        return await _machine(session, token)
    return None


async def _person(session: AsyncSession, token: str, settings: Settings) -> Identity | None:
    now = clock.now()
    rows = (
        await session.execute(
            _PERSON,
            {
                "token_hash": credentials.digest(token),
                "now": now,
                "idle_since": now - timedelta(minutes=settings.session_idle_minutes),
            },
        )
    ).all()
    if not rows:
        return None
    first = rows[0]
    return Identity(
        actor=Actor.user(first.user_id),
        credential_id=first.id,
        user_id=first.user_id,
        rights=_rights((row.organisation_id, row.role, row.status, row.borrowed) for row in rows),
        scopes=None,
        staff=first.staff,
        second_factor=first.second_factor,
        in_cookie=first.in_cookie,
        last_used_at=first.last_used_at,
        organisations=tuple(row.Organisation for row in rows if row.Organisation is not None),
    )


async def _machine(session: AsyncSession, token: str) -> Identity | None:
    row = (
        await session.execute(
            _MACHINE, {"token_hash": credentials.digest(token), "now": clock.now()}
        )
    ).one_or_none()
    if row is None:
        return None
    return Identity(
        actor=Actor.api_key(row.id),
        credential_id=row.id,
        user_id=None,
        # Within its scopes a key works like a member; saying yes is for people.
        rights=_rights([(row.organisation_id, Role.MEMBER, row.status, False)]),
        scopes=frozenset(row.scopes),
        staff=False,
        second_factor=False,
        in_cookie=False,
        last_used_at=row.last_used_at,
        organisations=(row.Organisation,),
    )


def _rights(
    roles: Iterable[tuple[UUID | None, Role, OrganisationStatus, bool]],
) -> Mapping[UUID, frozenset[Right]]:
    rights: defaultdict[UUID, frozenset[Right]] = defaultdict(frozenset)
    for organisation_id, role, status, borrowed in roles:
        if organisation_id is not None:
            granted = role.rights if status is OrganisationStatus.ACTIVE else role.rights & LOOKING
            rights[organisation_id] |= granted - NOT_LENT if borrowed else granted
    return rights


def _person_query() -> sa.Select[tuple[object, ...]]:
    """Select a session, with a row for each role that its user has now."""
    now = sa.bindparam("now", type_=sa.TIMESTAMP(timezone=True))
    idle_since = sa.bindparam("idle_since", type_=sa.TIMESTAMP(timezone=True))
    own = sa.orm.aliased(Membership)
    roles = sa.union_all(
        sa.select(
            Membership.user_id,
            Membership.organisation_id,
            Membership.role,
            sa.false().label("borrowed"),
        ),
        sa.select(own.user_id, Membership.organisation_id, Membership.role, sa.true())
        .join(Deputy, Deputy.membership_id == Membership.id)
        .join(own, own.id == Deputy.deputy_membership_id)
        .where(Deputy.starts_at <= now, Deputy.ends_at > now),
    ).subquery("roles")
    staff = (
        sa.exists()
        .where(StaffAppointment.user_id == UserSession.user_id, StaffAppointment.ended_at.is_(None))
        .label("staff")
    )
    return (
        sa.select(
            UserSession.id,
            UserSession.user_id,
            UserSession.second_factor,
            UserSession.in_cookie,
            UserSession.last_used_at,
            staff,
            Organisation.id.label("organisation_id"),
            sa.type_coerce(roles.c.role, Membership.role.type).label("role"),
            Organisation.status,
            roles.c.borrowed,
            Organisation,
        )
        .outerjoin(roles, roles.c.user_id == UserSession.user_id)
        .outerjoin(Organisation, Organisation.id == roles.c.organisation_id)
        .where(
            UserSession.token_hash == sa.bindparam("token_hash"),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            UserSession.last_used_at > idle_since,
        )
    )


_PERSON = _person_query()

_MACHINE = (
    sa.select(
        ApiKey.id,
        ApiKey.organisation_id,
        ApiKey.scopes,
        ApiKey.last_used_at,
        Organisation.status,
        Organisation,
    )
    .join(Organisation, Organisation.id == ApiKey.organisation_id)
    .where(
        ApiKey.token_hash == sa.bindparam("token_hash"),
        ApiKey.revoked_at.is_(None),
        sa.func.coalesce(ApiKey.expires_at > sa.bindparam("now"), sa.true()),
    )
)


async def mark_used(database: Database, holder: Identity) -> None:
    """Remember that a credential was used, at most once a minute and beside the request."""
    now = clock.now()
    if holder.last_used_at is not None and now - holder.last_used_at < MARK_EVERY:
        return
    table = UserSession if holder.user_id else ApiKey
    try:
        async with database.aside() as session:
            await session.execute(
                sa.update(table).where(table.id == holder.credential_id).values(last_used_at=now)
            )
    except (Unavailable, exc.DBAPIError, exc.TimeoutError):
        # The mark is a courtesy: the next request tries again, and this one goes on.
        logger.warning("last_use_not_noted", exc_info=True)
