"""Write down what a fulfilment is worth."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments import queries
from app.fulfilments.actions.keeping import Purchase
from app.fulfilments.models import Fulfilment
from app.fulfilments.problems import DoesNotCount
from app.fulfilments.schemas import claims
from app.fulfilments.schemas.claims import OtherClaim, UnitsClaim
from app.obligations.models import Obligation
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
    fulfilment.value_cents = fulfilment.revoked_cents + worth.cents + worth.surplus_cents
    fulfilment.surplus_cents = fulfilment.revoked_surplus_cents + worth.surplus_cents
    fulfilment.steps = [asdict(step) for step in worth.steps]
    return worth, freed


async def _worth(
    session: AsyncSession, obligation: Obligation, fulfilment: Fulfilment, bought: Purchase | None
) -> tuple[Worth, int]:
    if bought is None:
        return await queries.counting.worth_of(session, obligation, claimed(fulfilment)), 0
    return await queries.assessing.worth_of_units(
        session, obligation, bought.order, fulfilment.counted_units
    )


def claimed(fulfilment: Fulfilment) -> OtherClaim:
    """Read what a fulfilment without an order says was done."""
    claim = claims.read(fulfilment.claim)
    if isinstance(claim, UnitsClaim):
        raise TypeError("units are of an order")
    return claim
