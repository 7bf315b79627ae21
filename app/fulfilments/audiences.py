"""Who is told of events about claims and certificates: the claimant, and the authority.

A draft is the claimant's own.
"""

from app.fulfilments.models import Fulfilment
from app.obligations.access import READ_OBLIGATIONS
from app.obligations.models import Obligation
from app.schemes.models import Authority
from app.webhooks.hooks import TOLD, Audience, about, naming

_DRAFTING = (
    "fulfilment.drafted",
    "fulfilment.rewritten",
    "fulfilment.file-attached",
    "fulfilment.file-removed",
)

_SIDES = (
    about(Fulfilment, Fulfilment.claimant_id),
    about(Fulfilment, Authority.organisation_id, *_DRAFTING).join(
        Authority, Authority.id == Fulfilment.authority_id
    ),
)

AUDIENCES = (
    Audience(
        "fulfilment",
        sides=_SIDES,
        shows=("obligationId", "quantityUnits", "valueCents", "sha256"),
        scope=READ_OBLIGATIONS,
    ),
    Audience(
        "order",
        sides=(
            naming(Obligation, "obligationId", Authority.organisation_id)
            .join(Authority, Authority.id == Obligation.authority_id)
            .where(TOLD.c.type == "order.lowered"),
        ),
    ),
    Audience("certificate", sides=_SIDES, shows=("code",), scope=READ_OBLIGATIONS),
)
