"""What claims of the kinds without an order count for, by the rules of their obligation."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.models import Fulfilment, FulfilmentKind
from app.fulfilments.queries import fulfilments, placements
from app.fulfilments.queries.placements import ValuedLine
from app.fulfilments.schemas import claims
from app.fulfilments.schemas.claims import (
    ActivityHoursClaim,
    InKindClaim,
    PlacedClaim,
    PsoClaim,
    SocialPurchaseClaim,
    SpentClaim,
    UnitsClaim,
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
from app.obligations.valuing import placements as together

TIME = (FulfilmentKind.ACTIVITY_HOURS, FulfilmentKind.IN_KIND)
LIMITED_TOGETHER: Mapping[FulfilmentKind, tuple[FulfilmentKind, ...]] = dict.fromkeys(TIME, TIME)
"""The rules know one share for hours of every kind."""


async def worth_of(session: AsyncSession, obligation: Obligation, fulfilment: Fulfilment) -> Worth:
    """Say what a claim would count for now; what others claimed of its candidates stays unsaid."""
    version = await session.get_one(RuleVersion, obligation.rules_id)
    rules = version.read_rules()
    if fulfilment.kind is FulfilmentKind.BUILDING_BLOCK:
        lines = await placements.lines(session, fulfilment)
        return await placed(session, obligation, rules, placements.valued(rules, lines, {}))
    claim = spent(fulfilment)
    room = await room_for(session, obligation, claim.kind)
    return _valued(rules, claim, room)


async def placed(
    session: AsyncSession,
    obligation: Obligation,
    rules: AuthorityRules,
    lines: Sequence[ValuedLine],
) -> Worth:
    """Say what placements count for together, of which each was valued by itself."""
    room = await room_for(session, obligation, FulfilmentKind.BUILDING_BLOCK)
    return together(rules, [(each.placement, each.worth) for each in lines], room)


def spent(fulfilment: Fulfilment) -> SpentClaim:
    """Read what a fulfilment says was done, of which nothing stands elsewhere."""
    claim = claims.read(fulfilment.claim)
    if isinstance(claim, UnitsClaim | PlacedClaim):
        raise TypeError("units are of an order, and placements are lines")
    return claim


async def room_for(session: AsyncSession, obligation: Obligation, kind: FulfilmentKind) -> Room:
    """Say what an obligation has room for, of a kind."""
    kinds = LIMITED_TOGETHER.get(kind, (kind,))
    of_kind = await fulfilments.approved_cents(session, obligation.id, *kinds)
    standing = await of_obligations.standing.now(session, obligation)
    return standing.room(of_kind)


def _valued(rules: AuthorityRules, claim: SpentClaim, room: Room) -> Worth:
    match claim:
        case SocialPurchaseClaim():
            bought = SocialPurchase(claim.price_cents, claim.supplier)
            return social_purchase(rules, bought, room)
        case ActivityHoursClaim() | InKindClaim():
            return activity(rules, ActivityHours(claim.activity, claim.minutes), room)
        case PsoClaim():
            return pso(rules, claim.step, room)
    assert_never(claim)
