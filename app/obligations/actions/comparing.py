"""Compare what a file tells of contracts with what is known, and take what is new of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import Problem
from app.obligations import queries
from app.obligations.actions import computing, contracts
from app.obligations.actions.contracts import NewContract, Registrar
from app.obligations.importing import Candidate
from app.obligations.models import (
    Contract,
    ContractAmendment,
    ContractOrigin,
    ContractParty,
    ImportOutcome,
    PartyRole,
    RuleVersion,
)
from app.obligations.problems import NoRulesApply, RulesSilent

NOT_IN_PACKAGES = (
    *("base", "basis_points", "invoiced_turnover_cents", "wage_bill_cents"),
    "labour_share_basis_points",
)
"""What OCDS has no members for: its silence takes nothing away that people entered."""

SAID_BEFORE = (
    "It said this before it was amended, so that the file is of an earlier day. Should it say so"
    " again, amend it by hand."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a candidate, or would."""

    outcome: ImportOutcome
    contract_id: UUID | None = None
    code: str | None = None
    detail: str | None = None


async def look(session: AsyncSession, authority_id: UUID, candidate: Candidate) -> Finding:
    """Say what would become of a candidate; it changes nothing."""
    known = await _known(session, authority_id, candidate)
    if known is None:
        return await _as_new(session, authority_id, candidate)
    if fault := _contradiction(known, candidate):
        if not await queries.contracts.is_only_reported(session, known.id):
            return Finding(ImportOutcome.REFUSED, known.id, *fault)
        if not candidate.is_cancelled:
            # What only a contractor told of gives way.
            return await _as_new(session, authority_id, candidate)
    if unchanged := _unchanged(known, candidate):
        return unchanged
    version = await _rules(session, known.authority_id, known.rules_id, candidate)
    says = _told(known.terms, candidate)
    return _appraised(version, says) or Finding(ImportOutcome.AMENDED, known.id)


async def take(
    session: AsyncSession, registrar: Registrar, authority_id: UUID, candidate: Candidate
) -> Finding:
    """Register a candidate, or append what it says to the contract that is known.

    Raises:
        AuthorityEnded: it is no authority any more.
        ContractKnown: somebody registered it at the same time.
    """
    found = await look(session, authority_id, candidate)
    if found.outcome is ImportOutcome.REGISTERED:
        made = await contracts.add(session, registrar, _new(authority_id, candidate))
        return Finding(ImportOutcome.REGISTERED, made.id)
    if found.outcome is ImportOutcome.AMENDED and found.contract_id is not None:
        contract = await contracts.kept(session, found.contract_id)
        if unchanged := _unchanged(contract, candidate):
            # Somebody imported the same at the same time, and was first.
            return unchanged
        says = _told(contract.terms, candidate)
        await contracts.append(session, registrar, contract, says, candidate.reason)
    return found


async def _known(
    session: AsyncSession, authority_id: UUID, candidate: Candidate
) -> Contract | None:
    same = Contract.reference == candidate.reference
    if candidate.source_key is not None:
        same = sa.or_(same, Contract.source_key == candidate.source_key)
    found = await session.scalar(
        sa.select(Contract.id).where(Contract.authority_id == authority_id, same).limit(1)
    )
    return None if found is None else await queries.contracts.one(session, found)


async def _as_new(session: AsyncSession, authority_id: UUID, candidate: Candidate) -> Finding:
    if candidate.is_cancelled:
        detail = "The contract is cancelled, and nothing is known of it: there is nothing to take."
        return Finding(ImportOutcome.PASSED_OVER, None, "cancelled", detail)
    if not candidate.parties:
        detail = "The contract has no supplier."
        return Finding(ImportOutcome.REFUSED, None, "no-supplier", detail)
    if candidate.awarded_on > clock.today():
        detail = f"It is awarded on {candidate.awarded_on}, and that is not over yet."
        return Finding(ImportOutcome.REFUSED, None, "awarded-ahead", detail)
    version = await _rules(session, authority_id, None, candidate)
    return _appraised(version, candidate.says) or Finding(ImportOutcome.REGISTERED)


async def _rules(
    session: AsyncSession, authority_id: UUID, rules_id: UUID | None, candidate: Candidate
) -> RuleVersion | None:
    if rules_id is not None:
        return await session.get_one(RuleVersion, rules_id)
    return await queries.rules.applying(session, authority_id, candidate.awarded_on)


def _appraised(version: RuleVersion | None, says: Mapping[str, Any]) -> Finding | None:
    """Say why nobody can say what is owed, if that is so."""
    try:
        computing.appraise(version, ContractAmendment(**says))
    except (NoRulesApply, RulesSilent) as silent:
        return Finding(ImportOutcome.REFUSED, None, _code(silent), silent.detail)
    return None


def _code(problem: Problem) -> str:
    return problem.type_path().removeprefix("/problems/")


def _contradiction(known: Contract, candidate: Candidate) -> tuple[str, str] | None:
    """Say what of a contract no amendment changes, and the candidate says otherwise."""
    if known.awarded_on != candidate.awarded_on:
        detail = f"It was awarded on {known.awarded_on}: the reference date never changes."
        return "other-award-date", detail
    parties = {(party.scheme, party.identifier) for party in known.parties}
    if candidate.parties and parties != {party[:2] for party in candidate.parties}:
        detail = "It binds other parties than the contract that is known: register it anew."
        return "other-parties", detail
    return None


def _unchanged(known: Contract, candidate: Candidate) -> Finding | None:
    """Find out whether a contract says what a candidate does, or once did.

    A package may hold several releases about a contract, and may come again: what is older than
    what is known takes nothing back. Rows have no such past: they say what holds now.
    """
    if _says_the_same(known.terms, candidate):
        return Finding(ImportOutcome.UNCHANGED, known.id)
    before = known.amendments if candidate.source_key is not None else []
    if any(_says_the_same(terms, candidate) for terms in before):
        return Finding(ImportOutcome.UNCHANGED, known.id, "said-before", SAID_BEFORE)
    return None


def _says_the_same(terms: ContractAmendment, candidate: Candidate) -> bool:
    told = _told(terms, candidate)
    return all(getattr(terms, name) == value for name, value in told.items())


def _told(terms: ContractAmendment, candidate: Candidate) -> Mapping[str, Any]:
    """Say what a contract says with a candidate, of which a package tells only a part."""
    if candidate.source_key is None:
        return candidate.says
    return {
        **candidate.says,
        **{name: getattr(terms, name) for name in NOT_IN_PACKAGES},
        "has_clause": candidate.says["has_clause"] or terms.has_clause,
    }


def _new(authority_id: UUID, candidate: Candidate) -> NewContract:
    return NewContract(
        authority_id=authority_id,
        reference=candidate.reference,
        source_key=candidate.source_key,
        origin=ContractOrigin.IMPORT,
        awarded_on=candidate.awarded_on,
        says={name: value for name, value in candidate.says.items() if name != "is_cancelled"},
        parties=[
            ContractParty(
                role=PartyRole.JOINT if place else PartyRole.CONTRACTOR,
                scheme=party.scheme,
                identifier=party.identifier,
                legal_name=party.legal_name,
                organisation_id=None,
            )
            for place, party in enumerate(candidate.parties)
        ],
        reason=candidate.reason,
    )
