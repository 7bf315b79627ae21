"""The signed-in person: profile, password, second factor, own trail."""

from fastapi import Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import TooManyRequests, refusals
from app.organisations import actions, queries
from app.organisations.access import GuardedMe, Me, Person
from app.organisations.callers import Caller
from app.organisations.models import TrailEntry, User
from app.organisations.problems import (
    CodeRefused,
    PasswordTooWeak,
    PasswordWrong,
    SecondFactorState,
    SecondFactorUnreadable,
)
from app.organisations.schemas import (
    CodeRequest,
    EmailChangeRequest,
    MeView,
    PasswordChange,
    PasswordRequest,
    ProfileChange,
    RecoveryCodesView,
    SecondFactorRemoval,
    SecondFactorView,
    TrailView,
)
from app.organisations.schemas.users import RightsView

router = router_of("/me", "Yourself")


@router.get("", response_model=MeView)
async def read_me(caller: Person, me: Me, response: Response) -> MeView:
    """See who you are and what you may do."""
    etags.mark(response, me)
    return _view(caller, me)


@router.patch("", response_model=MeView)
async def change_me(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ProfileChange,
    caller: Person,
    me: Me,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> MeView:
    """Change your name, your language or which mail you want."""
    etags.check(me, expected)
    await actions.users.change(session, caller, me, request)
    etags.mark(response, me)
    return _view(caller, me)


def _view(caller: Caller, me: User) -> MeView:
    return MeView(
        id=me.id,
        name=me.name,
        email=me.email,
        language=me.language,
        wants_task_mail=me.wants_task_mail,
        wants_news_mail=me.wants_news_mail,
        has_second_factor=me.totp_confirmed_at is not None,
        is_staff=caller.is_staff,
        organisations=[
            RightsView(organisation_id=organisation_id, rights=sorted(rights))
            for organisation_id, rights in caller.identity.rights.items()
        ],
        created_at=me.created_at,
        version=me.version,
    )


@router.post(
    "/password-changes",
    status_code=204,
    responses=refusals(PasswordWrong, PasswordTooWeak, TooManyRequests),
)
async def change_password(
    request: PasswordChange, caller: Person, me: GuardedMe, session: Session
) -> None:
    """Change your password; your other sessions end."""
    await actions.passwords.change(session, caller, me, request)


@router.post(
    "/email-changes",
    status_code=202,
    response_class=Response,
    responses=refusals(PasswordWrong, TooManyRequests),
)
async def request_email_change(
    request: EmailChangeRequest, caller: Person, me: GuardedMe, session: Session
) -> Response:
    """Ask for another e-mail address; a token is mailed there."""
    await actions.users.request_email_change(session, caller, me, request)
    return Response(status_code=202)


@router.post(
    "/second-factor",
    status_code=201,
    response_model=SecondFactorView,
    responses=refusals(PasswordWrong, SecondFactorState, TooManyRequests),
)
async def enrol_second_factor(
    request: PasswordRequest, caller: Person, me: GuardedMe, session: Session
) -> SecondFactorView:
    """Begin with a second factor: put its secret into an authenticator."""
    secret, uri = await actions.second_factor.enrol(session, caller, me, request.password)
    return SecondFactorView(secret=secret, uri=uri)


@router.post(
    "/second-factor/confirmations",
    status_code=201,
    response_model=RecoveryCodesView,
    responses=refusals(CodeRefused, SecondFactorState, SecondFactorUnreadable, TooManyRequests),
)
async def confirm_second_factor(
    request: CodeRequest, caller: Person, me: GuardedMe, session: Session
) -> RecoveryCodesView:
    """Turn the second factor on with its first code. Keep the recovery codes."""
    codes = await actions.second_factor.confirm(session, caller, me, request.code)
    return RecoveryCodesView(codes=codes)


@router.post(
    "/second-factor/removals",
    status_code=204,
    responses=refusals(
        PasswordWrong, CodeRefused, SecondFactorState, SecondFactorUnreadable, TooManyRequests
    ),
)
async def remove_second_factor(
    request: SecondFactorRemoval, caller: Person, me: GuardedMe, session: Session
) -> None:
    """Turn the second factor off."""
    await actions.second_factor.remove(session, caller, me, request)


@router.post(
    "/second-factor/recovery-codes",
    status_code=201,
    response_model=RecoveryCodesView,
    responses=refusals(CodeRefused, SecondFactorState, SecondFactorUnreadable, TooManyRequests),
)
async def renew_recovery_codes(
    request: CodeRequest, caller: Person, me: GuardedMe, session: Session
) -> RecoveryCodesView:
    """Get new recovery codes; the old ones open nothing any more."""
    codes = await actions.second_factor.renew_recovery_codes(session, caller, me, request.code)
    return RecoveryCodesView(codes=codes)


@router.get("/trail", response_model=PageOf[TrailView])
async def read_my_trail(caller: Person, session: Session, paging: Paging) -> Page[TrailEntry]:
    """See what was done or tried with your account."""
    return await queries.users.trail(session, paging, caller.user_id)
