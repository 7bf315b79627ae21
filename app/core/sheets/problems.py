"""Why rows can't be imported."""

from app.core.problems import Problem


class RowsRefused(Problem):
    """Rows have faults, so nothing was imported; `faults` names them, up to a thousand."""

    status = 400
    title = "Nothing was imported"
