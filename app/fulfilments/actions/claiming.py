"""Claim that something fulfils an obligation: draft, write anew, and submit."""

from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from app.core import clock, events
from app.core.ids import new_id
from app.fulfilments import queries
from app.fulfilments.actions import decisions, keeping, placing, taking, valuing
from app.fulfilments.actions.keeping import Kept
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecisionKind,
    FulfilmentState,
)
from app.fulfilments.problems import FulfilmentStateForbids, OtherKind
from app.fulfilments.schemas.claims import (
    BuildingBlockClaim,
    SocialPurchaseClaim,
    SpentClaim,
    UnitsClaim,
)
from app.orders.models import Order
from app.organisations.callers import Caller
from app.organisations.models import Organisation

Written: TypeAlias = UnitsClaim | SpentClaim | BuildingBlockClaim

SUBMITTABLE = {FulfilmentState.DRAFTED, FulfilmentState.RETURNED}


async def draft(
    session: AsyncSession, caller: Caller, order: Order, obligation_id: UUID, quantity_units: int
) -> Fulfilment:
    """Prepare a claim for units of an order; nothing is taken before it is submitted.

    Raises:
        NotAllocated: the order's split has fewer units for the obligation.
        NotFound: the obligation is not the buyer's.
    """
    _, order = await keeping.order(session, order.id)
    await queries.assessing.own_obligation(session, order.buyer_id, obligation_id)
    await taking.insist_on_split(session, order, obligation_id, quantity_units)
    claim = UnitsClaim.model_validate({"kind": "rikx", "quantityUnits": quantity_units})
    return await _drafted(session, caller, (order.buyer_id, obligation_id), claim, order.id)


async def draft_other(
    session: AsyncSession,
    caller: Caller,
    organisation: Organisation,
    obligation_id: UUID,
    claim: SpentClaim | BuildingBlockClaim,
) -> Fulfilment:
    """Prepare a claim for something else than units; nothing is taken before it is submitted.

    Raises:
        NotFound: the obligation is not the organisation's.
    """
    return await _drafted(session, caller, (organisation.id, obligation_id), claim, None)


async def _drafted(
    session: AsyncSession,
    caller: Caller,
    whose: tuple[UUID, UUID],
    claim: Written,
    order_id: UUID | None,
) -> Fulfilment:
    claimant_id, obligation_id = whose
    obligation = await queries.assessing.own_obligation(session, claimant_id, obligation_id)
    fulfilment = Fulfilment(
        id=new_id(),
        kind=claim.kind,
        authority_id=obligation.authority_id,
        obligation_id=obligation.id,
        claimant_id=claimant_id,
        order_id=order_id,
        rules_id=obligation.rules_id,
        drafted_by_id=caller.user_id,
    )
    session.add(fulfilment)
    await _write(session, fulfilment, claim)
    decisions.note(session, caller.actor, fulfilment, FulfilmentDecisionKind.DRAFTED)
    return fulfilment


async def _write(session: AsyncSession, fulfilment: Fulfilment, claim: Written) -> None:
    if isinstance(claim, BuildingBlockClaim):
        groups = [each.model_dump(mode="json", by_alias=True) for each in claim.groups()]
        fulfilment.claim = {"kind": claim.kind.value, "groups": groups}
    else:
        fulfilment.claim = claim.model_dump(mode="json", by_alias=True)
    if isinstance(claim, UnitsClaim):
        fulfilment.quantity_units = claim.quantity_units
    if isinstance(claim, SocialPurchaseClaim):
        fulfilment.invoice = claim.invoice
    await session.flush()
    if isinstance(claim, BuildingBlockClaim):
        await placing.write_lines(session, fulfilment, claim)


