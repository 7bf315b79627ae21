"""The endpoints of this domain."""

from app.orders.routes import orders, payments, quotes, units

ROUTERS = (quotes.router, orders.router, payments.router, units.router)
