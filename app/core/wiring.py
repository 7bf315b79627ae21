"""What a domain asks of those above it: declared below, and wired by `main` before anything runs.

    released: Hook[[AsyncSession, UUID], None] = Hook("orders.released")

Whoever is asked runs in the transaction of whoever asks.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class NotWired(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """Something was declared, and `main` names nobody who does it."""


DECLARED: dict[str, "Hook[..., Any]"] = {}
"""Every hook that a module of the application declares."""


class Hook(Generic[Asked, Answer]):
    """Something that one above knows or does; called like the function that is wired to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._wired: Callable[Asked, Awaitable[Answer]] | None = None
        DECLARED[name] = self

    @property
    def is_wired(self) -> bool:
        """Whether somebody is asked."""
        return self._wired is not None

    def wire(self, asked: Callable[Asked, Awaitable[Answer]]) -> None:
        """Say who is asked."""
        self._wired = asked

    async def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        """Ask.

        Raises:
            NotWired: nobody is.
        """
        if self._wired is None:
            raise NotWired(_said([self.name]))
        return await self._wired(*args, **kwargs)


def insist_on_all() -> None:
    """Refuse to start while a declared hook has nobody who is asked.

    Raises:
        NotWired: which hooks those are.
    """
    if missing := sorted(name for name, hook in DECLARED.items() if not hook.is_wired):
        raise NotWired(_said(missing))


def _said(names: list[str]) -> str:
    return f"Nobody is asked by {', '.join(names)}: wire them in app/main.py."
