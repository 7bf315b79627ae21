"""The tables of payouts."""

from app.payouts.models.freezes import Freeze, FreezeCause, RemedyProposal, RemedyState
from app.payouts.models.payouts import Payout, PayoutDecision, PayoutState
from app.payouts.models.write_offs import WriteOff, WriteOffState

__all__ = [
    "Freeze",
    "FreezeCause",
    "Payout",
    "PayoutDecision",
    "PayoutState",
    "RemedyProposal",
    "RemedyState",
    "WriteOff",
    "WriteOffState",
]
