"""Payers pay, or do not."""

from app.core import clock
from app.payments.fake.store import Thing
from app.payments.fake.world import DAY, FEES, NotPossible, World


def open_checkout(world: World, form: Thing) -> Thing:
    """Open a page to pay on."""
    [line] = form["line_items"]
    session = world.store.make(
        "cs_test",
        "checkout.session",
        mode="payment",
        status="open",
        payment_status="unpaid",
        payment_intent=None,
        payment_method_types=form["allowed_payment_method_types"],
        amount_total=line["price_data"]["unit_amount"] * line.get("quantity", 1),
        amount_subtotal=line["price_data"]["unit_amount"],
        currency=line["price_data"]["currency"],
        client_reference_id=form.get("client_reference_id"),
        customer=form.get("customer"),
        metadata=form.get("metadata", {}),
        success_url=form["success_url"],
        cancel_url=form.get("cancel_url"),
        expires_at=clock.seconds() + DAY,
    )
    session["url"] = f"{world.address}/pay/{session['id']}"
    # What the intent will carry; Stripe makes it when the payer pays.
    session["_intent"] = form.get("payment_intent_data", {})
    return session


def expire(world: World, session_id: str) -> Thing:
    """Close a page that nobody paid on."""
    session = world.store.get(session_id)
    if session["status"] != "open":
        message = f"Only open sessions can be expired, and this one is {session['status']}."
        raise NotPossible("resource_already_expired", message)
    session |= {"status": "expired", "url": None}
    world.tell("checkout.session.expired", session)
    return session


def pay(world: World, session_id: str) -> Thing:
    """Let the payer do their part: a card and iDEAL pay at once, the rest takes time."""
    session = world.store.get(session_id)
    if session["status"] != "open":
        raise NotPossible("checkout_not_open", f"This checkout is {session['status']}.")
    intent = _intent(world, session)
    session |= {"status": "complete", "url": None}
    way = session["payment_method_types"][0]
    if way in {"card", "ideal"}:
        _charge(world, intent, way)
    elif way == "sepa_debit":
        intent |= {"status": "processing"}
        world.tell("payment_intent.processing", intent)
    else:
        intent |= {"status": "requires_action"}
        world.tell("payment_intent.requires_action", intent)
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
    world.tell("checkout.session.completed", session)
    return session


def decline(world: World, session_id: str) -> Thing:
    """Let the bank refuse a try; the page stays open."""
    session = world.store.get(session_id)
    intent = _intent(world, session)
    intent["last_payment_error"] = {"code": "card_declined", "type": "card_error"}
    world.tell("payment_intent.payment_failed", intent)
    return session


def _intent(world: World, session: Thing) -> Thing:
    if session["payment_intent"] is not None:
        return world.store.get(session["payment_intent"])
    intent = world.store.make(
        "pi",
        "payment_intent",
        amount=session["amount_total"],
        amount_received=0,
        currency="eur",
        status="requires_payment_method",
        customer=session["customer"],
        metadata=session["_intent"].get("metadata", {}),
        description=session["_intent"].get("description"),
        payment_method_types=session["payment_method_types"],
        last_payment_error=None,
        latest_charge=None,
        transfer_group=None,
    )
    session["payment_intent"] = intent["id"]
    world.tell("payment_intent.created", intent)
    return intent


def bank(world: World, intent_id: str, *, succeeds: bool = True) -> Thing:
    """Let a debit or a transfer that is under way arrive, or bounce."""
    intent = world.store.get(intent_id)
    if intent["status"] not in {"processing", "requires_action"}:
        raise NotPossible("payment_intent_unexpected_state", intent["status"])
    if succeeds:
        _charge(world, intent, intent["payment_method_types"][0])
        return intent
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": {"code": "insufficient_funds", "type": "card_error"},
    }
    world.tell("payment_intent.payment_failed", intent)
    return intent


def _charge(world: World, intent: Thing, way: str) -> None:
    basis_points, cents = FEES[way]
    charge = world.store.make(
        "ch" if way == "card" else "py",
        "charge",
        amount=intent["amount"],
        amount_captured=intent["amount"],
        amount_refunded=0,
        currency="eur",
        status="succeeded",
        paid=True,
        captured=True,
        payment_intent=intent["id"],
        billing_details={"name": "Test Payer", "email": None},
        payment_method_details={"type": way},
        metadata=intent["metadata"],
    )
    fee = charge["amount"] * basis_points // 10_000 + cents
    kind = "charge" if way == "card" else "payment"
    charge["balance_transaction"] = world.move(kind, charge["id"], charge["amount"], fee)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
    }
    world.tell("charge.succeeded", charge)
    world.tell("payment_intent.succeeded", intent)


def cancel(world: World, intent_id: str) -> Thing:
    """Give an intent up that brought nothing."""
    intent = world.store.get(intent_id)
    if intent["status"] in {"succeeded", "processing", "canceled"}:
        raise NotPossible("payment_intent_unexpected_state", intent["status"])
    intent["status"] = "canceled"
    world.tell("payment_intent.canceled", intent)
    return intent
