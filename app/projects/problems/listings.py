"""Why a project can't come to the market."""

from app.core.problems import Problem


class ObjectionPending(Problem):
    """The entrepreneur contests the valuation, and nobody has decided about that yet."""

    status = 409
    title = "An objection waits for its decision"
