"""Who runs, audits or reads a scheme? Dependencies that prove it, and find things through it."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import NotFound, existing
from app.organisations.access import Person, Staff, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.problems import RoleTooSmall
from app.organisations.scopes import Scope
from app.schemes import queries
from app.schemes.models import (
    Admission,
    AuditorAppointment,
    Authority,
    Enrolment,
    PanelMember,
    Policy,
    PolicyDraft,
    Scheme,
    SchemeInvitation,
)

READ_SCHEMES = Scope(
    "schemes:read", "Read the schemes that the organisation runs, and where it takes part."
)

SchemeReader = Annotated[Caller, Security(identify, scopes=[READ_SCHEMES])]
"""A person, or a machine that may read schemes."""


class SchemeRight(StrEnum):
    """What a caller may do in a scheme."""

    INSPECT = "inspect"
    """See its inner affairs: whoever acts for the operator, its auditors, staff."""
    OPERATE = "operate"
    """Prepare: write policies, record checks, invite. The operator's members."""
    APPROVE = "approve"
    """Decide: publish, admit, suspend. The operator's approvers."""
    ADMINISTER = "administer"
    """Change the scheme itself. The operator's admins."""


_OF_OPERATOR = {
    Right.READ: SchemeRight.INSPECT,
    Right.WRITE: SchemeRight.OPERATE,
    Right.APPROVE: SchemeRight.APPROVE,
    Right.ADMINISTER: SchemeRight.ADMINISTER,
}


async def find_scheme(
    session: AsyncSession, caller: Caller, scheme_id: UUID, right: SchemeRight
) -> Scheme:
    """Find a scheme through the caller's rights in it; that an auditor reads it is noted.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with its inner affairs.
        RoleTooSmall: the caller may see them, and may not do this.
        OrganisationInactive: the operator is not active: its people look and do nothing else.
    """
    scheme = await session.get(Scheme, scheme_id)
    rights = await _rights(session, caller, scheme) if scheme else frozenset()
    if scheme is None or not rights:
        message = f"You have nothing to do with a scheme {scheme_id}."
        raise NotFound(message).for_trail()
    if right not in rights:
        await _explain(session, caller, scheme, right)
    return scheme


async def _rights(session: AsyncSession, caller: Caller, scheme: Scheme) -> frozenset[SchemeRight]:
    held = caller.rights_in(scheme.operator_id)
    if held or caller.is_staff:
        rights = {_OF_OPERATOR[right] for right in held if right in _OF_OPERATOR}
        return frozenset(rights | {SchemeRight.INSPECT})
    if not await queries.keepers.audits(session, caller, scheme.operator_id):
        return frozenset()
    return frozenset({SchemeRight.INSPECT})


async def _explain(
    session: AsyncSession, caller: Caller, scheme: Scheme, right: SchemeRight
) -> None:
    if caller.rights_in(scheme.operator_id):
        # Its own refusal says whether the role is too small or the operator is not active.
        of_operator = {new: old for old, new in _OF_OPERATOR.items()}
        await find_organisation(session, caller, scheme.operator_id, of_operator[right])
    message = f"Who looks at the scheme {scheme.code} may not {right} it."
    raise RoleTooSmall(message)


async def _inspected(scheme_id: UUID, caller: SchemeReader, session: Session) -> Scheme:
    return await find_scheme(session, caller, scheme_id, SchemeRight.INSPECT)


async def _operated(scheme_id: UUID, caller: Person, session: Session) -> Scheme:
    return await find_scheme(session, caller, scheme_id, SchemeRight.OPERATE)


async def _approved(scheme_id: UUID, caller: Person, session: Session) -> Scheme:
    return await find_scheme(session, caller, scheme_id, SchemeRight.APPROVE)


async def _administered(scheme_id: UUID, caller: Person, session: Session) -> Scheme:
    return await find_scheme(session, caller, scheme_id, SchemeRight.ADMINISTER)


InspectedScheme = Annotated[Scheme, Depends(_inspected)]
"""A scheme whose inner affairs the caller, person or machine, may see."""
OperatedScheme = Annotated[Scheme, Depends(_operated)]
"""A scheme for whose operator the person works."""
ApprovedScheme = Annotated[Scheme, Depends(_approved)]
"""A scheme for whose operator the person decides."""
AdministeredScheme = Annotated[Scheme, Depends(_administered)]
"""A scheme of whose operator the person is an admin."""


async def _public(scheme_id: UUID, session: Session) -> Scheme:
    return existing(await queries.schemes.public_one(session, scheme_id), scheme_id)


