"""Why a telling ends before its end."""

from typing import Any


class Failure(Exception):  # noqa: N818  Its subclasses say what happened.
    """A step did not go as it must."""


class NeverHappened(Failure):
    """What should happen by itself did not, within a minute."""


class Refused(Failure):
    """The interface did not do what it was asked."""

    def __init__(self, request: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{request} was answered with {status}: {_reason(problem)}")
        self.status = status
        self.kind: str = problem.get("type", "").rpartition("/")[2]
        self.detail: str = problem.get("detail", "")


def _reason(problem: dict[str, Any]) -> str:
    faults = (
        f"{fault.get('pointer') or fault.get('name') or fault.get('in')}: {fault.get('detail')}"
        for fault in problem.get("errors", ())
    )
    known = (problem.get("type"), problem.get("detail"), *faults)
    return " ".join(str(part) for part in known if part) or "it gives no reason."


class NotRefused(Failure):
    """The interface did what it must refuse."""


class NoStage(Failure):
    """There is no place to play on."""
