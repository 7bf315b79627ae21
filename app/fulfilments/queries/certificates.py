"""Questions about certificates, and what a new one says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest
from app.fulfilments.models import (
    Certificate,
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentObjection,
)
from app.fulfilments.queries.disclosing import SOURCE
from app.obligations.models import (
    ContestState,
    Contract,
    ContractAmendment,
    Obligation,
    RuleVersion,
)
from app.orders.models import Order
from app.organisations.models import Organisation
from app.projects.models import Listing, Project
from app.schemes.models import Authority, Scheme
from app.transparency.proofs import Proof
from app.transparency.queries import proving

LESS = (FulfilmentDecisionKind.REVOKED, FulfilmentDecisionKind.ADJUSTED)
"""After these a fulfilment counts for less, or no more."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, what became of it, and when."""

    certificate: Certificate
    fulfilment: Fulfilment
    revocations: Sequence[FulfilmentDecision] = ()
    """Oldest first; without those that were taken back on an objection."""

    @property
    def id(self) -> UUID:
        """Of the certificate: lists are read in its order."""
        return self.certificate.id


async def facts(session: AsyncSession, fulfilment: Fulfilment) -> sa.Row[Any]:
    """Read what a certificate of a fulfilment says, as things are called now."""
    imposing, selling = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    latest = (
        sa.select(ContractAmendment.title)
        .where(ContractAmendment.contract_id == Contract.id)
        .order_by(ContractAmendment.number.desc())
        .limit(1)
    )
    query = (
        sa.select(
            Organisation,
            imposing.legal_name.label("authority_name"),
            Contract.reference,
            Contract.awarded_on,
            latest.scalar_subquery().label("contract_title"),
            RuleVersion,
            Order.is_named,
            Scheme,
            Project.number.label("project_number"),
            Listing,
            selling.legal_name.label("entrepreneur_name"),
        )
        .select_from(Fulfilment)
        .join(Organisation, Organisation.id == Fulfilment.claimant_id)
        .join(Authority, Authority.id == Fulfilment.authority_id)
        .join(imposing, imposing.id == Authority.organisation_id)
        .join(Obligation, Obligation.id == Fulfilment.obligation_id)
        .join(Contract, Contract.id == Obligation.contract_id)
        .join(RuleVersion, RuleVersion.id == Fulfilment.rules_id)
        .outerjoin(Order, Order.id == Fulfilment.order_id)
        .outerjoin(Scheme, Scheme.id == Order.scheme_id)
        .outerjoin(Project, Project.id == Order.project_id)
        .outerjoin(Listing, Listing.project_id == Order.project_id)
        .outerjoin(selling, selling.id == Listing.entrepreneur_id)
        .where(Fulfilment.id == fulfilment.id)
    )
    return (await session.execute(query)).one()


async def of_fulfilment(session: AsyncSession, fulfilment: Fulfilment) -> Issued | None:
    """Find the certificate of a fulfilment."""
    return await _whole(session, Certificate.fulfilment_id == fulfilment.id)


async def by_code(session: AsyncSession, code: str) -> Issued | None:
    """Find a certificate by its number."""
    return await _whole(session, Certificate.code == code)


async def proof(session: AsyncSession, fulfilment: Fulfilment) -> Proof | None:
    """Find what proves its approval by the public log; None until that has taken it up."""
    # The one that it was issued with: an objection may have let it count once more since.
    approval = (
        sa.select(FulfilmentDecision.id)
        .where(
            FulfilmentDecision.fulfilment_id == fulfilment.id,
            FulfilmentDecision.kind == FulfilmentDecisionKind.APPROVED,
        )
        .order_by(FulfilmentDecision.id)
        .limit(1)
    )
    decision_id = await session.scalar(approval)
    if decision_id is None:
        return None
    return await proving.first_proof_of(session, SOURCE, decision_id)


async def _whole(session: AsyncSession, which: sa.ColumnElement[bool]) -> Issued | None:
    row = (await session.execute(_BOTH.where(which))).one_or_none()
    if row is None:
        return None
    certificate, fulfilment = row
    query = (
        sa.select(FulfilmentDecision)
        .where(
            FulfilmentDecision.fulfilment_id == fulfilment.id,
            FulfilmentDecision.kind.in_(LESS),
            FulfilmentDecision.id.not_in(_GIVEN_BACK),
        )
        .order_by(FulfilmentDecision.id)
    )
    return Issued(certificate, fulfilment, (await session.scalars(query)).all())


_GIVEN_BACK = sa.select(FulfilmentObjection.decision_id).where(
    FulfilmentObjection.state == ContestState.UPHELD
)
"""Revocations that an objection undid."""

_BOTH = sa.select(Certificate, Fulfilment).join(
    Fulfilment, Fulfilment.id == Certificate.fulfilment_id
)


async def of_claimant(
    session: AsyncSession,
    organisation: Organisation,
    paging: PageRequest,
    obligation_id: UUID | None,
) -> Page[Issued]:
    """List the certificates of an organisation, newest first."""
    whose = Fulfilment.claimant_id == organisation.id
    return await _listed(session, whose, paging, obligation_id)


async def of_authority(
    session: AsyncSession, authority: Authority, paging: PageRequest, obligation_id: UUID | None
) -> Page[Issued]:
    """List the certificates of what an authority approved, newest first."""
    whose = Fulfilment.authority_id == authority.id
    return await _listed(session, whose, paging, obligation_id)


async def _listed(
    session: AsyncSession,
    whose: sa.ColumnElement[bool],
    paging: PageRequest,
    obligation_id: UUID | None,
) -> Page[Issued]:
    query = _BOTH.where(whose)
    if obligation_id is not None:
        query = query.where(Fulfilment.obligation_id == obligation_id)
    if paging.after is not None:
        query = query.where(Certificate.id < paging.after)
    query = query.order_by(Certificate.id.desc()).limit(paging.limit + 1)
    rows = (await session.execute(query)).all()
    return Page([Issued(*row) for row in rows], paging.limit)
