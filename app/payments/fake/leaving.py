"""Money leaves: refunds, transfers, payouts; and comes back."""

from app.core import clock
from app.payments.fake.store import Thing
from app.payments.fake.world import DAY, NotPossible, World


def refund(world: World, form: Thing) -> Thing:
    """Give a charge back, or a part of it."""
    intent = world.store.get(form["payment_intent"])
    if intent["latest_charge"] is None:
        raise NotPossible("payment_intent_unexpected_state", "There is no charge to refund.")
    charge = world.store.get(intent["latest_charge"])
    amount = form.get("amount", charge["amount"] - charge["amount_refunded"])
    if amount > charge["amount"] - charge["amount_refunded"]:
        raise NotPossible("charge_already_refunded", "So much is not left to refund.")
    charge["amount_refunded"] += amount
    refund = world.store.make(
        "re",
        "refund",
        amount=amount,
        currency="eur",
        status="succeeded",
        charge=charge["id"],
        payment_intent=intent["id"],
        metadata=form.get("metadata", {}),
        failure_reason=None,
        failure_balance_transaction=None,
    )
    refund["balance_transaction"] = world.move("refund", refund["id"], -amount)
    world.tell("refund.created", refund)
    world.tell("charge.refunded", charge)
    return refund


def bounce_refund(world: World, refund_id: str) -> Thing:
    """Let the payer's bank send a refund back."""
    refund = world.store.get(refund_id)
    back = world.move("refund_failure", refund_id, refund["amount"])
    refund |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": back,
    }
    world.tell("refund.failed", refund)
    return refund


def transfer(world: World, form: Thing) -> Thing:
    """Give money to a connected account."""
    account = world.store.get(form["destination"])
    if account["capabilities"]["transfers"] != "active":
        raise NotPossible("insufficient_capabilities_for_transfer", "It may not receive.")
    _insist_on(world, form["amount"])
    transfer = world.store.make(
        "tr",
        "transfer",
        amount=form["amount"],
        amount_reversed=0,
        currency="eur",
        destination=account["id"],
        description=form.get("description"),
        transfer_group=form.get("transfer_group"),
        metadata=form.get("metadata", {}),
        reversed=False,
        reversals={"object": "list", "data": [], "has_more": False, "url": "/v1/reversals"},
    )
    transfer["balance_transaction"] = world.move("transfer", transfer["id"], -form["amount"])
    world.tell("transfer.created", transfer)
    return transfer


def reverse(world: World, transfer_id: str, form: Thing) -> Thing:
    """Take a transfer back, all of it."""
    transfer = world.store.get(transfer_id)
    if transfer["reversed"]:
        raise NotPossible("transfer_already_reversed", "It was taken back before.")
    reversal = world.store.make(
        "trr",
        "transfer_reversal",
        amount=transfer["amount"],
        currency="eur",
        transfer=transfer_id,
        metadata=form.get("metadata", {}),
    )
    moved = world.move("transfer_refund", reversal["id"], transfer["amount"])
    reversal["balance_transaction"] = moved
    transfer |= {"reversed": True, "amount_reversed": transfer["amount"]}
    transfer["reversals"]["data"].append(reversal)
    world.tell("transfer.reversed", transfer)
    return reversal


def pay_out(world: World, form: Thing) -> Thing:
    """Send money to the bank account of the key's owner."""
    _insist_on(world, form["amount"])
    payout = world.store.make(
        "po",
        "payout",
        amount=form["amount"],
        currency="eur",
        status="pending",
        automatic=False,
        arrival_date=clock.seconds() // DAY * DAY + DAY,
        statement_descriptor=form.get("statement_descriptor"),
        metadata=form.get("metadata", {}),
        failure_code=None,
        failure_balance_transaction=None,
        type="bank_account",
        method="standard",
    )
    payout["balance_transaction"] = world.move("payout", payout["id"], -form["amount"])
    world.tell("payout.created", payout)
    return payout


def bounce_payout(world: World, payout_id: str) -> Thing:
    """Let the owner's bank send a payout back."""
    payout = world.store.get(payout_id)
    back = world.move("payout_failure", payout_id, payout["amount"])
    payout |= {
        "status": "failed",
        "failure_code": "account_closed",
        "failure_balance_transaction": back,
    }
    world.tell("payout.failed", payout)
    return payout


def _insist_on(world: World, amount: int) -> None:
    if amount > world.balance():
        raise NotPossible("balance_insufficient", "There is not so much in the balance.")
