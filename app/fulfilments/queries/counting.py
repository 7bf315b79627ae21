"""What claims of the kinds without an order count for, by the rules of their obligation."""

from collections.abc import Mapping
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.models import FulfilmentKind
from app.fulfilments.queries import fulfilments
from app.fulfilments.schemas.claims import (
    ActivityHoursClaim,
    InKindClaim,
    OtherClaim,
    PsoClaim,
    SocialPurchaseClaim,
)
from app.obligations import queries as of_obligations
from app.obligations.models import Obligation, RuleVersion
from app.obligations.rules import AuthorityRules
from app.obligations.valuing import (
    ActivityHours,
    Room,
    SocialPurchase,
    Worth,
    activity,
    pso,
    social_purchase,
)

TIME = (FulfilmentKind.ACTIVITY_HOURS, FulfilmentKind.IN_KIND)
LIMITED_TOGETHER: Mapping[FulfilmentKind, tuple[FulfilmentKind, ...]] = dict.fromkeys(TIME, TIME)
"""The rules know one share for hours of every kind."""


async def worth_of(session: AsyncSession, obligation: Obligation, claim: OtherClaim) -> Worth:
    """Say what a claim counts for now."""
    version = await session.get_one(RuleVersion, obligation.rules_id)
    room = await room_for(session, obligation, claim.kind)
    return _valued(version.read_rules(), claim, room)


async def room_for(session: AsyncSession, obligation: Obligation, kind: FulfilmentKind) -> Room:
    """Say what an obligation has room for, of a kind."""
    kinds = LIMITED_TOGETHER.get(kind, (kind,))
    of_kind = await fulfilments.approved_cents(session, obligation.id, *kinds)
    standing = await of_obligations.standing.now(session, obligation)
    return standing.room(of_kind)


def _valued(rules: AuthorityRules, claim: OtherClaim, room: Room) -> Worth:
    match claim:
        case SocialPurchaseClaim():
            bought = SocialPurchase(claim.price_cents, claim.supplier)
            return social_purchase(rules, bought, room)
        case ActivityHoursClaim() | InKindClaim():
            return activity(rules, ActivityHours(claim.activity, claim.minutes), room)
        case PsoClaim():
            return pso(rules, claim.step, room)
    assert_never(claim)
