"""The public log over the books, which everybody may check."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query

from app.core import clock
from app.core.database import Session, settings_of
from app.core.http.routing import router as router_of
from app.core.problems import NotFound, refusals
from app.ledger.access import Books, ReadableEntry
from app.transparency import queries, verifier
from app.transparency.actions import cosigning
from app.transparency.models import LogCheckpoint
from app.transparency.problems import CosignatureRefused, LeafPending, NotInLog, WitnessUnknown
from app.transparency.schemas import (
    LARGEST,
    ConsistencyProofView,
    CosignaturesRequest,
    InclusionProofView,
    LedgerEntryProofView,
    LogCheckpointView,
    LogKeyView,
    LogLeafView,
    LogView,
    LogWitnessView,
    VerificationRequest,
    VerificationView,
    WitnessedView,
)
from app.transparency.verifier import Verified

router = router_of("", "Public log")

IndexPath = Annotated[int, Path(ge=0, le=LARGEST, description="From 0 on.", examples=[17])]
SizePath = Annotated[int, Path(ge=1, le=LARGEST, description="In leaves.", examples=[70_000])]
OfSize = Annotated[
    int | None,
    Query(ge=1, le=LARGEST, description="Of the tree, in leaves; without it the newest signed."),
]


@router.get("/log", response_model=LogView)
async def read_log(session: Session) -> LogView:
    """Read who signs the log, how far it has come, and where its tiles are."""
    keys, now = await queries.keys(session), clock.now()
    return LogView(
        origin=keys[0].name if keys else None,
        address=settings_of(session).public_url + "/log",
        size=await queries.latest_size(session),
        keys=[
            LogKeyView(
                verifier_key=str(queries.key_of(key)),
                made_at=key.made_at,
                retires_at=key.retires_at,
                signs=queries.signs_at(key, now),
            )
            for key in keys
        ],
        witnesses=[
            LogWitnessView(
                verifier_key=str(queries.witness_key_of(witness)), added_at=witness.added_at
            )
            for witness in await queries.witnesses(session)
        ],
    )


@router.get(
    "/log/checkpoints/{size}", response_model=LogCheckpointView, responses=refusals(NotInLog)
)
async def read_log_checkpoint(session: Session, size: SizePath) -> LogCheckpointView:
    """Read what the log signed when it had so many leaves, with what witnesses said of it."""
    found = await queries.checkpoint(session, size)
    if found is None:
        raise NotInLog(f"The log never signed for {size} leaves.")
    return await _shown(session, found)


@router.get(
    "/log/leaves/{index}",
    response_model=LogLeafView,
    responses=refusals(NotFound, NotInLog, LeafPending),
)
async def read_log_leaf(session: Session, index: IndexPath, size: OfSize = None) -> LogLeafView:
    """Read a leaf, with the proof that it is in the tree of a checkpoint."""
    leaf = await queries.leaf(session, index)
    if leaf is None:
        raise NotFound(f"The log has no leaf {index} yet.")
    proof = await queries.proving.proof(session, leaf, size)
    return LogLeafView(
        index=index,
        entry=leaf.entry.decode(),
        leaf_hash=_coded(leaf.hash),
        appended_at=leaf.appended_at,
        proof=str(proof),
    )


@router.get(
    "/log/leaves/{index}/inclusion-proof",
    response_model=InclusionProofView,
    responses=refusals(NotInLog),
)
async def prove_inclusion(
    session: Session, index: IndexPath, size: OfSize = None
) -> InclusionProofView:
    """Prove that a leaf is in the tree of some size, from the leaf's sibling upwards."""
    size = size or await queries.latest_size(session)
    hashes = await queries.proving.inclusion(session, index, size)
    return InclusionProofView(index=index, size=size, hashes=_all_coded(hashes))


@router.get(
    "/log/checkpoints/{size}/consistency-proofs/{old_size}",
    response_model=ConsistencyProofView,
    responses=refusals(NotInLog),
)
async def prove_consistency(
    session: Session,
    size: SizePath,
    old_size: Annotated[int, Path(ge=0, le=LARGEST, description="Of the older tree.")],
) -> ConsistencyProofView:
    """Prove that a tree is the beginning of a later one: that nothing in it was changed."""
    hashes = await queries.proving.consistency(session, old_size, size)
    return ConsistencyProofView(old_size=old_size, size=size, hashes=_all_coded(hashes))


@router.post(
    "/log/cosignatures",
    status_code=201,
    response_model=LogCheckpointView,
    responses=refusals(NotInLog, CosignatureRefused, WitnessUnknown),
)
async def add_cosignatures(request: CosignaturesRequest, session: Session) -> LogCheckpointView:
    """Bring what witnesses that the operator takes say of a checkpoint: they, or anyone for them.

    Once is enough, and a second time changes nothing.
    """
    found = await cosigning.take(session, request.size, request.signatures)
    return await _shown(session, found)


@router.get(
    "/ledger-entries/{entry_id}/proof",
    response_model=LedgerEntryProofView,
    responses=refusals(NotFound, LeafPending),
)
async def prove_ledger_entry(
    entry: ReadableEntry, books: Books, session: Session
) -> LedgerEntryProofView:
    """Prove that an entry of the books is in the public log, and that it says what it says."""
    proof = await queries.proving.proof_of(session, "ledger", entry.id)
    return LedgerEntryProofView(
        entry_id=entry.id,
        index=proof.index,
        proof=str(proof),
        content=await queries.contents.of_ledger_entry(session, entry.id, books.ids),
        is_forgotten=await queries.contents.is_forgotten(session, entry.id),
    )


@router.post("/log/verifications", response_model=VerificationView)
async def verify_document(request: VerificationRequest, session: Session) -> VerificationView:
    """Check a file as `baat verify` does offline: its signature, its place, and what it says.

    Whether a certificate still counts says its own address.
    """
    keys = [queries.key_of(key) for key in await queries.keys(session)]
    keys += [queries.witness_key_of(each) for each in await queries.witnesses(session)]
    try:
        verified = verifier.verify(request.document, keys)
    except verifier.LogRefused as refused:
        return VerificationView(
            is_proven=False,
            reason=str(refused),
            index=None,
            size=None,
            entry=None,
            content=None,
            witnesses=[],
        )
    return _verified(verified)


def _verified(verified: Verified) -> VerificationView:
    proven = verified.proven
    return VerificationView(
        is_proven=True,
        reason=None,
        index=proven.index,
        size=proven.checkpoint.size,
        entry=proven.entry.decode(),
        content=verified.content,
        witnesses=[
            WitnessedView(name=key.name, seen_at=datetime.fromtimestamp(seconds, UTC))
            for key, seconds in proven.witnesses
        ],
    )


async def _shown(session: Session, found: LogCheckpoint) -> LogCheckpointView:
    return LogCheckpointView(
        size=found.size,
        root_hash=_coded(found.root),
        signed_at=found.signed_at,
        note=await queries.note(session, found),
    )


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _all_coded(hashes: Sequence[bytes]) -> list[str]:
    return list(map(_coded, hashes))
