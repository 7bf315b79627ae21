"""Who works for an authority, audits it, or looks? Dependencies that prove it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import NotFound, existing
from app.obligations import queries
from app.obligations.models import (
    Contract,
    ContractImport,
    Obligation,
    ObligationObjection,
    ObligationProposal,
    ProposalSide,
    RuleDraft,
    RuleVersion,
)
from app.obligations.schemas.objections import ObligationObjectionRequest
from app.organisations.access import Person, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.problems import RoleTooSmall
from app.organisations.scopes import Scope
from app.schemes import queries as of_schemes
from app.schemes.models import Authority

READ_OBLIGATIONS = Scope(
    "obligations:read",
    "Read contracts and obligations: those the organisation imposes, and its own.",
)

ObligationReader = Annotated[Caller, Security(identify, scopes=[READ_OBLIGATIONS])]
"""A person, or a machine that may read obligations."""


async def find_authority(
    session: AsyncSession, caller: Caller, authority_id: UUID, right: Right
) -> Authority:
    """Find an authority through the caller's rights in it; that an auditor reads it is noted.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with its inner affairs.
        RoleTooSmall: the caller may see them, and may not do this.
        OrganisationInactive: its organisation is not active: its people look and no more.
    """
    authority = await session.get(Authority, authority_id)
    if authority is None or not await sees(session, caller, authority):
        message = f"You have nothing to do with an authority {authority_id}."
        raise NotFound(message).for_trail()
    if right is not Right.READ:
        if not caller.rights_in(authority.organisation_id):
            message = f"Who looks at an authority may not {right} there."
            raise RoleTooSmall(message)
        # Its own refusal says whether the role is too small or the organisation is not active.
        await find_organisation(session, caller, authority.organisation_id, right)
    return authority


async def sees(session: AsyncSession, caller: Caller, authority: Authority) -> bool:
    """Tell whether somebody sees an authority's inner affairs: its people, auditors, staff."""
    if caller.rights_in(authority.organisation_id) or caller.is_staff:
        return True
    return await of_schemes.keepers.audits(session, caller, authority.organisation_id)


async def _seen(authority_id: UUID, caller: ObligationReader, session: Session) -> Authority:
    return await find_authority(session, caller, authority_id, Right.READ)


async def _worked(authority_id: UUID, caller: Person, session: Session) -> Authority:
    return await find_authority(session, caller, authority_id, Right.WRITE)


async def _decided(authority_id: UUID, caller: Person, session: Session) -> Authority:
    return await find_authority(session, caller, authority_id, Right.APPROVE)


SeenAuthority = Annotated[Authority, Depends(_seen)]
"""An authority whose inner affairs the caller, person or machine, may see."""
WorkedAuthority = Annotated[Authority, Depends(_worked)]
"""An authority for which the person works."""
DecidedAuthority = Annotated[Authority, Depends(_decided)]
"""An authority for which the person decides."""


async def _version(authority_id: UUID, rules_id: UUID, session: Session) -> RuleVersion:
    return existing(await queries.rules.one(session, authority_id, rules_id), rules_id)


PublishedRules = Annotated[RuleVersion, Depends(_version)]
"""Rules that everybody may read: published is public."""


async def _seen_draft(rule_draft_id: UUID, authority: SeenAuthority, session: Session) -> RuleDraft:
    return existing(await queries.rules.draft(session, authority, rule_draft_id), rule_draft_id)


async def _worked_draft(
    rule_draft_id: UUID, authority: WorkedAuthority, session: Session
) -> RuleDraft:
    return existing(await queries.rules.draft(session, authority, rule_draft_id), rule_draft_id)


async def _decided_draft(
    rule_draft_id: UUID, authority: DecidedAuthority, session: Session
) -> RuleDraft:
    return existing(await queries.rules.draft(session, authority, rule_draft_id), rule_draft_id)


SeenRuleDraft = Annotated[RuleDraft, Depends(_seen_draft)]
WorkedRuleDraft = Annotated[RuleDraft, Depends(_worked_draft)]
DecidedRuleDraft = Annotated[RuleDraft, Depends(_decided_draft)]


async def _reads_contracts_of(
    organisation_id: UUID, caller: ObligationReader, session: Session
) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


