"""The endpoints of this domain."""

from app.orders.routes import invoices, orders, payments, quotes, refunds, reports, units

ROUTERS = (
    *(quotes.router, orders.router, payments.router, invoices.router),
    *(refunds.router, reports.router, units.router),
)
