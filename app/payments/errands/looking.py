"""Look at how a thing stands, and write it down if nobody wrote while we looked."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.payments import actions
from app.payments.gateway import Provider
from app.payments.models import Outgoing, Payment, ProviderAccount, ProviderPayout

LOOKS = 10

Row = TypeVar("Row", Payment, Outgoing, ProviderAccount, ProviderPayout)
Standing = TypeVar("Standing")


class KeepsChanging(Exception):  # noqa: N818  Read aloud it says what happened.
    """Others wrote each time while we looked; a later attempt will find it quiet."""


async def look(
    database: Database,
    row: tuple[type[Row], UUID],
    ask: Callable[[Row], Awaitable[Standing]],
    write: Callable[[AsyncSession, Row, Standing], Awaitable[object]],
) -> None:
    """Ask without a transaction, then write under the row's lock, unless its version moved on.

    Who looked first and writes last would else put an old answer over a newer one.

    Raises:
        KeepsChanging: it moved on each time.
    """
    kind, row_id = row
    for _ in range(LOOKS):
        async with database.reading() as session:
            seen = await session.get_one(kind, row_id)
        standing = await ask(seen)
        async with database.work() as session:
            locked = await session.get_one(kind, row_id, with_for_update=True)
            if locked.version == seen.version:
                await write(session, locked, standing)
                return
    message = f"{kind.__name__} {row_id} changed {LOOKS} times while we looked."
    raise KeepsChanging(message)


async def at_payment(database: Database, provider: Provider, payment_id: UUID) -> None:
    """Follow a payment whose checkout the provider has."""
    async with database.reading() as session:
        payment = await session.get_one(Payment, payment_id)
    # The errand that opens it has not written its id yet, and looks itself when it has.
    if (checkout_id := payment.checkout_id) is not None:
        await look(
            database,
            (Payment, payment_id),
            lambda _payment: provider.payment(checkout_id),
            actions.payments.follow,
        )


async def at_outgoing(database: Database, provider: Provider, outgoing_id: UUID) -> None:
    """Follow an outgoing that the provider has."""
    async with database.reading() as session:
        outgoing = await session.get_one(Outgoing, outgoing_id)
    # The errand that sends it writes its id together with how it stands.
    if outgoing.external_id is not None:
        await look(database, (Outgoing, outgoing_id), provider.outgoing, actions.outgoings.follow)


async def at_payout(database: Database, provider: Provider, payout_id: UUID) -> None:
    """Follow a payout to the bank that the provider has."""
    async with database.reading() as session:
        payout = await session.get_one(ProviderPayout, payout_id)
    if (name := payout.external_id) is not None:
        await look(
            database,
            (ProviderPayout, payout_id),
            lambda _payout: provider.payout(name),
            actions.balance.follow,
        )


async def at_account(database: Database, provider: Provider, account_id: UUID) -> None:
    """Follow an entrepreneur's account that the provider has."""
    async with database.reading() as session:
        account = await session.get_one(ProviderAccount, account_id)
    if (name := account.external_id) is not None:
        await look(
            database,
            (ProviderAccount, account_id),
            lambda _account: provider.account(name),
            actions.accounts.follow,
        )


async def at_dispute(
    database: Database, provider: Provider, payment_id: UUID, external_id: str
) -> None:
    """Follow a dispute about a payment."""
    await look(
        database,
        (Payment, payment_id),
        lambda _payment: provider.dispute(external_id),
        actions.disputes.follow,
    )
