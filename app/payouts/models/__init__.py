"""The tables of payouts."""

from app.payouts.models.freezes import Freeze, FreezeCause, RemedyProposal, RemedyState
from app.payouts.models.payouts import Payout, PayoutDecision, PayoutState

__all__ = [
    "Freeze",
    "FreezeCause",
    "Payout",
    "PayoutDecision",
    "PayoutState",
    "RemedyProposal",
    "RemedyState",
]
