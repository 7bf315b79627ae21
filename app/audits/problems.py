"""Why this domain refuses."""

from app.core.problems import Problem


class ExportTooLong(Problem):
    """A list has more rows than one file takes; `until` is the last row of the first part."""

    status = 409
    title = "The list is too long for a file"


class NothingToDraw(Problem):
    """There is nothing of which a sample could be drawn."""

    status = 409
    title = "There is nothing to draw a sample of"


class NothingSealed(Problem):
    """The public log has not signed for what is asked."""

    status = 409
    title = "The public log has not come so far"


class NotKnownBefore(Problem):
    """What is asked is to come."""

    status = 400
    title = "The moment is to come"


class NothingInYear(Problem):
    """Nothing happened in the books of a year."""

    status = 409
    title = "There are no entries in this year"


class PackNotReady(Problem):
    """A pack is being made, failed, or is gone."""

    status = 409
    title = "The audit pack can't be downloaded now"


class PackNotExpired(Problem):
    """A pack is there, or on its way."""

    status = 409
    title = "The audit pack is not to be made again"


class PackDiffers(Problem):
    """A pack became another than it was when it was made first."""

    status = 409
    title = "The audit pack became another one"


class PeriodNotBegun(Problem):
    """The period lies in the future: nothing can have happened in it."""

    status = 409
    title = "The period has not begun"


class QuarterNotPublished(Problem):
    """The quarter goes on, or ended today: what became known in it may still grow."""

    status = 404
    title = "The quarter is not published yet"


class FindingStateForbids(Problem):
    """The finding's state does not allow this now."""

    status = 409
    title = "Not in this state"


class TooManyFindingFiles(Problem):
    """A finding has as many files as it may have."""

    status = 409
    title = "There are too many files"
