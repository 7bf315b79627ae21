"""What goes over the wire."""

from app.payments.schemas.outgoings import ClawBackRequest, OutgoingView, WithholdingRequest
from app.payments.schemas.payments import PaymentView, ReceiptView
from app.payments.schemas.provider import (
    DisputeView,
    OnboardingRequest,
    ProviderAccountView,
    ProviderPayoutRequest,
    ProviderPayoutView,
)
from app.payments.schemas.reconciling import ReconciliationView, WhereaboutsView

__all__ = [
    "ClawBackRequest",
    "DisputeView",
    "OnboardingRequest",
    "OutgoingView",
    "PaymentView",
    "ProviderAccountView",
    "ProviderPayoutRequest",
    "ProviderPayoutView",
    "ReceiptView",
    "ReconciliationView",
    "WhereaboutsView",
    "WithholdingRequest",
]
