"""Rules, contracts and obligations, made straight in the database."""

from copy import deepcopy
from datetime import date, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.files import File
from app.core.ids import new_id
from app.ledger import journal
from app.ledger.chart import Book
from app.obligations import postings, queries
from app.obligations.actions import computing, decisions, states
from app.obligations.models import (
    Contract,
    ContractAmendment,
    ContractImport,
    ContractOrigin,
    ContractParty,
    Obligation,
    ObligationDecisionKind,
    ObligationState,
    PartyRole,
    RuleDraft,
    RuleVersion,
)
from app.obligations.rules import ContractKind
from app.organisations.models import Organisation
from app.schemes.models import Authority
from tests.make.organisations import a_user

_numbers = count(1)

NAMED = {"nl": "Naam", "en": "Name"}
FROM_200_000 = {"kind": "from", "amountCents": 20_000_000}

RULES: dict[str, Any] = {
    "rulesVersion": 1,
    "source": "Assumed for the tests: of no real authority.",
    "obligation": {
        "base": "contract-sum",
        "percentage": {"kind": "at-least", "basisPoints": 500},
        "lowLabour": {"belowLabourShareBasisPoints": 3_000, "basisPoints": 200},
        "thresholdSum": None,
        "thresholds": {
            "services": FROM_200_000,
            "works": FROM_200_000,
            "supplies": {"kind": "always"},
        },
        "capCents": 100_000_000,
    },
    "deadlines": {"reportInDays": 7, "objectionDays": 42, "remindDaysBefore": [30, 7]},
    "buildingBlocks": {
        "fullTimeMinutesPerWeek": 2_160,
        "brokenMonths": "not-at-all",
        "blocks": [
            {"code": "ww", "name": NAMED, "yearCents": 2_000_000},
            {"code": "jobs-agreement", "name": NAMED, "yearCents": 4_000_000},
        ],
        "ageBonuses": [{"fromAge": 50, "yearCents": 500_000}],
        "permanentBonusCents": None,
        "longestMonths": 24,
        "blocksWithoutLimit": ["jobs-agreement"],
    },
    "units": {
        "factorBasisPoints": 15_000,
        "maximumShareBasisPoints": 5_000,
        "region": {"kind": "own-municipalities"},
    },
    "socialPurchases": {
        "factorBasisPoints": 5_000,
        "maximumShareBasisPoints": 2_000,
        "suppliers": ["sheltered-workshop", "pso-30-plus"],
    },
    "activities": {
        "rates": [
            {"code": "mentoring", "name": NAMED, "hourCents": 7_500},
            {"code": "workshop", "name": NAMED, "hourCents": 10_000},
        ],
        "maximumShareBasisPoints": 1_000,
    },
    "psoDiscounts": [
        {"step": "1", "basisPoints": 2_500},
        {"step": "2", "basisPoints": 5_000},
        {"step": "30-plus", "basisPoints": 10_000},
    ],
    "overClaiming": "surplus",
    "sanction": {"recoveryDays": 90, "factorBasisPoints": 15_000},
    "reporting": {"smallestCount": 5, "ageingDays": [30, 90]},
}
"""Rules that say something about everything; no real authority has them."""


