"""Why something can't be done with a round."""

from app.core.problems import Problem


class RoundStateForbids(Problem):
    """The state of the round does not allow this."""

    status = 409
    title = "The round's state does not allow this"


class DateCannotMove(Problem):
    """A date has passed, or would have, or would not follow the one before it."""

    status = 409
    title = "The date can't move there"


class ProjectsUnderway(Problem):
    """A round is settled when all its projects have ended, and all their money has gone its way."""

    status = 409
    title = "Projects of the round have not ended"
