"""Who may do what in this domain: one line per operation."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.core.languages import Language
from app.core.sealing import seal
from app.organisations import credentials
from app.organisations.models import (
    ApiKey,
    Deputy,
    Invitation,
    OneTimeToken,
    Role,
    StaffAppointment,
    TokenPurpose,
    User,
    UserSession,
)
from tests import make
from tests.make import PASSWORD
from tests.matrix import (
    ADMINS,
    ANYBODY,
    FURNISHERS,
    INSIDERS,
    PERSONS,
    STAFF,
    Arrange,
    Body,
    Caller,
    Place,
    Rule,
    Standing,
    Tenant,
    World,
)

NEW_PASSWORD = "acht fietsen staan onder water"
REASON = {"reason": "Seen in the trade register."}
INSPECTORS = ADMINS | STAFF | {Standing.SUSPENDED}
OWNERS = ADMINS | {Standing.SUSPENDED}
"""Of keys: staff never acts in an organisation's name."""
READING_KEYS = frozenset({Standing.KEY})
OURS = (Place.OURS,)


async def furnish(session: AsyncSession, world: World, tenant: Tenant, place: Place) -> None:
    """Give an organisation one of everything."""
    organisation = tenant.organisation
    membership_id = world.memberships.get(Caller.MEMBER) if place is Place.OURS else None
    if membership_id is None:
        user = await make.a_user(session)
        membership_id = (await make.a_membership(session, organisation, user, Role.MEMBER)).id
    substitute = await make.a_membership(
        session, organisation, await make.a_user(session), Role.MEMBER
    )
    now = clock.now()
    deputy = Deputy(
        membership_id=membership_id,
        deputy_membership_id=substitute.id,
        starts_at=now,
        ends_at=now + timedelta(days=1),
    )
    invitation = Invitation(
        organisation_id=organisation.id,
        email=f"invited@{place}.example",
        role=Role.VIEWER,
        language=Language.DUTCH,
        token_hash=credentials.digest(credentials.new_token("x")),
        invited_by="system:test",
        expires_at=now + timedelta(days=1),
    )
    key = ApiKey(
        organisation_id=organisation.id,
        name="to be revoked",
        scopes=[],
        token_hash=credentials.digest(credentials.new_token("x")),
        hint="xxxx",
        created_by="system:test",
    )
    owner = {Place.OURS: Caller.ADMIN, Place.ELSEWHERE: Caller.ELSEWHERE}.get(
        place, Caller.SUSPENDED
    )
    spare = UserSession(
        user_id=world.users[owner],
        token_hash=credentials.digest(credentials.new_token("x")),
        in_cookie=False,
        second_factor=False,
        expires_at=now + timedelta(hours=1),
    )
    colleague_of_staff = StaffAppointment(
        user_id=(await make.a_user(session)).id, appointed_by="system:test"
    )
    session.add_all([deputy, invitation, key, spare, colleague_of_staff])
    await session.flush()
    tenant.things |= {
        "membership_id": membership_id,
        "substitute_id": substitute.id,
        "deputy_id": deputy.id,
        "invitation_id": invitation.id,
        "key_id": key.id,
        "session_id": spare.id,
        "appointment_id": colleague_of_staff.id,
    }


FURNISHERS.append(furnish)


