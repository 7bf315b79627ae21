"""Who is told of events about money: who pays, and the operator, whose bank and provider it is."""

from app.payments.access import READ_PAYMENTS
from app.payments.models import (
    BankAccount,
    BankBatch,
    BankStatement,
    BankTransaction,
    Dispute,
    Outgoing,
    Payment,
    ProviderAccount,
    ProviderPayout,
    Receipt,
)
from app.schemes.models import Scheme
from app.webhooks.hooks import Audience, Side, about


def _operator(
    thing: type[
        BankAccount | BankBatch | BankTransaction | Outgoing | Payment | ProviderPayout | Receipt
    ],
) -> Side:
    return about(thing, Scheme.operator_id).join(Scheme, Scheme.id == thing.scheme_id)


AUDIENCES = (
    Audience(
        "payment",
        sides=(about(Payment, Payment.payer_id), _operator(Payment)),
        shows=("purpose", "amountCents", "way"),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "receipt",
        sides=(_operator(Receipt),),
        shows=("rail", "amountCents", "paymentId"),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "outgoing",
        sides=(_operator(Outgoing),),
        shows=("purpose", "amountCents"),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "dispute",
        sides=(
            about(Dispute, Scheme.operator_id)
            .join(Payment, Payment.id == Dispute.payment_id)
            .join(Scheme, Scheme.id == Payment.scheme_id),
        ),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "provider-account",
        sides=(about(ProviderAccount, ProviderAccount.organisation_id),),
        shows=("canReceive", "canWithdraw"),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "provider-payout",
        sides=(_operator(ProviderPayout),),
        shows=("amountCents",),
        scope=READ_PAYMENTS,
    ),
    Audience("bank-account", sides=(_operator(BankAccount),), scope=READ_PAYMENTS),
    Audience(
        "bank-statement",
        sides=(
            about(BankStatement, Scheme.operator_id)
            .join(BankAccount, BankAccount.id == BankStatement.account_id)
            .join(Scheme, Scheme.id == BankAccount.scheme_id),
        ),
        shows=("accountId", "closingCents", "newEntries"),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "bank-transaction",
        sides=(_operator(BankTransaction),),
        shows=("outcome",),
        scope=READ_PAYMENTS,
    ),
    Audience(
        "bank-batch",
        sides=(_operator(BankBatch),),
        shows=("transfers", "totalCents", "rejected"),
        scope=READ_PAYMENTS,
    ),
)
