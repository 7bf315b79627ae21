"""Who runs a round, owns a project, or may read it? Dependencies that prove it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.files import File
from app.core.problems import NotFound, existing
from app.organisations.access import Person, as_of_now, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.problems import RoleTooSmall
from app.organisations.scopes import Scope
from app.projects import queries
from app.projects.models import (
    Assignment,
    Objection,
    PlanAttachment,
    PlanDraft,
    Project,
    Round,
)
from app.projects.problems import NotAskedAnyMore
from app.schemes.access import SchemeRight, find_scheme
from app.schemes.queries import panel as experts

READ_PROJECTS = Scope(
    "projects:read", "Read the rounds that the organisation runs and the projects that it knows."
)

ProjectReader = Annotated[Caller, Security(identify, scopes=[READ_PROJECTS])]
"""A person, or a machine that may read projects."""


async def find_round(
    session: AsyncSession, caller: Caller, round_id: UUID, right: SchemeRight
) -> Round:
    """Find a round through the caller's rights in its scheme.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with its inner affairs.
        RoleTooSmall, OrganisationInactive: the caller may see it, and may not do this.
    """
    found = await queries.rounds.one(session, round_id)
    if found is None or not await _has_to_do(session, caller, found.scheme_id, right):
        message = f"You have nothing to do with a round {round_id}."
        raise NotFound(message).for_trail()
    return found


async def _has_to_do(
    session: AsyncSession,
    caller: Caller,
    scheme_id: UUID,
    right: SchemeRight = SchemeRight.INSPECT,
) -> bool:
    """Tell whether the caller has this right in a scheme, or nothing to do with it.

    Asked once a request: what an auditor reads stands in the trail once.

    Raises:
        RoleTooSmall, OrganisationInactive: the caller may see it, and may not do this.
    """
    try:
        await find_scheme(session, caller, scheme_id, right)
    except NotFound:
        return False
    return True


async def find_project(session: AsyncSession, caller: Caller, project_id: UUID) -> Project:
    """Find a project that the caller may read: its entrepreneur's people, its operator's, staff.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
    """
    project = await queries.projects.one(session, project_id)
    if project is None or not (
        Right.READ in caller.rights_in(project.entrepreneur_id)
        or await _has_to_do(session, caller, project.scheme_id)
    ):
        raise _unknown_project(project_id)
    return project


def _unknown_project(project_id: UUID) -> NotFound:
    return NotFound(f"You have nothing to do with a project {project_id}.").for_trail()


async def as_entrepreneur(
    session: AsyncSession, caller: Caller, project_id: UUID, right: Right
) -> Project:
    """Find a project through the caller's rights in its entrepreneur.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
        RoleTooSmall, OrganisationInactive: the caller may see it, and may not do this.
    """
    project = await find_project(session, caller, project_id)
    if not caller.rights_in(project.entrepreneur_id) and not (
        caller.is_staff and right is Right.READ
    ):
        message = "This is for the people of the project's entrepreneur."
        raise RoleTooSmall(message)
    await find_organisation(session, caller, project.entrepreneur_id, right)
    return project


async def as_operator(
    session: AsyncSession, caller: Caller, project_id: UUID, right: SchemeRight
) -> Project:
    """Find a project through the caller's rights in its scheme.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
        RoleTooSmall, OrganisationInactive: the caller may see it, and may not do this.
    """
    project = await queries.projects.one(session, project_id)
    if project is not None and await _has_to_do(session, caller, project.scheme_id, right):
        return project
    if project is not None and Right.READ in caller.rights_in(project.entrepreneur_id):
        message = "This is for the people of the scheme's operator."
        raise RoleTooSmall(message)
    raise _unknown_project(project_id)


async def _offering(organisation_id: UUID, caller: ProjectReader, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


OfferingOrganisation = Annotated[Organisation, Depends(_offering)]
"""An organisation of which the caller, person or machine, may read what it offers."""


async def _public_round(round_id: UUID, session: Session) -> Round:
    return existing(await queries.rounds.public_one(session, round_id), round_id)


async def _inspected_round(round_id: UUID, caller: ProjectReader, session: Session) -> Round:
    return await find_round(session, caller, round_id, SchemeRight.INSPECT)


async def _operated_round(round_id: UUID, caller: Person, session: Session) -> Round:
    return await find_round(session, caller, round_id, SchemeRight.OPERATE)


async def _approved_round(round_id: UUID, caller: Person, session: Session) -> Round:
    return await find_round(session, caller, round_id, SchemeRight.APPROVE)


PublicRound = Annotated[Round, Depends(_public_round)]
"""A round that everybody may read: it has opened."""
InspectedRound = Annotated[Round, Depends(_inspected_round)]
"""A round whose inner affairs the caller, person or machine, may see."""
OperatedRound = Annotated[Round, Depends(_operated_round)]
"""A round for whose operator the person works."""
ApprovedRound = Annotated[Round, Depends(_approved_round)]
"""A round for whose operator the person decides."""


async def _edited_round(of_round: OperatedRound, session: Session) -> Round:
    return await queries.rounds.locked(session, of_round.id)


EditedRound = Annotated[Round, Depends(_edited_round)]
"""A round that the person edits; locked, so that nobody overtakes its version."""


async def _readable(project_id: UUID, caller: ProjectReader, session: Session) -> Project:
    return await find_project(session, caller, project_id)


async def _drafted(project_id: UUID, caller: ProjectReader, session: Session) -> Project:
    return await as_entrepreneur(session, caller, project_id, Right.READ)


async def _own(project_id: UUID, caller: Person, session: Session) -> Project:
    return await as_entrepreneur(session, caller, project_id, Right.WRITE)


async def still_own(session: AsyncSession, caller: Caller, project_id: UUID) -> Project:
    """Prove again, when a file has come in, that the person works for the entrepreneur.

    Raises:
        NotFound, RoleTooSmall, OrganisationInactive, CredentialRefused: not any more.
    """
    now = await as_of_now(session, caller)
    return await as_entrepreneur(session, now, project_id, Right.WRITE)


async def _bound(project_id: UUID, caller: Person, session: Session) -> Project:
    return await as_entrepreneur(session, caller, project_id, Right.APPROVE)


async def _operated(project_id: UUID, caller: Person, session: Session) -> Project:
    return await as_operator(session, caller, project_id, SchemeRight.OPERATE)


async def _approved(project_id: UUID, caller: Person, session: Session) -> Project:
    return await as_operator(session, caller, project_id, SchemeRight.APPROVE)


ReadableProject = Annotated[Project, Depends(_readable)]
"""A project that the caller may read: its entrepreneur's people, its operator's, auditors, staff.

