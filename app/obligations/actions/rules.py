"""Write rules, and publish what somebody else wrote."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, drafting, events, jobs
from app.core.database import locked
from app.obligations import queries
from app.obligations.actions import judging
from app.obligations.models import RuleDraft, RuleVersion
from app.obligations.problems import OwnRuleDraft, RulesTooEarly
from app.obligations.schemas.rules import RuleDraftChange, RuleDraftRequest
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.schemes.models import Authority
from app.schemes.problems import AuthorityEnded


async def draft(
    session: AsyncSession, caller: Caller, authority: Authority, request: RuleDraftRequest
) -> RuleDraft:
    """Begin to write rules.

    Raises:
        AuthorityEnded: it is no authority any more.
    """
    insist_on_life(authority)
    made = RuleDraft(
        authority_id=authority.id,
        valid_from=request.valid_from,
        rules=request.rules.model_dump(mode="json", by_alias=True),
        editor_ids=[caller.user_id],
    )
    session.add(made)
    await session.flush()
    _note(session, caller, "rules.drafted", made)
    return made


def insist_on_life(authority: Authority) -> None:
    """Refuse what only an authority may do, to what is none any more.

    Raises:
        AuthorityEnded: it is none.
    """
    if authority.ended_at is not None:
        message = "The organisation is no authority any more: nothing new begins."
        raise AuthorityEnded(message)


async def change(
    session: AsyncSession, caller: Caller, draft: RuleDraft, request: RuleDraftChange
) -> RuleDraft:
    """Change a draft; who does so can't publish it any more."""
    if not drafting.edit(draft, request.changes(), caller.user_id):
        return draft
    await session.flush()
    _note(session, caller, "rules.changed", draft)
    return draft


async def discard(session: AsyncSession, caller: Caller, draft: RuleDraft) -> None:
    """Throw a draft away."""
    _note(session, caller, "rules.discarded", draft)
    await session.delete(draft)
    await session.flush()


def _note(session: AsyncSession, caller: Caller, kind: str, draft: RuleDraft) -> None:
    events.record(session, kind, draft.id, caller.actor, authorityId=str(draft.authority_id))


async def publish(
    session: AsyncSession, caller: Caller, authority: Authority, draft: RuleDraft, reason: str
) -> RuleVersion:
    """Make a draft the next version of an authority's rules, for good.

    They may begin in the past, for contracts of years ago come in by an import; but after those
    that they supersede, unless these have not begun.

    Raises:
        OwnRuleDraft: the caller wrote in it.
        RulesTooEarly: they would change what applied.
        NotFound, PreconditionFailed: the draft went away or changed in the meantime.
        AuthorityEnded: it is no authority any more.
    """
    # The authority's row is the lock: two versions can't get one number.
    insist_on_life(await locked(session, Authority, authority.id))
    await drafting.keep_as_read(session, draft)
    if caller.user_id in draft.editor_ids:
        message = "You wrote in this draft: somebody else of the authority publishes it."
        raise OwnRuleDraft(message)
    last = await queries.rules.last(session, authority.id)
    _insist_on_order(draft, last)
    await _insist_on_no_use(session, draft)
    version = RuleVersion(
        authority_id=authority.id,
        number=last.number + 1 if last else 1,
        valid_from=draft.valid_from,
        rules=draft.rules,
        editor_ids=draft.editor_ids,
        reason=reason,
        published_by_id=caller.user_id,
    )
    session.add(version)
    await session.delete(draft)
    await session.flush()
    await jobs.enqueue(session, judging.JUDGE, authority_id=authority.id)
    trail.rights_changed(
        session,
        caller,
        "rules.published",
        version.id,
        organisation_id=authority.organisation_id,
        authorityId=str(authority.id),
        draftId=str(draft.id),
        number=version.number,
    )
    return version


def _insist_on_order(draft: RuleDraft, last: RuleVersion | None) -> None:
    if last is None:
        return
    earliest = drafting.first_day(last.valid_from, clock.today())
    if draft.valid_from < earliest:
        message = f"These rules can begin on {earliest} at the earliest."
        raise RulesTooEarly(message, earliest=earliest.isoformat())


async def _insist_on_no_use(session: AsyncSession, draft: RuleDraft) -> None:
    """Refuse rules that would have applied to a contract that was judged by others."""
    used = await queries.rules.used_until(session, draft.authority_id)
    if used is not None and draft.valid_from <= used:
        earliest = used + timedelta(days=1)
        message = f"Contracts up to {used} follow other rules: these can begin on {earliest}."
        raise RulesTooEarly(message, earliest=earliest.isoformat())
