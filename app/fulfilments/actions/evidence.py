"""Attach files that prove what a claim says, take them off, and freeze them."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, files
from app.core.files import Received
from app.fulfilments import queries
from app.fulfilments.actions import claiming, keeping
from app.fulfilments.models import Fulfilment, FulfilmentEvidence
from app.fulfilments.problems import TooMuchEvidence
from app.organisations.callers import Caller

MOST_FILES = 50
"""Of one claim."""


async def insist_on_room(session: AsyncSession, fulfilment: Fulfilment) -> None:
    """Refuse what can be refused before a file is received.

    Raises:
        FulfilmentStateForbids: it is neither drafted nor returned.
        TooMuchEvidence: there are so many files already.
    """
    claiming.insist_on_writable(fulfilment)
    if len(await queries.evidence.of_fulfilment(session, fulfilment.id)) >= MOST_FILES:
        message = f"A claim has {MOST_FILES} files at the most. Remove one first."
        raise TooMuchEvidence(message)


async def attach(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment, received: Received
) -> FulfilmentEvidence:
    """Attach a file that was received; time has passed since the guards looked.

    Raises:
        FulfilmentStateForbids: it was submitted meanwhile.
        TooMuchEvidence: others attached meanwhile.
    """
    await keeping.fulfilment(session, fulfilment)
    await insist_on_room(session, fulfilment)
    file = await files.keep(session, received, caller.actor)
    made = FulfilmentEvidence(
        fulfilment_id=fulfilment.id, file_id=file.id, attached_by_id=caller.user_id
    )
    session.add(made)
    await session.flush()
    made.file = file
    _record(session, caller, made, "fulfilment.file-attached")
    return made


async def remove(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment, evidence: FulfilmentEvidence
) -> None:
    """Take a file off; if the claim was submitted with it, it is kept, else it is erased.

    Raises:
        FulfilmentStateForbids: the claim is neither drafted nor returned.
    """
    await keeping.fulfilment(session, fulfilment)
    claiming.insist_on_writable(fulfilment)
    await session.refresh(evidence, ["removed_at", "submitted_at"])
    if evidence.removed_at is not None:
        return
    evidence.removed_at = clock.now()
    if evidence.submitted_at is None:
        await files.erase(session, evidence.file_id, caller.actor)
    _record(session, caller, evidence, "fulfilment.file-removed")
    await session.flush()


def _record(session: AsyncSession, caller: Caller, evidence: FulfilmentEvidence, kind: str) -> None:
    told = {"evidenceId": str(evidence.id), "fileId": str(evidence.file_id)}
    events.record(session, kind, evidence.fulfilment_id, caller.actor, **told)
