"""Why this domain refuses."""

from uuid import UUID

from app.core.problems import Problem


class TooLargeForIdeal(Problem):
    """iDEAL takes at most EUR 50,000 at a time: pay by bank."""

    status = 409
    title = "The amount is too large for iDEAL"


class ProviderMissing(Problem):
    """This installation has no payment provider: pay by bank."""

    status = 409
    title = "There is no payment provider here"


class PaymentStateForbids(Problem):
    """The payment's status does not allow this."""

    status = 409
    title = "The payment does not stand so"


class OutgoingStateForbids(Problem):
    """The outgoing's status does not allow this."""

    status = 409
    title = "The outgoing does not stand so"


class SamePerson(Problem):
    """Who planned money to leave can't be the one who approves it."""

    status = 409
    title = "Two people decide about this"


class BankAccountTaken(Problem):
    """The account at the bank is in use already."""

    status = 409
    title = "The account is in use"


class BankAccountClosed(Problem):
    """The account at the bank is used no more."""

    status = 409
    title = "The account is closed"


class StatementOfUnknownAccount(Problem):
    """The statement is of an account that is not in use in this scheme."""

    status = 409
    title = "The scheme has no such account"


class TransactionExplained(Problem):
    """Only what left the bank and nobody recognised can be explained, once."""

    status = 409
    title = "The transaction is explained"


class DoesNotExplain(Problem):
    """The outgoing can't be what left the bank."""

    status = 409
    title = "The outgoing does not explain it"


class CannotBeSentBack(Problem):
    """Nobody knows the account that the money came from."""

    status = 409
    title = "The money can't be sent back"


class NoBankDay(Problem):
    """Banks settle nothing on that day, or it is too far from today."""

    status = 409
    title = "Banks do not work on that day"


class PayeeNotReady(Problem):
    """Some outgoings can't leave today: the receiver is not checked, or its account is new."""

    status = 409
    title = "A receiver can't be paid today"

    def __init__(self, reasons: dict[UUID, str]) -> None:
        told = [{"outgoingId": str(about), "reason": why} for about, why in reasons.items()]
        super().__init__(f"{len(told)} of them can't leave today; see heldBack.", held_back=told)


class BankWouldRefuse(Problem):
    """The bank would take no file with this in it."""

    status = 409
    title = "The bank would refuse the file"


class ReportOfOtherBatch(Problem):
    """The bank's report is about another file."""

    status = 409
    title = "The report is about another batch"


class ReceiptStateForbids(Problem):
    """The receipt has found its owner already, or belongs to another scheme."""

    status = 409
    title = "The receipt does not stand so"


class BalanceTooSmall(Problem):
    """There is less at the provider, by the books, than should be paid out to the bank."""

    status = 409
    title = "There is not so much at the provider"


class OnboardingOver(Problem):
    """The provider knows all that it wants to know of this account."""

    status = 409
    title = "The account needs nothing"


class NoProviderAccount(Problem):
    """The organisation has no account at the payment provider yet."""

    status = 404
    title = "There is no account at the provider"


class SignatureRefused(Problem):
    """The event does not carry the provider's signature, or an old one."""

    status = 400
    title = "The signature is not the provider's"
