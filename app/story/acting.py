"""What every script is played with: the stage, the mail, the bank, and time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from app.story.bank import Bank
from app.story.failures import NeverHappened
from app.story.mailbox import Mailbox
from app.story.stage import Stage
from app.story.wire import Wire

PATIENCE_SECONDS = 60.0
POLL_SECONDS, LONGEST_POLL_SECONDS = 0.05, 0.3
AT_ONCE = 4
"""How many people do something at the same time: not more than the server has connections for."""


class Play:
    """One playing of a script on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.wire = Wire(stage.url)
        self.mailbox = Mailbox(stage.home / "mail")
        self.bank = Bank()

    def go_to(self, moment: datetime) -> None:
        """Set the clock ahead."""
        self.stage.set_clock(moment)

    def together(self, *acts: Callable[[], object]) -> None:
        """Have several people do something at the same time."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for done in [threads.submit(act) for act in acts]:
                done.result()

    def wait(self, what: str, has_happened: Callable[[], bool]) -> None:
        """Wait for what happens by itself: a worker does it, within moments.

        Raises:
            NeverHappened: it does not.
        """
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, POLL_SECONDS
        while not has_happened():
            if time.monotonic() > deadline:
                message = f"It did not happen within {PATIENCE_SECONDS:.0f} seconds: {what}."
                raise NeverHappened(message)
            time.sleep(pause)
            # Who asks all the time keeps the server from doing it.
            pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
