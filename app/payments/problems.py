"""Why this domain refuses."""

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
