"""Who calls, and may they? Dependencies that prove it, and find things through the caller."""

import hmac
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import READING, Session
from app.core.events import Actor
from app.core.problems import NotAllowed, NotFound, Problem, existing
from app.core.settings import Settings
from app.organisations import credentials, queries
from app.organisations.actions import attempts, trail
from app.organisations.callers import Caller, Identity, Visitor
from app.organisations.models import (
    ApiKey,
    Deputy,
    Invitation,
    Membership,
    Organisation,
    OrganisationStatus,
    Right,
    StaffAppointment,
    User,
)
from app.organisations.problems import (
    CredentialRefused,
    CsrfTokenMissing,
    OrganisationInactive,
    PeopleOnly,
    RoleTooSmall,
    ScopeMissing,
    SignInRequired,
    StaffNeedsSecondFactor,
    StaffOnly,
)
from app.organisations.scopes import READ_ORGANISATION

SESSION_COOKIE = "__Host-baat-session"
CSRF_HEADER = "X-CSRF-Token"

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="The token of a session (`POST /sessions`) or an API key.",
)
_cookie = APIKeyCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    scheme_name="cookie",
    description=f"A browser's session; a change must carry `{CSRF_HEADER}` too.",
)


def visitor_of(request: Request) -> Visitor:
    """Read where a request comes from."""
    if not hasattr(request.state, "appointments"):
        request.state.appointments = set()
    return Visitor(
        settings=request.app.state.settings,
        database=request.app.state.database,
        network=_network(request.client.host if request.client else None),
        user_agent=request.headers.get("user-agent", "")[:200] or None,
        request_id=getattr(request.state, "request_id", None),
        appointments=request.state.appointments,
    )


async def note_refusal(request: Request, problem: Problem) -> None:
    """Write a refusal about rights into the trail, beside the request that rolls back."""
    here = visitor_of(request)
    actor: Actor | None = getattr(request.state, "actor", None)
    route = request.scope.get("route")
    async with here.database.aside() as session:
        trail.note(
            session,
            here,
            "request.refused",
            actor=actor,
            user_id=actor.user_id if actor else None,
            # What strangers try would bury what happened: it stands in their own trail only.
            organisation_id=None if isinstance(problem, NotFound) else _organisation_of(request),
            reason=problem.type_path(),
            operation=f"{request.method} {getattr(route, 'path', '')}",
        )


def _organisation_of(request: Request) -> UUID | None:
    try:
        return UUID(request.path_params["organisation_id"])
    except (KeyError, ValueError):
        return None


async def _visitor(request: Request) -> Visitor:
    # A coroutine: what is none, FastAPI has wait for a thread.
    return visitor_of(request)


AnyVisitor = Annotated[Visitor, Depends(_visitor)]


def _network(host: str | None) -> str | None:
    """Leave the last part of an address out: it would point at one person."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return None
    kept_bits = {4: 24, 6: 48}[address.version]
    return str(ip_network(f"{address}/{kept_bits}", strict=False))


async def identify(  # noqa: PLR0913  A credential comes in several ways.
    scopes: SecurityScopes,
    request: Request,
    visitor: AnyVisitor,
    session: Session,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Caller:
    """Find out who calls, from a bearer token or a browser's cookie."""
    token = bearer.credentials if bearer else cookie
    if not token:
        message = "Send a session token or an API key as `Authorization: Bearer …`."
        raise SignInRequired(message)
    identity = await queries.callers.identity(session, token, visitor.settings)
    if identity is None:
        identity = await _on_the_primary(visitor, token)
    request.state.actor = identity.actor
    if identity.scopes is not None and (missing := set(scopes.scopes) - identity.scopes):
        message = f"This needs an API key with the scope {', '.join(sorted(missing))}."
        raise ScopeMissing(message)
    if identity.in_cookie != (bearer is None):
        message = "A session lives in a cookie or in a header, not in both."
        raise CredentialRefused(message)
    if identity.in_cookie and request.method not in READING:
        _prove_same_site(request, visitor.settings, token)
    await queries.callers.mark_used(visitor.database, identity)
    return Caller(visitor, identity, token)


