"""Write down what a fulfilment is worth."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.money import LARGEST_AMOUNT
from app.fulfilments import queries
from app.fulfilments.actions.keeping import Purchase
from app.fulfilments.models import Fulfilment, FulfilmentKind
from app.fulfilments.problems import DoesNotCount
from app.obligations.models import Obligation, RuleVersion
from app.obligations.valuing import Worth


async def value(
    session: AsyncSession, fulfilment: Fulfilment, bought: Purchase | None
) -> tuple[Worth, int]:
    """Write down what a fulfilment is worth now; give also what it counted for provisionally.

    What is gone of it already stays in its value, and in what was revoked.

    Raises:
        DoesNotCount: it is worth nothing, or more than is open.
    """
    obligation = await queries.assessing.own_obligation(
        session, fulfilment.claimant_id, fulfilment.obligation_id
    )
    worth, freed = await _worth(session, obligation, fulfilment, bought)
    if not worth.counts:
        message = worth.reason or "It is worth nothing."
        raise DoesNotCount(message, steps=[str(step) for step in worth.steps])
    counts = worth.cents + worth.surplus_cents
    if counts > LARGEST_AMOUNT:
        # Rules may say of an hour, and a claim of hours, what no book has room for.
        message = "By these rules it would be worth more than any amount can be: claim less."
        raise DoesNotCount(message)
    fulfilment.rules_id = obligation.rules_id
    fulfilment.value_cents = fulfilment.revoked_cents + counts + worth.unrealised_cents
    fulfilment.lowered_cents = worth.unrealised_cents
    if bought is not None:
        project_id = bought.order.project_id
        fulfilment.report_id = await queries.results.report_id(session, project_id)
    fulfilment.surplus_cents = fulfilment.revoked_surplus_cents + worth.surplus_cents
    fulfilment.steps = [asdict(step) for step in worth.steps]
    return worth, freed


async def _worth(
    session: AsyncSession, obligation: Obligation, fulfilment: Fulfilment, bought: Purchase | None
) -> tuple[Worth, int]:
    if bought is not None:
        return await queries.assessing.worth_of_units(
            session, obligation, bought.order, fulfilment.counted_units
        )
    if fulfilment.kind is FulfilmentKind.BUILDING_BLOCK:
        return await _of_placements(session, obligation, fulfilment), 0
    return await queries.counting.worth_of(session, obligation, fulfilment), 0


async def _of_placements(
    session: AsyncSession, obligation: Obligation, fulfilment: Fulfilment
) -> Worth:
    """Value placements by what counted of their candidates before, and write it to each."""
    version = await session.get_one(RuleVersion, obligation.rules_id)
    rules = version.read_rules()
    lines = await queries.placements.lines(session, fulfilment)
    await queries.placements.keep(session, lines)
    before = await queries.placements.before(session, rules, obligation.authority_id, lines)
    found = queries.placements.valued(rules, lines, before)
    for each in found:
        each.line.counted_months = str(each.months)
        each.line.value_cents = each.worth.cents
        each.line.steps = [asdict(step) for step in each.worth.steps]
    return await queries.counting.placed(session, obligation, rules, found)