It comes with its entrepreneur and its round, scheme and frozen policy.
"""
DraftedProject = Annotated[Project, Depends(_drafted)]
"""A project whose draft the caller may read: its entrepreneur's people and machines, and staff."""
OwnProject = Annotated[Project, Depends(_own)]
"""A project for whose entrepreneur the person works."""
BoundProject = Annotated[Project, Depends(_bound)]
"""A project for whose entrepreneur the person decides: what they do binds the organisation."""
OperatedProject = Annotated[Project, Depends(_operated)]
"""A project for whose scheme's operator the person works."""
ApprovedProject = Annotated[Project, Depends(_approved)]
"""A project for whose scheme's operator the person decides."""


async def _read_draft(project: DraftedProject, session: Session) -> PlanDraft:
    return await queries.plans.draft(session, project.id)


async def _own_draft(project: OwnProject, session: Session) -> PlanDraft:
    return await _locked_draft(project, session)


async def _bound_draft(project: BoundProject, session: Session) -> PlanDraft:
    return await _locked_draft(project, session)


async def _locked_draft(project: Project, session: AsyncSession) -> PlanDraft:
    # What a draft may become depends on its round and project: all three stay as they are.
    await queries.rounds.shared(session, project.round_id)
    await queries.projects.locked(session, project.id)
    return await queries.plans.draft(session, project.id, lock=True)


ReadDraft = Annotated[PlanDraft, Depends(_read_draft)]
"""A draft that the caller may read."""
OwnDraft = Annotated[PlanDraft, Depends(_own_draft)]
"""A draft that the person writes; it is locked, and so are its round's state and project."""
BoundDraft = Annotated[PlanDraft, Depends(_bound_draft)]
"""A draft that the person submits; locked likewise."""


