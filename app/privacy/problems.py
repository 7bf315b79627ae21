"""Why this domain refuses."""

from app.core.problems import Problem


class ErasureNotPossible(Problem):
    """Something rests on this person that somebody must take over first: see `obstacles`."""

    status = 409
    title = "This person can't be erased yet"
