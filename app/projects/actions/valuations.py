"""Adopt what a panel found, or what the policy fixes."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import letters, panel
from app.projects.contents import FixedDocument, PanelDocument
from app.projects.models import (
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    Sitting,
    Valuation,
)
from app.projects.problems import (
    ExpertsDoNotAdopt,
    NothingToSupersede,
    OwnAcceptance,
    ScoresSealed,
    ThresholdAboveValue,
)
from app.schemes import queries as schemes
from app.schemes.problems import OwnAffair


async def adopt(session: AsyncSession, caller: Caller, project: Project, reason: str) -> Valuation:
    """Adopt the proposal for an eligible project; for a valued one, if something changed since.

    Raises:
        ProjectStateForbids, RoundStateForbids: it is not being valued, or listed already.
        OwnAffair: the caller acts for its entrepreneur.
        ExpertsDoNotAdopt: the caller is an expert of the scheme, or was assigned to the project.
        OwnAcceptance: the value is fixed, and the caller found the project eligible.
        ScoresSealed, QuorumNotMet: there is nothing to adopt yet.
        NothingToSupersede: the valuation that stands says the same.
        ThresholdAboveValue: the plan asks for more units than it was found worth.
    """
    project = await panel.held(session, project.id, ProjectState.ELIGIBLE, ProjectState.VALUED)
    document = await queries.valuations.proposal(session, project)
    await _insist_on_four_eyes(session, caller, project, document)
    before = await queries.valuations.last(session, project.id)
    _insist_on_news(project, before, document)
    if document.threshold_units > document.impact_units:
        message = (
            f"The plan asks for {document.threshold_units} units and was found worth"
            f" {document.impact_units}: reject or return it."
        )
        raise ThresholdAboveValue(
            message,
            threshold_units=document.threshold_units,
            impact_units=document.impact_units,
        )
    made = _write(session, caller, document, before, reason)
    project.state = ProjectState.VALUED
    await session.flush()
    _note(session, caller, made)
    version = await queries.projects.last_version(session, project.id)
    if version is not None:
        await letters.valued(session, project, version.read_plan(), made)
    return made


async def _insist_on_four_eyes(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    document: PanelDocument | FixedDocument,
) -> None:
    if caller.rights_in(project.entrepreneur_id):
        message = "You act for this entrepreneur: somebody else adopts the valuation."
        raise OwnAffair(message)
    if isinstance(document, FixedDocument):
        accepted_by = await queries.valuations.accepted_by(session, project)
        if accepted_by == str(caller.actor):
            message = "You found the project eligible: somebody else adopts its value."
            raise OwnAcceptance(message)
        return
    experts = {member.user_id for member in await schemes.panel.experts(session, project.scheme_id)}
    experts |= await queries.panel.ever_assigned(session, project)
    if caller.user_id in experts:
        message = "You are an expert here: somebody who did not score adopts the valuation."
        raise ExpertsDoNotAdopt(message)


def _insist_on_news(
    project: Project, before: Valuation | None, document: PanelDocument | FixedDocument
) -> None:
    """A contested valuation is made again in a new sitting, one that stands if it changed."""
    if before is None:
        return
    if project.state is ProjectState.VALUED and before.read_document() == document:
        message = "Nothing has changed since the valuation that stands."
        raise NothingToSupersede(message)
    again = isinstance(document, PanelDocument) and document.sitting.id == before.sitting_id
    if project.state is ProjectState.ELIGIBLE and again:
        message = "The valuation was contested: assign experts anew."
        raise ScoresSealed(message)


def _write(
    session: AsyncSession,
    caller: Caller,
    document: PanelDocument | FixedDocument,
    before: Valuation | None,
    reason: str,
) -> Valuation:
    made = Valuation(
        project_id=document.project_id,
        number=before.number + 1 if before else 1,
        plan_version_id=document.plan_version.id,
        policy_id=document.policy.id,
        sitting_id=document.sitting.id if isinstance(document, PanelDocument) else None,
        threshold_units=document.threshold_units,
        impact_units=document.impact_units,
        document=document.model_dump(mode="json", by_alias=True),
        reason=reason,
        supersedes_id=before.id if before else None,
        adopted_by_id=caller.user_id,
    )
    session.add(made)
    return made


async def fall(
    session: AsyncSession, caller: Caller, project: Project, sitting: Sitting, reason: str
) -> None:
    """Let the valuation fall that rests on a sitting, if recusals left it without a quorum."""
    standing = await queries.valuations.last(session, project.id)
    if project.state is not ProjectState.VALUED or standing is None:
        return
    enough = len(sitting.scored) >= panel.rules_of(project).quorum
    if standing.sitting_id != sitting.id or enough:
        return
    project.state = ProjectState.ELIGIBLE
    session.add(
        ProjectDecision(
            project_id=project.id,
            kind=ProjectDecisionKind.VALUATION_FELL,
            reason=reason,
            plan_version_id=standing.plan_version_id,
            decided_by=str(caller.actor),
            data={"valuationId": str(standing.id)},
        )
    )
    await session.flush()
    events.record(
        session,
        "project.valuation-fell",
        project.id,
        caller.actor,
        valuationId=str(standing.id),
    )


def _note(session: AsyncSession, caller: Caller, made: Valuation) -> None:
    session.add(
        ProjectDecision(
            project_id=made.project_id,
            kind=ProjectDecisionKind.VALUED,
            reason=made.reason,
            plan_version_id=made.plan_version_id,
            decided_by=str(caller.actor),
            data={"valuationId": str(made.id), "impactUnits": made.impact_units},
        )
    )
    events.record(
        session,
        "project.valued",
        made.project_id,
        caller.actor,
        valuationId=str(made.id),
        impactUnits=made.impact_units,
        thresholdUnits=made.threshold_units,
    )
