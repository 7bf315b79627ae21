"""What happens in the world outside: what payers and banks do about payments."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.payments.fake import checkouts, disputes, leaving
from app.payments.fake.store import Thing
from app.payments.fake.world import World

WAYS = ("card", "ideal", "sepa_debit", "provider_transfer")

AFTERWARDS = ((), (), ("dispute",), ("dispute", "won"), ("dispute", "lost"))
"""What may happen to money that came by card."""

OF_NEW: Mapping[str, Sequence[tuple[str, ...]]] = {
    "card": (*(("pay", *rest) for rest in AFTERWARDS), ("decline", "pay"), ()),
    "ideal": (("pay",), ("decline", "pay")),
    "sepa_debit": (("pay", "arrives"), ("pay", "bounces"), ("pay",)),
    "provider_transfer": (("pay", "arrives"), ("pay",)),
}
"""What may happen to a payment whose checkout is open, by its way."""

OF_PAID = (("dispute",), ("dispute", "won"), ("dispute", "lost"), ())
OF_REFUNDED = (("refund bounces",), (), ("dispute", "won"), ("dispute", "lost"))
"""What may happen later to what was paid by card, and what was paid back."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens to a payment."""

    payment_id: UUID
    verb: str

    def happen(self, world: World) -> None:
        """Let it."""
        store, ours = world.store, str(self.payment_id)
        session = _one(world, "checkout.session", client_reference_id=ours)
        if self.verb in {"pay", "decline"}:
            act = checkouts.pay if self.verb == "pay" else checkouts.decline
            act(world, session["id"])
            return
        intent = store.get(session["payment_intent"])
        if self.verb in {"arrives", "bounces"}:
            checkouts.bank(world, intent["id"], succeeds=self.verb == "arrives")
        elif self.verb == "dispute":
            disputes.dispute(world, intent["latest_charge"])
        elif self.verb == "refund bounces":
            refund = _one(world, "refund", payment_intent=intent["id"])
            leaving.bounce_refund(world, refund["id"])
        else:
            found = _one(world, "dispute", payment_intent=intent["id"])
            disputes.decide(world, found["id"], won=self.verb == "won")


def _one(world: World, kind: str, **members: str) -> Thing:
    return next(
        thing
        for thing in world.store.all(kind)
        if all(thing[name] == value for name, value in members.items())
    )


def mixed(histories: Mapping[UUID, Sequence[str]], chance: random.Random) -> Iterator[Happening]:
    """Let everything happen in a random order that keeps each payment's own."""
    left = {payment_id: list(verbs) for payment_id, verbs in histories.items()}
    turns = [payment_id for payment_id, verbs in left.items() for _ in verbs]
    chance.shuffle(turns)
    for payment_id in turns:
        yield Happening(payment_id, left[payment_id].pop(0))
