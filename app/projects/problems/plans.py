"""Why something can't be done with a project, its plan or an objection."""

from app.core.problems import NotAllowed, Problem


class ProjectStateForbids(Problem):
    """The state of the project does not allow this."""

    status = 409
    title = "The project's state does not allow this"


class NotAdmitted(Problem):
    """Only an entrepreneur that the scheme's operator admitted can offer projects."""

    status = 409
    title = "Not admitted to the scheme"


class PlansClosed(Problem):
    """The round takes no plans now, or no longer."""

    status = 409
    title = "The round takes no plans"


class PlanIncomplete(Problem):
    """A plan is submitted when nothing is missing or wrong; `lacks` names all of it."""

    status = 409
    title = "The plan is not complete"


class TooManyAttachments(Problem):
    """A plan has no room for a further file."""

    status = 409
    title = "Too many attachments"


class NothingToContest(Problem):
    """An objection is to the last rejection or valuation of a project."""

    status = 409
    title = "There is nothing to object to"


class AlreadyObjected(Problem):
    """An objection to this decision was lodged before."""

    status = 409
    title = "An objection was lodged already"


class ObjectionTooLate(Problem):
    """The policy's time to object has passed."""

    status = 409
    title = "The time to object has passed"


class ObjectionClosed(Problem):
    """The objection was decided before."""

    status = 409
    title = "The objection is decided"


class OwnDecision(NotAllowed):
    """Who took the contested decision, or valued the project, does not judge the objection."""

    title = "Somebody else must decide"
