"""Sign a manifest with the log's keys; the same one once, whatever keys sign later."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditSignature
from app.audits.packs import manifest
from app.core import clock
from app.transparency import notes
from app.transparency.actions import keys


async def sign(session: AsyncSession, content: bytes) -> str:
    """Sign for a manifest, or give what was signed for it before."""
    digest = hashlib.sha256(content).digest()
    signers = await keys.signers(session)
    note = str(notes.signed(manifest.text(content), signers))
    values = {"sha256": digest, "note": note, "signed_at": clock.now()}
    await session.execute(insert(AuditSignature).values(values).on_conflict_do_nothing())
    kept = sa.select(AuditSignature.note).where(AuditSignature.sha256 == digest)
    return (await session.scalars(kept)).one()
