"""Why the books refuse."""

from uuid import UUID

from app.core.problems import Problem


class LimitReached(Problem):
    """An account holds less than is to be taken from it."""

    status = 409
    title = "There is not enough left"

    def __init__(self, account: str, available: int) -> None:
        self.account = account
        self.available = available
        super().__init__(
            f"{account} has {available} left, and more was to be taken.",
            account=account,
            available=available,
        )


class ReferenceReused(Problem):
    """The books know this reference already, with other content."""

    status = 409
    title = "The reference belongs to another entry"

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} was entered before, and said something else.")


class NoSuchHold(Problem):
    """There is no hold of this reference."""

    status = 404
    title = "There is no such hold"


class HoldEnded(Problem):
    """The hold expired or was voided: what it held may be somebody else's by now."""

    status = 409
    title = "The hold has ended"


class HoldPosted(Problem):
    """The hold was posted before: what it held is taken."""

    status = 409
    title = "The hold was posted before"


class HoldDoesNotFit(Problem):
    """An entry must take from its hold's account, and no more than is held."""

    status = 409
    title = "The hold does not fit the entry"


class NoSuchEntry(Problem):
    """There is no such entry to reverse."""

    status = 404
    title = "There is no such entry"


class ReversedBefore(Problem):
    """An entry is reversed once at the most."""

    status = 409
    title = "The entry was reversed before"


class ReversalStays(Problem):
    """A reversal is not reversed: enter the event anew."""

    status = 409
    title = "The entry is a reversal itself"


class LeftOut(Problem):
    """Another draft of the same call was refused, and they belong together."""

    status = 409
    title = "Another part was refused"


class NotKnownYet(Problem):
    """The books have not come to this position."""

    status = 404
    title = "The books have not come so far"

    def __init__(self, position: int, latest: int) -> None:
        super().__init__(
            f"The books have come to position {latest}, not to {position}.", latest=latest
        )


class NoSuchAccount(Problem):
    """Nothing was ever posted to this account."""

    status = 404
    title = "The account was never opened"

    def __init__(self, kind: str, owner_id: UUID) -> None:
        super().__init__(f"Nothing was ever posted to {kind} of {owner_id}.")


class NoSuchKeeper(Problem):
    """Nobody of this id keeps a book."""

    status = 404
    title = "There are no such books"
