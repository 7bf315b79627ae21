"""Rules of authorities, made straight in the database."""

from copy import deepcopy
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.obligations.models import RuleDraft, RuleVersion
from app.schemes.models import Authority
from tests.make.organisations import a_user

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
