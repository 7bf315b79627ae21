"""Proving: from the tiles, for whoever asks."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.transparency import merkle
from app.transparency.models import LogCheckpoint, LogLeaf
from app.transparency.problems import LeafPending, NotInLog
from app.transparency.proofs import Proof
from app.transparency.queries import log


async def proof(session: AsyncSession, leaf: LogLeaf, of_size: int | None = None) -> Proof:
    """Prove that a leaf is in the tree of the newest checkpoint, or of the one of a size.

    Raises:
        LeafPending: no checkpoint is over it yet.
        NotInLog: the log never signed for that size.
    """
    checkpoint = await _signed(session, of_size)
    if leaf.index >= checkpoint.size:
        raise LeafPending
    ranges = merkle.inclusion(leaf.index, checkpoint.size)
    return Proof(
        index=leaf.index,
        path=tuple(await log.hashed(session, ranges)),
        checkpoint=await log.note(session, checkpoint),
        extra=leaf.entry,
    )


async def proof_of(session: AsyncSession, source: str, subject_id: UUID) -> Proof:
    """Prove what happened, by its source and id, against the newest checkpoint.

    Raises:
        LeafPending: it waits for its leaf, or for the checkpoint over it.
    """
    leaf = await log.leaf_of(session, source, subject_id)
    if leaf is None:
        raise LeafPending
    return await proof(session, leaf)


async def first_proof_of(session: AsyncSession, source: str, subject_id: UUID) -> Proof | None:
    """Prove what happened against the first checkpoint over it: that proof stays the same for good.

    But for what witnesses add; None while there is none.
    """
    leaf = await log.leaf_of(session, source, subject_id)
    size = None if leaf is None else await log.first_size_over(session, leaf.index)
    if leaf is None or size is None:
        return None
    return await proof(session, leaf, size)


async def inclusion(session: AsyncSession, index: int, size: int) -> Sequence[bytes]:
    """Find the path from a leaf to the root of the tree of some size.

    Raises:
        NotInLog: the log has not signed for so many leaves, or the tree has no such leaf.
    """
    await _insist_on_size(session, size)
    if index >= size:
        raise NotInLog(f"A tree of {size} leaves has none with the index {index}.")
    return await log.hashed(session, merkle.inclusion(index, size))


async def consistency(session: AsyncSession, old: int, new: int) -> Sequence[bytes]:
    """Find the hashes that prove a tree to be the beginning of another.

    Raises:
        NotInLog: the log has not signed for so many leaves, or the first is the larger.
    """
    await _insist_on_size(session, new)
    if old > new:
        raise NotInLog(f"A tree of {old} leaves is not the beginning of one of {new}.")
    return await log.hashed(session, merkle.consistency(old, new))


async def _insist_on_size(session: AsyncSession, size: int) -> None:
    if size > (signed := await log.latest_size(session)):
        raise NotInLog(f"The log has signed for {signed} leaves by now.")


async def _signed(session: AsyncSession, of_size: int | None) -> LogCheckpoint:
    checkpoint = await log.checkpoint(session, of_size)
    if checkpoint is not None:
        return checkpoint
    if of_size is None:
        raise LeafPending
    raise NotInLog(f"The log never signed for {of_size} leaves.")
