"""Who works for an authority, audits it, or looks? Dependencies that prove it."""

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import NotFound
from app.obligations import queries
from app.obligations.models import RuleDraft, RuleVersion
from app.organisations.access import Person, find_organisation, identify
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Right
from app.organisations.problems import RoleTooSmall
from app.organisations.scopes import Scope
from app.schemes import queries as of_schemes
from app.schemes.models import Authority

READ_OBLIGATIONS = Scope(
    "obligations:read",
    "Read contracts and obligations: those the organisation imposes, and its own.",
)

ObligationReader = Annotated[Caller, Security(identify, scopes=[READ_OBLIGATIONS])]
"""A person, or a machine that may read obligations."""


async def find_authority(
    session: AsyncSession, caller: Caller, authority_id: UUID, right: Right
) -> Authority:
    """Find an authority through the caller's rights in it; what an auditor reads is in the trail.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with its inner affairs.
        RoleTooSmall: the caller may see them, and may not do this.
        OrganisationInactive: its organisation is not active: its people look and no more.
    """
    authority = await session.get(Authority, authority_id)
    if authority is None or not await sees(session, caller, authority):
        message = f"You have nothing to do with an authority {authority_id}."
        raise NotFound(message).for_trail()
    if right is not Right.READ:
        if not caller.rights_in(authority.organisation_id):
            message = f"Who looks at an authority may not {right} there."
            raise RoleTooSmall(message)
        # Its own refusal says whether the role is too small or the organisation is not active.
        await find_organisation(session, caller, authority.organisation_id, right)
    return authority


async def sees(session: AsyncSession, caller: Caller, authority: Authority) -> bool:
    """Tell whether somebody sees an authority's inner affairs: its people, auditors, staff."""
    if caller.rights_in(authority.organisation_id) or caller.is_staff:
        return True
    if caller.identity.user_id is None:
        return False
    if not await of_schemes.keepers.audits(session, caller.user_id, authority.organisation_id):
        return False
    async with caller.visitor.database.aside() as aside:
        trail.note(
            aside,
            caller.visitor,
            "authority.audited",
            actor=caller.actor,
            user_id=caller.user_id,
            organisation_id=authority.organisation_id,
            authorityId=str(authority.id),
        )
    return True


async def _seen(authority_id: UUID, caller: ObligationReader, session: Session) -> Authority:
    return await find_authority(session, caller, authority_id, Right.READ)


async def _worked(authority_id: UUID, caller: Person, session: Session) -> Authority:
    return await find_authority(session, caller, authority_id, Right.WRITE)


async def _decided(authority_id: UUID, caller: Person, session: Session) -> Authority:
    return await find_authority(session, caller, authority_id, Right.APPROVE)


SeenAuthority = Annotated[Authority, Depends(_seen)]
"""An authority whose inner affairs the caller, person or machine, may see."""
WorkedAuthority = Annotated[Authority, Depends(_worked)]
"""An authority for which the person works."""
DecidedAuthority = Annotated[Authority, Depends(_decided)]
"""An authority for which the person decides."""


async def _version(authority_id: UUID, rules_id: UUID, session: Session) -> RuleVersion:
    return _found(await queries.rules.one(session, authority_id, rules_id), rules_id)


PublishedRules = Annotated[RuleVersion, Depends(_version)]
"""Rules that everybody may read: published is public."""


async def _seen_draft(rule_draft_id: UUID, authority: SeenAuthority, session: Session) -> RuleDraft:
    return _found(await queries.rules.draft(session, authority, rule_draft_id), rule_draft_id)


async def _worked_draft(
    rule_draft_id: UUID, authority: WorkedAuthority, session: Session
) -> RuleDraft:
    return _found(await queries.rules.draft(session, authority, rule_draft_id), rule_draft_id)


async def _decided_draft(
    rule_draft_id: UUID, authority: DecidedAuthority, session: Session
) -> RuleDraft:
    return _found(await queries.rules.draft(session, authority, rule_draft_id), rule_draft_id)


SeenRuleDraft = Annotated[RuleDraft, Depends(_seen_draft)]
WorkedRuleDraft = Annotated[RuleDraft, Depends(_worked_draft)]
DecidedRuleDraft = Annotated[RuleDraft, Depends(_decided_draft)]

Found = TypeVar("Found")


def _found(thing: Found | None, thing_id: UUID) -> Found:
    if thing is None:
        message = f"There is no {thing_id} here."
        raise NotFound(message)
    return thing