async def _readable_attachment(
    attachment_id: UUID, project: ReadableProject, caller: ProjectReader, session: Session
) -> PlanAttachment:
    attachment = await queries.plans.attachment(session, project, attachment_id)
    if attachment is not None and Right.READ not in caller.rights_in(project.entrepreneur_id):
        # The operator's side reads what was submitted, and no drafts.
        was_submitted = await queries.projects.was_submitted_with(session, attachment)
        attachment = attachment if was_submitted else None
    return existing(attachment, attachment_id)


async def _own_attachment(
    attachment_id: UUID, project: OwnProject, session: Session
) -> PlanAttachment:
    found = await queries.plans.attachment(session, project, attachment_id)
    return existing(found, attachment_id)


async def _approved_objection(
    objection_id: UUID, project: ApprovedProject, session: Session
) -> Objection:
    await queries.rounds.shared(session, project.round_id)
    await queries.projects.locked(session, project.id)
    found = await queries.plans.objection(session, project, objection_id)
    return existing(found, objection_id)


ReadableAttachment = Annotated[PlanAttachment, Depends(_readable_attachment)]
"""A file that the caller may read: the entrepreneur's side any, the operator's side submitted."""
OwnAttachment = Annotated[PlanAttachment, Depends(_own_attachment)]
"""A file of a plan that the person writes."""
ApprovedObjection = Annotated[Objection, Depends(_approved_objection)]
"""An objection that the person may judge; it is locked, and so are project and round's state."""


async def _inspected(project_id: UUID, caller: ProjectReader, session: Session) -> Project:
    return await as_operator(session, caller, project_id, SchemeRight.INSPECT)


InspectedProject = Annotated[Project, Depends(_inspected)]
"""A project whose panel the caller may see: its operator's people, machines, auditors and staff."""


async def _own_assignment(assignment_id: UUID, caller: Person, session: Session) -> Assignment:
    found = await queries.assignments.one(session, assignment_id)
    if found is None or found.panel_member.user_id != caller.user_id:
        message = f"You are not asked to value anything under {assignment_id}."
        raise NotFound(message).for_trail()
    return found


OwnAssignment = Annotated[Assignment, Depends(_own_assignment)]
"""What the expert who calls is asked to value; nobody else's."""


async def _asked(assignment: OwnAssignment, session: Session) -> Assignment:
    member = assignment.panel_member
    if assignment.recusal is not None or not await experts.sits(
        session, member.scheme_id, member.user_id
    ):
        message = "You are recused, or left the panel: the plan is not for you to read any more."
        raise NotAskedAnyMore(message)
    return assignment


AskedAssignment = Annotated[Assignment, Depends(_asked)]
"""What the expert who calls may read now: not recused from it, and still on the panel."""


async def _asked_attachment(
    submitted_attachment_id: UUID, assignment: AskedAssignment, session: Session
) -> File:
    found = await queries.plans.file_of(
        session, assignment.sitting.plan_version, submitted_attachment_id
    )
    return existing(found, submitted_attachment_id)


AskedAttachment = Annotated[File, Depends(_asked_attachment)]
"""A file, public or not, of the version of a plan that the expert who calls is asked to value."""


async def _recusable(assignment_id: UUID, caller: Person, session: Session) -> Assignment:
    found = await queries.assignments.one(session, assignment_id)
    if found is not None:
        if found.panel_member.user_id == caller.user_id:
            return found
        # Whose scores count is prepared while they are sealed; once they are known, it is decided.
        right = SchemeRight.OPERATE if found.sitting.is_sealed else SchemeRight.APPROVE
        if await _has_to_do(session, caller, found.panel_member.scheme_id, right):
            return found
    message = f"You have nothing to do with an assignment {assignment_id}."
    raise NotFound(message).for_trail()


RecusableAssignment = Annotated[Assignment, Depends(_recusable)]
"""The expert's own assignment, or any one in a scheme for whose operator the person works.

For whose operator the person decides, once its scores are open.
"""


async def _public_attachment(
    listed_project_id: UUID, listed_attachment_id: UUID, session: Session
) -> File:
    found = await queries.market.attachment(session, listed_project_id, listed_attachment_id)
    return existing(found, listed_attachment_id)


PublicAttachment = Annotated[File, Depends(_public_attachment)]
"""A file that everybody may read: public, of a project on the market."""
