"""Valuations: what one would say now, and what the operator adopted."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import existing, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import (
    ApprovedProject,
    InspectedProject,
    ReadableProject,
)
from app.projects.models import Valuation
from app.projects.problems import (
    ExpertsDoNotAdopt,
    NothingToSupersede,
    OwnAcceptance,
    ProjectStateForbids,
    QuorumNotMet,
    RoundStateForbids,
    ScoresSealed,
    ThresholdAboveValue,
)
from app.projects.schemas.valuations import AdoptionRequest, ProposalView, ValuationView
from app.schemes.problems import OwnAffair

router = router_of("/projects/{project_id}", "Valuation")


@router.get("/valuation", response_model=ValuationView)
async def read_valuation(project: ReadableProject, session: Session) -> Valuation:
    """Read what a project was found worth, with all that is needed to do the arithmetic again."""
    return existing(await queries.valuations.last(session, project.id), "valuation")


@router.get("/valuations", response_model=PageOf[ValuationView])
async def list_valuations(
    project: ReadableProject, session: Session, paging: Paging
) -> Page[Valuation]:
    """List the valuations of a project, those that were superseded included."""
    return await queries.valuations.listed(session, project, paging)


@router.get(
    "/valuation/proposal",
    response_model=ProposalView,
    responses=refusals(RoleTooSmall, ScoresSealed, QuorumNotMet),
)
async def read_proposal(project: InspectedProject, session: Session) -> ProposalView:
    """Read what a valuation would say now: inputs, weights, recusals and the arithmetic."""
    return ProposalView(document=await queries.valuations.proposal(session, project))


@router.post(
    "/valuations",
    status_code=201,
    response_model=ValuationView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, OwnAffair, ExpertsDoNotAdopt, OwnAcceptance),
        *(ProjectStateForbids, RoundStateForbids, ScoresSealed, QuorumNotMet),
        *(NothingToSupersede, ThresholdAboveValue),
    ),
)
async def adopt_valuation(
    request: AdoptionRequest, caller: Person, project: ApprovedProject, session: Session
) -> Valuation:
    """Adopt the proposal (the operator's approvers who are no experts); it is never edited."""
    return await actions.valuations.adopt(session, caller, project, request.reason)
