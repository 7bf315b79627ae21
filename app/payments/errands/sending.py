"""Have the provider refund or transfer, and take a transfer back."""

from uuid import UUID

from app.core import clock
from app.core.database import Database
from app.core.jobs import GiveUp
from app.ledger.problems import LimitReached
from app.payments import actions, gateway, queries
from app.payments.errands import looking
from app.payments.facts import OutgoingStanding
from app.payments.gateway import Provider, Refused
from app.payments.models import Outgoing, OutgoingStatus, Payment, ProviderAccount


async def send(database: Database, outgoing_id: UUID) -> None:
    """Let it leave the books, then tell the provider, then write down what it said.

    Who begins anew after an unknown outcome asks first whether it was done.
    """
    asks_first = not await _leaves_books(database, outgoing_id)
    async with database.reading() as session:
        outgoing = await session.get_one(Outgoing, outgoing_id)
        to: Payment | ProviderAccount
        if outgoing.payment_id is not None:
            to = await session.get_one(Payment, outgoing.payment_id)
        else:
            to = await session.get_one(ProviderAccount, outgoing.provider_account_id)
    if outgoing.status is not OutgoingStatus.SENT or outgoing.external_id is not None:
        return
    async with gateway.opened(database.settings) as provider:
        try:
            standing = await _sent(provider, outgoing, to, asks_first=asks_first)
        except Refused as refusal:
            async with database.work() as session:
                locked = await queries.outgoings.locked(session, outgoing_id)
                await actions.outgoings.fail(session, locked, refusal.code, clock.now())
            return
        async with database.work() as session:
            locked = await queries.outgoings.locked(session, outgoing_id)
            if locked.external_id is None:
                await actions.outgoings.follow(session, locked, standing)
        # What happened between the answer and its writing came as an event that found no id.
        await looking.at_outgoing(database, provider, outgoing_id)


async def _leaves_books(database: Database, outgoing_id: UUID) -> bool:
    """Enter it as sent; say whether that was now, and not in an earlier attempt."""
    async with database.work() as session:
        outgoing = await queries.outgoings.locked(session, outgoing_id)
        if outgoing.status is not OutgoingStatus.APPROVED:
            return False
        try:
            await actions.outgoings.send(session, outgoing)
        except LimitReached as refusal:
            # Trying again would take what came in for others meanwhile: a person looks first.
            raise GiveUp(str(refusal)) from refusal
        return True


async def _sent(
    provider: Provider, outgoing: Outgoing, to: Payment | ProviderAccount, *, asks_first: bool
) -> OutgoingStanding:
    if isinstance(to, Payment):
        intent_id = to.intent_id or ""
        found = await provider.find_refund(outgoing, intent_id) if asks_first else None
        return found or await provider.refund(outgoing, intent_id)
    found = await provider.find_transfer(outgoing) if asks_first else None
    return found or await provider.transfer(outgoing, to)


async def claw_back(database: Database, outgoing_id: UUID) -> None:
    """Take a transfer back, all of it; a refusal stays as the outgoing's `failure`."""
    async with database.reading() as session:
        outgoing = await session.get_one(Outgoing, outgoing_id)
    if outgoing.status is not OutgoingStatus.SETTLED:
        return
    async with gateway.opened(database.settings) as provider:
        refusal = None
        try:
            await provider.claw_back(outgoing)
        except Refused as error:
            refusal = error.code
        await looking.at_outgoing(database, provider, outgoing_id)
    if refusal is not None:
        async with database.work() as session:
            locked = await queries.outgoings.locked(session, outgoing_id)
            await actions.outgoings.keep(session, locked, refusal)
