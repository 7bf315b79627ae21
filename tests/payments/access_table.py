"""Who may do what in this domain: one line per operation."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.ledger import journal
from app.ledger.chart import PROVIDER_BALANCE, SUSPENSE, Book
from app.ledger.drafts import Draft, credit, debit
from app.payments.models import Outgoing, OutgoingStatus, ProviderAccount, Rail
from app.schemes.models import Scheme
from tests import make
from tests.matrix import (
    ADMINS,
    FURNISHERS,
    Body,
    Caller,
    Place,
    Rule,
    Tenant,
    World,
)
from tests.organisations.access_table import ORGANISATION, REASON, always
from tests.schemes.access_table import DECIDING, INSIDE, INSPECTING, READING

MONEY = {"amountCents": 100}
BACK = {"returnPath": "/payouts"}


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation pay, receive payouts, and run a scheme that money leaves."""
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    payment = await make.a_payment(session, scheme)
    own = await make.a_payment(session, await make.a_scheme(session), tenant.organisation)
    outgoing = await make.a_refund(session, scheme)
    account = ProviderAccount(
        organisation_id=tenant.organisation.id,
        external_id=f"acct_{tenant.organisation.id.hex}",
        return_url="http://127.0.0.1/back",
        created_by="system:test",
    )
    session.add(account)
    await session.flush()
    tenant.things |= {
        "payment_id": payment.id,
        "own_payment_id": own.id,
        "outgoing_id": outgoing.id,
        "provider_account_id": account.id,
    }


FURNISHERS.append(furnish)


async def _a_settled_transfer(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for place in Place:
        things = world[place].things
        outgoing = await session.get_one(Outgoing, things["outgoing_id"])
        outgoing.iban = outgoing.holder_name = None
        outgoing.rail, outgoing.status = Rail.PROVIDER, OutgoingStatus.SETTLED
        outgoing.provider_account_id = UUID(str(things["provider_account_id"]))
        outgoing.approved_by, outgoing.approved_at = "system:other", clock.now()
    return REASON


async def _a_balance(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for place in Place:
        scheme_id = UUID(str(world[place].things["scheme_id"]))
        await journal.open_ledger(session, scheme_id, Book.MONEY)
        came = debit(PROVIDER_BALANCE.of(scheme_id), 100, scheme_id)
        entry = Draft(
            kind="test.came",
            reference=f"test/{new_id()}",
            narration="Money for a test",
            occurred_at=clock.now(),
            lines=(came, credit(SUSPENSE.of(scheme_id), 100, scheme_id)),
        )
        await journal.post(session, entry)
    return MONEY


OWN = {"payment_id": "own_payment_id"}
OUTGOING = f"{INSIDE}/outgoings/{{outgoing_id}}"
PAYMENTS = f"{INSIDE}/payments"
ACCOUNT = f"{ORGANISATION}/provider-account"

TABLE = {
    f"GET {ORGANISATION}/payments": Rule(READING),
    f"GET {ORGANISATION}/payments/{{payment_id}}": Rule(READING, other=OWN),
    f"GET {PAYMENTS}": Rule(INSPECTING),
    f"GET {PAYMENTS}/{{payment_id}}": Rule(INSPECTING),
    f"GET {INSIDE}/receipts": Rule(INSPECTING),
    f"GET {INSIDE}/outgoings": Rule(INSPECTING),
    f"GET {OUTGOING}": Rule(INSPECTING),
    f"POST {OUTGOING}/approvals": Rule(DECIDING),
    f"POST {OUTGOING}/withholdings": Rule(DECIDING, always(REASON)),
    f"POST {OUTGOING}/claw-backs": Rule(DECIDING, always(REASON), _a_settled_transfer),
    f"GET {ACCOUNT}": Rule(READING),
    f"POST {ACCOUNT}/onboardings": Rule(ADMINS, always(BACK)),
    f"GET {INSIDE}/provider-payouts": Rule(INSPECTING),
    f"POST {INSIDE}/provider-payouts": Rule(DECIDING, always(MONEY), _a_balance),
    f"GET {INSIDE}/whereabouts": Rule(INSPECTING),
    f"GET {INSIDE}/reconciliation": Rule(INSPECTING),
    f"GET {INSIDE}/disputes": Rule(INSPECTING),
}
