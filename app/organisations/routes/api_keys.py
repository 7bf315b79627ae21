"""Keys for machines."""

from fastapi import APIRouter, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations import actions, queries
from app.organisations.access import (
    KeyOfOrganisation,
    OrganisationWithKeys,
    OrganisationWithVisibleKeys,
    Person,
)
from app.organisations.models import ApiKey
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.organisations.schemas import (
    ApiKeyMade,
    ApiKeyRequest,
    ApiKeyView,
    ScopesView,
    ScopeView,
)
from app.organisations.scopes import declared

router: APIRouter = router_of("", "API keys")

OF_ORGANISATION = "/organisations/{organisation_id}/api-keys"


@router.get("/scopes", responses={304: {}})
async def list_scopes(response: Response) -> ScopesView:
    """List what an API key can be allowed to do (public)."""
    etags.mark_public(response)
    return ScopesView(
        items=[ScopeView(name=name, meaning=meaning) for name, meaning in declared().items()]
    )


@router.get(OF_ORGANISATION, response_model=PageOf[ApiKeyView])
async def list_api_keys(
    organisation: OrganisationWithVisibleKeys, session: Session, paging: Paging
) -> Page[ApiKey]:
    """List an organisation's keys, living and ended, without their secrets."""
    return await queries.organisations.api_keys(session, organisation, paging)


@router.post(
    OF_ORGANISATION,
    status_code=201,
    responses=refusals(RoleTooSmall, OrganisationInactive),
)
async def make_api_key(
    request: ApiKeyRequest, caller: Person, organisation: OrganisationWithKeys, session: Session
) -> ApiKeyMade:
    """Make a key. Its secret is in this answer and nowhere else."""
    key, token = await actions.api_keys.make(session, caller, organisation, request)
    return ApiKeyMade(**ApiKeyView.model_validate(key).model_dump(), token=token)


@router.delete(
    OF_ORGANISATION + "/{key_id}",
    status_code=204,
    responses=refusals(RoleTooSmall, OrganisationInactive),
)
async def revoke_api_key(caller: Person, key: KeyOfOrganisation, session: Session) -> None:
    """End a key, at once and for good."""
    await actions.api_keys.revoke(session, caller, key)
