"""Payers dispute, and banks decide."""

from app.core import clock
from app.payments.fake.store import Thing
from app.payments.fake.world import DAY, DISPUTE_FEE, World


def dispute(world: World, charge_id: str) -> Thing:
    """Let a payer ask their bank for the money of a charge."""
    charge = world.store.get(charge_id)
    dispute = world.store.make(
        "du",
        "dispute",
        amount=charge["amount"],
        currency="eur",
        status="needs_response",
        reason="fraudulent",
        charge=charge_id,
        payment_intent=charge["payment_intent"],
        evidence_details={"due_by": clock.seconds() + 7 * DAY},
        metadata={},
    )
    held = world.move("adjustment", dispute["id"], -charge["amount"], DISPUTE_FEE)
    dispute["balance_transactions"] = [world.store.get(held)]
    world.tell("charge.dispute.created", dispute)
    return dispute


def decide(world: World, dispute_id: str, *, won: bool) -> Thing:
    """Let the bank decide about a dispute."""
    dispute = world.store.get(dispute_id)
    dispute["status"] = "won" if won else "lost"
    if won:
        back = world.move("adjustment", dispute_id, dispute["amount"])
        dispute["balance_transactions"].append(world.store.get(back))
    world.tell("charge.dispute.closed", dispute)
    return dispute
