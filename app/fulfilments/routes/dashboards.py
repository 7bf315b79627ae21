"""Dashboards: how companies and authorities are doing, every figure with the rows behind it.

Amounts are those of the books, as of a moment or as known at a position; how obligations, contracts
and claims are going is told as it is now.
"""

from typing import Annotated

from fastapi import Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.problems import refusals
from app.fulfilments import queries
from app.fulfilments.dashboards.linking import Links
from app.fulfilments.routes.standings import OF_AUTHORITY, OF_ORGANISATION, asked_clock
from app.fulfilments.schemas.dashboards import AuthorityDashboardView, CompanyDashboardView
from app.ledger.problems import NotKnownYet
from app.obligations.access import BoundOrganisation, SeenAuthority
from app.obligations.schemas.obligations import BalanceRequest

router = router_of("", "Dashboards")


@router.get(
    OF_ORGANISATION + "/dashboard",
    response_model=CompanyDashboardView,
    responses=refusals(NotKnownYet),
)
async def read_dashboard_of_organisation(
    organisation: BoundOrganisation, session: Session, asked: Annotated[BalanceRequest, Query()]
) -> CompanyDashboardView:
    """Read how a company stands with all it owes, to whomever; …/standings has it by contract."""
    at = await asked_clock(session, asked)
    figures = await queries.dashboards.of_company(session, organisation, at)
    return CompanyDashboardView.of(figures, Links.of_organisation(organisation.id, at))


@router.get(
    OF_AUTHORITY + "/dashboard",
    response_model=AuthorityDashboardView,
    responses=refusals(NotKnownYet),
)
async def read_dashboard_of_authority(
    authority: SeenAuthority, session: Session, asked: Annotated[BalanceRequest, Query()]
) -> AuthorityDashboardView:
    """Read how an authority's obligations are going: imposed, realised, overdue, and for whom."""
    at = await asked_clock(session, asked)
    figures = await queries.dashboards.of_authority(session, authority, at)
    return AuthorityDashboardView.of(figures, Links.of_authority(authority.id, at))
