"""Whether units count for an obligation: who asks before paying and who decides ask this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import NotFound
from app.fulfilments.models import Fulfilment, FulfilmentKind
from app.fulfilments.queries import counting, fulfilments, results, splits
from app.obligations import queries as of_obligations
from app.obligations.models import Contract, Obligation, RuleVersion
from app.obligations.valuing import Step, UnitsBought, Worth, units
from app.orders.models import Order
from app.organisations.models import Organisation
from app.projects.models import Listing
from app.schemes.models import Authority, Policy, SchemeRecognition


@dataclass(frozen=True, slots=True)
class Assessment:
    """Whether units count for an obligation, for how much, by which rules, and why."""

    obligation_id: UUID
    quantity_units: int | None
    rules_id: UUID
    counts: bool
    value_cents: int
    surplus_cents: int
    beyond_cents: int
    reason: str | None
    steps: Sequence[Step]


async def assess(
    session: AsyncSession, organisation: Organisation, project_id: UUID, wanted: tuple[int, UUID]
) -> Assessment:
    """Say what a number of units would count for, of one of an organisation's obligations.

    Raises:
        NotFound: it has no such obligation, or no such project is on the market.
    """
    quantity, obligation_id = wanted
    obligation = await own_obligation(session, organisation.id, obligation_id)
    worth = await worth_of(session, obligation, project_id, quantity, 0)
    return _assessed(obligation, quantity, worth)


async def assess_fulfilment(session: AsyncSession, fulfilment: Fulfilment) -> Assessment:
    """Say what a fulfilment would count for if it were decided now."""
    obligation = await session.get_one(Obligation, fulfilment.obligation_id)
    units: int | None = None
    if fulfilment.order_id is not None:
        order = await session.get_one(Order, fulfilment.order_id)
        units = fulfilment.counted_units
        worth, _ = await worth_of_units(session, obligation, order, units)
    else:
        worth = await counting.worth_of(session, obligation, fulfilment)
    return _assessed(obligation, units, worth)


def _assessed(obligation: Obligation, units: int | None, worth: Worth) -> Assessment:
    if not obligation.state.is_open:
        worth = Worth(0, worth.steps, f"The obligation is {obligation.state}.")
    return Assessment(
        obligation.id,
        units,
        obligation.rules_id,
        worth.counts,
        worth.cents + worth.surplus_cents,
        worth.surplus_cents,
        worth.beyond_cents,
        worth.reason,
        worth.steps,
    )


AT_ONCE = 20


async def open_ids(session: AsyncSession, organisation: Organisation) -> list[UUID]:
    """Name the obligations of an organisation that can be fulfilled: the first that are due."""
    query = (
        sa.select(Obligation.id)
        .join(Contract, Contract.id == Obligation.contract_id)
        .where(
            of_obligations.contracts.binding([organisation.id]), Obligation.state.in_(splits.OPEN)
        )
        .order_by(Obligation.due_on, Obligation.id)
        .limit(AT_ONCE)
    )
    return list(await session.scalars(query))


async def own_obligation(
    session: AsyncSession, organisation_id: UUID, obligation_id: UUID
) -> Obligation:
    """Find an obligation that binds an organisation.

    Raises:
        NotFound: none with this id does.
    """
    found = await of_obligations.obligations.one(session, obligation_id)
    if found is None or not await of_obligations.contracts.binds(
        session, found.contract_id, [organisation_id]
    ):
        message = f"The organisation has no obligation {obligation_id}."
        raise NotFound(message)
    return found


async def worth_of(
    session: AsyncSession,
    obligation: Obligation,
    of: Order | UUID,
    quantity_units: int,
    freed_cents: int,
) -> Worth:
    """Say what units count for, when so much that they counted for comes free.

    They are of an order, or of a project that is named by its id and of which none is bought yet.

    Raises:
        NotFound: no such project is on the market.
    """
    version = await session.get_one(RuleVersion, obligation.rules_id)
    rules = version.read_rules()
    project_id = of.project_id if isinstance(of, Order) else of
    bought = await _bought(session, obligation, project_id, quantity_units)
    if isinstance(of, Order):
        bought = replace(bought, realised=await results.realised(session, of, rules))
    standing = await of_obligations.standing.now(session, obligation)
    of_kind = await fulfilments.approved_cents(session, obligation.id, FulfilmentKind.RIKX)
    of_kind += await splits.provisional_cents(session, obligation.id) - freed_cents
    room = standing.room(of_kind)
    freed = type(room)(room.imposed_cents, room.open_cents + freed_cents, of_kind)
    authority = await session.get_one(Authority, obligation.authority_id)
    return units(rules, bought, authority.municipalities, freed)


async def worth_of_units(
    session: AsyncSession, obligation: Obligation, order: Order, units: int
) -> tuple[Worth, int]:
    """Say what units of an order are worth, and what of it they counted for provisionally."""
    freed = await splits.share_of(session, order.id, obligation.id, units)
    return await worth_of(session, obligation, order, units, freed), freed


async def _bought(
    session: AsyncSession, obligation: Obligation, project_id: UUID, quantity_units: int
) -> UnitsBought:
    is_recognised = sa.exists().where(
        SchemeRecognition.scheme_id == Listing.scheme_id,
        SchemeRecognition.authority_id == obligation.authority_id,
        SchemeRecognition.ended_at.is_(None),
    )
    query = (
        sa.select(Listing.municipality, Policy, is_recognised.label("is_recognised"))
        .join(Policy, Policy.id == Listing.policy_id)
        .where(Listing.project_id == project_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        message = f"No project {project_id} is on the market."
        raise NotFound(message)
    terms = row.Policy.read_terms()
    return UnitsBought(
        quantity_units,
        terms.unit_price_cents,
        row.municipality,
        row.is_recognised,
        terms.recognition.factor_basis_points,
    )