async def _on_the_primary(visitor: Visitor, token: str) -> Identity:
    """Look again where the newest rows are: a standby may not know a fresh session yet."""
    if visitor.database.standby is not None:
        async with visitor.database.reading() as primary:
            if found := await queries.callers.identity(primary, token, visitor.settings):
                return found
    message = "The session or API key is unknown, has ended or was revoked. Sign in again."
    raise CredentialRefused(message)


def _prove_same_site(request: Request, settings: Settings, token: str) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), credentials.csrf_token(settings, token).encode()):
        message = f"Send the csrfToken that came with the session as `{CSRF_HEADER}`."
        raise CsrfTokenMissing(message)


async def as_of_now(session: AsyncSession, caller: Caller) -> Caller:
    """Ask again who calls and what they may: while a file came in, minutes may have passed.

    Raises:
        CredentialRefused: the session has ended, or the key was revoked.
    """
    identity = await queries.callers.identity(session, caller.token, caller.visitor.settings)
    if identity is None:
        message = "The session or API key has ended meanwhile. Sign in again."
        raise CredentialRefused(message)
    return replace(caller, identity=identity)


AnyCaller = Annotated[Caller, Depends(identify)]
OrganisationReader = Annotated[Caller, Security(identify, scopes=[READ_ORGANISATION])]


async def _person(caller: AnyCaller) -> Caller:
    if caller.identity.user_id is None:
        message = "Sign in as a person to do this; an API key can't."
        raise PeopleOnly(message)
    return caller


Person = Annotated[Caller, Depends(_person)]


async def _staff(caller: Person) -> Caller:
    if caller.is_staff:
        return caller
    if caller.identity.staff:
        message = "Turn on your second factor (POST /me/second-factor) and sign in with it."
        raise StaffNeedsSecondFactor(message)
    message = "Only the platform's staff may do this."
    raise StaffOnly(message)


Staff = Annotated[Caller, Depends(_staff)]


async def find_organisation(
    session: Session, caller: Caller, organisation_id: UUID, right: Right
) -> Organisation:
    """Find an organisation through the caller's rights.

    Staff may look at every organisation; only its own people change it or act in its name.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
        OrganisationInactive: it may read and do nothing else.
        RoleTooSmall: the caller may know it, and may not do this.
    """
    rights = caller.rights_in(organisation_id)
    if caller.is_staff:
        rights |= {Right.READ, Right.INSPECT}
    organisation = await session.get(Organisation, organisation_id) if rights else None
    if organisation is None:
        message = f"You know no organisation {organisation_id}."
        raise NotFound(message).for_trail()
    if right not in rights:
        raise _refusal(organisation, right)
    return organisation


def _refusal(organisation: Organisation, right: Right) -> NotAllowed:
    if organisation.status != "active":
        return OrganisationInactive(
            f"{organisation.legal_name} is {organisation.status}: it reads and does nothing else."
        )
    return RoleTooSmall(f"Your role in {organisation.legal_name} may not {right} there.")


async def _readable(
    organisation_id: UUID, caller: OrganisationReader, session: Session
) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


