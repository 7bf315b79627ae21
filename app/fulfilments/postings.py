"""What happens to the books of social return and impact: pure, event in, draft out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.fulfilments.models import Allocation, Fulfilment
from app.ledger.chart import FULFILLED, OWED, OWNED, PROVISIONAL, RETIRED, SURPLUS, Kind
from app.ledger.drafts import Draft, Line, credit, debit


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


@dataclass(frozen=True, slots=True)
class Back:
    """What counts no more, in cents of social-return value."""

    cents: int
    surplus_cents: int
    """Of it: what was beyond what is imposed. The rest is owed again."""


def lapsed(allocation: Allocation, authority_id: UUID, back: Back, occurred_at: datetime) -> Draft:
    """Let lapse what units counted for provisionally."""
    keeper, owner = authority_id, allocation.obligation_id
    return Draft(
        kind="fulfilment.lapsed",
        reference=f"allocation/{allocation.id}/{allocation.entries}",
        narration="No longer recognised provisionally",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, owner), back.cents - back.surplus_cents, allocation.id),
            debit(SURPLUS.of(keeper, owner), back.surplus_cents, allocation.id),
            credit(PROVISIONAL.of(keeper, owner), back.cents, allocation.id),
        ),
    )


def lowered(allocation: Allocation, authority_id: UUID, back: Back, occurred_at: datetime) -> Draft:
    """Lower what units count for provisionally to what came about of their project."""
    keeper, owner = authority_id, allocation.obligation_id
    return Draft(
        kind="fulfilment.lowered",
        reference=f"allocation/{allocation.id}/{allocation.entries}",
        narration="Lowered to what came about, by the final report",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, owner), back.cents - back.surplus_cents, allocation.id),
            debit(SURPLUS.of(keeper, owner), back.surplus_cents, allocation.id),
            credit(PROVISIONAL.of(keeper, owner), back.cents, allocation.id),
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
    back_to_surplus_cents: int = 0
    """Of what was provisional and does not count: what was beyond what is imposed."""


def approved(
    fulfilment: Fulfilment, scheme_id: UUID | None, taken: Taken, occurred_at: datetime
) -> Draft:
    """Count a fulfilment for good; its units are retired in the same entry, in two ledgers."""
    keeper, owner, about = fulfilment.authority_id, fulfilment.obligation_id, fulfilment.id
    difference = taken.cents - taken.provisional_cents
    units = fulfilment.counted_units
    return Draft(
        kind="fulfilment.approved",
        reference=f"fulfilment/{about}/approved{_again(fulfilment)}",
        narration=f"{_named(fulfilment, units)} an obligation",
        occurred_at=occurred_at,
        lines=(
            debit(FULFILLED.of(keeper, owner), taken.cents + taken.surplus_cents, about),
            debit(OWED.of(keeper, owner), max(0, -difference) - taken.back_to_surplus_cents, about),
            debit(SURPLUS.of(keeper, owner), taken.back_to_surplus_cents, about),
            credit(PROVISIONAL.of(keeper, owner), taken.provisional_cents, about),
            credit(OWED.of(keeper, owner), max(0, difference), about),
            credit(SURPLUS.of(keeper, owner), taken.surplus_cents, about),
            *_moved(fulfilment, scheme_id, units, (OWNED, RETIRED)),
        ),
    )


def _again(fulfilment: Fulfilment) -> str:
    """Tell the entries from those that were made before an objection let it count (again)."""
    times = fulfilment.times_reinstated or 0
    return f"/again/{times}" if times else ""


def _named(fulfilment: Fulfilment, units: int) -> str:
    if fulfilment.order_id is not None:
        return f"{units:,} units fulfil"
    return f"{fulfilment.kind.replace('-', ' ').capitalize()}: fulfils"


def _moved(
    fulfilment: Fulfilment, scheme_id: UUID | None, units: int, accounts: tuple[Kind, Kind]
) -> tuple[Line, ...]:
    """Move units of an order from one account to another; what is no order's moves nothing."""
    if scheme_id is None or fulfilment.order_id is None:
        return ()
    source, target = (kind.of(scheme_id, fulfilment.order_id) for kind in accounts)
    return (debit(target, units, fulfilment.id), credit(source, units, fulfilment.id))


@dataclass(frozen=True, slots=True)
class Revoked:
    """The last units of a fulfilment that count no more, and what they counted for."""

    units: int
    cents: int
    surplus_cents: int
    """Of the cents: what was beyond what is imposed. The rest is owed again."""


def revoked(
    fulfilment: Fulfilment, scheme_id: UUID | None, gone: Revoked, occurred_at: datetime
) -> Draft:
    """Revoke what something counted for: units are the order's again."""
    keeper, owner, about = fulfilment.authority_id, fulfilment.obligation_id, fulfilment.id
    return Draft(
        kind="fulfilment.revoked",
        reference=f"fulfilment/{about}/revoked/{fulfilment.revoked_units}{_again(fulfilment)}",
        narration=f"{_named(fulfilment, gone.units)} nothing any more",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, owner), gone.cents - gone.surplus_cents, about),
            debit(SURPLUS.of(keeper, owner), gone.surplus_cents, about),
            credit(FULFILLED.of(keeper, owner), gone.cents, about),
            *_moved(fulfilment, scheme_id, gone.units, (RETIRED, OWNED)),
        ),
    )


def adjusted(fulfilment: Fulfilment, gone: Revoked, occurred_at: datetime) -> Draft:
    """Lower what units count for to what came about of their project; they stay retired."""
    keeper, owner, about = fulfilment.authority_id, fulfilment.obligation_id, fulfilment.id
    return Draft(
        kind="fulfilment.adjusted",
        reference=f"fulfilment/{about}/adjusted/{fulfilment.report_id}",
        narration="Lowered to what came about, by the final report",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, owner), gone.cents - gone.surplus_cents, about),
            debit(SURPLUS.of(keeper, owner), gone.surplus_cents, about),
            credit(FULFILLED.of(keeper, owner), gone.cents, about),
        ),
    )
