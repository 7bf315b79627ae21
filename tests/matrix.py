"""Who may do what: every operation of the OpenAPI document, tried by every kind of caller.

A domain has a table with one line per operation: `"GET /v1/things/{thing_id}": Rule(READERS)`.
The line says which standings may succeed; whoever else calls must be refused, and who has nothing
to do with a thing gets the answer that they would get if it did not exist.

- A `World` is three organisations with everybody that can call: ours, elsewhere, a suspended one.
- Refused calls change nothing (that is what is tested), so they share one world. A call that may
  succeed and changes something gets a fresh world, so that the order of calls does not matter.
- A path parameter `{thing_id}` is filled from `Tenant.things["thing_id"]`: a domain adds its own
  things in `FURNISHERS`.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import READING
from app.core.ids import new_id
from app.organisations import credentials
from app.organisations.models import (
    ApiKey,
    Deputy,
    Organisation,
    OrganisationStatus,
    Role,
    StaffAppointment,
    UserSession,
)
from app.organisations.scopes import declared
from tests import make

Headers: TypeAlias = dict[str, str]


class Standing(StrEnum):
    """What a caller is to the organisation whose thing is asked for."""

    UNKNOWN = "unknown"
    """No credential, or none that lives."""
    OUTSIDER = "outsider"
    """A person who has nothing to do with it."""
    OUTSIDE_KEY = "outside key"
    """Another organisation's API key."""
    VIEWER = "viewer"
    MEMBER = "member"
    APPROVER = "approver"
    ADMIN = "admin"
    """Or who stands in for one."""
    SUSPENDED = "suspended"
    """Its admin, but it is suspended."""
    KEY = "key"
    """Its API key, with every scope there is."""
    BARE_KEY = "bare key"
    """Its API key, with a scope that nothing asks for."""
    STAFF = "staff"
    AUDITOR = "auditor"
    """Appointed to it, for a period that goes on."""
    EXPERT = "expert"
    """On the panel of its scheme."""


ANYBODY = frozenset(Standing)
KEYS = frozenset({Standing.KEY, Standing.OUTSIDE_KEY, Standing.BARE_KEY})
PERSONS = ANYBODY - KEYS - {Standing.UNKNOWN}
STAFF = frozenset({Standing.STAFF})
ADMINS = frozenset({Standing.ADMIN})
APPOINTED = frozenset({Standing.AUDITOR, Standing.EXPERT})
INSIDERS = PERSONS - {Standing.OUTSIDER} - APPOINTED
"""Who reads an organisation's things: its people and staff, and no machines."""


class Caller(StrEnum):
    """Every kind of caller."""

    NOBODY = "nobody"
    GARBAGE = "a garbage token"
    EXPIRED = "an expired session"
    IDLE = "a session that idled out"
    REVOKED = "a revoked session"
    COOKIE = "an admin's browser without CSRF token"
    VIEWER = "viewer"
    MEMBER = "member"
    APPROVER = "approver"
    ADMIN = "admin"
    DEPUTY = "deputy of an admin"
    PAST_DEPUTY = "former deputy of an admin"
    ELSEWHERE = "admin of another organisation"
    SUSPENDED = "admin of a suspended organisation"
    STRANGER = "person without any membership"
    FORMER_STAFF = "former staff"
    STAFF = "staff"
    AUDITOR = "auditor"
    PAST_AUDITOR = "former auditor"
    EXPERT = "expert"
    KEY = "API key with every scope"
    BARE_KEY = "API key without scope"
    KEY_ELSEWHERE = "API key of another organisation"
    REVOKED_KEY = "revoked API key"
    EXPIRED_KEY = "expired API key"
    LIVE_KEY = "API key of a live installation"


DEAD = frozenset(
    {Caller.NOBODY, Caller.GARBAGE, Caller.EXPIRED, Caller.IDLE, Caller.REVOKED}
    | {Caller.REVOKED_KEY, Caller.EXPIRED_KEY, Caller.LIVE_KEY}
)


class Place(StrEnum):
    """Whose thing is asked for."""

    OURS = "ours"
    ELSEWHERE = "elsewhere"
    SUSPENDED = "suspended"


TRIED = {
    Place.OURS: frozenset(Caller) - {Caller.SUSPENDED},
    Place.ELSEWHERE: frozenset(
        {Caller.ELSEWHERE, Caller.KEY_ELSEWHERE, Caller.STAFF}
        | {Caller.ADMIN, Caller.KEY, Caller.AUDITOR, Caller.EXPERT}
    ),
    Place.SUSPENDED: frozenset({Caller.SUSPENDED, Caller.STAFF, Caller.ADMIN, Caller.KEY}),
}
"""Who is tried where. Elsewhere most are outsiders, of whom those who may do most at home stand for
the others: the administrator of ours for all of its people, and for everybody who was one once.
"""

