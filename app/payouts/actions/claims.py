"""What an entrepreneur owes, and is neither expected to pay back already nor paid."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import balances
from app.ledger.chart import RECEIVABLE
from app.payments.models import Purpose
from app.payouts import queries
from app.schemes.models import Scheme

NOUN = "claim"
"""Of the purposes of what is paid back; their id is the entrepreneur's."""


async def owed_cents(session: AsyncSession, scheme: Scheme, entrepreneur_id: UUID) -> int:
    """Say how much an entrepreneur owes that nobody asked it to pay yet; the account is kept."""
    claim = RECEIVABLE.of(scheme.id, entrepreneur_id)
    owed = (await balances.kept(session, claim)).posted
    purpose = str(Purpose(NOUN, entrepreneur_id))
    return max(0, owed - await queries.repayments.expected_cents(session, scheme, purpose))
