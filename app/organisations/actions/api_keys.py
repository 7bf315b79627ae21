"""Make and revoke the keys of machines."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import InvalidRequest, NotFound
from app.organisations import credentials
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import ApiKey, Organisation
from app.organisations.schemas import ApiKeyRequest
from app.organisations.scopes import declared


async def make(
    session: AsyncSession, caller: Caller, organisation: Organisation, request: ApiKeyRequest
) -> tuple[ApiKey, str]:
    """Make a key; give its row and its secret, which nobody can show again.

    Raises:
        InvalidRequest: a scope does not exist, or the key would have expired before it began.
    """
    if faults := _faults(request):
        raise InvalidRequest(faults)
    token = credentials.new_token(credentials.KEY_PREFIXES[caller.visitor.settings.mode])
    key = ApiKey(
        organisation_id=organisation.id,
        name=request.name,
        scopes=sorted(set(request.scopes)),
        spending_limit_cents=request.spending_limit_cents,
        token_hash=credentials.digest(token),
        hint=token[-4:],
        created_by=str(caller.actor),
        expires_at=request.expires_at,
    )
    session.add(key)
    await session.flush()
    _note(session, caller, "api-key.made", key)
    return key, token


def _faults(request: ApiKeyRequest) -> list[dict[str, str]]:
    faults = [
        {
            "in": "body",
            "pointer": f"#/scopes/{index}",
            "code": "unknown-scope",
            "detail": "There is no such scope; GET /scopes lists them.",
        }
        for index, scope in enumerate(request.scopes)
        if scope not in declared()
    ]
    if request.expires_at is not None and request.expires_at <= clock.now():
        faults.append(
            {
                "in": "body",
                "pointer": "#/expiresAt",
                "code": "in-the-past",
                "detail": "A key must expire in the future.",
            }
        )
    return faults


async def revoke(session: AsyncSession, caller: Caller, key: ApiKey) -> None:
    """End a key, at once and for good.

    Raises:
        NotFound: it was revoked before.
    """
    ended = await session.scalar(
        sa.update(ApiKey)
        .where(ApiKey.id == key.id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(ApiKey.id)
    )
    if ended is None:
        message = f"There is no living key {key.id}."
        raise NotFound(message)
    _note(session, caller, "api-key.revoked", key)


def _note(session: AsyncSession, caller: Caller, kind: str, key: ApiKey) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        key.id,
        organisation_id=key.organisation_id,
        scopes=list(key.scopes),
        spendingLimitCents=key.spending_limit_cents,
    )
