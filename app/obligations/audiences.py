"""Who is told of events about rules, contracts and obligations: the authority, and who is bound.

What an officer proposes, and a colleague refuses, stays inside the authority.
"""

import sqlalchemy as sa

from app.core.database import Identified
from app.obligations.access import READ_OBLIGATIONS
from app.obligations.models import Contract, ContractParty, Obligation
from app.obligations.parties import TRADE_REGISTERS
from app.organisations.models import Organisation
from app.schemes.models import Authority
from app.webhooks.hooks import TOLD, Audience, Side, about, naming

_AUTHORITY = naming(Authority, "authorityId", Authority.organisation_id)
_INSIDE = ("contract.set-aside", "obligation.proposed", "obligation.proposal-refused")


def _bound(thing: type[Identified], *contract: sa.ColumnElement[bool]) -> Side:
    """Tell whom a contract binds: named as such, or by the number that staff verified."""
    by_number = sa.and_(
        Organisation.verified_at.is_not(None),
        Organisation.register_number == ContractParty.identifier,
        sa.tuple_(ContractParty.scheme, Organisation.country).in_(list(TRADE_REGISTERS.items())),
    )
    return (
        sa.select(TOLD.c.id, Organisation.id)
        .join_from(TOLD, thing, thing.id == TOLD.c.subject_id)
        .join(ContractParty, sa.and_(*contract))
        .join(Organisation, sa.or_(Organisation.id == ContractParty.organisation_id, by_number))
        .where(TOLD.c.type.not_in(_INSIDE))
    )


AUDIENCES = (
    Audience(
        "rules",
        sides=(_AUTHORITY,),
        shows=("authorityId", "draftId", "number"),
        scope=READ_OBLIGATIONS,
    ),
    Audience(
        "package",
        sides=(_AUTHORITY,),
        shows=("authorityId", "sha256", "state"),
        scope=READ_OBLIGATIONS,
    ),
    Audience(
        "contracts",
        sides=(about(Authority, Authority.organisation_id),),
        shows=("rows", "sha256"),
        scope=READ_OBLIGATIONS,
    ),
    Audience(
        "contract",
        sides=(
            about(Contract, Authority.organisation_id).join(
                Authority, Authority.id == Contract.authority_id
            ),
            _bound(Contract, ContractParty.contract_id == Contract.id),
        ),
        shows=("authorityId", "origin", "number"),
        scope=READ_OBLIGATIONS,
    ),
    Audience(
        "obligation",
        sides=(
            _AUTHORITY,
            _bound(Obligation, ContractParty.contract_id == Obligation.contract_id),
        ),
        shows=("authorityId", "contractId", "amountCents"),
        scope=READ_OBLIGATIONS,
    ),
)
