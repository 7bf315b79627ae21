"""Lists of certificates on the wire; one of them is `certificates.CertificateView`."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.core.paging import PageRequest
from app.core.wire import Moment, View
from app.fulfilments.certificates import CertificateState, address, state_of
from app.fulfilments.models import Certificate, Fulfilment, FulfilmentKind

CertificateCode = Annotated[
    str,
    Path(
        pattern="^[0-9A-Za-z]{5}(-?[0-9A-Za-z]{5}){3}$",
        description="The number on the certificate.",
        examples=["7KQ2M-9XJ4T-P0R8V-WB3HD"],
    ),
]


class CertificatesRequest(PageRequest):
    """Which certificates the caller wants."""

    obligation_id: Annotated[
        UUID | None, Field(alias="obligationId", description="Only those of this obligation.")
    ] = None


class CertificateRowView(View):
    """A certificate in a list."""

    id: UUID
    code: Annotated[str, Field(examples=["7KQ2M-9XJ4T-P0R8V-WB3HD"])]
    address: Annotated[
        str,
        Field(
            description="Where everybody may verify it, without signing in.",
            json_schema_extra={"format": "uri"},
        ),
    ]
    fulfilment_id: UUID
    obligation_id: UUID
    kind: FulfilmentKind
    state: CertificateState
    value_cents: Annotated[int, Field(description="As approved.")]
    counted_cents: Annotated[int, Field(description="What of it still counts.")]
    issued_at: Moment

    @classmethod
    def of(cls, certificate: Certificate, fulfilment: Fulfilment, public_url: str) -> Self:
        """Show one."""
        return cls(
            id=certificate.id,
            code=certificate.code,
            address=address(public_url, certificate.code),
            fulfilment_id=fulfilment.id,
            obligation_id=fulfilment.obligation_id,
            kind=fulfilment.kind,
            state=state_of(certificate, fulfilment),
            value_cents=certificate.content["valueCents"],
            counted_cents=fulfilment.counted_cents,
            issued_at=certificate.issued_at,
        )
