"""Who is told of events about orders and invoices: the buyer and the operator.

The entrepreneur reads its invoices, and how much is sold; who reserves what is not its affair.
"""

import sqlalchemy as sa

from app.orders.access import READ_ORDERS
from app.orders.models import Invoice, Order
from app.schemes.models import Scheme
from app.webhooks.hooks import TOLD, Audience, about

_FACTS_OF_THE_MARKET = (
    "project.funded",
    "project.not-funded",
    "project.started",
    "project.completed",
    "project.stopped",
)
"""What everybody may know, and buyers must: whether what they bought comes about."""

AUDIENCES = (
    Audience(
        "order",
        sides=(
            about(Order, Order.buyer_id, "order.invoice-impossible", "order.refund-stranded"),
            # What counts less by a report is between the buyer and its authority.
            about(Order, Scheme.operator_id, "order.lowered").join(
                Scheme, Scheme.id == Order.scheme_id
            ),
        ),
        shows=(
            *("schemeId", "projectId", "partId", "outgoingId", "obligationId"),
            *("quantityUnits", "totalCents", "amountCents", "cents", "realised"),
            *("chooseUntil", "days"),
        ),
        scope=READ_ORDERS,
    ),
    Audience(
        "invoice",
        sides=(
            about(Invoice, Invoice.issuer_id),
            about(Invoice, Invoice.buyer_id),
            about(Invoice, Scheme.operator_id).join(Scheme, Scheme.id == Invoice.scheme_id),
        ),
        shows=("orderId", "totalCents"),
        scope=READ_ORDERS,
    ),
    Audience(
        "project",
        sides=(
            sa.select(TOLD.c.id, Order.buyer_id)
            .join_from(TOLD, Order, Order.project_id == TOLD.c.subject_id)
            .where(TOLD.c.type.in_(_FACTS_OF_THE_MARKET), Order.paid_at.is_not(None)),
        ),
    ),
)
