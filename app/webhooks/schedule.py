"""When a webhook that failed is sent again: as Standard Webhooks proposes. Pure."""

import random

DELAYS_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first attempt, the second, and so on: ten attempts in a little over three days."""
LONGEST_WAIT_SECONDS = 86_400
"""What a receiver asks for with `Retry-After` counts up to this."""
JITTER = 0.2
"""So much longer at the most, drawn at random: what failed together shall not come together."""

_drawing = random.SystemRandom()


def wait_seconds(failures: int, asked_seconds: float | None = None) -> float | None:
    """Say how long to wait after so many failures in a row; None: that was the last attempt."""
    if failures > len(DELAYS_SECONDS):
        return None
    delay = DELAYS_SECONDS[failures - 1] * _drawing.uniform(1, 1 + JITTER)
    return max(delay, min(asked_seconds or 0, LONGEST_WAIT_SECONDS))
