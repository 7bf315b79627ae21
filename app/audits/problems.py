"""Why this domain refuses."""

from app.core.problems import Problem


class ExportTooLong(Problem):
    """A list has more rows than one file takes."""

    status = 409
    title = "The list is too long for a file"
