"""Sign in and out."""

from uuid import UUID

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import TooManyRequests, refusals
from app.organisations import actions, credentials, queries
from app.organisations.access import SESSION_COOKIE, AnyVisitor, Person
from app.organisations.models import UserSession
from app.organisations.problems import SecondFactorNeeded, SecondFactorUnreadable, SignInRefused
from app.organisations.schemas import SessionRequest, SessionStarted, SessionView

router = router_of("/sessions", "Signing in")


@router.post(
    "",
    status_code=201,
    response_model=SessionStarted,
    responses=refusals(SignInRefused, SecondFactorNeeded, SecondFactorUnreadable, TooManyRequests),
)
async def sign_in(
    request: SessionRequest, visitor: AnyVisitor, session: Session, response: Response
) -> SessionStarted:
    """Sign in with e-mail address and password, and a code where a second factor is on."""
    started, token = await actions.signing_in.sign_in(session, visitor, request)
    response.headers["Location"] = f"/v1/sessions/{started.id}"
    if not started.in_cookie:
        return SessionStarted(
            id=started.id, token=token, csrf_token=None, expires_at=started.expires_at
        )
    _put_in_cookie(response, token)
    csrf_token = credentials.csrf_token(visitor.settings, token)
    return SessionStarted(
        id=started.id, token=None, csrf_token=csrf_token, expires_at=started.expires_at
    )


def _put_in_cookie(response: Response, token: str) -> None:
    # No expiry: the browser forgets it when it closes, and the server ends it in any case.
    response.set_cookie(SESSION_COOKIE, token, secure=True, httponly=True, samesite="lax", path="/")


@router.get("", response_model=PageOf[SessionView])
async def list_sessions(caller: Person, session: Session, paging: Paging) -> object:
    """List where you are signed in."""
    page: Page[UserSession] = await queries.users.sessions(session, caller.user_id, paging)
    current = caller.identity.credential_id
    items = [
        SessionView.model_validate(row).model_copy(update={"is_current": row.id == current})
        for row in page.items
    ]
    return PageOf[SessionView](items=items, next=page.next)


@router.delete("", status_code=204)
async def sign_out_elsewhere(caller: Person, session: Session) -> None:
    """Sign out everywhere but here."""
    await actions.sessions.revoke_others(session, caller)


@router.delete("/current", status_code=204)
async def sign_out(caller: Person, session: Session, response: Response) -> None:
    """Sign out here."""
    await actions.sessions.revoke(session, caller, caller.identity.credential_id)
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax", path="/")


@router.delete("/{session_id}", status_code=204)
async def revoke_session(session_id: UUID, caller: Person, session: Session) -> None:
    """Sign out somewhere else."""
    await actions.sessions.revoke(session, caller, session_id)
