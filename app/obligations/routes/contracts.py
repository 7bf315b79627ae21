"""Contracts that authorities awarded: parties, figures, amendments, and which lack a clause."""

from typing import Annotated

from fastapi import Query, Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.obligations import actions, queries
from app.obligations.access import (
    BoundOrganisation,
    ReadableContract,
    SeenAuthority,
    WorkedAuthority,
    WorkedContract,
)
from app.obligations.models import Contract, ContractAmendment
from app.obligations.problems import ContractAhead, ContractKnown, NoRulesApply, RulesSilent
from app.obligations.schemas.contracts import (
    AmendmentRequest,
    AmendmentView,
    ContractCompletenessView,
    ContractReportRequest,
    ContractRequest,
    ContractsRequest,
    ContractView,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes.access import ActingOrganisation
from app.schemes.problems import AuthorityEnded

router = router_of("", "Contracts")

OF_AUTHORITY = "/authorities/{authority_id}"
OF_ORGANISATION = "/organisations/{organisation_id}"
CONTRACT = "/contracts/{contract_id}"
WORKING = (RoleTooSmall, OrganisationInactive)
FOLLOWING = (NoRulesApply, RulesSilent)


@router.get(OF_AUTHORITY + "/contracts", response_model=PageOf[ContractView])
async def list_contracts_of_authority(
    authority: SeenAuthority, session: Session, wanted: Annotated[ContractsRequest, Query()]
) -> Page[Contract]:
    """List the contracts of an authority, or those that lack the clause that they should have.

    Or those whose contractor should have come forward by now.
    """
    return await queries.contracts.of_authority(
        session,
        authority,
        wanted,
        clause_missing=wanted.clause_missing,
        report_in_late=wanted.report_in_late,
    )


@router.post(
    OF_AUTHORITY + "/contracts",
    status_code=201,
    response_model=ContractView,
    responses=refusals(*WORKING, AuthorityEnded, ContractKnown, ContractAhead, *FOLLOWING),
)
async def register_contract(
    request: ContractRequest,
    caller: Person,
    authority: WorkedAuthority,
    session: Session,
    response: Response,
    _once: Idempotent,
) -> Contract:
    """Register a contract (the authority's members); its obligation follows from the rules.

    Those of the reference date apply. Somebody else of the authority confirms the obligation.
    Where a contractor reported in with the reference and another day or other parties, and nothing
    of that is confirmed, its report is cancelled and keeps a reference of its own.
    """
    contract = await actions.contracts.register(session, caller, authority, request)
    response.headers["Location"] = f"/v1/contracts/{contract.id}"
    return await queries.contracts.whole(session, contract)


@router.get(OF_AUTHORITY + "/completeness", response_model=ContractCompletenessView)
async def read_contract_completeness(
    authority: SeenAuthority, session: Session
) -> queries.contracts.Completeness:
    """Count the contracts that should carry an obligation, and those that lack the clause."""
    return await queries.contracts.completeness(session, authority)


@router.get(OF_ORGANISATION + "/contracts", response_model=PageOf[ContractView])
async def list_contracts_of_organisation(
    organisation: BoundOrganisation, session: Session, paging: Paging
) -> Page[Contract]:
    """List the contracts that bind an organisation: named, or by its verified register number."""
    return await queries.contracts.of_organisation(session, organisation, paging)


@router.post(
    OF_ORGANISATION + "/contract-reports",
    status_code=201,
    response_model=ContractView,
    responses=refusals(
        *(*WORKING, NotFound, AuthorityEnded, ContractKnown, ContractAhead),
        *FOLLOWING,
    ),
)
async def report_in(
    request: ContractReportRequest,
    caller: Person,
    organisation: ActingOrganisation,
    session: Session,
    response: Response,
    _once: Idempotent,
) -> Contract:
    """Report in as the contractor (its members): of a contract that is known, or a new one.

    Of a known one only that is noted; what it says is the authority's to amend. A new one gives
    way, as long as nothing of it is confirmed, to what the authority says of its reference itself.
    """
    contract = await actions.contracts.report_in(session, caller, organisation, request)
    response.headers["Location"] = f"/v1/contracts/{contract.id}"
    return await queries.contracts.whole(session, contract)


@router.get(CONTRACT, response_model=ContractView)
async def read_contract(contract: ReadableContract) -> Contract:
    """Read a contract, and what it says now."""
    return contract


@router.get(CONTRACT + "/amendments", response_model=PageOf[AmendmentView])
async def list_amendments(
    contract: ReadableContract, session: Session, paging: Paging
) -> Page[ContractAmendment]:
    """List what a contract said: the first is how it was registered."""
    return await queries.contracts.amendments(session, contract, paging)


@router.post(
    CONTRACT + "/amendments",
    status_code=201,
    response_model=AmendmentView,
    responses=refusals(*WORKING, *FOLLOWING),
)
async def amend_contract(
    request: AmendmentRequest,
    caller: Person,
    contract: WorkedContract,
    session: Session,
    _once: Idempotent,
) -> ContractAmendment:
    """Write what a contract says from now on, as a whole (the authority's members).

    Its obligation is computed anew by the same rules; what is imposed stays until somebody else
    of the authority confirms the new figure.
    """
    return await actions.contracts.amend(session, caller, contract.id, request)
