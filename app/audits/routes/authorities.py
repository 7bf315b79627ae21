"""From the figures of an authority to the evidence, each step one link.

Every list is a page, or as a file (`format`) the very same rows. Amounts are those of the books as
known at a position; how things are going is told as it is now.
"""

from typing import Annotated

from fastapi import Query, Request, Response

from app.audits import queries
from app.audits.access.chain import (
    AuditedContract,
    AuditedFulfilment,
    AuditedObligation,
    SeenKeepers,
)
from app.audits.queries import entries
from app.audits.routes.listing import FILES, answer, known
from app.audits.schemas.books import AuditedAuthorityView, AuditedEntryView, EntriesRequest
from app.audits.schemas.chain import (
    AuditedContractView,
    AuditedDecisionView,
    AuditedFileView,
    AuditedFulfilmentView,
    AuditedObligationView,
    ObligationsRequest,
)
from app.audits.schemas.lists import ListOf, ListRequest, Position
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageRequest
from app.core.problems import refusals
from app.ledger.problems import NotKnownYet
from app.obligations.access import SeenAuthority
from app.organisations.models import Organisation

router = router_of("/audits", "Audits")

At = Annotated[Position, Query()]
Asked = Annotated[ListRequest, Query()]


@router.get(
    "/authorities/{authority_id}",
    response_model=AuditedAuthorityView,
    responses=refusals(NotKnownYet),
)
async def read_audited_authority(
    authority: SeenAuthority, session: Session, position: At = None
) -> AuditedAuthorityView:
    """Read the figures of an authority: where an audit of it begins."""
    at = await known(session, position)
    organisation = await session.get_one(Organisation, authority.organisation_id)
    return AuditedAuthorityView.of(
        (authority.id, organisation.legal_name),
        await queries.obligations.count_contracts(session, authority.id),
        await queries.figures.social_return(session, authority.id, at),
        at,
    )


@router.get(
    "/authorities/{authority_id}/contracts",
    response_model=ListOf[AuditedContractView],
    responses=FILES,
)
async def list_audited_contracts(
    request: Request, authority: SeenAuthority, session: Session, asked: Asked
) -> Response | ListOf[AuditedContractView]:
    """List the contracts of an authority, in the order in which they were registered."""

    async def read(paging: PageRequest, _position: int) -> Page[AuditedContractView]:
        page = await queries.obligations.contracts(session, authority.id, paging)
        return page.showing(AuditedContractView.of)

    return await answer(request, session, asked, AuditedContractView, read)


@router.get(
    "/authorities/{authority_id}/obligations",
    response_model=ListOf[AuditedObligationView],
    responses=FILES,
)
async def list_audited_obligations(
    request: Request,
    authority: SeenAuthority,
    session: Session,
    asked: Annotated[ObligationsRequest, Query()],
) -> Response | ListOf[AuditedObligationView]:
    """List the obligations that a figure of an authority adds up from."""

    async def read(paging: PageRequest, position: int) -> Page[AuditedObligationView]:
        page = await queries.obligations.with_figure(
            session, authority.id, asked.figure, position, paging
        )
        return page.showing(lambda row: AuditedObligationView.of(row, position))

    return await answer(request, session, asked, AuditedObligationView, read)


@router.get(
    "/authorities/{authority_id}/entries",
    response_model=ListOf[AuditedEntryView],
    responses=FILES,
)
async def list_audited_entries_of_authority(
    request: Request, authority: SeenAuthority, keepers: SeenKeepers, session: Session, asked: Asked
) -> Response | ListOf[AuditedEntryView]:
    """List the journal of an authority, the oldest first."""

    async def read(paging: PageRequest, position: int) -> Page[AuditedEntryView]:
        page = await entries.of_keeper(session, keepers, authority.id, position, paging)
        return page.showing(AuditedEntryView.of)

    return await answer(request, session, asked, AuditedEntryView, read)


@router.get("/contracts/{contract_id}", response_model=AuditedContractView)
async def read_audited_contract(contract: AuditedContract, session: Session) -> AuditedContractView:
    """Read a contract, and where its obligation is."""
    return AuditedContractView.of(await queries.obligations.contract(session, contract.id))


@router.get(
    "/obligations/{obligation_id}",
    response_model=AuditedObligationView,
    responses=refusals(NotKnownYet),
)
async def read_audited_obligation(
    obligation: AuditedObligation, session: Session, position: At = None
) -> AuditedObligationView:
    """Read an obligation with what its accounts had, as known at a position."""
    at = await known(session, position)
    return AuditedObligationView.of(await queries.obligations.one(session, obligation.id, at), at)


