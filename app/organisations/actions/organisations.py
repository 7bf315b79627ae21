"""Register organisations, change them, and decide on their status."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import violates
from app.core.problems import InvalidRequest, NotFound
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import (
    Decision,
    DecisionKind,
    Membership,
    Organisation,
    OrganisationStatus,
    Role,
)
from app.organisations.problems import AlreadyVerified, StatusForbids
from app.organisations.schemas import OrganisationChange, OrganisationRequest
from app.organisations.schemas.organisations import NOT_A_POSTAL_CODE, postal_code_fits

ACTIVE = OrganisationStatus.ACTIVE
VERIFIED_DETAILS = {"legal_name", "vat_id"}


async def register(
    session: AsyncSession, caller: Caller, request: OrganisationRequest
) -> Organisation:
    """Make an organisation, with the caller as its first admin."""
    organisation = Organisation(**request.model_dump())
    if request.iban:
        organisation.iban_changed_at = clock.now()
    session.add(organisation)
    await session.flush()
    membership = Membership(
        organisation_id=organisation.id, user_id=caller.user_id, role=Role.ADMIN
    )
    session.add(membership)
    await session.flush()
    events.record(session, "organisation.registered", organisation.id, caller.actor)
    trail.rights_changed(
        session,
        caller,
        "membership.made",
        membership.id,
        user_id=caller.user_id,
        organisation_id=organisation.id,
        organisationId=str(organisation.id),
        role=Role.ADMIN,
    )
    return organisation


async def change(
    session: AsyncSession, caller: Caller, organisation: Organisation, request: OrganisationChange
) -> Organisation:
    """Change the named details; the event and the trail say which, not to what.

    What staff verified was this name and this VAT id: with another one it must be done again.

    Raises:
        InvalidRequest: the postal code is none of the organisation's country.
    """
    if request.postal_code and not postal_code_fits(request.postal_code, organisation.country):
        fault = {"in": "body", "pointer": "#/postalCode", "code": "value-error"}
        raise InvalidRequest([{**fault, "detail": NOT_A_POSTAL_CODE}])
    changes = {
        name: value
        for name, value in request.changes().items()
        if value != getattr(organisation, name)
    }
    if "iban" in changes:
        organisation.iban_changed_at = clock.now()
    if VERIFIED_DETAILS & changes.keys():
        organisation.verified_at = None
    for name, value in changes.items():
        setattr(organisation, name, value)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        "organisation.changed",
        organisation.id,
        organisation_id=organisation.id,
        fields=sorted(changes),
    )
    return organisation


async def verify(
    session: AsyncSession, caller: Caller, organisation_id: UUID, reason: str
) -> Decision:
    """Record that staff saw that the organisation is who it says it is.

    Raises:
        AlreadyVerified: another one holds this register number.
        StatusForbids: it has been verified, or went up in another one.
    """
    organisation = await _locked(
        session,
        organisation_id,
        *(status for status in OrganisationStatus if status is not OrganisationStatus.MERGED),
    )
    if organisation.verified_at is not None:
        message = f"{organisation.legal_name} has been verified already."
        raise StatusForbids(message)
    organisation.verified_at = clock.now()
    try:
        return await _decide(session, caller, organisation, DecisionKind.VERIFIED, reason)
    except IntegrityError as error:
        if violates(error, "uq_organisations_verified_register_number"):
            message = "Another organisation was verified under this register number."
            raise AlreadyVerified(message) from error
        raise


async def suspend(
    session: AsyncSession, caller: Caller, organisation_id: UUID, reason: str
) -> Decision:
    """End an organisation's rights for a while."""
    organisation = await _locked(session, organisation_id, ACTIVE)
    organisation.status = OrganisationStatus.SUSPENDED
    return await _decide(session, caller, organisation, DecisionKind.SUSPENDED, reason)


async def reinstate(
    session: AsyncSession, caller: Caller, organisation_id: UUID, reason: str
) -> Decision:
    """Give a suspended organisation, or one whose bankruptcy was annulled, its rights back."""
    organisation = await _locked(
        session, organisation_id, OrganisationStatus.SUSPENDED, OrganisationStatus.BANKRUPT
    )
    organisation.status = ACTIVE
    return await _decide(session, caller, organisation, DecisionKind.REINSTATED, reason)


async def declare_bankrupt(
    session: AsyncSession, caller: Caller, organisation_id: UUID, reason: str
) -> Decision:
    """Record a court's decision."""
    organisation = await _locked(session, organisation_id, ACTIVE, OrganisationStatus.SUSPENDED)
    organisation.status = OrganisationStatus.BANKRUPT
    return await _decide(session, caller, organisation, DecisionKind.BANKRUPT, reason)


async def merge(
    session: AsyncSession, caller: Caller, organisation_id: UUID, into_id: UUID, reason: str
) -> Decision:
    """Record that an organisation went up in another one, which must be active.

    Both rows are locked in the order of their ids, so that two merges can't wait for each other,
    nor make a circle.
    """
    if organisation_id == into_id:
        message = "An organisation can't be merged into itself."
        raise StatusForbids(message)
    for locked_id in sorted((organisation_id, into_id)):
        await _locked(session, locked_id)
    organisation = await _locked(session, organisation_id, ACTIVE, OrganisationStatus.SUSPENDED)
    await _locked(session, into_id, ACTIVE)
    organisation.status = OrganisationStatus.MERGED
    organisation.merged_into_id = into_id
    return await _decide(session, caller, organisation, DecisionKind.MERGED, reason, into_id)


async def _locked(
    session: AsyncSession, organisation_id: UUID, *allowed: OrganisationStatus
) -> Organisation:
    organisation: Organisation | None = await session.scalar(
        sa.select(Organisation)
        .where(Organisation.id == organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if organisation is None:
        message = f"There is no organisation {organisation_id}."
        raise NotFound(message)
    if allowed and organisation.status not in allowed:
        message = f"{organisation.legal_name} is {organisation.status}; {_one_of(allowed)}."
        raise StatusForbids(message, current_status=organisation.status)
    return organisation


def _one_of(allowed: tuple[OrganisationStatus, ...]) -> str:
    return f"this needs it to be {' or '.join(allowed)}"


async def _decide(  # noqa: PLR0913  A decision has so many parts.
    session: AsyncSession,
    caller: Caller,
    organisation: Organisation,
    kind: DecisionKind,
    reason: str,
    into_id: UUID | None = None,
) -> Decision:
    decision = Decision(
        organisation_id=organisation.id,
        kind=kind,
        reason=reason,
        decided_by_id=caller.user_id,
        into_id=into_id,
    )
    session.add(decision)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        f"organisation.{kind}",
        organisation.id,
        organisation_id=organisation.id,
        decisionId=str(decision.id),
    )
    return decision