async def rewrite(session: AsyncSession, caller: Caller, kept: Kept, claim: Written) -> Fulfilment:
    """Say anew what is claimed, before it is submitted.

    Raises:
        FulfilmentStateForbids: it is neither drafted nor returned.
        OtherKind: the claim is of another kind: draft it by itself.
        NotAllocated: the order's split has fewer units.
    """
    fulfilment, bought = kept.fulfilment, kept.bought
    insist_on_writable(fulfilment)
    if claim.kind is not fulfilment.kind:
        message = f"The fulfilment is of the kind {fulfilment.kind}: draft another one."
        raise OtherKind(message)
    if bought is not None and isinstance(claim, UnitsClaim):
        units = claim.quantity_units
        await taking.insist_on_split(session, bought.order, fulfilment.obligation_id, units)
        fulfilment.first_serial = fulfilment.last_serial = None
    # Its placements may change where nothing in this row does: it is another version all the same.
    flag_modified(fulfilment, "claim")
    await _write(session, fulfilment, claim)
    # As long as nobody submits it, it is worth nothing that could be read for a value.
    fulfilment.value_cents = fulfilment.surplus_cents = fulfilment.lowered_cents = 0
    fulfilment.steps = []
    decisions.note(session, caller.actor, fulfilment, FulfilmentDecisionKind.REWRITTEN)
    await session.flush()
    return fulfilment


def insist_on_writable(fulfilment: Fulfilment) -> None:
    """Insist that the claimant may change a fulfilment.

    Raises:
        FulfilmentStateForbids: it is neither drafted nor returned.
    """
    if fulfilment.state not in SUBMITTABLE:
        message = f"It is {fulfilment.state}: only a draft, or what was returned, is changed."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)


async def submit(session: AsyncSession, caller: Caller, kept: Kept) -> Fulfilment:
    """Ask the authority to count something; what is claimed is taken from now on.

    Raises:
        FulfilmentStateForbids: it is neither drafted nor returned.
        ObligationNotOpen: nothing can be claimed for the obligation.
        OrderNotFirm, NotAllocated: the units can't be claimed (any more).
        UnitsClaimed: no run of so many serials is free: claim fewer at once.
        PlacementClaimed, InvoiceClaimed: it is claimed already, by whomever.
        NotDoneYet, CertificateExpired: it was not done, or not in time.
        DoesNotCount: by the rules, or because it is more than is open.
    """
    fulfilment, bought = kept.fulfilment, kept.bought
    insist_on_writable(fulfilment)
    await keeping.open_obligation(session, fulfilment.obligation_id)
    await taking.insist_on_done(session, fulfilment, bought)
    await valuing.value(session, fulfilment, bought)
    await taking.take(session, fulfilment, bought)
    fulfilment.submitted_by_id, fulfilment.submitted_at = caller.user_id, clock.now()
    fulfilment.decided_by_id = fulfilment.decided_at = None
    await taking.go_live(session, fulfilment, FulfilmentState.SUBMITTED)
    await _freeze_evidence(session, caller, fulfilment)
    decisions.note(session, caller.actor, fulfilment, FulfilmentDecisionKind.SUBMITTED)
    await session.flush()
    return fulfilment


async def withdraw(session: AsyncSession, caller: Caller, kept: Kept) -> Fulfilment:
    """Take a claim back before it is decided; what it claimed is free, and it can be written anew.

    Raises:
        FulfilmentStateForbids: it is not submitted.
    """
    fulfilment = kept.fulfilment
    if fulfilment.state is not FulfilmentState.SUBMITTED:
        message = f"It is {fulfilment.state}: only what waits for a decision is withdrawn."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)
    fulfilment.state = FulfilmentState.RETURNED
    decisions.note(session, caller.actor, fulfilment, FulfilmentDecisionKind.WITHDRAWN)
    await session.flush()
    return fulfilment


async def _freeze_evidence(session: AsyncSession, caller: Caller, fulfilment: Fulfilment) -> None:
    """Let what proves the claim stay as it is, and be seen by whoever decides."""
    proofs = await queries.evidence.of_fulfilment(session, fulfilment.id)
    for each in proofs:
        each.submitted_at = each.submitted_at or fulfilment.submitted_at
    if proofs:
        told = [each.file.sha256.hex() for each in proofs]
        kind = "fulfilment.evidence-frozen"
        events.record(session, kind, fulfilment.id, caller.actor, sha256=told)
