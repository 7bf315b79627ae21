"""The tables of payouts."""

from app.payouts.models.payouts import Payout, PayoutDecision, PayoutState

__all__ = ["Payout", "PayoutDecision", "PayoutState"]
