"""Why this domain refuses."""

from app.core.problems import Problem


class ExportTooLong(Problem):
    """A list has more rows than one file takes."""

    status = 409
    title = "The list is too long for a file"


class NothingToDraw(Problem):
    """There is nothing of which a sample could be drawn."""

    status = 409
    title = "There is nothing to draw a sample of"
