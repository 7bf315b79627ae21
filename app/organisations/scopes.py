"""What an API key may be allowed to do: each domain declares its own scopes."""

from typing import Self

_declared: dict[str, str] = {}


class Scope(str):
    """The name of a scope, `<domain>:<verb>`; declaring one makes it known to keys."""

    __slots__ = ()

    def __new__(cls, name: str, meaning: str) -> Self:
        """Declare a scope, with a sentence for whoever makes a key."""
        if _declared.setdefault(name, meaning) != meaning:
            message = f"The scope {name} is declared twice."
            raise ValueError(message)
        return super().__new__(cls, name)


def declared() -> dict[str, str]:
    """Every scope of this installation, with its meaning."""
    return dict(sorted(_declared.items()))


READ_ORGANISATION = Scope("organisations:read", "Read the organisation's own data.")
