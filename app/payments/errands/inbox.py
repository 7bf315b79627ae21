"""Work on the provider's events: find which thing of ours each is about, and look at that."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from app.core.database import Database
from app.payments import actions, gateway, queries
from app.payments.errands import looking
from app.payments.gateway import Missing, Provider
from app.payments.models import (
    EventOutcome,
    Outgoing,
    Payment,
    ProviderAccount,
    ProviderEvent,
    ProviderPayout,
)

Look = Callable[[Database, Provider, UUID], Awaitable[None]]
Kind = type[Payment] | type[Outgoing] | type[ProviderPayout] | type[ProviderAccount]

KINDS: dict[str, tuple[Kind, Look]] = {
    "cs": (Payment, looking.at_payment),
    "pi": (Payment, looking.at_payment),
    "re": (Outgoing, looking.at_outgoing),
    "pyr": (Outgoing, looking.at_outgoing),
    "tr": (Outgoing, looking.at_outgoing),
    "po": (ProviderPayout, looking.at_payout),
    "acct": (ProviderAccount, looking.at_account),
}
"""By the beginning of an object's name: what it is here, and how to look at it."""

DISPUTES = {"du", "dp"}


async def work(database: Database, event_id: UUID) -> None:
    """Look at what an event is about, whatever it says; twice, late or out of order is as once."""
    async with database.reading() as session:
        event = await queries.inbox.one(session, event_id)
    async with gateway.opened(database.settings) as provider:
        try:
            outcome = await _followed(database, provider, event)
        except Missing:
            # It is another account's, or was made by somebody else who has the same secret.
            outcome = EventOutcome.NOT_OURS
    async with database.work() as session:
        await actions.inbox.close(session, event_id, outcome)


async def _followed(database: Database, provider: Provider, event: ProviderEvent) -> EventOutcome:
    prefix = event.object_id.partition("_")[0]
    if prefix in DISPUTES:
        return await _dispute(database, provider, event.object_id)
    if prefix not in KINDS:
        return EventOutcome.OTHER_KIND
    if event.account is not None and prefix != "acct":
        # What happens inside an entrepreneur's own account is its own affair.
        return EventOutcome.NOT_OURS
    kind, look = KINDS[prefix]
    our_id = await provider.our_id(event.object_id)
    if our_id is None or not await _is_known(database, kind, our_id):
        return EventOutcome.NOT_OURS
    await look(database, provider, our_id)
    return EventOutcome.FOLLOWED


async def _is_known(database: Database, kind: Kind, our_id: UUID) -> bool:
    async with database.reading() as session:
        return await session.get(kind, our_id) is not None


async def _dispute(database: Database, provider: Provider, external_id: str) -> EventOutcome:
    intent_id = await provider.disputed(external_id)
    # By the mark on the intent: its own events may come later, and till then we do not know it.
    payment_id = intent_id and await provider.our_id(intent_id)
    if not payment_id or not await _is_known(database, Payment, payment_id):
        return EventOutcome.NOT_OURS
    # The money first, then who wants it back.
    await looking.at_payment(database, provider, payment_id)
    await looking.at_dispute(database, provider, payment_id, external_id)
    return EventOutcome.FOLLOWED
