"""The figures of a dashboard, in a fixed number of statements however long the lists are."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.dashboards.figures import AuthorityFigures, Claims, CompanyFigures
from app.fulfilments.models import Certificate, Fulfilment, FulfilmentState
from app.fulfilments.queries import fulfilments, reach, recognised
from app.fulfilments.queries.recognised import Whose
from app.obligations import queries as of_obligations
from app.obligations.models import Obligation
from app.obligations.queries.standings import Clock, Wanted
from app.organisations.models import Organisation
from app.schemes.models import Authority


async def of_company(
    session: AsyncSession, organisation: Organisation, at: Clock
) -> CompanyFigures:
    """Read the figures of a company."""
    wanted = Wanted(at, organisation_id=organisation.id)
    ageing = of_obligations.standings.classes([])
    own = Fulfilment.claimant_id == organisation.id
    counted = sa.select(sa.func.count()).select_from(Certificate)
    counted = counted.join(Fulfilment, Fulfilment.id == Certificate.fulfilment_id).where(own)
    return CompanyFigures(
        totals=await of_obligations.standings.add_up(session, wanted, ageing),
        kinds=await recognised.by_kind(session, Whose(at, organisation_id=organisation.id)),
        claims=await _claims(session, own),
        certificates=await session.scalar(counted) or 0,
    )


async def of_authority(session: AsyncSession, authority: Authority, at: Clock) -> AuthorityFigures:
    """Read the figures of an authority."""
    rules = await of_obligations.rules.applying(session, authority.id, at.today)
    reporting = rules.read_rules().reporting if rules else None
    ageing = of_obligations.standings.classes(reporting.ageing_days if reporting else [])
    wanted, whose = Wanted(at, authority.id), Whose(at, authority.id)
    states = (
        sa.select(Obligation.state, sa.func.count().label("obligations"))
        .where(Obligation.authority_id == authority.id)
        .group_by(Obligation.state)
    )
    submitted = Fulfilment.state != FulfilmentState.DRAFTED
    own = sa.and_(Fulfilment.authority_id == authority.id, submitted)
    return AuthorityFigures(
        rules=rules,
        reporting=reporting,
        totals=await of_obligations.standings.add_up(session, wanted, ageing),
        states={row.state: row.obligations for row in await session.execute(states)},
        kinds=await recognised.by_kind(session, whose),
        sources=await reach.sources(session, whose),
        claims=await _claims(session, own),
        contracts=await of_obligations.contracts.completeness(session, authority),
    )


async def _claims(session: AsyncSession, which: sa.ColumnElement[bool]) -> Claims:
    contested = sa.func.count().filter(fulfilments.is_contested())
    query = (
        sa.select(
            Fulfilment.state,
            sa.func.count().label("fulfilments"),
            contested.label("contested"),
        )
        .where(which)
        .group_by(Fulfilment.state)
    )
    rows = (await session.execute(query)).all()
    return Claims({row.state: row.fulfilments for row in rows}, sum(row.contested for row in rows))
