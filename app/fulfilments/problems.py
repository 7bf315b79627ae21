"""Why this domain refuses."""

from collections.abc import Sequence

from app.core.problems import NotAllowed, Problem


class SplitTooLarge(Problem):
    """The order has fewer units than are split over obligations."""

    status = 409
    title = "The order has not so many units"


class UnitsClaimed(Problem):
    """Units that were claimed for an obligation stay with it until that is decided."""

    status = 409
    title = "Units are claimed"


class NotAllocated(Problem):
    """The order's split has not so many units for this obligation that are not claimed."""

    status = 409
    title = "Not so many units are meant for this obligation"


class OrderNotFirm(Problem):
    """Only units that are paid, of a project that was funded, fulfil an obligation."""

    status = 409
    title = "The order is not firm"


class OrderHasEnded(Problem):
    """The order was never paid, or nothing is left of it."""

    status = 409
    title = "The order has ended"


class DoesNotCount(Problem):
    """By the rules of the obligation this does not count; the detail says why."""

    status = 409
    title = "This does not count"


class OtherKind(Problem):
    """A draft keeps its kind: what is of another kind is drafted by itself."""

    status = 409
    title = "The fulfilment is of another kind"


class PlacementClaimed(Problem):
    """A candidate counts once for a day, whoever claims it and at whichever authority."""

    status = 409
    title = "The placement is claimed already"

    def __init__(self, numbers: Sequence[int]) -> None:
        lines: list[dict[str, str | int | None]] = [{"number": each} for each in numbers]
        named = ", ".join(str(each) for each in numbers) or "one of them"
        super().__init__(
            f"Of these placements a day counts in another claim: {named}. Shorten their periods,"
            " or leave them out; ask whoever employs the candidate what was claimed.",
            placements=lines,
        )


class InvoiceClaimed(Problem):
    """An invoice of a social supplier counts once, whoever claims it and at whichever authority."""

    status = 409
    title = "The invoice is claimed already"


class NotDoneYet(Problem):
    """What ends in the future can be drafted, and not submitted."""

    status = 409
    title = "It is not done yet"


class CertificateExpired(Problem):
    """A certificate counts as long as it is valid."""

    status = 409
    title = "The certificate is not valid any more"


class TooMuchEvidence(Problem):
    """A claim has no room for a further file."""

    status = 409
    title = "Too many files"


class ObligationNotOpen(Problem):
    """The obligation is not imposed, or it is closed."""

    status = 409
    title = "The obligation is not open"


class FulfilmentStateForbids(Problem):
    """The state of the fulfilment does not allow this."""

    status = 409
    title = "The fulfilment's state does not allow this"


class OwnFulfilment(NotAllowed):
    """Who wrote or submitted it does not decide it."""

    title = "Somebody else must decide this"


class NotCertified(Problem):
    """A certificate is issued when a fulfilment is approved, and this one was not."""

    status = 404
    title = "There is no certificate"
