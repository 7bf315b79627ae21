"""What a certificate says, and what of it everybody may read."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import rfc8785
from pydantic import Field

from app.core.wire import Moment, View
from app.fulfilments.models import (
    Certificate,
    Fulfilment,
    FulfilmentDecision,
    FulfilmentKind,
    FulfilmentState,
)
from app.orders.serials import Serial


class CertificateState(StrEnum):
    """Whether what was certified still counts."""

    VALID = "valid"
    PARTLY_REVOKED = "partly-revoked"
    """Some of it does not count any more; `counted` says what does."""
    REVOKED = "revoked"
    """None of it does."""


class CertifiedHolder(View):
    """Who fulfilled the obligation."""

    id: UUID
    name: str
    country: str
    register_number: str


class CertifiedAuthority(View):
    """Who approved it."""

    id: UUID
    name: str


class CertifiedContract(View):
    """For which contract."""

    reference: str
    title: str
    awarded_on: date


class CertifiedRules(View):
    """By which version of the authority's rules it was valued."""

    id: UUID
    number: int
    valid_from: date


class CertifiedScheme(View):
    """In which marketplace its units were bought."""

    id: UUID
    code: str
    name: dict[str, str]


class CertifiedProject(View):
    """Whose units were bought."""

    id: UUID
    number: int
    title: dict[str, str]
    entrepreneur_name: str
    municipality: str


class CertifiedUnits(View):
    """Which units: each of them is in no other fulfilment that counts."""

    quantity_units: int
    unit_name: Annotated[str, Field(examples=["RIKX"])]
    first_serial: Annotated[str, Field(examples=["12-1"])]
    last_serial: Annotated[str, Field(examples=["12-10"])]


class Stated(View):
    """What was approved, as it was then. It never changes."""

    code: Annotated[str, Field(examples=["7KQ2M-9XJ4T-P0R8V-WB3HD"])]
    salt: Annotated[
        str | None, Field(description="Random: without it nobody finds the rest from the digest.")
    ]
    fulfilment_id: UUID
    obligation_id: UUID
    kind: FulfilmentKind
    authority: CertifiedAuthority
    holder: CertifiedHolder | None
    contract: CertifiedContract | None
    rules: CertifiedRules
    scheme: CertifiedScheme | None
    project: CertifiedProject | None
    units: Annotated[
        CertifiedUnits | None, Field(description="Null where no units were bought for it.")
    ]
    claim: Annotated[
        dict[str, Any] | None,
        Field(
            description="What was done where it is no units, as the fulfilment says it: counts,"
            " periods and amounts, and never who."
        ),
    ]
    value_cents: Annotated[int, Field(description="Of social-return value, VAT excluded.")]
    surplus_cents: Annotated[int, Field(description="Of the value: more than was open.")]
    submitted_at: Moment
    approved_at: Moment


class CountedView(View):
    """What still counts."""

    value_cents: int
    quantity_units: int | None
    first_serial: str | None
    last_serial: str | None


class RevocationView(View):
    """What counted until then, and does not any more."""

    revoked_at: Moment
    value_cents: int
    quantity_units: Annotated[
        int | None,
        Field(
            description="0 where its units stay with it and count for less: less came of their"
            " project than was promised."
        ),
    ]


class CertificateView(View):
    """A certificate: canonical JSON (RFC 8785), so that the same one is the same bytes."""

    certificate_version: Literal[1]
    code: Annotated[str, Field(examples=["7KQ2M-9XJ4T-P0R8V-WB3HD"])]
    address: Annotated[
        str,
        Field(
            description="Where everybody may verify it, without signing in.",
            json_schema_extra={"format": "uri"},
        ),
    ]
    is_test: Annotated[bool, Field(description="Whether it comes from an installation for tests.")]
    state: CertificateState
    state_since: Moment
    counted: CountedView
    revocations: list[RevocationView]
    is_whole: Annotated[
        bool,
        Field(
            description="False where names are left out, unless the buyer agreed to be named: then"
            " `holder`, `contract`, `claim` and `salt` are null."
        ),
    ]
    stated: Stated
    stated_digest: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="SHA-256 of the whole `stated` as canonical JSON: who was given it whole"
            " can tell that it is genuine.",
        ),
    ]
    proof: Annotated[
        str | None,
        Field(
            description="That the approval is in the public log, with this digest (C2SP"
            " tlog-proof): `baat verify` checks it offline. Null until the log has taken it up,"
            " within a minute."
        ),
    ]


def canonical(view: View) -> bytes:
    """Write it as RFC 8785 does."""
    return rfc8785.dumps(view.model_dump(mode="json", by_alias=True))


def digest(content: dict[str, Any]) -> str:
    """Hash what is certified."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def address(public_url: str, code: str) -> str:
    """Say where a certificate is verified: this is printed, and stays."""
    return f"{public_url}/certificates/{code}"


def state_of(certificate: Certificate, fulfilment: Fulfilment) -> CertificateState:
    """Say whether an approved fulfilment still counts."""
    if fulfilment.state is FulfilmentState.REVOKED:
        return CertificateState.REVOKED
    counted, approved = fulfilment.counted_cents, int(certificate.content["valueCents"])
    if counted == 0 < approved:
        # Its units stay with it, and nothing came of them.
        return CertificateState.REVOKED
    if counted < approved or fulfilment.revoked_units:
        return CertificateState.PARTLY_REVOKED
    return CertificateState.VALID


def shown(
    certificate: Certificate,
    fulfilment: Fulfilment,
    revocations: Sequence[FulfilmentDecision],
    installation: tuple[str, bool],
    *,
    to_everybody: bool,
) -> CertificateView:
    """Say what a certificate is now, to those concerned or to everybody.

    `installation` is its public address, and whether it is for tests.
    """
    public_url, is_test = installation
    stated = Stated.model_validate(certificate.content)
    is_whole = certificate.is_named or not to_everybody
    return CertificateView(
        certificate_version=1,
        code=certificate.code,
        address=address(public_url, certificate.code),
        is_test=is_test,
        state=state_of(certificate, fulfilment),
        state_since=max(_changes(certificate, fulfilment, revocations)),
        counted=_counted(stated, fulfilment),
        revocations=[
            RevocationView(
                revoked_at=each.decided_at,
                value_cents=each.value_cents,
                quantity_units=each.quantity_units if stated.units else None,
            )
            for each in revocations
        ],
        is_whole=is_whole,
        stated=stated if is_whole else _without_names(stated),
        stated_digest=digest(certificate.content),
        proof=None,
    )


def _changes(
    certificate: Certificate, fulfilment: Fulfilment, revocations: Sequence[FulfilmentDecision]
) -> Iterator[datetime]:
    yield certificate.issued_at
    if fulfilment.decided_at is not None:
        # Later than the certificate where it counts once more, on an objection.
        yield fulfilment.decided_at
    yield from (each.decided_at for each in revocations)


def _counted(stated: Stated, fulfilment: Fulfilment) -> CountedView:
    first, last = fulfilment.first_serial, fulfilment.last_serial
    cents = fulfilment.counted_cents
    if stated.units is None or first is None or last is None:
        return CountedView(
            value_cents=cents, quantity_units=None, first_serial=None, last_serial=None
        )
    last -= fulfilment.revoked_units
    units = last - first + 1
    return CountedView(
        value_cents=cents,
        quantity_units=units,
        first_serial=str(Serial.of(first)) if units else None,
        last_serial=str(Serial.of(last)) if units else None,
    )


def _without_names(stated: Stated) -> Stated:
    hidden = ("salt", "holder", "contract", "claim")
    return stated.model_copy(update=dict.fromkeys(hidden))
