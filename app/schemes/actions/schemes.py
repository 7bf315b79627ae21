"""Create schemes, change them, and decide on their state."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import violates
from app.core.problems import NotFound
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation, OrganisationStatus
from app.organisations.problems import StatusForbids
from app.schemes import queries
from app.schemes.actions import books, decisions
from app.schemes.models import Scheme, SchemeDecision, SchemeDecisionKind, SchemeState
from app.schemes.problems import SchemeCodeTaken, SchemeNotReady, SchemeStateForbids
from app.schemes.schemas import SchemeChange, SchemeDecisionRequest, SchemeRequest

TRANSITIONS: decisions.Transitions[SchemeState] = {
    SchemeDecisionKind.OPENED: (SchemeState.DRAFT, SchemeState.OPEN),
    SchemeDecisionKind.CLOSED: (SchemeState.OPEN, SchemeState.CLOSED),
}


async def create(session: AsyncSession, caller: Caller, request: SchemeRequest) -> Scheme:
    """Make a draft of a scheme for an operator.

    Raises:
        NotFound: there is no such organisation.
        StatusForbids: it is not active.
        SchemeCodeTaken: another scheme has the code.
    """
    operator = await session.get(Organisation, request.operator_id)
    if operator is None:
        message = f"There is no organisation {request.operator_id}."
        raise NotFound(message)
    if operator.status is not OrganisationStatus.ACTIVE:
        message = f"{operator.legal_name} is {operator.status}: it can't run a scheme."
        raise StatusForbids(message, current_status=operator.status)
    scheme = Scheme(
        **request.model_dump(exclude={"name"}),
        name_nl=request.name.nl,
        name_en=request.name.en,
        created_by_id=caller.user_id,
    )
    session.add(scheme)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_schemes_code"):
            message = f"Another scheme is called {request.code}."
            raise SchemeCodeTaken(message) from error
        raise
    trail.rights_changed(
        session, caller, "scheme.created", scheme.id, organisation_id=operator.id, code=scheme.code
    )
    return scheme


async def change(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: SchemeChange
) -> Scheme:
    """Change the named details of a scheme that is not closed.

    Raises:
        SchemeStateForbids: it is closed, or open and its units have their name already.
    """
    changes = {
        name: value for name, value in request.changes().items() if value != getattr(scheme, name)
    }
    if scheme.state is SchemeState.CLOSED:
        message = "The scheme is closed: it stays as it is."
        raise SchemeStateForbids(message, current_state=scheme.state)
    if "unit_name" in changes and scheme.state is not SchemeState.DRAFT:
        message = "The scheme is open: its units keep their name."
        raise SchemeStateForbids(message, current_state=scheme.state)
    for name, value in changes.items():
        setattr(scheme, name, value)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        "scheme.changed",
        scheme.id,
        organisation_id=scheme.operator_id,
        fields=sorted(changes),
    )
    return scheme


async def decide(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: SchemeDecisionRequest
) -> SchemeDecision:
    """Open a draft for everybody, with its books, or close an open scheme for good.

    Raises:
        SchemeStateForbids: it is not in the state for this.
        SchemeNotReady: it opens without a policy that applies, or without an authority.
    """
    await session.refresh(scheme, with_for_update=True)
    needed, leads_to = TRANSITIONS[request.kind]
    if scheme.state is not needed:
        message = f"The scheme is {scheme.state}; this needs it to be {needed}."
        raise SchemeStateForbids(message, current_state=scheme.state)
    if leads_to is SchemeState.OPEN:
        await _insist_on_readiness(session, scheme)
        await books.open_books(session, scheme)
    scheme.state = leads_to
    return await decisions.about_scheme(session, caller, scheme, request.kind, request.reason)


async def _insist_on_readiness(session: AsyncSession, scheme: Scheme) -> None:
    missing = []
    if await queries.policies.applying(session, scheme.id, clock.today()) is None:
        missing.append("a published policy that applies today")
    if not await queries.schemes.recognised_by_anybody(session, scheme):
        missing.append("an authority that recognises it")
    status = await session.scalar(
        sa.select(Organisation.status).where(Organisation.id == scheme.operator_id)
    )
    if status is not OrganisationStatus.ACTIVE:
        missing.append("an operator that is active")
    if missing:
        message = f"The scheme lacks {' and '.join(missing)}."
        raise SchemeNotReady(message, missing=missing)
