"""The endpoints of this domain."""

from app.orders.routes import invoices, orders, payments, quotes, reports, units

ROUTERS = (
    *(quotes.router, orders.router, payments.router, invoices.router),
    *(reports.router, units.router),
)
