"""Who may see money come and go, and who decides that it goes?"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security

from app.core.database import Session
from app.core.problems import existing
from app.organisations.access import Person, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.scopes import Scope
from app.payments import queries
from app.payments.models import (
    BankAccount,
    BankBatch,
    BankStatement,
    BankTransaction,
    Outgoing,
    Payment,
    ProviderAccount,
    Receipt,
)
from app.payments.problems import NoProviderAccount
from app.schemes.access import ApprovedScheme, OperatedScheme, SchemeRight, find_scheme
from app.schemes.models import Scheme

READ_PAYMENTS = Scope(
    "payments:read", "Read the payments that the organisation makes, and those of its schemes."
)

PaymentReader = Annotated[Caller, Security(identify, scopes=[READ_PAYMENTS])]
"""A person, or a machine that may read payments."""


async def _scheme(scheme_id: UUID, caller: PaymentReader, session: Session) -> Scheme:
    return await find_scheme(session, caller, scheme_id, SchemeRight.INSPECT)


async def _payer(organisation_id: UUID, caller: PaymentReader, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


async def _onboarding(organisation_id: UUID, caller: Person, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.ADMINISTER)


PayingScheme = Annotated[Scheme, Depends(_scheme)]
"""A scheme whose money the caller, person or machine, may see."""
Payer = Annotated[Organisation, Depends(_payer)]
"""An organisation whose payments the caller, person or machine, may see."""
OnboardedOrganisation = Annotated[Organisation, Depends(_onboarding)]
"""An organisation of which the person is an admin."""


async def _payment_of_scheme(payment_id: UUID, scheme: PayingScheme, session: Session) -> Payment:
    return existing(await queries.payments.one(session, scheme, payment_id), payment_id)


async def _payment_of_payer(payment_id: UUID, payer: Payer, session: Session) -> Payment:
    return existing(await queries.payments.one(session, payer, payment_id), payment_id)


async def _outgoing(outgoing_id: UUID, scheme: PayingScheme, session: Session) -> Outgoing:
    return existing(await queries.outgoings.one(session, scheme, outgoing_id), outgoing_id)


async def _approved(outgoing_id: UUID, scheme: ApprovedScheme, session: Session) -> Outgoing:
    return existing(await queries.outgoings.one(session, scheme, outgoing_id), outgoing_id)


async def _provider_account(organisation: Payer, session: Session) -> ProviderAccount:
    account = await queries.accounts.found(session, organisation.id)
    if account is None:
        message = "The organisation has no account at the payment provider: onboard it first."
        raise NoProviderAccount(message)
    return account


PaymentOfScheme = Annotated[Payment, Depends(_payment_of_scheme)]
PaymentOfPayer = Annotated[Payment, Depends(_payment_of_payer)]
OutgoingOfScheme = Annotated[Outgoing, Depends(_outgoing)]
OwnProviderAccount = Annotated[ProviderAccount, Depends(_provider_account)]
"""An organisation's account at the provider, if it has one."""
DecidedOutgoing = Annotated[Outgoing, Depends(_approved)]
"""Money that should leave, about which the person decides for the operator."""


async def _statement(
    bank_statement_id: UUID, scheme: PayingScheme, session: Session
) -> BankStatement:
    found = await queries.bank.statement(session, scheme, bank_statement_id)
    return existing(found, bank_statement_id)


async def _transaction(
    bank_transaction_id: UUID, scheme: PayingScheme, session: Session
) -> BankTransaction:
    found = await queries.bank.transaction(session, scheme, bank_transaction_id)
    return existing(found, bank_transaction_id)


async def _decided_transaction(
    bank_transaction_id: UUID, scheme: ApprovedScheme, session: Session
) -> BankTransaction:
    found = await queries.bank.transaction(session, scheme, bank_transaction_id)
    return existing(found, bank_transaction_id)


async def _decided_account(
    bank_account_id: UUID, scheme: ApprovedScheme, session: Session
) -> BankAccount:
    return existing(await queries.bank.account(session, scheme, bank_account_id), bank_account_id)


async def _decided_receipt(receipt_id: UUID, scheme: ApprovedScheme, session: Session) -> Receipt:
    return existing(await queries.receipts.one(session, scheme, receipt_id), receipt_id)


async def _batch(bank_batch_id: UUID, scheme: PayingScheme, session: Session) -> BankBatch:
    return existing(await queries.batches.one(session, scheme, bank_batch_id), bank_batch_id)


async def _operated_batch(
    bank_batch_id: UUID, scheme: OperatedScheme, session: Session
) -> BankBatch:
    return existing(await queries.batches.one(session, scheme, bank_batch_id), bank_batch_id)


async def _decided_batch(
    bank_batch_id: UUID, scheme: ApprovedScheme, session: Session
) -> BankBatch:
    return existing(await queries.batches.one(session, scheme, bank_batch_id), bank_batch_id)


StatementOfScheme = Annotated[BankStatement, Depends(_statement)]
TransactionOfScheme = Annotated[BankTransaction, Depends(_transaction)]
DecidedBankTransaction = Annotated[BankTransaction, Depends(_decided_transaction)]
"""What happened at the bank, which the person explains for the operator."""
DecidedBankAccount = Annotated[BankAccount, Depends(_decided_account)]
"""An account at a bank, about which the person decides for the operator."""
DecidedReceipt = Annotated[Receipt, Depends(_decided_receipt)]
"""Money that arrived, about which the person decides for the operator."""
BatchOfScheme = Annotated[BankBatch, Depends(_batch)]
OperatedBatch = Annotated[BankBatch, Depends(_operated_batch)]
"""A file for the bank of a scheme for whose operator the person works."""
DecidedBatch = Annotated[BankBatch, Depends(_decided_batch)]
"""A file for the bank, which the person gives to it for the operator."""