async def _any(scheme_id: UUID, _staff: Staff, session: Session) -> Scheme:
    return existing(await session.get(Scheme, scheme_id), scheme_id)


async def _policy(scheme_id: UUID, policy_id: UUID, session: Session) -> Policy:
    return existing(await queries.policies.one(session, scheme_id, policy_id), policy_id)


async def _authority(authority_id: UUID, session: Session) -> Authority:
    return existing(await queries.authorities.one(session, authority_id), authority_id)


PublicScheme = Annotated[Scheme, Depends(_public)]
"""A scheme that everybody may read."""
AnyScheme = Annotated[Scheme, Depends(_any)]
"""A scheme that staff decides about."""
PublishedPolicy = Annotated[Policy, Depends(_policy)]
"""A policy that everybody may read: published is public, also before its scheme opens."""
AnyAuthority = Annotated[Authority, Depends(_authority)]
"""An authority, which everybody may read."""


async def _inspected_draft(
    draft_id: UUID, scheme: InspectedScheme, session: Session
) -> PolicyDraft:
    return existing(await queries.policies.draft(session, scheme, draft_id), draft_id)


async def _operated_draft(draft_id: UUID, scheme: OperatedScheme, session: Session) -> PolicyDraft:
    return existing(await queries.policies.draft(session, scheme, draft_id), draft_id)


async def _approved_draft(draft_id: UUID, scheme: ApprovedScheme, session: Session) -> PolicyDraft:
    return existing(await queries.policies.draft(session, scheme, draft_id), draft_id)


InspectedDraft = Annotated[PolicyDraft, Depends(_inspected_draft)]
OperatedDraft = Annotated[PolicyDraft, Depends(_operated_draft)]
ApprovedDraft = Annotated[PolicyDraft, Depends(_approved_draft)]


async def _inspected_admission(
    admission_id: UUID, scheme: InspectedScheme, session: Session
) -> Admission:
    found = await queries.participants.admission(session, scheme, admission_id)
    return existing(found, admission_id)


InspectedAdmission = Annotated[Admission, Depends(_inspected_admission)]


async def _inspected_enrolment(
    enrolment_id: UUID, scheme: InspectedScheme, session: Session
) -> Enrolment:
    found = await queries.participants.enrolment(session, scheme, enrolment_id)
    return existing(found, enrolment_id)


InspectedEnrolment = Annotated[Enrolment, Depends(_inspected_enrolment)]


async def _operated_invitation(
    scheme_invitation_id: UUID, scheme: OperatedScheme, session: Session
) -> SchemeInvitation:
    found = await queries.panel.invitation(session, scheme, scheme_invitation_id)
    return existing(found, scheme_invitation_id)


OperatedInvitation = Annotated[SchemeInvitation, Depends(_operated_invitation)]


async def _leaving_expert(
    scheme_id: UUID, panel_member_id: UUID, caller: Person, session: Session
) -> PanelMember:
    member = await queries.panel.member(session, scheme_id, panel_member_id)
    if member is None or member.user_id != caller.user_id:
        await find_scheme(session, caller, scheme_id, SchemeRight.APPROVE)
    return existing(member, panel_member_id)


LeavingExpert = Annotated[PanelMember, Depends(_leaving_expert)]
"""The person's own seat on a panel, or any one that they decide about."""


async def _audited_organisation(
    organisation_id: UUID, caller: Person, session: Session
) -> Organisation:
    # Staff appoints too, also where it has no other right to change anything.
    right = Right.INSPECT if caller.is_staff else Right.ADMINISTER
    return await find_organisation(session, caller, organisation_id, right)


AuditedOrganisation = Annotated[Organisation, Depends(_audited_organisation)]
"""An organisation whose auditors the person appoints: as its admin, or as staff."""


async def _own_appointment(
    auditor_id: UUID, organisation: AuditedOrganisation, session: Session
) -> AuditorAppointment:
    found = await session.get(AuditorAppointment, auditor_id, with_for_update=True)
    if found is not None and found.organisation_id != organisation.id:
        found = None
    return existing(found, auditor_id)


AppointmentOfOrganisation = Annotated[AuditorAppointment, Depends(_own_appointment)]


async def _organisation_acting(
    organisation_id: UUID, caller: Person, session: Session
) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.WRITE)


ActingOrganisation = Annotated[Organisation, Depends(_organisation_acting)]
"""An organisation in whose name the person asks to take part."""


async def _organisation_read(
    organisation_id: UUID, caller: SchemeReader, session: Session
) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


TakingPart = Annotated[Organisation, Depends(_organisation_read)]
"""An organisation of which the caller, person or machine, may read where it takes part."""
