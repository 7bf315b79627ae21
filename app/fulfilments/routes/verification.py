"""A page on which anybody verifies a certificate: by its number, its text or its file."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.core import clock
from app.core.database import Session, settings_of
from app.core.languages import Language
from app.core.problems import BodyTooLarge, NotFound
from app.fulfilments import queries
from app.fulfilments.access import find_certificate
from app.fulfilments.certificates import CertificateView, canonical, page, verifying
from app.fulfilments.certificates.page import Asked
from app.fulfilments.certificates.told import Counted, Found, refused, tell
from app.fulfilments.certificates.verifying import NothingSent, Sent, Unreadable
from app.fulfilments.routes.certificate_documents import HTML, Reading
from app.transparency import queries as of_log

# A plain route: what is too large is refused on the page, too.
router = APIRouter(include_in_schema=False)


@router.get("/verify")
async def show_verification(
    session: Session,
    language: Reading,
    code: Annotated[str | None, Query(max_length=verifying.LONGEST_NUMBER)] = None,
) -> Response:
    """Show the form, or what is found of the certificate with a number."""
    if code is None:
        return await _page(session, language, Asked())
    try:
        sent = verifying.typed(code)
    except NothingSent:
        return await _page(session, language, Asked())
    return await _answer(session, language, sent, code)


@router.post("/verify")
async def verify_on_page(request: Request, session: Session, language: Reading) -> Response:
    """Verify what was sent with the form, and forget it."""
    fields: dict[str, bytes] = {}
    try:
        body = await request.body()
        fields = verifying.fields_of(request.headers.get("content-type", ""), body)
        sent = verifying.read(fields)
    except BodyTooLarge:
        return await _refused(session, language, 413, ("too large", ""))
    except NothingSent:
        return await _refused(session, language, 400, ("nothing", ""))
    except Unreadable:
        return await _refused(session, language, 400, ("unreadable", ""))
    return await _answer(session, language, sent, sent.code or "")


async def _answer(session: Session, language: Language, sent: Sent, typed: str) -> Response:
    """Verify a number or a document."""
    now: CertificateView | None = None
    document = sent.document
    if sent.code is not None:
        try:
            now = await find_certificate(session, sent.code)
        except NotFound:
            return await _refused(session, language, 404, ("unknown", typed))
        if now.proof is None:
            return await _refused(session, language, 409, ("waits", typed))
        document = canonical(now).decode()
    found = await _found(session, document or "", now, from_pdf=sent.from_pdf)
    told = tell(found, language, clock.today())
    return await _page(session, language, Asked(told=told, typed=typed, code=sent.code))


async def _found(
    session: Session, document: str, now: CertificateView | None, *, from_pdf: bool
) -> Found:
    keys = [of_log.key_of(key) for key in await of_log.keys(session)]
    keys += [of_log.witness_key_of(each) for each in await of_log.witnesses(session)]
    checked = verifying.check(document, keys)
    counted = None
    newest = await of_log.checkpoint(session)
    if checked.fulfilment_id is not None and newest is not None:
        counts = await queries.logged.counted(session, checked.fulfilment_id, newest.size)
        cents, units = (counts.value_cents, counts.quantity_units) if counts else (0, 0)
        counted = Counted(newest.size, newest.signed_at, cents, units)
    if now is None and checked.stated is not None:
        with suppress(NotFound):
            now = await find_certificate(session, str(checked.stated.get("code")))
    return Found(checked, counted, now, from_pdf)


async def _refused(
    session: Session, language: Language, status: int, why: tuple[str, str]
) -> Response:
    reason, typed = why
    asked = Asked(refusal=refused(reason, language), typed=typed)
    return await _page(session, language, asked, status)


async def _page(session: Session, language: Language, asked: Asked, status: int = 200) -> Response:
    public_url = settings_of(session).public_url
    keys = await of_log.keys(session)
    key = str(of_log.key_of(keys[-1])) if keys else "…"
    origin = public_url.partition("://")[2]
    text = page.verifying(asked, language, (origin, f"{public_url}/log", key))
    policy = {"Content-Security-Policy": page.FORM_POLICY}
    return Response(text, status_code=status, media_type=HTML, headers=policy)