BoundOrganisation = Annotated[Organisation, Depends(_reads_contracts_of)]
"""An organisation of which the caller, person or machine, may read what binds it."""


async def find_contract(session: AsyncSession, caller: Caller, contract_id: UUID) -> Contract:
    """Find a contract that the caller may read: its authority's people, its parties', staff.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
    """
    contract = await queries.contracts.one(session, contract_id)
    if contract is None or not await _is_theirs(
        session, caller, contract.authority_id, contract_id
    ):
        message = f"You have nothing to do with a contract {contract_id}."
        raise NotFound(message).for_trail()
    return contract


async def find_obligation(session: AsyncSession, caller: Caller, obligation_id: UUID) -> Obligation:
    """Find an obligation that the caller may read: as its contract.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
    """
    found = await queries.obligations.one(session, obligation_id)
    if found is None or not await _is_theirs(
        session, caller, found.authority_id, found.contract_id
    ):
        message = f"You have nothing to do with an obligation {obligation_id}."
        raise NotFound(message).for_trail()
    return found


async def _is_theirs(
    session: AsyncSession, caller: Caller, authority_id: UUID, contract_id: UUID
) -> bool:
    if await queries.contracts.binds(session, contract_id, list(caller.identity.rights)):
        return True
    return await sees(session, caller, await session.get_one(Authority, authority_id))


async def _readable_contract(
    contract_id: UUID, caller: ObligationReader, session: Session
) -> Contract:
    return await find_contract(session, caller, contract_id)


async def _worked_contract(contract_id: UUID, caller: Person, session: Session) -> Contract:
    contract = await find_contract(session, caller, contract_id)
    await _insist_on_authority(session, caller, contract.authority_id, Right.WRITE)
    return contract


async def _readable_obligation(
    obligation_id: UUID, caller: ObligationReader, session: Session
) -> Obligation:
    return await find_obligation(session, caller, obligation_id)


async def _worked_obligation(obligation_id: UUID, caller: Person, session: Session) -> Obligation:
    obligation = await find_obligation(session, caller, obligation_id)
    await _insist_on_authority(session, caller, obligation.authority_id, Right.WRITE)
    return obligation


async def _decided_obligation(obligation_id: UUID, caller: Person, session: Session) -> Obligation:
    obligation = await find_obligation(session, caller, obligation_id)
    await _insist_on_authority(session, caller, obligation.authority_id, Right.APPROVE)
    return obligation


async def _insist_on_authority(
    session: AsyncSession, caller: Caller, authority_id: UUID, right: Right
) -> None:
    authority = await session.get_one(Authority, authority_id)
    if not caller.rights_in(authority.organisation_id):
        message = "This is for the people of the authority."
        raise RoleTooSmall(message)
    await find_organisation(session, caller, authority.organisation_id, right)


ReadableContract = Annotated[Contract, Depends(_readable_contract)]
"""A contract that the caller may read: its authority's people, its parties', auditors, staff."""
WorkedContract = Annotated[Contract, Depends(_worked_contract)]
"""A contract for whose authority the person works."""
ReadableObligation = Annotated[Obligation, Depends(_readable_obligation)]
"""An obligation that the caller may read, as its contract."""
WorkedObligation = Annotated[Obligation, Depends(_worked_obligation)]
"""An obligation for whose authority the person works."""
DecidedObligation = Annotated[Obligation, Depends(_decided_obligation)]
"""An obligation for whose authority the person decides."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An obligation, and on whose side the person asks for something about it."""

    obligation_id: UUID
    side: ProposalSide


async def _asked(obligation_id: UUID, caller: Person, session: Session) -> Asked:
    obligation = await find_obligation(session, caller, obligation_id)
    authority = await session.get_one(Authority, obligation.authority_id)
    if caller.rights_in(authority.organisation_id):
        await find_organisation(session, caller, authority.organisation_id, Right.WRITE)
        return Asked(obligation.id, ProposalSide.AUTHORITY)
    bound = await _bound_by(session, caller, obligation)
    if not bound:
        message = "This is for the people of the authority and of the contractor."
        raise RoleTooSmall(message)
    await _insist_on_one(session, caller, bound)
    return Asked(obligation.id, ProposalSide.CONTRACTOR)