async def _own(organisation_id: UUID, caller: Person, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


async def _inspected(organisation_id: UUID, caller: Person, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.INSPECT)


async def _administered(organisation_id: UUID, caller: Person, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.ADMINISTER)


ReadableOrganisation = Annotated[Organisation, Depends(_readable)]
"""An organisation that the caller, person or machine, may read."""
OwnOrganisation = Annotated[Organisation, Depends(_own)]
"""An organisation that the person may read."""
InspectedOrganisation = Annotated[Organisation, Depends(_inspected)]
"""An organisation whose inner affairs the person may see, active or not."""
AdministeredOrganisation = Annotated[Organisation, Depends(_administered)]
"""An organisation of which the person is an admin."""


async def _with_visible_keys(organisation: InspectedOrganisation, caller: Person) -> Organisation:
    # A key acts in the organisation's name, and staff never does.
    if Right.INSPECT not in caller.rights_in(organisation.id):
        message = "Only the organisation's own admins may see and make its keys."
        raise RoleTooSmall(message)
    return organisation


OrganisationWithVisibleKeys = Annotated[Organisation, Depends(_with_visible_keys)]
"""An organisation whose keys the person may see: never staff, unless they are its admin."""


async def _with_keys(
    organisation: OrganisationWithVisibleKeys, caller: Person, session: Session
) -> Organisation:
    return await find_organisation(session, caller, organisation.id, Right.ADMINISTER)


OrganisationWithKeys = Annotated[Organisation, Depends(_with_keys)]
"""An organisation whose keys the person may make and revoke."""


async def _administered_membership(
    membership_id: UUID, organisation: AdministeredOrganisation, session: Session
) -> Membership:
    return existing(
        await queries.organisations.membership(session, organisation, membership_id), membership_id
    )


async def _own_or_administered_membership(
    membership_id: UUID, organisation: OwnOrganisation, caller: Person, session: Session
) -> Membership:
    return await _own_or_any(session, caller, organisation, membership_id, Right.ADMINISTER)


async def _own_or_inspected_membership(
    membership_id: UUID, organisation: OwnOrganisation, caller: Person, session: Session
) -> Membership:
    return await _own_or_any(session, caller, organisation, membership_id, Right.INSPECT)


async def _own_or_any(
    session: AsyncSession,
    caller: Caller,
    organisation: Organisation,
    membership_id: UUID,
    right_to_any: Right,
) -> Membership:
    membership = await queries.organisations.membership(session, organisation, membership_id)
    if membership is None or membership.user_id != caller.user_id:
        await find_organisation(session, caller, organisation.id, right_to_any)
    return existing(membership, membership_id)


AdministeredMembership = Annotated[Membership, Depends(_administered_membership)]
OwnOrInspectedMembership = Annotated[Membership, Depends(_own_or_inspected_membership)]
"""The person's own membership, or any one of an organisation whose inner affairs they may see."""
OwnOrAdministeredMembership = Annotated[Membership, Depends(_own_or_administered_membership)]
"""The person's own membership, or any one of an organisation that they administer."""


async def _lendable_membership(
    membership: OwnOrAdministeredMembership, organisation: OwnOrganisation, caller: Person
) -> Membership:
    # Leaving is a person's own affair at any time; lending a role to others is not.
    if organisation.status != OrganisationStatus.ACTIVE and not caller.is_staff:
        raise _refusal(organisation, Right.WRITE)
    return membership


LendableMembership = Annotated[Membership, Depends(_lendable_membership)]
"""The same, where the organisation is active: its role can be lent to a deputy."""


async def _deputy(
    deputy_id: UUID, membership: OwnOrAdministeredMembership, session: Session
) -> Deputy:
    return existing(await queries.organisations.deputy(session, membership, deputy_id), deputy_id)


async def _invitation(
    invitation_id: UUID, organisation: AdministeredOrganisation, session: Session
) -> Invitation:
    return existing(
        await queries.organisations.invitation(session, organisation, invitation_id), invitation_id
    )


async def _api_key(key_id: UUID, organisation: OrganisationWithKeys, session: Session) -> ApiKey:
    return existing(await queries.organisations.api_key(session, organisation, key_id), key_id)


async def _appointment(appointment_id: UUID, _staff: Staff, session: Session) -> StaffAppointment:
    return existing(await queries.users.staff_appointment(session, appointment_id), appointment_id)


DeputyOfMembership = Annotated[Deputy, Depends(_deputy)]
InvitationOfOrganisation = Annotated[Invitation, Depends(_invitation)]
KeyOfOrganisation = Annotated[ApiKey, Depends(_api_key)]
LivingAppointment = Annotated[StaffAppointment, Depends(_appointment)]


async def _me(request: Request, caller: Person, session: Session) -> User:
    # A change of an account rests on what its row says: nobody else may change it meanwhile.
    return await queries.users.user(session, caller.user_id, lock=request.method not in READING)


Me = Annotated[User, Depends(_me)]
"""The row of the person who calls."""


async def _guarded_me(caller: Person, session: Session) -> User:
    await attempts.one_at_a_time(session, caller.user_id)
    return await queries.users.user(session, caller.user_id)


GuardedMe = Annotated[User, Depends(_guarded_me)]
"""The row of the person who calls, for what proves a password or a code first.

It is not locked yet: the action locks it after the proof.
"""
