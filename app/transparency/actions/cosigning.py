"""Cosigning: what witnesses say of a checkpoint is checked, and kept below it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.transparency import notes, queries
from app.transparency.models import LogCheckpoint, LogCosignature
from app.transparency.notes import Key, NoteRefused, Signature
from app.transparency.problems import CosignatureRefused, NotInLog, WitnessUnknown

CLOCKS_DIFFER = timedelta(minutes=5)


async def take(session: AsyncSession, size: int, lines: str) -> LogCheckpoint:
    """Keep the cosignatures of known witnesses; those of others are passed over.

    Raises:
        NotInLog: the log never signed for that size.
        CosignatureRefused: a line is no cosignature, or not of what it claims to be.
        WitnessUnknown: none of them is of a witness that the operator takes.
    """
    checkpoint = await queries.checkpoint(session, size)
    if checkpoint is None:
        raise NotInLog(f"The log never signed for {size} leaves.")
    try:
        signatures = notes.parse_signatures(lines)
    except NoteRefused as refused:
        raise CosignatureRefused(str(refused)) from refused
    witnesses = {queries.witness_key_of(row): row.id for row in await queries.witnesses(session)}
    text = notes.parse(checkpoint.note).text
    taken = [
        {
            "id": new_id(),
            "size": size,
            "witness_id": witnesses[key],
            "line": str(signature),
            "witnessed_at": _insist(key, text, signature),
            "taken_at": clock.now(),
        }
        for signature in signatures
        for key in witnesses
        if signature.is_by(key)
    ]
    if not taken:
        raise WitnessUnknown(signatures[0].name)
    # The first of each witness stays: a second says nothing new.
    await session.execute(insert(LogCosignature).values(taken).on_conflict_do_nothing())
    return checkpoint


def _insist(key: Key, text: str, signature: Signature) -> datetime:
    if not notes.is_valid(key, text, signature):
        raise CosignatureRefused(f"{key.name} did not sign this checkpoint so.")
    latest = clock.now() + CLOCKS_DIFFER
    seconds = notes.seconds_of(signature)
    if seconds > latest.timestamp():
        raise CosignatureRefused(f"{key.name} signed in the future, by our clock.")
    return datetime.fromtimestamp(seconds, UTC)