def rules(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  Rules are JSON.
    """The rules, some of them changed."""
    return {**deepcopy(RULES), **changes}


async def a_rule_version(
    session: AsyncSession,
    authority: Authority,
    rules: dict[str, Any] = RULES,
    valid_from: date = date(2020, 1, 1),
) -> RuleVersion:
    """The next published version of an authority's rules, from 2020 on if nothing else is said."""
    counting = sa.select(sa.func.count()).where(RuleVersion.authority_id == authority.id)
    version = RuleVersion(
        authority_id=authority.id,
        number=(await session.scalar(counting) or 0) + 1,
        valid_from=valid_from,
        rules=deepcopy(rules),
        editor_ids=[(await a_user(session)).id],
        reason="Adopted by the council.",
        published_by_id=(await a_user(session)).id,
    )
    session.add(version)
    await session.flush()
    return version


async def a_rule_draft(session: AsyncSession, authority: Authority) -> RuleDraft:
    """Rules that somebody wrote down, to begin today."""
    draft = RuleDraft(
        authority_id=authority.id,
        valid_from=clock.today(),
        rules=deepcopy(RULES),
        editor_ids=[(await a_user(session)).id],
    )
    session.add(draft)
    await session.flush()
    return draft


def says(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  Columns of an amendment.
    """What a contract of EUR 1,000,000 with a clause says, that began yesterday, for a year."""
    today = clock.today()
    return {
        "title": "Cleaning of schools",
        "kind": ContractKind.SERVICES,
        "has_clause": True,
        "is_cancelled": False,
        "base": None,
        "basis_points": None,
        "contract_sum_cents": 100_000_000,
        "tender_sum_cents": None,
        "invoiced_turnover_cents": None,
        "wage_bill_cents": None,
        "labour_share_basis_points": None,
        "starts_on": today - timedelta(days=1),
        "ends_on": today + timedelta(days=364),
        **changes,
    }


async def a_contract(
    session: AsyncSession,
    authority: Authority,
    contractor: Organisation,
    **changes: Any,  # noqa: ANN401  Columns of an amendment.
) -> Contract:
    """A contract that an officer registered yesterday, with what follows from it."""
    officer = await a_user(session)
    awarded_on = changes.pop("awarded_on", clock.today() - timedelta(days=1))
    told = says(**changes)
    contract = Contract(
        authority_id=authority.id,
        reference=f"2026-{next(_numbers):04}",
        origin=ContractOrigin.AUTHORITY,
        awarded_on=awarded_on,
        has_clause=told["has_clause"],
        is_cancelled=False,
        registered_by_id=officer.id,
    )
    session.add(contract)
    await session.flush()
    party = ContractParty(
        contract_id=contract.id,
        role=PartyRole.CONTRACTOR,
        scheme="NL-KVK",
        identifier=contractor.register_number,
        legal_name=contractor.legal_name,
        organisation_id=contractor.id,
    )
    amendment = ContractAmendment(
        contract_id=contract.id,
        number=1,
        reason="As it was awarded.",
        made_by_id=officer.id,
        **told,
    )
    session.add_all([party, amendment])
    await session.flush()
    await computing.take_up(session, Actor.user(officer.id), contract, amendment)
    return contract


async def an_obligation(
    session: AsyncSession,
    authority: Authority,
    contractor: Organisation,
    *,
    confirmed: bool = True,
    **changes: Any,  # noqa: ANN401  Columns of an amendment.
) -> Obligation:
    """An obligation of EUR 50,000, confirmed and active if nothing else is said.

    The authority needs rules that apply (`a_rule_version`).
    """
    contract = await a_contract(session, authority, contractor, **changes)
    obligation = await queries.obligations.of_contract(session, contract.id)
    if obligation is None:
        raise RuntimeError("nothing follows from this contract")
    if confirmed:
        await journal.open_ledger(session, authority.id, Book.SOCIAL_RETURN)
        draft = postings.imposed(obligation, obligation.computed_cents, clock.now())
        await journal.post(session, draft)
        obligation.confirmed_cents = obligation.computed_cents
        obligation.state = ObligationState.ACTIVE
        kind = ObligationDecisionKind.CONFIRMED
        actor, cents = Actor.system("test"), obligation.computed_cents
        decisions.note(session, actor, obligation, kind, amount_cents=cents)
        await states.follow_dates(session, obligation)
    await session.flush()
    return obligation


async def an_import(session: AsyncSession, authority: Authority) -> ContractImport:
    """A package that waits for a job to take it up."""
    user = await a_user(session)
    file = File(
        id=new_id(),
        sha256=b"\0" * 32,
        size_bytes=2,
        media_type="application/json",
        name="package.json",
        uploaded_by=str(Actor.user(user.id)),
    )
    session.add(file)
    await session.flush()
    made = ContractImport(
        authority_id=authority.id,
        file_id=file.id,
        assume_clause=False,
        is_dry_run=False,
        imported_by_id=user.id,
    )
    session.add(made)
    await session.flush()
    return made