async def _insist_on_one(session: AsyncSession, caller: Caller, bound: list[UUID]) -> UUID:
    """Give the first of these organisations for which somebody works."""
    for organisation_id in bound:
        if Right.WRITE in caller.rights_in(organisation_id):
            return organisation_id
    return (await find_organisation(session, caller, bound[0], Right.WRITE)).id


async def _known_obligation(obligation_id: UUID, caller: Person, session: Session) -> Obligation:
    return await find_obligation(session, caller, obligation_id)


KnownObligation = Annotated[Obligation, Depends(_known_obligation)]
"""An obligation that the person may read."""


async def _bound_for(obligation: KnownObligation, caller: Person, session: Session) -> UUID:
    bound = await _bound_by(session, caller, obligation)
    if not bound:
        message = "This is for the people of the contractor."
        raise RoleTooSmall(message)
    return await _insist_on_one(session, caller, bound)


BoundFor = Annotated[UUID, Depends(_bound_for)]
"""The contractor for which the person works; of several that one contract binds, the oldest."""


async def _bound_obligation(obligation: KnownObligation, _contractor: BoundFor) -> Obligation:
    return obligation


BoundObligation = Annotated[Obligation, Depends(_bound_obligation)]
"""An obligation for whose contractor the person works."""


async def _lodged_for(
    request: ObligationObjectionRequest,
    obligation: KnownObligation,
    oldest: BoundFor,
    caller: Person,
    session: Session,
) -> UUID:
    wanted = request.lodged_for_id
    if wanted is None:
        return oldest
    if wanted not in await _bound_by(session, caller, obligation):
        message = f"{wanted} is none of your organisations that the obligation binds."
        raise RoleTooSmall(message)
    return (await find_organisation(session, caller, wanted, Right.WRITE)).id


LodgedFor = Annotated[UUID, Depends(_lodged_for)]
"""The contractor for which an objection is lodged: the one that it names, or `BoundFor`."""


async def _bound_by(session: AsyncSession, caller: Caller, obligation: Obligation) -> list[UUID]:
    """Name the person's organisations that an obligation binds."""
    return [
        organisation_id
        for organisation_id in sorted(caller.identity.rights)
        if await queries.contracts.binds(session, obligation.contract_id, [organisation_id])
    ]


async def _bound_objection(
    obligation_objection_id: UUID, obligation: BoundObligation, session: Session
) -> ObligationObjection:
    found = await queries.objections.one(session, obligation.id, obligation_objection_id)
    return existing(found, obligation_objection_id)


BoundObjection = Annotated[ObligationObjection, Depends(_bound_objection)]
"""An objection of a contractor that the obligation binds, with the person's."""


async def _own_objection(
    objection: BoundObjection, caller: Person, session: Session
) -> ObligationObjection:
    lodged_for_id = objection.lodged_for_id
    if lodged_for_id is None or not caller.rights_in(lodged_for_id):
        message = "Another contractor lodged it: its people decide whether they let go of it."
        raise RoleTooSmall(message)
    await find_organisation(session, caller, lodged_for_id, Right.WRITE)
    return objection


async def _decided_objection(
    obligation_objection_id: UUID, obligation: DecidedObligation, session: Session
) -> ObligationObjection:
    found = await queries.objections.one(session, obligation.id, obligation_objection_id)
    return existing(found, obligation_objection_id)


OwnObjection = Annotated[ObligationObjection, Depends(_own_objection)]
"""An objection that was lodged for an organisation for which the person works."""
DecidedObjection = Annotated[ObligationObjection, Depends(_decided_objection)]
"""An objection that the person may decide about for the authority."""

AskedObligation = Annotated[Asked, Depends(_asked)]
"""An obligation about which the person may ask for something, on either side."""


async def _decided_proposal(
    proposal_id: UUID, obligation: DecidedObligation, session: Session
) -> ObligationProposal:
    found = await queries.obligations.proposal(session, obligation.id, proposal_id)
    return existing(found, proposal_id)


DecidedProposal = Annotated[ObligationProposal, Depends(_decided_proposal)]


async def _import(
    ocds_import_id: UUID, authority: SeenAuthority, session: Session
) -> ContractImport:
    return existing(await queries.imports.one(session, authority, ocds_import_id), ocds_import_id)


ImportOfAuthority = Annotated[ContractImport, Depends(_import)]
