"""The player's balance, and who hears of a change."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.core import clock
from app.payments.fake.store import Store, Thing

FEES = {"card": (150, 25), "ideal": (0, 29), "sepa_debit": (0, 35), "customer_balance": (50, 0)}
"""What it takes: hundredths of a percent, and cents."""

DISPUTE_FEE = 2_000
DAY = 86_400


class NotPossible(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """The request is well formed and can't be done; `code` is Stripe's word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class World:
    """The player's books, and who hears of a change."""

    store: Store
    listeners: list[Callable[[Thing], None]] = field(default_factory=list)
    address: str = "http://127.0.0.1"

    def tell(self, kind: str, thing: Thing, account: str | None = None) -> Thing:
        """Make an event; it holds how the thing stands now."""
        event = self.store.make(
            "evt",
            "event",
            type=kind,
            api_version=None,
            pending_webhooks=1,
            request=None,
            data={"object": self.store.shown(thing, [])},
            **({"account": account} if account else {}),
        )
        for listener in self.listeners:
            listener(event)
        return event

    def move(self, kind: str, source: str | None, amount: int, fee: int = 0) -> str:
        """Move the balance; name the move."""
        moved = self.store.make(
            "txn",
            "balance_transaction",
            type=kind,
            source=source,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency="eur",
            status="available",
            available_on=clock.seconds(),
            description=None,
            exchange_rate=None,
            fee_details=[],
            reporting_category=kind,
        )
        return str(moved["id"])

    def balance(self) -> int:
        """Add up what moved the balance."""
        return sum(move["net"] for move in self.store.all("balance_transaction"))
