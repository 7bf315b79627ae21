"""Policies: the terms of a scheme, written by some and published by others, never changed."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes import actions, queries
from app.schemes.access import (
    ApprovedDraft,
    ApprovedScheme,
    InspectedDraft,
    InspectedScheme,
    OperatedDraft,
    OperatedScheme,
    PublishedPolicy,
)
from app.schemes.models import Policy, PolicyDraft
from app.schemes.problems import OwnDraft, PolicyTooEarly, SchemeStateForbids
from app.schemes.schemas import (
    OnRequest,
    PolicyDraftChange,
    PolicyDraftRequest,
    PolicyDraftView,
    PolicyView,
    ReasonRequest,
)

router = router_of("/schemes/{scheme_id}", "Policies")

DRAFT = "/policy-drafts/{draft_id}"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("/policies", response_model=PageOf[PolicyView], responses={304: {}})
async def list_policies(
    scheme_id: UUID, session: Session, wanted: Annotated[OnRequest, Query()], response: Response
) -> Page[Policy]:
    """List the published policies of a scheme, or see which applies on a day; no sign-in needed.

    On a day applies the policy with the highest number that has begun by then.
    """
    etags.mark_public(response)
    return await queries.policies.published(session, scheme_id, wanted, wanted.on)


@router.get("/policies/{policy_id}", response_model=PolicyView, responses={304: {}})
async def read_policy(policy: PublishedPolicy, response: Response) -> Policy:
    """Read a published policy; no sign-in needed."""
    etags.mark_public(response)
    return policy


@router.get("/policy-drafts", response_model=PageOf[PolicyDraftView])
async def list_policy_drafts(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[PolicyDraft]:
    """List what the operator is writing."""
    return await queries.policies.drafts(session, scheme, paging)


@router.post(
    "/policy-drafts",
    status_code=201,
    response_model=PolicyDraftView,
    responses=refusals(*WORKING, SchemeStateForbids),
)
async def draft_policy(
    request: PolicyDraftRequest,
    caller: Person,
    scheme: OperatedScheme,
    session: Session,
    response: Response,
) -> PolicyDraft:
    """Begin to write a policy (the operator's members)."""
    draft = await actions.policies.draft(session, caller, scheme, request)
    response.headers["Location"] = f"/v1/schemes/{scheme.id}/policy-drafts/{draft.id}"
    etags.mark(response, draft)
    return draft


@router.get(DRAFT, response_model=PolicyDraftView)
async def read_policy_draft(draft: InspectedDraft, response: Response) -> PolicyDraft:
    """Read a draft."""
    etags.mark(response, draft)
    return draft


@router.patch(DRAFT, response_model=PolicyDraftView, responses=refusals(*WORKING))
async def change_policy_draft(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: PolicyDraftChange,
    caller: Person,
    draft: OperatedDraft,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> PolicyDraft:
    """Change a draft; who does so can't publish it any more."""
    etags.check(draft, expected)
    await actions.policies.change(session, caller, draft, request)
    etags.mark(response, draft)
    return draft


@router.delete(DRAFT, status_code=204, responses=refusals(*WORKING))
async def discard_policy_draft(caller: Person, draft: OperatedDraft, session: Session) -> None:
    """Throw a draft away."""
    await actions.policies.discard(session, caller, draft)


@router.post(
    DRAFT + "/publications",
    status_code=201,
    response_model=PolicyView,
    responses=refusals(*WORKING, OwnDraft, PolicyTooEarly, SchemeStateForbids),
)
async def publish_policy(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ReasonRequest,
    caller: Person,
    scheme: ApprovedScheme,
    draft: ApprovedDraft,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Policy:
    """Make a draft that others wrote the next policy, for good (the operator's approvers)."""
    etags.check(draft, expected)
    policy = await actions.policies.publish(session, caller, scheme, draft, request.reason)
    response.headers["Location"] = f"/v1/schemes/{scheme.id}/policies/{policy.id}"
    return policy
