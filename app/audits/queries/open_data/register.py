"""The register: what everybody may read of the market, as it is now."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.open_data.writing import Cell
from app.organisations.models import Organisation
from app.projects.models import Listing, MarketEntry, Round, RoundState
from app.schemes.models import Authority, Scheme, SchemeState

Rows = list[Sequence[Cell]]


async def schemes(session: AsyncSession) -> Rows:
    """List schemes that everybody sees."""
    query = (
        sa.select(
            Scheme.id,
            Scheme.code,
            Scheme.name_nl,
            Scheme.name_en,
            Scheme.unit_name,
            Organisation.legal_name,
            sa.func.array_to_string(Scheme.region, " "),
            Scheme.state,
        )
        .join(Organisation, Organisation.id == Scheme.operator_id)
        .where(Scheme.state != SchemeState.DRAFT)
        .order_by(Scheme.id)
    )
    return [tuple(row) for row in await session.execute(query)]


async def rounds(session: AsyncSession) -> Rows:
    """List their rounds."""
    query = (
        sa.select(
            Round.id,
            Round.scheme_id,
            Round.number,
            Round.name_nl,
            Round.name_en,
            Round.state,
            Round.plans_open_at,
            Round.plans_close_at,
            Round.sale_begins_at,
            Round.sale_ends_at,
        )
        .join(Scheme, Scheme.id == Round.scheme_id)
        .where(Scheme.state != SchemeState.DRAFT, Round.state != RoundState.DRAFT)
        .order_by(Round.id)
    )
    return [tuple(row) for row in await session.execute(query)]


async def authorities(session: AsyncSession) -> Rows:
    """List authorities, those that ended included."""
    query = (
        sa.select(
            Authority.id,
            Organisation.legal_name,
            sa.func.array_to_string(Authority.municipalities, " "),
            Authority.registered_at,
            Authority.ended_at,
        )
        .join(Organisation, Organisation.id == Authority.organisation_id)
        .order_by(Authority.id)
    )
    return [tuple(row) for row in await session.execute(query)]


async def projects(session: AsyncSession) -> Rows:
    """List projects on the market, those whose sale is over included."""
    query = (
        sa.select(
            Listing.project_id,
            Listing.scheme_id,
            Listing.round_id,
            Listing.title["nl"].astext,
            Listing.title["en"].astext,
            MarketEntry.entrepreneur_name,
            Listing.municipality,
            sa.func.array_to_string(Listing.target_groups, " "),
            Listing.threshold_units,
            Listing.impact_units,
            Listing.unit_price_cents,
            MarketEntry.state,
            Listing.listed_at,
        )
        .join(MarketEntry, MarketEntry.project_id == Listing.project_id)
        .order_by(Listing.project_id)
    )
    return [tuple(row) for row in await session.execute(query)]
