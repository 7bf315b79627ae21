"""Why money can't be paid out."""

from collections.abc import Sequence

from app.core.problems import Problem
from app.payouts.earmarks import Obstacle


class PayoutNotDue(Problem):
    """Something keeps this tranche from being paid now; `obstacles` names all of it."""

    status = 409
    title = "This can't be paid out now"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        told = [{"code": each.code.value, "detail": each.detail} for each in obstacles]
        super().__init__(" ".join(each.detail for each in obstacles), obstacles=told)


class EarmarkTooSmall(Problem):
    """The project has not so much earmarked that can be paid now."""

    status = 409
    title = "The project has not so much earmarked"

    def __init__(self, asked_cents: int, payable_cents: int) -> None:
        super().__init__(
            f"{asked_cents} cents were to be paid, and {payable_cents} can be paid now.",
            asked_cents=asked_cents,
            payable_cents=payable_cents,
        )


class PayoutStateForbids(Problem):
    """The payout does not stand so that this can be done."""

    status = 409
    title = "The payout does not stand so"


class EarningsTooSmall(Problem):
    """The operator has not earned so much, or has taken it."""

    status = 409
    title = "There is not so much to withdraw"


class LessOwed(Problem):
    """The entrepreneur owes less, or is expected to pay it already."""

    status = 409
    title = "The entrepreneur does not owe so much"

    def __init__(self, asked_cents: int | None, owed_cents: int) -> None:
        asked = f"{asked_cents} cents were asked for, and " if asked_cents else ""
        message = f"{asked}{owed_cents} cents are owed that are not asked for already."
        super().__init__(message[0].upper() + message[1:], owed_cents=owed_cents)


class WriteOffPending(Problem):
    """Another write-off of what the entrepreneur owes waits for its decision."""

    status = 409
    title = "Another write-off waits"


class WriteOffDecided(Problem):
    """The write-off was approved or rejected before."""

    status = 409
    title = "The write-off was decided"


class OperatorAccountUnfit(Problem):
    """The operator has no bank account, or a new one."""

    status = 409
    title = "The operator's account can't be paid now"


class FreezeEnded(Problem):
    """It was decided what becomes of the project's frozen money."""

    status = 409
    title = "The money is not frozen any more"


class RemedyOutsideTerms(Problem):
    """The policy of the project's round does not offer this remedy."""

    status = 409
    title = "The policy does not offer this"


class RemedyPending(Problem):
    """Another proposal about the same money waits for its decision."""

    status = 409
    title = "A proposal waits already"


class RemedyDecided(Problem):
    """The proposal was decided before."""

    status = 409
    title = "The proposal is decided"


class UnitsNotThere(Problem):
    """The money of so many units is not in the project's parts any more."""

    status = 409
    title = "The money of so many units is not there"

    def __init__(self, asked_units: int, refundable_units: int) -> None:
        super().__init__(
            f"{asked_units} units were to go back, and the money of {refundable_units} is there.",
            asked_units=asked_units,
            refundable_units=refundable_units,
        )
