"""The operator's accounts at a bank, and what their statements say."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.core import files
from app.core.database import Session
from app.core.files import XmlUpload
from app.core.files.kinds import XML
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments import actions, queries
from app.payments.access import (
    DecidedBankAccount,
    DecidedBankTransaction,
    PayingScheme,
    StatementOfScheme,
    TransactionOfScheme,
)
from app.payments.models import BankAccount, BankStatement, BankTransaction, Outcome
from app.payments.problems import (
    BankAccountClosed,
    BankAccountTaken,
    DoesNotExplain,
    StatementOfUnknownAccount,
    TransactionExplained,
)
from app.payments.schemas.bank import (
    BankAccountRequest,
    BankAccountView,
    BankStatementView,
    BankTransactionView,
    ExplanationRequest,
    SettlementRequest,
    StatementsView,
)
from app.schemes.access import ApprovedScheme, OperatedScheme

router = router_of("/schemes/{scheme_id}", "Bank")

ACCOUNTS, STATEMENTS, TRANSACTIONS = "/bank-accounts", "/bank-statements", "/bank-transactions"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.get(ACCOUNTS, response_model=PageOf[BankAccountView])
async def list_bank_accounts(
    scheme: PayingScheme, session: Session, paging: Paging
) -> Page[BankAccount]:
    """List the accounts on which the operator keeps the money of a scheme."""
    return await queries.bank.accounts(session, scheme, paging)


@router.post(
    ACCOUNTS,
    status_code=201,
    response_model=BankAccountView,
    responses=refusals(*WORKING, BankAccountTaken),
)
async def open_bank_account(
    request: BankAccountRequest, caller: Person, scheme: ApprovedScheme, session: Session
) -> BankAccount:
    """Take an account into use (the operator's approvers); its statements can be imported then."""
    return await actions.bank_accounts.open_account(session, caller, scheme, request)


@router.post(
    ACCOUNTS + "/{bank_account_id}/closures",
    status_code=201,
    response_model=BankAccountView,
    responses=refusals(*WORKING, BankAccountClosed),
)
async def close_bank_account(
    request: ExplanationRequest, caller: Person, account: DecidedBankAccount, session: Session
) -> BankAccount:
    """Use an account no more (the operator's approvers)."""
    return await actions.bank_accounts.close_account(session, caller, account, request.reason)


@router.get(STATEMENTS, response_model=PageOf[BankStatementView])
async def list_bank_statements(
    scheme: PayingScheme,
    session: Session,
    paging: Paging,
    account_id: Annotated[
        UUID | None, Query(alias="accountId", description="Only of this account.")
    ] = None,
) -> Page[BankStatement]:
    """List the statements that were imported; newest first."""
    return await queries.bank.statements(session, scheme, account_id, paging)


@router.post(
    STATEMENTS,
    status_code=201,
    response_model=StatementsView,
    responses=refusals(*WORKING, StatementOfUnknownAccount),
)
async def import_bank_statements(
    caller: Person, scheme: OperatedScheme, upload: XmlUpload, session: Session
) -> StatementsView:
    """Import a file of statements (`camt.053`, versions 02, 06 and 08), the operator's members.

    The same file twice is as once, and files may overlap: every entry counts once. A file whose
    entries don't lead from its opening to its closing balance is refused. What the entries are is
    found out by and by: look at the transactions.
    """
    received = await upload.receive()
    message = await actions.statements.read(session, received)
    taken = await actions.statements.take(session, caller, scheme, received, message)
    return StatementsView.model_validate({"statements": taken}, from_attributes=True)


@router.get(STATEMENTS + "/{bank_statement_id}", response_model=BankStatementView)
async def read_bank_statement(statement: StatementOfScheme) -> BankStatement:
    """Read a statement; its transactions are listed with `statementId`."""
    return statement


@router.get(
    STATEMENTS + "/{bank_statement_id}/file",
    response_class=Response,
    responses=files.downloads(XML),
)
async def download_bank_statement(
    statement: StatementOfScheme, request: Request, session: Session
) -> Response:
    """Download the file that a statement came in, as the bank made it."""
    return await files.download(request, session, statement.file)


@router.get(TRANSACTIONS, response_model=PageOf[BankTransactionView])
async def list_bank_transactions(
    scheme: PayingScheme,
    session: Session,
    paging: Paging,
    outcome: Annotated[
        Outcome | None, Query(description="Only what came to this, such as unexplained.")
    ] = None,
    statement_id: Annotated[
        UUID | None, Query(alias="statementId", description="Only what this statement brought.")
    ] = None,
) -> Page[BankTransaction]:
    """List what happened at the bank, and what became of it; newest first."""
    return await queries.bank.transactions(session, scheme, outcome, statement_id, paging)


@router.get(TRANSACTIONS + "/{bank_transaction_id}", response_model=BankTransactionView)
async def read_bank_transaction(transaction: TransactionOfScheme) -> BankTransaction:
    """Read what happened at the bank, and what became of it."""
    return transaction


@router.post(
    TRANSACTIONS + "/{bank_transaction_id}/costs",
    status_code=201,
    response_model=BankTransactionView,
    responses=refusals(*WORKING, TransactionExplained),
)
async def explain_as_cost(
    request: ExplanationRequest,
    caller: Person,
    transaction: DecidedBankTransaction,
    session: Session,
    _once: Idempotent,
) -> BankTransaction:
    """Say that the bank took it for its work: the operator bears it (the operator's approvers)."""
    return await actions.explaining.as_cost(session, caller, transaction, request.reason)


@router.post(
    TRANSACTIONS + "/{bank_transaction_id}/settlements",
    status_code=201,
    response_model=BankTransactionView,
    responses=refusals(*WORKING, TransactionExplained, DoesNotExplain),
)
async def explain_as_outgoing(
    request: SettlementRequest,
    caller: Person,
    transaction: DecidedBankTransaction,
    session: Session,
    _once: Idempotent,
) -> BankTransaction:
    """Say which outgoing left, where the bank did not carry our id along (approvers)."""
    return await actions.explaining.as_outgoing(
        session, caller, transaction, request.outgoing_id, request.reason
    )
