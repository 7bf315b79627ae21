"""Fulfilments, what was decided about them, and their files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.files.models import File
from app.core.paging import Page, PageRequest, page
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentEvidence,
    FulfilmentKind,
    FulfilmentState,
)
from app.ledger.chart import FULFILLED
from app.ledger.models import LedgerAccount, LedgerLine
from app.obligations.queries.standings import Clock, among, signed
from app.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class FulfilmentRow:
    """A fulfilment, and what it counted for in the books."""

    id: UUID
    obligation_id: UUID
    authority_id: UUID
    kind: FulfilmentKind
    state: FulfilmentState
    claimant_id: UUID
    claimant_name: str
    quantity_units: int
    first_serial: int | None
    last_serial: int | None
    value_cents: int
    counted_cents: int
    order_id: UUID | None
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that proves something."""

    id: UUID
    owner_id: UUID
    """Of the claim, or of the report."""
    name: str | None
    media_type: str
    size_bytes: int
    sha256: bytes
    attached_at: datetime
    removed_at: datetime | None
    erased_at: datetime | None


def _fulfilments(position: int) -> sa.Select[*tuple[Any, ...]]:
    sums = (
        sa.select(sa.func.coalesce(sa.func.sum(signed()), 0).cast(sa.BigInteger).label("cents"))
        .select_from(LedgerAccount)
        .join(LedgerLine, LedgerLine.account_id == LedgerAccount.id)
        .where(
            LedgerAccount.owner_id == Fulfilment.obligation_id,
            LedgerAccount.kind == FULFILLED.code,
            LedgerLine.about_id == Fulfilment.id,
        )
    )
    counted = among(sums, Clock(position=position)).lateral("counted")
    return (
        sa.select(
            Fulfilment.id,
            Fulfilment.obligation_id,
            Fulfilment.authority_id,
            Fulfilment.kind,
            Fulfilment.state,
            Fulfilment.claimant_id,
            Organisation.legal_name.label("claimant_name"),
            Fulfilment.quantity_units,
            Fulfilment.first_serial,
            Fulfilment.last_serial,
            Fulfilment.value_cents,
            counted.c.cents.label("counted_cents"),
            Fulfilment.order_id,
            Fulfilment.submitted_at,
            Fulfilment.decided_at,
        )
        .join(Organisation, Organisation.id == Fulfilment.claimant_id)
        .join(counted, sa.true())
        .order_by(Fulfilment.id)
    )


async def of_obligation(
    session: AsyncSession, obligation_id: UUID, position: int, paging: PageRequest
) -> Page[FulfilmentRow]:
    """List what was claimed for an obligation, the oldest first; a draft is its claimant's own."""
    query = (
        _fulfilments(position)
        .where(
            Fulfilment.obligation_id == obligation_id, Fulfilment.state != FulfilmentState.DRAFTED
        )
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        query = query.where(Fulfilment.id > paging.after)
    rows = (await session.execute(query)).mappings()
    return Page([FulfilmentRow(**row) for row in rows], paging.limit)


async def one(session: AsyncSession, fulfilment_id: UUID, position: int) -> FulfilmentRow:
    """Read a fulfilment that is there, as known at a position."""
    query = _fulfilments(position).where(Fulfilment.id == fulfilment_id)
    return FulfilmentRow(**(await session.execute(query)).mappings().one())


async def decisions(
    session: AsyncSession, fulfilment_id: UUID, paging: PageRequest
) -> Page[FulfilmentDecision]:
    """List what happened to a fulfilment, the oldest first."""
    query = sa.select(FulfilmentDecision).where(FulfilmentDecision.fulfilment_id == fulfilment_id)
    return await page(session, query, FulfilmentDecision, paging)


async def evidence(
    session: AsyncSession, fulfilment_id: UUID, paging: PageRequest
) -> Page[FileRow]:
    """List the files that a fulfilment was ever submitted with."""
    query = files_of(FulfilmentEvidence, FulfilmentEvidence.fulfilment_id, paging).where(
        FulfilmentEvidence.fulfilment_id == fulfilment_id,
        FulfilmentEvidence.submitted_at.is_not(None),
    )
    return Page([FileRow(**row) for row in (await session.execute(query)).mappings()], paging.limit)


def files_of(
    attached: Any,  # noqa: ANN401  A table of files that prove something.
    owner: sa.orm.Mapped[UUID],
    paging: PageRequest,
) -> sa.Select[*tuple[Any, ...]]:
    """Ask for a page of files that prove something, with whose they are."""
    query = (
        sa.select(
            attached.id,
            owner.label("owner_id"),
            File.name,
            File.media_type,
            File.size_bytes,
            File.sha256,
            attached.attached_at,
            attached.removed_at,
            File.erased_at,
        )
        .join(File, File.id == attached.file_id)
        .order_by(attached.id)
        .limit(paging.limit + 1)
    )
    return query if paging.after is None else query.where(attached.id > paging.after)
