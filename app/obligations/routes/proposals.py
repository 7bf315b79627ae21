"""Waivers and sanctions: somebody proposes them, somebody else of the authority decides."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.obligations import actions, queries
from app.obligations.access import (
    AskedObligation,
    DecidedProposal,
    ReadableObligation,
    WorkedObligation,
)
from app.obligations.models import ObligationProposal
from app.obligations.problems import (
    NotSoMuchOwed,
    ObligationStateForbids,
    OwnProposal,
    ProposalDecided,
    ProposalOpen,
    RecoveryRuns,
    RulesSilent,
)
from app.obligations.schemas.obligations import (
    ObligationProposalView,
    ProposalDecisionRequest,
    SanctionRequest,
    WaiverRequest,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("/obligations/{obligation_id}", "Waivers and sanctions")

WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("/proposals", response_model=PageOf[ObligationProposalView])
async def list_obligation_proposals(
    obligation: ReadableObligation, session: Session, paging: Paging
) -> Page[ObligationProposal]:
    """List what was proposed about an obligation, and what came of it."""
    return await queries.obligations.proposals(session, obligation, paging)


@router.post(
    "/waivers",
    status_code=201,
    response_model=ObligationProposalView,
    responses=refusals(*WORKING, ObligationStateForbids, ProposalOpen, NotSoMuchOwed),
)
async def propose_waiver(
    request: WaiverRequest,
    caller: Person,
    asked: AskedObligation,
    session: Session,
    _once: Idempotent,
) -> ObligationProposal:
    """Ask the authority to waive a part of what is owed (members of either side)."""
    return await actions.proposals.propose_waiver(
        session, caller, asked.obligation_id, asked.side, request
    )


@router.post(
    "/sanctions",
    status_code=201,
    response_model=ObligationProposalView,
    responses=refusals(
        *(*WORKING, ObligationStateForbids, ProposalOpen, RecoveryRuns),
        *(RulesSilent, NotSoMuchOwed),
    ),
)
async def propose_sanction(
    request: SanctionRequest,
    caller: Person,
    obligation: WorkedObligation,
    session: Session,
    _once: Idempotent,
) -> ObligationProposal:
    """Propose to sanction all that is owed, when the recovery period is over (members).

    What is withheld for it follows from the rules; it is data, and no money moves here.
    """
    return await actions.proposals.propose_sanction(session, caller, obligation.id, request.reason)


@router.post(
    "/proposals/{proposal_id}/decisions",
    status_code=201,
    response_model=ObligationProposalView,
    responses=refusals(
        *(*WORKING, OwnProposal, ProposalDecided),
        *(ObligationStateForbids, NotSoMuchOwed, RecoveryRuns),
    ),
)
async def decide_proposal(
    request: ProposalDecisionRequest,
    caller: Person,
    proposal: DecidedProposal,
    session: Session,
    _once: Idempotent,
) -> ObligationProposal:
    """Do what was proposed, or refuse it (the authority's approvers, not who proposed it)."""
    return await actions.proposals.decide(
        session, caller, proposal.obligation_id, proposal.id, request
    )
