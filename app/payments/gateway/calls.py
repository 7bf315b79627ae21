"""One call to the provider: not too often, and with its faults in three words."""

import asyncio
import time
from collections.abc import Awaitable
from functools import lru_cache
from http import HTTPStatus
from typing import TypeVar

import stripe

PAUSE_SECONDS = 1.0
"""How long nobody here calls after the provider said that it was too often."""

Answer = TypeVar("Answer")


class Refused(Exception):  # noqa: N818  Read aloud it says what happened.
    """The provider will not do this, however often it is asked; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The provider refuses: {code}.")
        self.code = code


class Missing(Refused):
    """The provider knows no such thing, or not in this mode or account."""


class Unanswered(Exception):  # noqa: N818  Read aloud it says what happened.
    """Nobody knows whether it was done: ask, or repeat it with the same key."""


class Pace:
    """Spreads the calls of this process, so that the provider need not say no."""

    def __init__(self, per_second: float) -> None:
        self._gap_seconds = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until it is this caller's turn."""
        now = time.monotonic()
        mine = max(now, self._next)
        self._next = mine + self._gap_seconds
        await asyncio.sleep(mine - now)

    def pause(self) -> None:
        """Let nobody call for a while."""
        self._next = max(self._next, time.monotonic() + PAUSE_SECONDS)


@lru_cache(maxsize=8)
def pace_of(_key: str, per_second: float) -> Pace:
    """Find the pace of all calls with one key; the process has one of each."""
    return Pace(per_second)


async def answered(pace: Pace, call: Awaitable[Answer]) -> Answer:
    """Make one call.

    Raises:
        Refused, Missing: the provider says no.
        Unanswered: it may have been done or not.
    """
    try:
        await pace.turn()
        return await call
    except stripe.RateLimitError as error:
        pace.pause()
        message = "The provider is asked too often."
        raise Unanswered(message) from error
    except (stripe.APIConnectionError, stripe.IdempotencyError) as error:
        raise _unanswered(error) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # A person must look at the key: until then nothing is decided.
        raise _unanswered(error) from error
    except stripe.StripeError as error:
        raise _judged(error) from error


def _judged(error: stripe.StripeError) -> Exception:
    status = error.http_status or HTTPStatus.INTERNAL_SERVER_ERROR
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.CONFLICT:
        return _unanswered(error)
    code = error.code or type(error).__name__
    return Missing(code) if status == HTTPStatus.NOT_FOUND else Refused(code)


def _unanswered(error: stripe.StripeError) -> Unanswered:
    # Not its text: that may quote what was sent, and errors of jobs are kept.
    return Unanswered(f"The provider gave no answer: {type(error).__name__} {error.code or ''}")
