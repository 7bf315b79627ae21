"""Write policies, and publish what somebody else wrote."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, drafting, events
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.schemes import queries
from app.schemes.models import Policy, PolicyDraft, Scheme, SchemeState
from app.schemes.problems import OwnDraft, PolicyTooEarly, SchemeStateForbids
from app.schemes.schemas import PolicyDraftChange, PolicyDraftRequest


async def draft(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: PolicyDraftRequest
) -> PolicyDraft:
    """Begin to write a policy.

    Raises:
        SchemeStateForbids: the scheme is closed.
    """
    _insist_on_life(scheme)
    made = PolicyDraft(
        scheme_id=scheme.id,
        valid_from=request.valid_from,
        terms=request.terms.model_dump(mode="json", by_alias=True),
        editor_ids=[caller.user_id],
    )
    session.add(made)
    await session.flush()
    _note(session, caller, "policy.drafted", made)
    return made


async def change(
    session: AsyncSession, caller: Caller, draft: PolicyDraft, request: PolicyDraftChange
) -> PolicyDraft:
    """Change a draft; who does so can't publish it any more."""
    if not drafting.edit(draft, request.changes(), caller.user_id):
        return draft
    await session.flush()
    _note(session, caller, "policy.changed", draft)
    return draft


async def discard(session: AsyncSession, caller: Caller, draft: PolicyDraft) -> None:
    """Throw a draft away."""
    _note(session, caller, "policy.discarded", draft)
    await session.delete(draft)
    await session.flush()


def _note(session: AsyncSession, caller: Caller, kind: str, draft: PolicyDraft) -> None:
    events.record(session, kind, draft.id, caller.actor, schemeId=str(draft.scheme_id))


async def publish(
    session: AsyncSession, caller: Caller, scheme: Scheme, draft: PolicyDraft, reason: str
) -> Policy:
    """Make a draft the next policy of its scheme, for good.

    What applied on a day stays: a policy begins today or later, and not before the one that it
    supersedes; where that one has begun, it keeps at least its first day.

    Raises:
        OwnDraft: the caller wrote in it.
        PolicyTooEarly: it would begin in the past, or before the last one.
        NotFound, PreconditionFailed: the draft went away or changed in the meantime.
        SchemeStateForbids: the scheme is closed.
    """
    # The scheme's row is the lock: two policies can't get one number.
    await session.refresh(scheme, with_for_update=True)
    _insist_on_life(scheme)
    await drafting.keep_as_read(session, draft)
    if caller.user_id in draft.editor_ids:
        message = "You wrote in this draft: somebody else of the operator publishes it."
        raise OwnDraft(message)
    last = await queries.policies.last(session, scheme.id)
    _insist_on_order(draft, last)
    policy = Policy(
        scheme_id=scheme.id,
        number=last.number + 1 if last else 1,
        valid_from=draft.valid_from,
        terms=draft.terms,
        editor_ids=draft.editor_ids,
        reason=reason,
        published_by_id=caller.user_id,
    )
    session.add(policy)
    await session.delete(draft)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        "policy.published",
        policy.id,
        organisation_id=scheme.operator_id,
        schemeId=str(scheme.id),
        draftId=str(draft.id),
        number=policy.number,
    )
    return policy


def _insist_on_life(scheme: Scheme) -> None:
    if scheme.state is SchemeState.CLOSED:
        message = "The scheme is closed: it has no new policies."
        raise SchemeStateForbids(message, current_state=scheme.state)


def _insist_on_order(draft: PolicyDraft, last: Policy | None) -> None:
    today = clock.today()
    earliest = max(today, drafting.first_day(last.valid_from, today)) if last else today
    if draft.valid_from < earliest:
        message = f"This policy can begin on {earliest} at the earliest."
        raise PolicyTooEarly(message, earliest=earliest.isoformat())
