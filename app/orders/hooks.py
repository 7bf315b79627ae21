"""What domains above must do in the transaction in which an order is made, or loses units."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wiring import Hook
from app.ledger.drafts import AnyDraft
from app.orders.models import Order, OrderPart
from app.organisations.callers import Caller

unwound: Hook[[AsyncSession, Order, OrderPart], Sequence[AnyDraft]] = Hook("orders.unwound")
"""Revoke what was recognised of exactly these serials, and give the entries that say so.

The order and its project are locked. The entries are entered in one call with those of the refund,
and before them: units that were retired are the order's again, and only then gone.
"""

meant: Hook[[AsyncSession, Caller, Order, Mapping[UUID, int]], None] = Hook("orders.meant")
"""Write down for which obligations, and how many each, the units of a new order are meant.

Nobody else sees the order yet. It raises `NotFound` where an obligation is not the buyer's.
"""
