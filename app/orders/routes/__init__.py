"""The endpoints of this domain."""

from app.orders.routes import orders, payments, quotes, reports, units

ROUTERS = (quotes.router, orders.router, payments.router, reports.router, units.router)