@router.get(
    "/obligations/{obligation_id}/fulfilments",
    response_model=ListOf[AuditedFulfilmentView],
    responses=FILES,
)
async def list_audited_fulfilments(
    request: Request, obligation: AuditedObligation, session: Session, asked: Asked
) -> Response | ListOf[AuditedFulfilmentView]:
    """List what was claimed for an obligation, the oldest first, and what it counted for."""

    async def read(paging: PageRequest, position: int) -> Page[AuditedFulfilmentView]:
        page = await queries.fulfilments.of_obligation(session, obligation.id, position, paging)
        return page.showing(lambda row: AuditedFulfilmentView.of(row, position))

    return await answer(request, session, asked, AuditedFulfilmentView, read)


@router.get(
    "/obligations/{obligation_id}/entries",
    response_model=ListOf[AuditedEntryView],
    responses=FILES,
)
async def list_audited_entries_of_obligation(
    request: Request,
    obligation: AuditedObligation,
    keepers: SeenKeepers,
    session: Session,
    asked: Annotated[EntriesRequest, Query()],
) -> Response | ListOf[AuditedEntryView]:
    """List what moved the accounts of an obligation, or one of them, the oldest first."""
    ids = entries.about_obligation(obligation.id, asked.account)

    async def read(paging: PageRequest, position: int) -> Page[AuditedEntryView]:
        page = await entries.seen(session, keepers, ids, position, paging)
        return page.showing(AuditedEntryView.of)

    return await answer(request, session, asked, AuditedEntryView, read)


@router.get(
    "/fulfilments/{fulfilment_id}",
    response_model=AuditedFulfilmentView,
    responses=refusals(NotKnownYet),
)
async def read_audited_fulfilment(
    fulfilment: AuditedFulfilment, session: Session, position: At = None
) -> AuditedFulfilmentView:
    """Read a fulfilment, with what it counted for as known at a position."""
    at = await known(session, position)
    return AuditedFulfilmentView.of(await queries.fulfilments.one(session, fulfilment.id, at), at)


@router.get(
    "/fulfilments/{fulfilment_id}/entries",
    response_model=ListOf[AuditedEntryView],
    responses=FILES,
)
async def list_audited_entries_of_fulfilment(
    request: Request,
    fulfilment: AuditedFulfilment,
    keepers: SeenKeepers,
    session: Session,
    asked: Asked,
) -> Response | ListOf[AuditedEntryView]:
    """List what was entered about a fulfilment, the oldest first."""
    ids = entries.about_fulfilment(fulfilment.obligation_id, fulfilment.id)

    async def read(paging: PageRequest, position: int) -> Page[AuditedEntryView]:
        page = await entries.seen(session, keepers, ids, position, paging)
        return page.showing(AuditedEntryView.of)

    return await answer(request, session, asked, AuditedEntryView, read)


@router.get(
    "/fulfilments/{fulfilment_id}/decisions",
    response_model=ListOf[AuditedDecisionView],
    responses=FILES,
)
async def list_audited_decisions(
    request: Request, fulfilment: AuditedFulfilment, session: Session, asked: Asked
) -> Response | ListOf[AuditedDecisionView]:
    """List what happened to a fulfilment: who decided so, when and why, and its proof."""

    async def read(paging: PageRequest, _position: int) -> Page[AuditedDecisionView]:
        page = await queries.fulfilments.decisions(session, fulfilment.id, paging)
        return page.showing(AuditedDecisionView.of)

    return await answer(request, session, asked, AuditedDecisionView, read)


@router.get(
    "/fulfilments/{fulfilment_id}/evidence",
    response_model=ListOf[AuditedFileView],
    responses=FILES,
)
async def list_audited_evidence(
    request: Request, fulfilment: AuditedFulfilment, session: Session, asked: Asked
) -> Response | ListOf[AuditedFileView]:
    """List the files that a fulfilment was ever submitted with."""
    folder = ("fulfilments", fulfilment.id, "evidence")

    async def read(paging: PageRequest, _position: int) -> Page[AuditedFileView]:
        page = await queries.fulfilments.evidence(session, fulfilment.id, paging)
        return page.showing(lambda row: AuditedFileView.of(row, folder))

    return await answer(request, session, asked, AuditedFileView, read)
