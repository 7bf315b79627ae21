"""Certificates: for those concerned, and for everybody who was given their number.

A certificate is issued when a fulfilment is approved. What it states never changes; whether it
still counts is said anew each time, and a revocation shows at once.
"""

from typing import Annotated

from fastapi import Query, Response

from app.core.database import Session, settings_of
from app.core.http import etags
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf
from app.core.problems import refusals
from app.fulfilments import queries
from app.fulfilments.access import PublicCertificate, ReadableCertificate
from app.fulfilments.certificates import CertificateView, canonical
from app.fulfilments.problems import NotCertified
from app.fulfilments.queries.certificates import Issued
from app.fulfilments.schemas.certificates import CertificateRowView, CertificatesRequest
from app.obligations.access import BoundOrganisation, SeenAuthority

router = router_of("", "Certificates")

JSON = "application/json"


@router.get(
    "/fulfilments/{fulfilment_id}/certificate",
    response_model=CertificateView,
    responses=refusals(NotCertified),
)
async def read_fulfilment_certificate(shown: ReadableCertificate) -> Response:
    """Read the certificate of an approved fulfilment, whole, as canonical JSON (RFC 8785)."""
    return Response(canonical(shown), media_type=JSON)


@router.get("/certificates/{certificate_code}", response_model=CertificateView, responses={304: {}})
async def read_certificate(shown: PublicCertificate) -> Response:
    """Verify a certificate by its number, as canonical JSON (RFC 8785); no sign-in needed.

    Names are left out where the buyer asked for that.
    """
    response = Response(canonical(shown), media_type=JSON)
    etags.mark_public(response, max_age_seconds=0)
    return response


@router.get(
    "/organisations/{organisation_id}/certificates", response_model=PageOf[CertificateRowView]
)
async def list_certificates_of_organisation(
    organisation: BoundOrganisation,
    session: Session,
    wanted: Annotated[CertificatesRequest, Query()],
) -> PageOf[CertificateRowView]:
    """List the certificates of what an organisation fulfilled, newest first."""
    found = await queries.certificates.of_claimant(
        session, organisation, wanted, wanted.obligation_id
    )
    return _listed(found, settings_of(session).public_url)


@router.get("/authorities/{authority_id}/certificates", response_model=PageOf[CertificateRowView])
async def list_certificates_of_authority(
    authority: SeenAuthority,
    session: Session,
    wanted: Annotated[CertificatesRequest, Query()],
) -> PageOf[CertificateRowView]:
    """List the certificates of what an authority approved, newest first."""
    found = await queries.certificates.of_authority(
        session, authority, wanted, wanted.obligation_id
    )
    return _listed(found, settings_of(session).public_url)


def _listed(found: Page[Issued], public_url: str) -> PageOf[CertificateRowView]:
    items = [
        CertificateRowView.of(each.certificate, each.fulfilment, public_url) for each in found.items
    ]
    return PageOf(items=items, next=found.next)
