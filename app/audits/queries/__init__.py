"""Questions of those who check an installation."""

from app.audits.queries import (
    entries,
    figures,
    fulfilments,
    obligations,
    orders,
    packs,
    periods,
    readings,
)

__all__ = [
    "entries",
    "figures",
    "fulfilments",
    "obligations",
    "orders",
    "packs",
    "periods",
    "readings",
]
