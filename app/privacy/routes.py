"""Your data: given to you, and erased."""

from fastapi import APIRouter, Response

from app.core import clock
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, TooManyRequests, refusals
from app.organisations.access import GuardedMe, Person, Staff
from app.organisations.problems import PasswordWrong, StaffNeedsSecondFactor, StaffOnly
from app.privacy import actions, queries
from app.privacy.models import Erasure
from app.privacy.problems import ErasureNotPossible
from app.privacy.schemas import (
    ErasureRequest,
    ErasureView,
    ExportRequest,
    ExportView,
    HeldRows,
    OwnErasureRequest,
)

router: APIRouter = router_of("", "Privacy")
ROUTERS: tuple[APIRouter, ...] = (router,)


@router.post(
    "/me/exports",
    responses=refusals(PasswordWrong, TooManyRequests),
)
async def export_me(
    request: ExportRequest, caller: Person, me: GuardedMe, session: Session, response: Response
) -> ExportView:
    """Get all that is held about you, as a file for you and for other programs.

    Your account, where you signed in, for whom you act and acted, invitations, keys that you made,
    mail to you, what you did and what you wrote. Documents and figures of an organisation, its
    plans and payouts say, are not in it: they are the organisation's. Nor are others' words,
    hashes and sealed secrets.
    """
    await actions.exporting.prove(session, caller, me, request)
    held = await queries.held.about(session, me)
    response.headers["Content-Disposition"] = 'attachment; filename="baat-about-me.json"'
    response.headers["Cache-Control"] = "no-store"
    return ExportView(
        made_at=clock.now(),
        user_id=me.id,
        held=[
            HeldRows(
                table=table,
                what=data_set.what,
                why=data_set.why,
                how_long=data_set.how_long,
                rows=rows,
            )
            for data_set, table, rows in held
        ],
    )


@router.post(
    "/me/erasures",
    status_code=201,
    response_model=ErasureView,
    responses=refusals(PasswordWrong, ErasureNotPossible, TooManyRequests),
)
async def erase_me(
    request: OwnErasureRequest, caller: Person, me: GuardedMe, session: Session
) -> Erasure:
    """Erase yourself, for good. Your sessions, memberships and keys that you made end at once.

    Your id stays in the books and in decisions, and nobody can tell any more whose it was. Your
    e-mail address is masked wherever it was written, and your name in what you wrote; ask the
    platform's staff to erase you if others may have written your name. What others must take over
    first is refused with all of its reasons.
    """
    return await actions.erasing.erase_oneself(session, caller, me, request)


@router.post(
    "/erasures",
    status_code=201,
    response_model=ErasureView,
    responses=refusals(StaffOnly, StaffNeedsSecondFactor, NotFound, ErasureNotPossible),
)
async def erase_user(request: ErasureRequest, caller: Staff, session: Session) -> Erasure:
    """Erase somebody who asked for it (staff), for good."""
    return await actions.erasing.erase_on_request(session, caller, request)


@router.get(
    "/erasures",
    response_model=PageOf[ErasureView],
    responses=refusals(StaffOnly, StaffNeedsSecondFactor),
)
async def list_erasures(_caller: Staff, session: Session, paging: Paging) -> Page[Erasure]:
    """List who was erased, by id only (staff)."""
    return await queries.erasures.listed(session, paging)
