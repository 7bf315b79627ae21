"""Errands: jobs that go to the provider, with short transactions of their own around each call."""

from app.payments.errands import accounts, ending, inbox, payouts, sending, starting, sweeping

__all__ = ["accounts", "ending", "inbox", "payouts", "sending", "starting", "sweeping"]
