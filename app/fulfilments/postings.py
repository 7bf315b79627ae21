"""What happens to the books of social return and impact: pure, event in, draft out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.fulfilments.models import Allocation, Fulfilment
from app.ledger.chart import FULFILLED, OWED, OWNED, PROVISIONAL, RETIRED, SURPLUS
from app.ledger.drafts import Draft, credit, debit


def provisional(
    allocation: Allocation, authority_id: UUID, cents: int, occurred_at: datetime
) -> Draft:
    """Count provisionally what units are worth, as long as nobody has decided."""
    keeper, owner = authority_id, allocation.obligation_id
    return Draft(
        kind="fulfilment.provisional",
        reference=f"allocation/{allocation.id}/{allocation.entries}",
        narration="Recognised provisionally: the project is funded",
        occurred_at=occurred_at,
        lines=(
            debit(PROVISIONAL.of(keeper, owner), cents, allocation.id),
            credit(OWED.of(keeper, owner), cents, allocation.id),
        ),
    )


def lapsed(allocation: Allocation, authority_id: UUID, cents: int, occurred_at: datetime) -> Draft:
    """Let lapse what units counted for provisionally."""
    keeper, owner = authority_id, allocation.obligation_id
    return Draft(
        kind="fulfilment.lapsed",
        reference=f"allocation/{allocation.id}/{allocation.entries}",
        narration="No longer recognised provisionally",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, owner), cents, allocation.id),
            credit(PROVISIONAL.of(keeper, owner), cents, allocation.id),
        ),
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What counts in the end, and from where: in cents of social-return value."""

    cents: int
    """Of what is open: provisional or owed."""
    surplus_cents: int
    provisional_cents: int
    """What the units counted for until now."""


def approved(fulfilment: Fulfilment, scheme_id: UUID, taken: Taken, occurred_at: datetime) -> Draft:
    """Count units for good, and retire them: one entry in two ledgers."""
    keeper, owner, about = fulfilment.authority_id, fulfilment.obligation_id, fulfilment.id
    difference = taken.cents - taken.provisional_cents
    units, order_id = fulfilment.quantity_units, fulfilment.order_id
    return Draft(
        kind="fulfilment.approved",
        reference=f"fulfilment/{about}/approved",
        narration=f"{units:,} units fulfil an obligation",
        occurred_at=occurred_at,
        lines=(
            debit(FULFILLED.of(keeper, owner), taken.cents + taken.surplus_cents, about),
            debit(OWED.of(keeper, owner), max(0, -difference), about),
            credit(PROVISIONAL.of(keeper, owner), taken.provisional_cents, about),
            credit(OWED.of(keeper, owner), max(0, difference), about),
            credit(SURPLUS.of(keeper, owner), taken.surplus_cents, about),
            debit(RETIRED.of(scheme_id, order_id), units, about),
            credit(OWNED.of(scheme_id, order_id), units, about),
        ),
    )


@dataclass(frozen=True, slots=True)
class Revoked:
    """The last units of a fulfilment that count no more, and what they counted for."""

    units: int
    cents: int
    surplus_cents: int
    """Of the cents: what was surplus."""


def revoked(fulfilment: Fulfilment, scheme_id: UUID, gone: Revoked, occurred_at: datetime) -> Draft:
    """Revoke what units counted for: they are the order's again."""
    keeper, owner, about = fulfilment.authority_id, fulfilment.obligation_id, fulfilment.id
    return Draft(
        kind="fulfilment.revoked",
        reference=f"fulfilment/{about}/revoked/{fulfilment.revoked_units}",
        narration=f"{gone.units:,} units fulfil nothing any more",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, owner), gone.cents - gone.surplus_cents, about),
            debit(SURPLUS.of(keeper, owner), gone.surplus_cents, about),
            credit(FULFILLED.of(keeper, owner), gone.cents, about),
            debit(OWNED.of(scheme_id, fulfilment.order_id), gone.units, about),
            credit(RETIRED.of(scheme_id, fulfilment.order_id), gone.units, about),
        ),
    )