_AT_HOME = {
    (Caller.VIEWER, Place.OURS): Standing.VIEWER,
    (Caller.PAST_DEPUTY, Place.OURS): Standing.VIEWER,
    (Caller.MEMBER, Place.OURS): Standing.MEMBER,
    (Caller.APPROVER, Place.OURS): Standing.APPROVER,
    (Caller.ADMIN, Place.OURS): Standing.ADMIN,
    (Caller.COOKIE, Place.OURS): Standing.ADMIN,
    (Caller.DEPUTY, Place.OURS): Standing.APPROVER,
    (Caller.ELSEWHERE, Place.ELSEWHERE): Standing.ADMIN,
    (Caller.AUDITOR, Place.OURS): Standing.AUDITOR,
    (Caller.EXPERT, Place.OURS): Standing.EXPERT,
    (Caller.SUSPENDED, Place.SUSPENDED): Standing.SUSPENDED,
    (Caller.KEY, Place.OURS): Standing.KEY,
    (Caller.BARE_KEY, Place.OURS): Standing.BARE_KEY,
    (Caller.BARE_KEY, Place.ELSEWHERE): Standing.BARE_KEY,
    (Caller.BARE_KEY, Place.SUSPENDED): Standing.BARE_KEY,
    (Caller.KEY_ELSEWHERE, Place.ELSEWHERE): Standing.KEY,
}


def standing(caller: Caller, place: Place) -> Standing:
    """Say what a caller is to one of the organisations."""
    if caller in DEAD:
        return Standing.UNKNOWN
    if caller is Caller.STAFF:
        return Standing.STAFF
    stranger = (
        Standing.OUTSIDE_KEY if caller in {Caller.KEY, Caller.KEY_ELSEWHERE} else Standing.OUTSIDER
    )
    return _AT_HOME.get((caller, place), stranger)


@dataclass
class Tenant:
    """An organisation and the ids of its things, by the name of their path parameter."""

    organisation: Organisation
    things: dict[str, UUID | str]


@dataclass
class World:
    """Three organisations, and how everybody calls."""

    tenants: dict[Place, Tenant] = field(default_factory=dict)
    headers: dict[Caller, Headers] = field(default_factory=dict)
    users: dict[Caller, UUID] = field(default_factory=dict)
    emails: dict[Caller, str] = field(default_factory=dict)
    memberships: dict[Caller, UUID] = field(default_factory=dict)

    def __getitem__(self, place: Place) -> Tenant:
        return self.tenants[place]


def copied(world: World) -> World:
    """Copy a world, for a test that adds to its things."""
    tenants = {
        place: Tenant(tenant.organisation, {**tenant.things})
        for place, tenant in world.tenants.items()
    }
    return replace(world, tenants=tenants)


Body: TypeAlias = Mapping[str, object]
Message: TypeAlias = Body | bytes
"""JSON, or what an upload of XML holds."""
Arrange: TypeAlias = Callable[[AsyncSession, World, Caller], Awaitable[Body]]
Furnisher: TypeAlias = Callable[[AsyncSession, World, Tenant, Place], Awaitable[None]]

FURNISHERS: list[Furnisher] = []


@dataclass(frozen=True)
class Rule:
    """Who may do an operation, on whose things, and with which body."""

    may: frozenset[Standing]
    body: Callable[[World, Place], Message] | None = None
    arrange: Arrange | None = None
    """Sets the scene for a call that may succeed, and gives its body in place of `body`."""
    on: tuple[Place, ...] = tuple(Place)
    only: frozenset[Caller] | None = None
    """Of those who may: only these, because it is about the caller's own things."""
    own: frozenset[Caller] = frozenset()
    """These may as well, because the thing is theirs."""
    upload: bool = False
    """The body is a file, not JSON."""
    other: Mapping[str, str] = field(default_factory=dict)
    """Path parameters that stand for another of the tenant's things than the one of their name."""

    def things(self, tenant: "Tenant") -> dict[str, UUID | str]:
        """Give the tenant's things as this operation's path names them."""
        swapped = {name: tenant.things[other] for name, other in self.other.items()}
        return {**tenant.things, **swapped}

    def allows(self, operation: str, caller: Caller, place: Place) -> bool:
        """Say whether a call must succeed."""
        method = operation.partition(" ")[0]
        if self.may == ANYBODY:
            return True
        if caller is Caller.COOKIE and method not in READING:
            return False
        if caller in self.own and place is Place.OURS:
            return True
        if self.only is not None and caller not in self.only:
            return False
        return standing(caller, place) in self.may


async def a_world(session: AsyncSession) -> World:
    """Make everybody and everything."""
    world = World()
    for place in Place:
        organisation = await make.an_organisation(session, f"Bakkerij {place.title()} B.V.")
        world.tenants[place] = Tenant(organisation, {"organisation_id": organisation.id})
    await _people(session, world)
    _machines(session, world)
    for place, tenant in world.tenants.items():
        for furnish in FURNISHERS:
            await furnish(session, world, tenant, place)
    world[Place.SUSPENDED].organisation.status = OrganisationStatus.SUSPENDED
    await session.flush()
    return world


