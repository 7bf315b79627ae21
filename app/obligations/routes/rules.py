"""Rules of authorities: what is imposed and what counts, written by some, published by others."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.obligations import actions, queries, shipped
from app.obligations.access import (
    DecidedAuthority,
    DecidedRuleDraft,
    PublishedRules,
    SeenAuthority,
    SeenRuleDraft,
    WorkedAuthority,
    WorkedRuleDraft,
)
from app.obligations.models import RuleDraft, RuleVersion
from app.obligations.problems import OwnRuleDraft, RulesTooEarly
from app.obligations.schemas.rules import (
    RuleChangesView,
    RuleDraftChange,
    RuleDraftRequest,
    RuleDraftView,
    RuleVersionView,
    ShippedTablesView,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes.problems import AuthorityEnded
from app.schemes.schemas import OnRequest, ReasonRequest

router = router_of("", "Authority rules")

OF_AUTHORITY = "/authorities/{authority_id}"
RULES = OF_AUTHORITY + "/rules"
DRAFTS = OF_AUTHORITY + "/rule-drafts"
DRAFT = DRAFTS + "/{rule_draft_id}"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("/rule-tables", response_model=ShippedTablesView, responses={304: {}})
async def list_rule_tables(response: Response) -> ShippedTablesView:
    """List what is known of the rules of real authorities, with sources; no sign-in needed.

    What a source does not say is null and named in `silentAbout`: nothing is guessed. Send the
    `rules` of one as a draft to begin with them.
    """
    etags.mark_public(response)
    return ShippedTablesView(tables=list(shipped.tables().values()))


@router.get(RULES, response_model=PageOf[RuleVersionView], responses={304: {}})
async def list_rules(
    authority_id: UUID, session: Session, wanted: Annotated[OnRequest, Query()], response: Response
) -> Page[RuleVersion]:
    """List the versions of an authority's rules, or see which applies on a day; no sign-in needed.

    On a day applies the version with the highest number that has begun by then.
    """
    etags.mark_public(response)
    return await queries.rules.published(session, authority_id, wanted, wanted.on)


@router.get(RULES + "/{rules_id}", response_model=RuleVersionView, responses={304: {}})
async def read_rules(version: PublishedRules, response: Response) -> RuleVersion:
    """Read a version of an authority's rules; no sign-in needed."""
    etags.mark_public(response)
    return version


@router.get(RULES + "/{rules_id}/changes", response_model=RuleChangesView, responses={304: {}})
async def compare_rules(
    version: PublishedRules, session: Session, response: Response
) -> RuleChangesView:
    """Compare a version with the one before; no sign-in needed."""
    etags.mark_public(response)
    found = await queries.rules.changes(session, version)
    return RuleChangesView.model_validate({"changes": found}, from_attributes=True)


@router.get(DRAFTS, response_model=PageOf[RuleDraftView])
async def list_rule_drafts(
    authority: SeenAuthority, session: Session, paging: Paging
) -> Page[RuleDraft]:
    """List what the people of an authority are writing."""
    return await queries.rules.drafts(session, authority, paging)


@router.post(
    DRAFTS,
    status_code=201,
    response_model=RuleDraftView,
    responses=refusals(*WORKING, AuthorityEnded),
)
async def draft_rules(
    request: RuleDraftRequest,
    caller: Person,
    authority: WorkedAuthority,
    session: Session,
    response: Response,
) -> RuleDraft:
    """Begin to write rules (the authority's members)."""
    draft = await actions.rules.draft(session, caller, authority, request)
    response.headers["Location"] = f"/v1/authorities/{authority.id}/rule-drafts/{draft.id}"
    etags.mark(response, draft)
    return draft


@router.get(DRAFT, response_model=RuleDraftView)
async def read_rule_draft(draft: SeenRuleDraft, response: Response) -> RuleDraft:
    """Read a draft."""
    etags.mark(response, draft)
    return draft


@router.get(DRAFT + "/changes", response_model=RuleChangesView)
async def compare_rule_draft(draft: SeenRuleDraft, session: Session) -> RuleChangesView:
    """Compare a draft with the version that was published last."""
    found = await queries.rules.changes_of_draft(session, draft)
    return RuleChangesView.model_validate({"changes": found}, from_attributes=True)


@router.patch(DRAFT, response_model=RuleDraftView, responses=refusals(*WORKING))
async def change_rule_draft(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: RuleDraftChange,
    caller: Person,
    draft: WorkedRuleDraft,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> RuleDraft:
    """Change a draft; who does so can't publish it any more."""
    etags.check(draft, expected)
    await actions.rules.change(session, caller, draft, request)
    etags.mark(response, draft)
    return draft


@router.delete(DRAFT, status_code=204, responses=refusals(*WORKING))
async def discard_rule_draft(caller: Person, draft: WorkedRuleDraft, session: Session) -> None:
    """Throw a draft away."""
    await actions.rules.discard(session, caller, draft)


@router.post(
    DRAFT + "/publications",
    status_code=201,
    response_model=RuleVersionView,
    responses=refusals(*WORKING, OwnRuleDraft, RulesTooEarly, AuthorityEnded),
)
async def publish_rules(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ReasonRequest,
    caller: Person,
    authority: DecidedAuthority,
    draft: DecidedRuleDraft,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> RuleVersion:
    """Make a draft that others wrote the next version, for good (the authority's approvers).

    It may begin in the past, but not before the version that it supersedes has begun.
    """
    etags.check(draft, expected)
    version = await actions.rules.publish(session, caller, authority, draft, request.reason)
    response.headers["Location"] = f"/v1/authorities/{authority.id}/rules/{version.id}"
    return version
