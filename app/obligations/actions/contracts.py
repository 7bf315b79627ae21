"""Register contracts, report in with them, amend them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import violates
from app.core.events import Actor
from app.core.problems import NotFound
from app.obligations import queries
from app.obligations.actions import computing
from app.obligations.actions.rules import insist_on_life
from app.obligations.models import (
    Contract,
    ContractAmendment,
    ContractOrigin,
    ContractParty,
    PartyRole,
)
from app.obligations.parties import TRADE_REGISTERS, normalised
from app.obligations.problems import ContractAhead, ContractKnown
from app.obligations.schemas.contracts import (
    AmendmentRequest,
    ContractReportRequest,
    ContractRequest,
    ContractTerms,
    PartyRequest,
)
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.schemes.models import Authority


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who enters contracts: a person, or the job that does it for them."""

    user_id: UUID
    actor: Actor

    @classmethod
    def calling(cls, caller: Caller) -> Self:
        """The person who calls."""
        return cls(caller.user_id, caller.actor)


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract to be, whoever told of it."""

    authority_id: UUID
    reference: str
    origin: ContractOrigin
    awarded_on: date
    says: Mapping[str, Any]
    """What it says, by column of an amendment."""
    parties: Sequence[ContractParty]
    reason: str
    source_key: str | None = None
    is_cancelled: bool = False
    reported_in: bool = field(default=False)


async def register(
    session: AsyncSession, caller: Caller, authority: Authority, request: ContractRequest
) -> Contract:
    """Register a contract that an authority awarded.

    Raises:
        AuthorityEnded: it is no authority any more.
        ContractKnown, ContractAhead: it has it, or can't have it yet; what only a contractor told
            of otherwise gives way.
        NoRulesApply, RulesSilent: it has a clause, and nobody can say what is owed.
    """
    new = NewContract(
        authority_id=authority.id,
        reference=request.reference,
        origin=ContractOrigin.AUTHORITY,
        awarded_on=request.awarded_on,
        says=request.columns(),
        parties=parties_of(request.parties),
        reason="Registered by the authority.",
    )
    return await add(session, Registrar.calling(caller), new)


def parties_of(requested: Sequence[PartyRequest]) -> list[ContractParty]:
    """Make rows of parties; the first answers for the obligation."""
    return [
        ContractParty(
            role=PartyRole.JOINT if place else PartyRole.CONTRACTOR,
            scheme=party.scheme,
            identifier=normalised(party.scheme, party.identifier),
            legal_name=party.legal_name,
            organisation_id=None,
        )
        for place, party in enumerate(requested)
    ]


async def add(session: AsyncSession, registrar: Registrar, new: NewContract) -> Contract:
    """Write a contract, and let its obligation follow.

    Raises:
        AuthorityEnded, ContractKnown, ContractAhead, NoRulesApply, RulesSilent: as `register`.
    """
    if new.awarded_on > clock.today():
        message = "A contract is registered when it is awarded, not before."
        raise ContractAhead(message)
    # Shared: while the rules are looked up nobody publishes others that would apply.
    authority = await session.get_one(Authority, new.authority_id, with_for_update={"read": True})
    insist_on_life(authority)
    aside = await _set_aside(session, registrar, new)
    contract = Contract(
        authority_id=new.authority_id,
        reference=new.reference,
        source_key=new.source_key,
        origin=new.origin,
        awarded_on=new.awarded_on,
        has_clause=new.says["has_clause"],
        is_cancelled=new.is_cancelled,
        reported_in_at=clock.now() if new.reported_in else None,
        registered_by_id=registrar.user_id,
    )
    session.add(contract)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_contracts_authority_id_reference"):
            message = f"The authority has a contract {new.reference} already."
            raise ContractKnown(message) from error
        raise
    for party in new.parties:
        party.contract_id = contract.id
        session.add(party)
    events.record(
        session,
        "contract.registered",
        contract.id,
        registrar.actor,
        authorityId=str(new.authority_id),
        origin=new.origin,
    )
    await _amended(
        session, registrar, contract, 1, {**new.says, "is_cancelled": new.is_cancelled}, new.reason
    )
    if aside is not None:
        await _note_successor(session, registrar, aside, contract)
    return contract


async def _set_aside(
    session: AsyncSession, registrar: Registrar, new: NewContract
) -> Contract | None:
    """Take the reference back that a contractor named, where the authority says otherwise.

    Anybody may report in with any reference and any day, and nobody has confirmed it: what was
    reported stays, under a reference of its own and as cancelled.
    """
    if new.origin is ContractOrigin.CONTRACTOR:
        return None
    known = await queries.contracts.by_reference(session, new.authority_id, new.reference)
    if known is None:
        return None
    # Kept, so that nobody confirms it meanwhile.
    await queries.obligations.of_contract(session, known.id)
    if not await queries.contracts.is_only_reported(session, known.id):
        return None
    known = await queries.contracts.whole(session, known)
    if not _says_otherwise(new, known):
        return None
    known.reference = f"{new.reference}/{known.id}"
    says = {column: getattr(known.terms, column) for column in ContractTerms.model_fields}
    reason = f"The authority has {new.reference} with another day of award, or other parties."
    await append(session, registrar, known, {**says, "is_cancelled": True}, reason)
    return known


def _says_otherwise(new: NewContract, known: Contract) -> bool:
    """Tell whether what is new of a contract is what no amendment of it could say."""
    bound = {(party.scheme, party.identifier) for party in known.parties}
    named = {(party.scheme, party.identifier) for party in new.parties}
    return known.awarded_on != new.awarded_on or bound != named


async def _note_successor(
    session: AsyncSession, registrar: Registrar, aside: Contract, contract: Contract
) -> None:
    """Write down what took a report's place; who came forward with it did so for that, too."""
    reporters = [party.organisation_id for party in aside.parties if party.organisation_id]
    if await queries.contracts.binds(session, contract.id, reporters):
        contract.reported_in_at = aside.reported_in_at
    events.record(
        session,
        "contract.set-aside",
        aside.id,
        registrar.actor,
        authorityId=str(aside.authority_id),
        contractId=str(contract.id),
        reportedAwardedOn=aside.awarded_on.isoformat(),
        awardedOn=contract.awarded_on.isoformat(),
    )