async def _people(session: AsyncSession, world: World) -> None:
    ours = world[Place.OURS].organisation
    roles = {
        Caller.VIEWER: (ours, Role.VIEWER),
        Caller.DEPUTY: (ours, Role.VIEWER),
        Caller.PAST_DEPUTY: (ours, Role.VIEWER),
        Caller.MEMBER: (ours, Role.MEMBER),
        Caller.APPROVER: (ours, Role.APPROVER),
        Caller.ADMIN: (ours, Role.ADMIN),
        Caller.ELSEWHERE: (world[Place.ELSEWHERE].organisation, Role.ADMIN),
        Caller.SUSPENDED: (world[Place.SUSPENDED].organisation, Role.ADMIN),
        Caller.STRANGER: None,
        Caller.FORMER_STAFF: None,
        Caller.STAFF: None,
        # A domain that knows them appoints them, when it furnishes the world.
        Caller.AUDITOR: None,
        Caller.PAST_AUDITOR: None,
        Caller.EXPERT: None,
    }
    for caller, post in roles.items():
        user = await make.a_user(session, staff=caller is Caller.STAFF)
        world.users[caller], world.emails[caller] = user.id, user.email
        world.headers[caller] = await make.signed_in(session, user)
        if post:
            membership = await make.a_membership(session, post[0], user, post[1])
            world.memberships[caller] = membership.id
        if caller is Caller.ADMIN:
            world.headers[Caller.COOKIE] = await make.a_cookie(session, user)
    for same in (Caller.COOKIE, Caller.EXPIRED, Caller.IDLE, Caller.REVOKED):
        world.users[same] = world.users[Caller.ADMIN]
        world.emails[same] = world.emails[Caller.ADMIN]
    now = clock.now()
    for caller, ends_at in (
        (Caller.DEPUTY, now + timedelta(days=1)),
        (Caller.PAST_DEPUTY, now - timedelta(seconds=1)),
    ):
        session.add(
            Deputy(
                membership_id=world.memberships[Caller.ADMIN],
                deputy_membership_id=world.memberships[caller],
                starts_at=now - timedelta(days=1),
                ends_at=ends_at,
            )
        )
    session.add(
        StaffAppointment(
            user_id=world.users[Caller.FORMER_STAFF],
            appointed_by="system:test",
            ended_by="system:test",
            ended_at=now,
        )
    )
    _dead_sessions(session, world)


def _dead_sessions(session: AsyncSession, world: World) -> None:
    now = clock.now()
    past = now - timedelta(hours=2)
    times = {
        Caller.EXPIRED: {"expires_at": past},
        Caller.IDLE: {"expires_at": now + timedelta(hours=1), "last_used_at": past},
        Caller.REVOKED: {"expires_at": now + timedelta(hours=1), "revoked_at": past},
    }
    for caller, ends in times.items():
        token = credentials.new_token(credentials.SESSION_PREFIX)
        session.add(
            UserSession(
                user_id=world.users[Caller.ADMIN],
                token_hash=credentials.digest(token),
                in_cookie=False,
                second_factor=False,
                **ends,
            )
        )
        world.headers[caller] = {"Authorization": f"Bearer {token}"}
    world.headers[Caller.NOBODY] = {}
    world.headers[Caller.GARBAGE] = {
        "Authorization": f"Bearer {credentials.new_token(credentials.SESSION_PREFIX)}"
    }


def _machines(session: AsyncSession, world: World) -> None:
    ours, elsewhere = world[Place.OURS].organisation, world[Place.ELSEWHERE].organisation
    every = list(declared())
    past = clock.now() - timedelta(hours=2)
    keys: dict[Caller, tuple[Organisation, dict[str, Any]]] = {
        Caller.KEY: (ours, {"scopes": every}),
        Caller.BARE_KEY: (ours, {"scopes": []}),
        Caller.KEY_ELSEWHERE: (elsewhere, {"scopes": every}),
        Caller.REVOKED_KEY: (ours, {"scopes": every, "revoked_at": past}),
        Caller.EXPIRED_KEY: (ours, {"scopes": every, "expires_at": past}),
        Caller.LIVE_KEY: (ours, {"scopes": every}),
    }
    for caller, (organisation, values) in keys.items():
        prefix = "baat_live_" if caller is Caller.LIVE_KEY else "baat_test_"
        token = prefix + secrets.token_urlsafe(32)
        session.add(
            ApiKey(
                organisation_id=organisation.id,
                name=caller.value,
                token_hash=credentials.digest(token),
                hint=token[-4:],
                created_by="system:test",
                **values,
            )
        )
        world.headers[caller] = {"Authorization": f"Bearer {token}"}


def path_of(operation: str, things: dict[str, UUID | str]) -> str:
    """Fill in an operation's path; fails on a parameter that no furnisher knows."""
    return operation.partition(" ")[2].format_map(things)


def nowhere(operation: str) -> str:
    """Fill in an operation's path with things that do not exist."""

    class _Missing(dict[str, UUID]):
        def __missing__(self, key: str) -> UUID:
            return new_id()

    return operation.partition(" ")[2].format_map(_Missing())
