"""Issue the certificate of a fulfilment that an authority approves."""

import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.fulfilments import queries
from app.fulfilments.certificates import Stated, codes
from app.fulfilments.certificates.document import (
    CertifiedAuthority,
    CertifiedContract,
    CertifiedHolder,
    CertifiedProject,
    CertifiedRules,
    CertifiedScheme,
    CertifiedUnits,
)
from app.fulfilments.models import Certificate, Fulfilment
from app.orders.serials import Serial

SALT_BYTES = 32


async def issue(session: AsyncSession, actor: Actor, fulfilment: Fulfilment) -> Certificate:
    """Certify what was approved just now, in the same transaction: once, and for good."""
    row = await queries.certificates.facts(session, fulfilment)
    code = codes.new_code()
    certificate = Certificate(
        fulfilment_id=fulfilment.id,
        code=code,
        # Who bought nothing was never asked, and is not named either.
        is_named=bool(row.is_named),
        content=stated(fulfilment, row, code).model_dump(mode="json", by_alias=True),
    )
    session.add(certificate)
    await session.flush()
    events.record(session, "certificate.issued", fulfilment.id, actor, code=code)
    return certificate


def stated(fulfilment: Fulfilment, row: sa.Row[Any], code: str) -> Stated:
    """Put together what a certificate says; the fulfilment is approved."""
    holder, rules = row.Organisation, row.RuleVersion
    return Stated.model_validate(
        {
            "code": code,
            "salt": secrets.token_hex(SALT_BYTES),
            "fulfilment_id": fulfilment.id,
            "obligation_id": fulfilment.obligation_id,
            "kind": fulfilment.kind,
            "authority": CertifiedAuthority(id=fulfilment.authority_id, name=row.authority_name),
            "holder": CertifiedHolder(
                id=holder.id,
                name=holder.legal_name,
                country=holder.country,
                register_number=holder.register_number,
            ),
            "contract": CertifiedContract(
                reference=row.reference, title=row.contract_title, awarded_on=row.awarded_on
            ),
            "rules": CertifiedRules(id=rules.id, number=rules.number, valid_from=rules.valid_from),
            **_bought(fulfilment, row),
            "claim": fulfilment.claim if fulfilment.first_serial is None else None,
            "value_cents": fulfilment.counted_cents,
            "surplus_cents": fulfilment.surplus_cents,
            "submitted_at": fulfilment.submitted_at,
            "approved_at": fulfilment.decided_at,
        }
    )


def _bought(fulfilment: Fulfilment, row: sa.Row[Any]) -> dict[str, object]:
    """Say which units of which project were bought, where there are any."""
    scheme, listing = row.Scheme, row.Listing
    first, last = fulfilment.first_serial, fulfilment.last_serial
    if first is None or last is None:
        return {"scheme": None, "project": None, "units": None}
    return {
        "scheme": CertifiedScheme(id=scheme.id, code=scheme.code, name=scheme.name),
        "project": CertifiedProject(
            id=listing.project_id,
            number=row.project_number,
            title=listing.title,
            entrepreneur_name=row.entrepreneur_name,
            municipality=listing.municipality,
        ),
        "units": CertifiedUnits(
            quantity_units=fulfilment.quantity_units,
            unit_name=scheme.unit_name,
            first_serial=str(Serial.of(first)),
            last_serial=str(Serial.of(last)),
        ),
    }
