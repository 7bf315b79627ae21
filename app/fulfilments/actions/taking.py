"""Take what a fulfilment claims, so that nobody else can: serials, or days of candidates."""

from collections.abc import Sequence
from datetime import date
from typing import assert_never
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import violates
from app.fulfilments import queries
from app.fulfilments.actions import keeping
from app.fulfilments.actions.keeping import Purchase
from app.fulfilments.actions.splitting import claimed_units
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.fulfilments.problems import (
    CertificateExpired,
    InvoiceClaimed,
    NotAllocated,
    NotDoneYet,
    PlacementClaimed,
    UnitsClaimed,
)
from app.fulfilments.schemas import claims
from app.fulfilments.schemas.claims import (
    ActivityHoursClaim,
    InKindClaim,
    OtherClaim,
    PlacedClaim,
    PsoClaim,
    SocialPurchaseClaim,
    UnitsClaim,
)
from app.orders.models import Order
from app.orders.queries import units as of_units

INVOICE_CLAIMED = (
    "This supplier's invoice of this number is claimed, or counts: compare the number; what of an"
    " invoice is for another obligation can't be claimed there too."
)


async def insist_on_done(
    session: AsyncSession, fulfilment: Fulfilment, bought: Purchase | None
) -> None:
    """Insist that what is claimed was done, and is meant for the obligation.

    Raises:
        OrderNotFirm: the units are not paid, or the project is not funded.
        NotAllocated: the order's split has fewer units for it.
        NotDoneYet: it ends in the future.
        CertificateExpired: the certificate's last day is over.
    """
    if bought is not None:
        await insist_on_units(session, fulfilment, bought)
        return
    claim = claims.read(fulfilment.claim)
    if isinstance(claim, UnitsClaim):
        return
    if isinstance(claim, PsoClaim):
        if claim.valid_until < clock.today():
            message = f"The certificate was valid until {claim.valid_until}."
            raise CertificateExpired(message)
    elif (last := _last_day(claim)) > clock.today():
        message = f"It ends on {last}: claim what was done, when it was done."
        raise NotDoneYet(message)


async def insist_on_units(session: AsyncSession, fulfilment: Fulfilment, bought: Purchase) -> None:
    """Insist that units can fulfil something, and are meant for the obligation.

    Raises:
        OrderNotFirm: they are not paid, or the project is not funded.
        NotAllocated: the order's split has fewer units for it.
    """
    keeping.insist_on_firm(bought.project, bought.order)
    units = fulfilment.counted_units
    await insist_on_split(session, bought.order, fulfilment.obligation_id, units)


def _last_day(claim: OtherClaim) -> date:
    match claim:
        case SocialPurchaseClaim():
            return claim.invoiced_on
        case ActivityHoursClaim() | InKindClaim():
            return claim.last_on
        case PlacedClaim():
            return max(group.last_on for group in claim.groups)
        case PsoClaim():
            return claim.valid_until
    assert_never(claim)


async def insist_on_split(
    session: AsyncSession, order: Order, obligation_id: UUID, quantity_units: int
) -> None:
    """Insist that the split has units for an obligation that nobody claimed yet.

    Raises:
        NotAllocated: it has fewer.
    """
    live = await queries.fulfilments.live_of_order(session, order.id)
    meant = sum(
        each.quantity_units
        for each in await queries.splits.of_order(session, order.id)
        if each.obligation_id == obligation_id
    )
    left = meant - claimed_units(live, obligation_id)
    if quantity_units > left:
        message = (
            f"{quantity_units} units are claimed, and the order's split has {left} for this"
            " obligation that are not claimed: change the split first."
        )
        raise NotAllocated(message, unclaimed_units=left)


async def take(session: AsyncSession, fulfilment: Fulfilment, bought: Purchase | None) -> None:
    """Take what a fulfilment claims: of units the first ones of the order that are free.

    Raises:
        UnitsClaimed: no run of so many serials is free: claim fewer at once.
        PlacementClaimed, InvoiceClaimed: it is claimed, by whomever, wherever.
    """
    if bought is not None:
        units = fulfilment.quantity_units
        fulfilment.first_serial = await _first_free(session, bought.order, units)
        fulfilment.last_serial = fulfilment.first_serial + units - 1
    else:
        await _insist_on_invoice(session, fulfilment)
        await _insist_on_days(session, fulfilment)


async def _insist_on_invoice(session: AsyncSession, fulfilment: Fulfilment) -> None:
    invoice = fulfilment.invoice
    if invoice is not None and await queries.fulfilments.claims_of_invoice(session, invoice):
        raise InvoiceClaimed(INVOICE_CLAIMED)


async def _insist_on_days(session: AsyncSession, fulfilment: Fulfilment) -> None:
    """Insist that no day of a claim's candidates is claimed; they are kept before any is taken.

    Raises:
        PlacementClaimed: one is.
    """
    lines = await queries.placements.lines(session, fulfilment)
    await queries.placements.keep(session, lines)
    if numbers := await queries.placements.taken(session, fulfilment):
        raise PlacementClaimed(numbers)


async def insist_on_free(
    session: AsyncSession, fulfilment: Fulfilment, bought: Purchase | None
) -> None:
    """Insist that nobody else claims what a fulfilment took when it was submitted.

    Raises:
        UnitsClaimed: some of its serials are claimed by now, or the order has lost them.
        PlacementClaimed, InvoiceClaimed: a candidate's period or an invoice is claimed by now.
    """
    if bought is None:
        await take(session, fulfilment, bought)
        return
    first = fulfilment.first_serial or 0
    last = first + fulfilment.counted_units - 1
    block = await of_units.given(session, bought.order)
    live = await queries.fulfilments.live_of_order(session, bought.order.id)
    spans = [(each.first_serial or 0, each.counted_units) for each in live]
    claimed = any(start <= last and first < start + units for start, units in spans)
    if claimed or last > block.last_serial - bought.order.undone_units:
        message = "Its units are claimed by another fulfilment, or the order has lost them."
        raise UnitsClaimed(message)


async def go_live(session: AsyncSession, fulfilment: Fulfilment, state: FulfilmentState) -> None:
    """Bring a fulfilment into a state in which it excludes others: the database has the last word.

    Raises:
        PlacementClaimed, InvoiceClaimed: a candidate's period or an invoice is claimed.
    """
    fulfilment.state = state
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "ex_placement_lines_counted_once"):
            raise PlacementClaimed([]) from error
        if violates(error, "ix_fulfilments_invoice_once"):
            raise InvoiceClaimed(INVOICE_CLAIMED) from error
        raise


async def _first_free(session: AsyncSession, order: Order, quantity_units: int) -> int:
    """Find the first run of free serials that is long enough."""
    block = await of_units.given(session, order)
    live = await queries.fulfilments.live_of_order(session, order.id)
    return _gap(live, block.first_serial, block.last_serial - order.undone_units, quantity_units)


def _gap(live: Sequence[Fulfilment], first: int, last: int, quantity_units: int) -> int:
    for each in live:
        if each.first_serial is not None:
            if each.first_serial - first >= quantity_units:
                return first
            first = each.first_serial + each.counted_units
    if last - first + 1 < quantity_units:
        message = "No run of so many serials of the order is free: claim fewer at once."
        raise UnitsClaimed(message)
    return first
