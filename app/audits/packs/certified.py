"""The certificates of a year as they were at the cut, each with its proof."""

from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.packs import standing
from app.audits.packs.asking import Asked
from app.audits.packs.standing import Claim
from app.audits.packs.tables import what_is_known
from app.audits.queries import known
from app.fulfilments.certificates import CertificateView, document
from app.fulfilments.models import Certificate, Fulfilment, FulfilmentDecision, FulfilmentState
from app.fulfilments.queries.disclosing import SOURCE
from app.orders.serials import Serial
from app.transparency import merkle
from app.transparency import queries as of_log
from app.transparency.proofs import Proof


async def issued(session: AsyncSession, asked: Asked) -> AsyncIterator[sa.Row[Any]]:
    """Read the claims that were certified in the year."""
    begins = asked.social_return.begins
    async for row in known.fulfilments(session, what_is_known(asked)):
        if row.code is not None and row.issued_at >= begins:
            yield row


async def count(session: AsyncSession, asked: Asked) -> int:
    """Count the certificates of the year."""
    return sum([1 async for _row in issued(session, asked)])


async def shown(
    session: AsyncSession, asked: Asked, row: sa.Row[Any]
) -> tuple[CertificateView, Proof | None]:
    """Say what a certificate said at the cut, to those concerned, and prove it."""
    claim = standing.of(row.decisions, row.content)
    certificate = Certificate(
        code=row.code, is_named=row.is_named, content=row.content, issued_at=row.issued_at
    )
    revocations = [
        FulfilmentDecision(decided_at=each.at, quantity_units=each.units, value_cents=each.cents)
        for each in claim.taken
    ]
    installation = (asked.facts.public_url, asked.facts.is_test)
    view = document.shown(
        certificate, _as_it_was(row, claim), revocations, installation, to_everybody=False
    )
    proof = await _proof(session, asked, claim)
    return view.model_copy(update={"proof": None if proof is None else str(proof)}), proof


def _as_it_was(row: sa.Row[Any], claim: Claim) -> Fulfilment:
    """Put together what is asked of a fulfilment, as it was; it is of no session."""
    units = row.content.get("units")
    told = Fulfilment(
        state=claim.state,
        value_cents=claim.cents,
        revoked_cents=0,
        lowered_cents=0,
        quantity_units=0,
        revoked_units=0,
        decided_at=claim.decided_at,
    )
    if units is not None:
        told.first_serial = Serial.read(units["firstSerial"]).number
        told.last_serial = Serial.read(units["lastSerial"]).number
        told.quantity_units = units["quantityUnits"]
        counted = claim.units if claim.state is FulfilmentState.APPROVED else 0
        told.revoked_units = units["quantityUnits"] - counted
    return told


async def _proof(session: AsyncSession, asked: Asked, claim: Claim) -> Proof | None:
    """Prove the approval to the checkpoint of the cut, without what witnesses add later."""
    size = asked.cut.log_size
    checkpoint = await of_log.checkpoint(session, size)
    if checkpoint is None or claim.approval_id is None:
        return None
    leaf = await of_log.leaf_of(session, SOURCE, claim.approval_id)
    if leaf is None or leaf.index >= size:
        return None
    path = await of_log.hashed(session, merkle.inclusion(leaf.index, size))
    return Proof(leaf.index, tuple(path), checkpoint.note, leaf.entry)
