"""Why something can't be done with the panel of a project."""

from app.core.problems import NotAllowed, Problem


class NoPanelHere(Problem):
    """The policy fixes what every project is worth: no expert is asked."""

    status = 409
    title = "No panel values here"


class ConflictOfInterest(Problem):
    """The expert belongs to the organisation whose project it is, or to one registered the same."""

    status = 409
    title = "The expert has a conflict of interest"


class AlreadyAssigned(Problem):
    """The expert is assigned to this plan, or was recused from it."""

    status = 409
    title = "The expert is assigned already"


class NotRecused(Problem):
    """Only a recused expert of the same sitting is replaced, and only once."""

    status = 409
    title = "There is nobody to replace"


class AlreadyRecused(Problem):
    """The expert is recused from this plan."""

    status = 409
    title = "The expert is recused"


class NotAskedAnyMore(NotAllowed):
    """Who is recused, or left the panel, does not read the plan any more."""

    title = "The plan is for the experts who value it"


class ScoresDue(Problem):
    """The panel's deadline has passed; the operator can give more time while scores are sealed."""

    status = 409
    title = "The deadline for scores has passed"


class ScoresOpened(Problem):
    """The scores of this sitting are open: nobody scores any more, and no date moves."""

    status = 409
    title = "The scores are open"


class ScoresSealed(Problem):
    """The scores stay sealed until the deadline, or until all of them are in."""

    status = 409
    title = "The scores are sealed"


class ScoresOffRubric(Problem):
    """A sheet scores exactly the criteria of the rubric, each on its scale."""

    status = 409
    title = "The scores do not fit the rubric"


class TooEarlyToExtend(Problem):
    """More time ends later than the time there is, and later than now."""

    status = 409
    title = "This is no more time"
