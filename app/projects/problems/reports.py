"""Why something can't be done with a report."""

from app.core.problems import Problem


class ReportStateForbids(Problem):
    """The state of the report does not allow this."""

    status = 409
    title = "The report's state does not allow this"


class ReportIncomplete(Problem):
    """A report is submitted when nothing is missing or wrong; `lacks` names all of it."""

    status = 409
    title = "The report is not complete"


class ReportOpen(Problem):
    """Another report of this kind is not accepted yet, or the final one was."""

    status = 409
    title = "There is such a report already"


class ResultUnsaid(Problem):
    """Accepting a final report says whether the result is achieved or short; no other does."""

    status = 409
    title = "Say whether the result is achieved"
