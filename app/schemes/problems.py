"""Why this domain refuses."""

from app.core.problems import NotAllowed, Problem


class AlreadyAuthority(Problem):
    """The organisation is registered as an authority already."""

    status = 409
    title = "Already an authority"


class AuthorityEnded(Problem):
    """The organisation is no authority any more."""

    status = 409
    title = "The authority has ended"


class AuthorityInUse(Problem):
    """The authority recognises a scheme: end that first."""

    status = 409
    title = "The authority still recognises a scheme"


class SchemeCodeTaken(Problem):
    """Another scheme has this code."""

    status = 409
    title = "The code belongs to another scheme"


class SchemeStateForbids(Problem):
    """The state of the scheme does not allow this."""

    status = 409
    title = "The scheme's state does not allow this"


class SchemeNotReady(Problem):
    """A scheme opens with a policy that applies and an authority that recognises it."""

    status = 409
    title = "The scheme is not ready to open"


class AlreadyRecognised(Problem):
    """This authority recognises the scheme already."""

    status = 409
    title = "Already recognised"


class RecognitionEnded(Problem):
    """The recognition ended before."""

    status = 409
    title = "The recognition has ended"


class OwnDraft(NotAllowed):
    """Who wrote in a draft does not publish it: somebody else of the operator must."""

    title = "Somebody else must publish this"


class PolicyTooEarly(Problem):
    """A policy applies from today on, or later, and never before the one that it supersedes."""

    status = 409
    title = "The policy starts too early"


class NoPolicyApplies(Problem):
    """No policy of the scheme applies today."""

    status = 409
    title = "No policy applies"


class NothingToAudit(Problem):
    """Auditors are appointed to authorities and to operators of schemes; this is neither."""

    status = 409
    title = "There is nothing to audit here"


class AlreadyAuditor(Problem):
    """This person is auditor here in a part of that period."""

    status = 409
    title = "Already an auditor"


class AuditEnded(Problem):
    """The appointment has ended."""

    status = 409
    title = "The appointment has ended"


class OwnMarket(Problem):
    """The operator of a scheme neither sells nor buys in it."""

    status = 409
    title = "The operator takes no part in its own scheme"


class AlreadyRequested(Problem):
    """The organisation takes part in the scheme, or waits for the operator's decision."""

    status = 409
    title = "Asked before"


class BuyerNotAllowed(Problem):
    """Only the authorities that recognise this scheme may buy in it."""

    status = 409
    title = "Only recognising authorities may buy here"


class AdmissionStateForbids(Problem):
    """The state of the admission does not allow this decision."""

    status = 409
    title = "The admission's state does not allow this"


class AdmissionNotReady(Problem):
    """An entrepreneur is admitted once its identity is checked, and while it is active."""

    status = 409
    title = "The entrepreneur can't be admitted yet"


class CheckOutdated(Problem):
    """What holds until a day that has passed is no check."""

    status = 409
    title = "The check has expired already"


class AnotherAccount(Problem):
    """A check of a bank account names it, and it is the one that the entrepreneur has now."""

    status = 409
    title = "The entrepreneur has another account"


class EnrolmentStateForbids(Problem):
    """The state of the enrolment does not allow this decision."""

    status = 409
    title = "The enrolment's state does not allow this"


class OwnAffair(NotAllowed):
    """Nobody decides about an organisation that they act for themselves."""

    title = "This is your own affair"


class InvitedSomebodyElse(NotAllowed):
    """The invitation went to another e-mail address than yours, or to be something else."""

    title = "The invitation is not for you"


class TenureOver(Problem):
    """The last day of the tenure has passed already."""

    status = 409
    title = "The tenure is over"


class AlreadyExpert(Problem):
    """This person is on the panel already."""

    status = 409
    title = "Already on the panel"


class ExpertLeft(Problem):
    """The expert left the panel before."""

    status = 409
    title = "The expert has left"
