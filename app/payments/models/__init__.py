"""What is kept: payments, receipts, outgoings, and what the provider told us."""

from app.payments.models.bank import BankAccount, BankStatement, BankTransaction, Outcome
from app.payments.models.batches import BankBatch, BankStatusReport, BankTransfer
from app.payments.models.disputes import Dispute, DisputeStatus
from app.payments.models.outgoings import Outgoing, OutgoingKind, OutgoingStatus
from app.payments.models.payments import Payment, PaymentStatus, Way
from app.payments.models.provider import (
    EventOutcome,
    ProviderAccount,
    ProviderEvent,
    ProviderPayout,
    ProviderPayoutStatus,
    ProviderTransaction,
)
from app.payments.models.purposes import IS_PURPOSE, Purpose
from app.payments.models.receipts import Rail, Receipt, ReceiptPlace
from app.payments.models.suspense import ReceiptDecision, ReceiptDecisionKind

__all__ = [
    "IS_PURPOSE",
    "BankAccount",
    "BankBatch",
    "BankStatement",
    "BankStatusReport",
    "BankTransaction",
    "BankTransfer",
    "Dispute",
    "DisputeStatus",
    "EventOutcome",
    "Outcome",
    "Outgoing",
    "OutgoingKind",
    "OutgoingStatus",
    "Payment",
    "PaymentStatus",
    "ProviderAccount",
    "ProviderEvent",
    "ProviderPayout",
    "ProviderPayoutStatus",
    "ProviderTransaction",
    "Purpose",
    "Rail",
    "Receipt",
    "ReceiptDecision",
    "ReceiptDecisionKind",
    "ReceiptPlace",
    "Way",
]
