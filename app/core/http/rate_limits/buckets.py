"""Buckets of tokens in the memory of one process."""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

Clock = Callable[[], float]
"""Says the time in seconds, from anywhere, never backwards."""

Value = TypeVar("Value")

WINDOW_SECONDS = 60
MOST_CALLERS = 50_000
"""Some 20 MB for each limit; whoever is forgotten above it begins anew."""

_ROUNDING = 1e-6
"""Of a token: adding up fractions of seconds may not cost anybody a whole one."""


class Standing(NamedTuple):
    """Where a caller stands with one limit."""

    allowed: bool
    remaining: int
    reset_seconds: int
    """When there is more: whole seconds, at least 1."""


class Recent(Generic[Value]):
    """What was used lately, by key; the rest is forgotten, and so is the oldest of too many."""

    def __init__(self, seconds: float, clock: Clock, most: int = MOST_CALLERS) -> None:
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._entries: OrderedDict[str, tuple[float, Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Value | None:
        """Find what is kept under a key; looking does not make it more recent."""
        entry = self._entries.get(key)
        if entry is None or self._clock() - entry[0] >= self._seconds:
            return None
        return entry[1]

    def put(self, key: str, value: Value) -> Value:
        """Keep something as the most recent, and forget what is due."""
        now = self._clock()
        self._entries[key] = (now, value)
        self._entries.move_to_end(key)
        while self._is_due(now):
            self._entries.popitem(last=False)
        return value

    def forget(self, key: str) -> None:
        """Drop a key."""
        self._entries.pop(key, None)

    def _is_due(self, now: float) -> bool:
        used_at, _ = next(iter(self._entries.values()))
        return len(self._entries) > self._most or now - used_at >= self._seconds


class Buckets:
    """A bucket for each caller: it holds `limit` tokens and fills up evenly within the window."""

    def __init__(self, limit: int, clock: Clock, most: int = MOST_CALLERS) -> None:
        self.limit = limit
        self._seconds_per_token = WINDOW_SECONDS / limit
        self._clock = clock
        # How many tokens there were, and when. A bucket that nobody used for a whole window is
        # full, and may be forgotten.
        self._levels: Recent[tuple[float, float]] = Recent(WINDOW_SECONDS, clock, most)

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: str) -> Standing:
        """Take a token, if there is one."""
        now = self._clock()
        tokens = self._tokens(key, now)
        if not _has_one(tokens):
            return self._standing(tokens, allowed=False)
        tokens = max(0.0, tokens - 1)
        self._levels.put(key, (tokens, now))
        return self._standing(tokens, allowed=True)

    def look(self, key: str) -> Standing:
        """Say whether there is a token, without taking it."""
        tokens = self._tokens(key, self._clock())
        return self._standing(tokens, allowed=_has_one(tokens))

    def _tokens(self, key: str, now: float) -> float:
        level = self._levels.get(key)
        if level is None:
            return self.limit
        tokens, at = level
        return min(self.limit, tokens + (now - at) / self._seconds_per_token)

    def _standing(self, tokens: float, *, allowed: bool) -> Standing:
        whole = math.floor(tokens + _ROUNDING)
        wait_seconds = (whole + 1 - tokens) * self._seconds_per_token
        return Standing(allowed, whole, max(1, math.ceil(wait_seconds)))


def _has_one(tokens: float) -> bool:
    return tokens + _ROUNDING >= 1
