"""What kinds of jobs there are, and who does them."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from pydantic import BaseModel, ConfigDict, create_model
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.wiring import NotWired

LONGEST_BACK_OFF_SECONDS = 3600.0

Parameters = ParamSpec("Parameters")
Action = Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work for later: a constant beside the action that does it.

    A job that runs longer than `timeout_seconds` is stopped, and that counts as a failure. After
    a failure it waits a random time of at most `back_off_seconds`, doubled for each failure before
    (an hour at most).
    """

    name: str
    max_attempts: int = 10
    timeout_seconds: float = 60.0
    back_off_seconds: float = 2.0

    def __post_init__(self) -> None:
        if self.name in DECLARED:
            raise ValueError(f"There are two kinds of jobs named {self.name}.")
        DECLARED[self.name] = self

    def longest_wait_seconds(self, attempt: int) -> float:
        """Say how long a job may have to wait after its n-th attempt failed."""
        return min(LONGEST_BACK_OFF_SECONDS, self.back_off_seconds * 2.0 ** (attempt - 1))


DECLARED: dict[str, JobKind] = {}
"""Every kind that a module of the application declares."""


class GiveUp(Exception):  # noqa: N818  An instruction more than an error.
    """No further attempt can help: the job is dead at once."""


@dataclass(frozen=True, slots=True)
class Handler:
    """An action and the kind of job it does; made by `transactional` or `outside`."""

    kind: JobKind
    action: Action
    arguments: type[BaseModel]
    in_transaction: bool

    def read(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Turn what the row holds into what the action's signature asks for."""
        read = self.arguments.model_validate(arguments)
        return {name: getattr(read, name) for name in self.arguments.model_fields}


def transactional(
    kind: JobKind, action: Callable[Concatenate[AsyncSession, Parameters], Awaitable[object]]
) -> Handler:
    """Wire an action that changes this database only: its effect happens exactly once.

    It runs in one transaction together with marking the job as done.
    """
    return Handler(kind, action, _arguments(action), in_transaction=True)


def outside(
    kind: JobKind, action: Callable[Concatenate[Database, Parameters], Awaitable[object]]
) -> Handler:
    """Wire an action that talks to somebody else: it happens at least once.

    It opens its own units of work and holds none while it talks; what it asks of the other side
    must bear repetition.
    """
    return Handler(kind, action, _arguments(action), in_transaction=False)


def _arguments(action: Action) -> type[BaseModel]:
    _, *parameters = inspect.signature(action, eval_str=True).parameters.values()
    fields: dict[str, Any] = {
        parameter.name: (
            parameter.annotation,
            ... if parameter.default is parameter.empty else parameter.default,
        )
        for parameter in parameters
    }
    return create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)


def by_name(handlers: Iterable[Handler]) -> dict[str, Handler]:
    """Index a table of handlers.

    Raises:
        ValueError: a kind has two handlers.
    """
    table: dict[str, Handler] = {}
    for handler in handlers:
        if handler.kind.name in table:
            raise ValueError(f"Two handlers are wired for {handler.kind.name}.")
        table[handler.kind.name] = handler
    return table


def insist_on_all(handlers: Iterable[Handler]) -> None:
    """Refuse to start while a declared kind of job has nobody to do it.

    Raises:
        NotWired: which kinds those are.
    """
    if missing := sorted(DECLARED.keys() - by_name(handlers).keys()):
        raise NotWired(f"Nobody does the jobs {', '.join(missing)}: wire them in app/main.py.")