def _mailed(purpose: TokenPurpose) -> Arrange:
    """Have a one-time token in the mail of somebody."""

    async def arrange(session: AsyncSession, _world: World, _caller: Caller) -> Body:
        user = await make.a_user(session)
        token = credentials.new_token(credentials.ONE_TIME_PREFIX)
        registering = purpose is TokenPurpose.REGISTER
        session.add(
            OneTimeToken(
                purpose=purpose,
                token_hash=credentials.digest(token),
                email=f"new.{user.email}",
                user_id=None if registering else user.id,
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
        body: dict[str, object] = {"token": token}
        if registering:
            body |= {"name": "Sanne", "password": NEW_PASSWORD}
        if purpose is TokenPurpose.RESET_PASSWORD:
            body["newPassword"] = NEW_PASSWORD
        return body

    return arrange


async def _invited(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have an invitation in the mail of somebody who has no account."""
    token = credentials.new_token(credentials.ONE_TIME_PREFIX)
    session.add(
        Invitation(
            organisation_id=world[Place.OURS].organisation.id,
            email=f"{new_id()}@baat.example",
            role=Role.VIEWER,
            language=Language.DUTCH,
            token_hash=credentials.digest(token),
            invited_by="system:test",
            expires_at=clock.now() + timedelta(days=1),
        )
    )
    return {"token": token, "name": "Sanne", "password": NEW_PASSWORD}


async def _someone_signs_in(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    return {"email": (await make.a_user(session)).email, "password": PASSWORD}


def _with_second_factor(*, confirmed: bool, password: bool = False) -> Arrange:
    """Let the caller have a second factor; give a good code."""

    async def arrange(session: AsyncSession, world: World, caller: Caller) -> Body:
        user = await session.get_one(User, world.users[caller])
        secret = pyotp.random_base32()
        user.totp_sealed = seal(session, "totp", secret.encode())
        user.totp_confirmed_at = clock.now() if confirmed else None
        code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
        return {"code": code} | ({"password": PASSWORD} if password else {})

    return arrange


async def _a_colleague_of_staff(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    return {"email": (await make.a_user(session)).email, "reason": "Joins the platform."}


async def _an_address(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    return {"email": f"new.{(await make.a_user(session)).email}"}


async def _a_new_address(session: AsyncSession, world: World, caller: Caller) -> Body:
    return {"password": PASSWORD, **await _an_address(session, world, caller)}


def _deputy(world: World, place: Place) -> Body:
    now = clock.now()
    return {
        "deputyMembershipId": str(world[place].things["substitute_id"]),
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(days=7)).isoformat(),
    }


def _merger(world: World, place: Place) -> Body:
    into = Place.ELSEWHERE if place is Place.OURS else Place.OURS
    return {**REASON, "intoId": str(world[into].organisation.id)}


def always(body: Body) -> Callable[[World, Place], Body]:
    """Send the same body whoever calls."""
    return lambda _world, _place: body


CODE = always({"code": "123456"})
REASONED = always(REASON)
BAKERY = {"legalName": "Bakkerij Nieuw B.V.", "registerNumber": "24123456"}
INVITED = {"email": "somebody.new@baat.example", "role": "admin"}
MINE = frozenset({Caller.MEMBER})
OF_ADMIN = frozenset({Caller.ADMIN, Caller.ELSEWHERE, Caller.SUSPENDED})
ORGANISATION = "/v1/organisations/{organisation_id}"
MEMBERSHIP = ORGANISATION + "/memberships/{membership_id}"

TABLE = {
    # For everybody.
    "POST /v1/sessions": Rule(ANYBODY, arrange=_someone_signs_in, on=OURS),
    "POST /v1/registrations": Rule(ANYBODY, arrange=_an_address, on=OURS),
    "POST /v1/users": Rule(ANYBODY, arrange=_mailed(TokenPurpose.REGISTER), on=OURS),
    "POST /v1/password-resets": Rule(ANYBODY, arrange=_an_address, on=OURS),
    "POST /v1/passwords": Rule(ANYBODY, arrange=_mailed(TokenPurpose.RESET_PASSWORD), on=OURS),
    "POST /v1/email-addresses": Rule(ANYBODY, arrange=_mailed(TokenPurpose.CHANGE_EMAIL), on=OURS),
    "POST /v1/memberships": Rule(ANYBODY, arrange=_invited, on=OURS),
    "GET /v1/scopes": Rule(ANYBODY, on=OURS),
    # For every person, about themselves.
    "GET /v1/sessions": Rule(PERSONS, on=OURS),
    "DELETE /v1/sessions": Rule(PERSONS, on=OURS),
    "DELETE /v1/sessions/current": Rule(PERSONS, on=OURS),
    "DELETE /v1/sessions/{session_id}": Rule(OWNERS, only=OF_ADMIN),
    "GET /v1/me": Rule(PERSONS, on=OURS),
    "PATCH /v1/me": Rule(PERSONS, always({"name": "Sanne"}), on=OURS),
    "POST /v1/me/password-changes": Rule(
        PERSONS, always({"password": PASSWORD, "newPassword": NEW_PASSWORD}), on=OURS
    ),
    "POST /v1/me/email-changes": Rule(
        PERSONS, always({"password": PASSWORD, "email": "x@baat.example"}), _a_new_address, on=OURS
    ),
    "POST /v1/me/second-factor": Rule(PERSONS, always({"password": PASSWORD}), on=OURS),
    "POST /v1/me/second-factor/confirmations": Rule(
        PERSONS, CODE, _with_second_factor(confirmed=False), on=OURS
    ),
    "POST /v1/me/second-factor/removals": Rule(
        PERSONS,
        always({"password": PASSWORD, "code": "123456"}),
        _with_second_factor(confirmed=True, password=True),
        on=OURS,
    ),
    "POST /v1/me/second-factor/recovery-codes": Rule(
        PERSONS, CODE, _with_second_factor(confirmed=True), on=OURS
    ),
    "GET /v1/me/trail": Rule(PERSONS, on=OURS),
    # Organisations.
    "POST /v1/organisations": Rule(PERSONS, always(BAKERY), on=OURS),
    "GET /v1/organisations": Rule(PERSONS | {Standing.KEY, Standing.OUTSIDE_KEY}, on=OURS),
    f"GET {ORGANISATION}": Rule(INSIDERS | READING_KEYS),
    f"PATCH {ORGANISATION}": Rule(ADMINS, always({"city": "Rotterdam"})),
    f"GET {ORGANISATION}/decisions": Rule(INSIDERS | READING_KEYS),
    f"POST {ORGANISATION}/verifications": Rule(STAFF, REASONED),
    f"POST {ORGANISATION}/suspensions": Rule(STAFF, REASONED, on=(Place.OURS, Place.ELSEWHERE)),
    f"POST {ORGANISATION}/reinstatements": Rule(STAFF, REASONED, on=(Place.SUSPENDED,)),
    f"POST {ORGANISATION}/bankruptcies": Rule(STAFF, REASONED),
    f"POST {ORGANISATION}/mergers": Rule(STAFF, _merger),
    f"GET {ORGANISATION}/trail": Rule(INSPECTORS),
    # Members, deputies and invitations.
    f"GET {ORGANISATION}/memberships": Rule(INSIDERS),
    f"GET {MEMBERSHIP}": Rule(INSPECTORS, own=MINE),
    f"PATCH {MEMBERSHIP}": Rule(ADMINS, always({"role": "viewer"})),
    f"DELETE {MEMBERSHIP}": Rule(ADMINS, own=MINE),
    f"GET {MEMBERSHIP}/deputies": Rule(INSPECTORS, own=MINE),
    f"POST {MEMBERSHIP}/deputies": Rule(ADMINS, _deputy, own=MINE),
    f"DELETE {MEMBERSHIP}/deputies/{{deputy_id}}": Rule(ADMINS, own=MINE),
    f"GET {ORGANISATION}/invitations": Rule(INSPECTORS),
    f"POST {ORGANISATION}/invitations": Rule(ADMINS, always(INVITED)),
    f"DELETE {ORGANISATION}/invitations/{{invitation_id}}": Rule(ADMINS),
    # Keys.
    f"GET {ORGANISATION}/api-keys": Rule(OWNERS),
    f"POST {ORGANISATION}/api-keys": Rule(
        ADMINS, always({"name": "Till", "scopes": ["organisations:read"]})
    ),
    f"DELETE {ORGANISATION}/api-keys/{{key_id}}": Rule(ADMINS),
    # The platform.
    "GET /v1/staff": Rule(STAFF, on=OURS),
    "POST /v1/staff": Rule(
        STAFF, always({"email": "x@baat.example", **REASON}), _a_colleague_of_staff, on=OURS
    ),
    "DELETE /v1/staff/{appointment_id}": Rule(STAFF, on=OURS),
    "GET /v1/trail": Rule(STAFF, on=OURS),
}