async def _amended(  # noqa: PLR0913  Each is one thing that a row says.
    session: AsyncSession,
    registrar: Registrar,
    contract: Contract,
    number: int,
    says: Mapping[str, Any],
    reason: str,
) -> ContractAmendment:
    amendment = ContractAmendment(
        contract_id=contract.id, number=number, reason=reason, made_by_id=registrar.user_id, **says
    )
    session.add(amendment)
    await session.flush()
    await computing.take_up(session, registrar.actor, contract, amendment)
    return amendment


async def report_in(
    session: AsyncSession,
    caller: Caller,
    organisation: Organisation,
    request: ContractReportRequest,
) -> Contract:
    """Come forward as the contractor of a contract: one that the authority has, or tells of first.

    Raises:
        NotFound: there is no such authority.
        ContractKnown: the authority has it with other parties.
        AuthorityEnded, ContractAhead, NoRulesApply, RulesSilent: as `register`.
    """
    if await session.get(Authority, request.authority_id) is None:
        message = f"There is no authority {request.authority_id}."
        raise NotFound(message)
    known = await queries.contracts.by_reference(session, request.authority_id, request.reference)
    if known is not None:
        return await _come_forward(session, caller, organisation, known)
    new = NewContract(
        authority_id=request.authority_id,
        reference=request.reference,
        origin=ContractOrigin.CONTRACTOR,
        awarded_on=request.awarded_on,
        says=request.columns(),
        parties=[_itself(organisation)],
        reason="Reported in by the contractor.",
        reported_in=True,
    )
    return await add(session, Registrar.calling(caller), new)


async def _come_forward(
    session: AsyncSession, caller: Caller, organisation: Organisation, contract: Contract
) -> Contract:
    if not await queries.contracts.binds(session, contract.id, [organisation.id]):
        message = "The authority has this contract with other parties: ask it to put that right."
        raise ContractKnown(message)
    if contract.reported_in_at is None:
        contract.reported_in_at = clock.now()
        events.record(session, "contract.reported-in", contract.id, caller.actor)
        await session.flush()
    return contract


def _itself(organisation: Organisation) -> ContractParty:
    registers = {country: scheme for scheme, country in TRADE_REGISTERS.items()}
    return ContractParty(
        role=PartyRole.CONTRACTOR,
        scheme=registers.get(organisation.country, f"{organisation.country}-REG"),
        identifier=organisation.register_number,
        legal_name=organisation.legal_name,
        organisation_id=organisation.id,
    )


async def amend(
    session: AsyncSession, caller: Caller, contract_id: UUID, request: AmendmentRequest
) -> ContractAmendment:
    """Write what a contract says from now on; what it said stays.

    Raises:
        NoRulesApply, RulesSilent: it has a clause, and nobody can say what is owed.
    """
    says = {**request.columns(), "is_cancelled": request.is_cancelled}
    contract = await kept(session, contract_id)
    return await append(session, Registrar.calling(caller), contract, says, request.reason)


async def kept(session: AsyncSession, contract_id: UUID) -> Contract:
    """Keep a contract as it is until this is done: before anything is appended to it."""
    found = await session.scalar(sa.select(Contract.authority_id).where(Contract.id == contract_id))
    # Shared: while the rules are looked up nobody publishes others that would apply.
    await session.get_one(Authority, found, with_for_update={"read": True})
    return await queries.contracts.kept(session, contract_id)


async def append(
    session: AsyncSession,
    registrar: Registrar,
    contract: Contract,
    says: Mapping[str, Any],
    reason: str,
) -> ContractAmendment:
    """Append an amendment to a contract that is kept, and let its obligation follow.

    Raises:
        NoRulesApply, RulesSilent: as `amend`.
    """
    number = contract.terms.number + 1
    amendment = await _amended(session, registrar, contract, number, says, reason)
    events.record(
        session,
        "contract.amended",
        contract.id,
        registrar.actor,
        authorityId=str(contract.authority_id),
        number=number,
    )
    return amendment
