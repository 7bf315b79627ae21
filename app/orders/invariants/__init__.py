"""What must always be true of orders, of their units, and of their invoices."""

from app.orders.invariants import amounts, invoices, units

INVARIANTS = (*units.INVARIANTS, *amounts.INVARIANTS, *invoices.INVARIANTS)
