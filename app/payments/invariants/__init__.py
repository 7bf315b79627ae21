"""What must always be true of money that comes and goes."""

from app.payments.invariants import books, trail

INVARIANTS = (*books.INVARIANTS, *trail.INVARIANTS)
