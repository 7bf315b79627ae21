"""Why the log refuses."""

from app.core.problems import Problem


class NoLogKey(Problem):
    """The log has never signed anything."""

    status = 409
    title = "The log has no key yet"

    def __init__(self) -> None:
        super().__init__("The log has no key yet: `baat keys make` makes the first.")


class WitnessUnknown(Problem):
    """Nobody takes cosignatures of that name and key."""

    status = 409
    title = "The witness is not known"

    def __init__(self, name: str) -> None:
        super().__init__(f"The operator of this log takes no cosignatures of {name}.", witness=name)


class OwnWitness(Problem):
    """A log that witnesses itself proves nothing to anybody."""

    status = 409
    title = "The log can't be its own witness"

    def __init__(self) -> None:
        super().__init__("A witness has a name and a key of its own, not those of the log.")


class CosignatureRefused(Problem):
    """What a witness is said to have signed does not hold."""

    status = 409
    title = "The cosignature is not right"


class NotInLog(Problem):
    """The log has not come so far, or never signed for that size."""

    status = 404
    title = "The log has not come so far"


class LeafPending(Problem):
    """It stands in the books and waits for its leaf, or for the checkpoint over it."""

    status = 409
    title = "The log has not taken it up yet"

    def __init__(self) -> None:
        super().__init__("The log takes it up within a minute. Try again then.")
