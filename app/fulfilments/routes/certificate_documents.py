"""Certificates as pages and on paper. A printed one grows old: it says where to look again."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from app.core import clock
from app.core.database import Session, release
from app.core.files import names
from app.core.http import etags
from app.core.http.accepting import preferred
from app.core.http.routing import Route
from app.core.http.routing import router as router_of
from app.core.languages import Language, negotiate
from app.core.problems import NotFound, refusals
from app.core.typesetting import PdfUnavailableError
from app.fulfilments.access import PublicCertificate, ReadableCertificate, find_certificate
from app.fulfilments.certificates import CertificateView, canonical, page, pdf
from app.fulfilments.problems import NotCertified
from app.orders.problems import PdfNotInstalled

router = router_of("", "Certificates")
VERIFICATION = APIRouter(include_in_schema=False, route_class=Route)
"""The address that is printed on certificates: for people and their cameras."""

JSON, HTML, PDF = "application/json", "text/html", "application/pdf"

# Everybody may ask for paper, and setting it takes a core for a while: a crowd must queue.
_SET_AT_ONCE = asyncio.Semaphore(2)


async def _language(
    language: Annotated[
        Language | None, Query(description="Otherwise the one that `Accept-Language` prefers.")
    ] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Language:
    return language or negotiate(accept_language)


Reading = Annotated[Language, Depends(_language)]
"""In which language somebody reads."""


def _form(media_type: str) -> dict[int | str, dict[str, Any]]:
    shown = {"type": "string"} if media_type == HTML else {"type": "string", "format": "binary"}
    return {200: {"description": "The certificate", "content": {media_type: {"schema": shown}}}}


PAPER = {**_form(PDF), **refusals(PdfNotInstalled)}
PAGE = _form(HTML)


@router.get(
    "/fulfilments/{fulfilment_id}/certificate/document.html",
    response_class=Response,
    responses={**PAGE, **refusals(NotCertified)},
)
async def download_fulfilment_certificate_page(
    shown: ReadableCertificate, language: Reading
) -> Response:
    """Read the certificate of an approved fulfilment, whole, as a web page."""
    return _page(shown, language)


@router.get(
    "/fulfilments/{fulfilment_id}/certificate/document.pdf",
    response_class=Response,
    responses={**PAPER, **refusals(NotCertified)},
)
async def download_fulfilment_certificate_pdf(
    shown: ReadableCertificate, language: Reading, session: Session
) -> Response:
    """Download the certificate of an approved fulfilment, whole: PDF/A, read aloud as PDF/UA."""
    await release(session)
    return await _paper(shown, language)


@router.get(
    "/certificates/{certificate_code}/document.html",
    response_class=Response,
    responses={304: {}, **PAGE},
)
async def download_certificate_page(shown: PublicCertificate, language: Reading) -> Response:
    """Verify a certificate by its number, as a web page; no sign-in needed."""
    return _public(_page(shown, language))


@router.get(
    "/certificates/{certificate_code}/document.pdf",
    response_class=Response,
    responses={304: {}, **PAPER},
)
async def download_certificate_pdf(
    shown: PublicCertificate, language: Reading, request: Request, session: Session
) -> Response:
    """Download what everybody may read of a certificate as PDF; no sign-in needed."""
    await release(session)
    return await _public_paper(shown, language, request)


@VERIFICATION.get("/certificates/{certificate_code}")
async def verify_certificate(
    certificate_code: str, language: Reading, request: Request, session: Session
) -> Response:
    """Show a certificate in the form that its reader would rather have: a page, if nothing else."""
    wanted = preferred(request.headers.get("accept"), (HTML, JSON, PDF))
    try:
        shown = await find_certificate(session, certificate_code)
    except NotFound:
        if wanted == HTML:
            return _unknown(certificate_code, language)
        raise
    if wanted == PDF:
        await release(session)
        return await _public_paper(shown, language, request)
    if wanted == JSON:
        return _public(Response(canonical(shown), media_type=JSON))
    return _public(_page(shown, language))


def _unknown(typed: str, language: Language) -> Response:
    """Tell a person on a page, as a problem tells a program."""
    policy = {"Content-Security-Policy": page.POLICY}
    text = page.unknown(typed, language)
    return Response(text, status_code=404, media_type=HTML, headers=policy)


def _page(shown: CertificateView, language: Language) -> Response:
    text = page.render(shown, language, clock.today())
    return Response(text, media_type=HTML, headers={"Content-Security-Policy": page.POLICY})


async def _paper(shown: CertificateView, language: Language) -> Response:
    try:
        async with _SET_AT_ONCE:
            content = await asyncio.to_thread(pdf.render, shown, language, clock.today())
    except PdfUnavailableError as error:
        message = "No PDF can be set here: take document.html, which says the same."
        raise PdfNotInstalled(message) from error
    named = {names.HEADER: names.attachment(f"{shown.code}.pdf")}
    return Response(content, media_type=PDF, headers=named)


async def _public_paper(shown: CertificateView, language: Language, request: Request) -> Response:
    tag = pdf.tag(shown, language, clock.today())
    if etags.knows(request, tag):
        return _public(Response(status_code=304, headers={"ETag": tag}))
    response = _public(await _paper(shown, language))
    response.headers["ETag"] = tag
    return response


def _public(response: Response) -> Response:
    """Let everybody keep it, and ask each time whether it is still right."""
    etags.mark_public(response, max_age_seconds=0)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
