"""Everybody's mail: without a mail server it lands as files in a folder."""

import email
import re
import time
from dataclasses import dataclass
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

from app.story.failures import NeverHappened

TOKEN = re.compile(r"^baat_once_\S+$", re.MULTILINE)
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, as its recipient sees it."""

    to: str
    subject: str
    language: str
    text: str

    @property
    def tokens(self) -> list[str]:
        """The one-time tokens that stand on lines of their own."""
        return TOKEN.findall(self.text)


def read(path: Path) -> Letter:
    """Read one letter."""
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    return Letter(
        to=message["To"],
        subject=message["Subject"],
        language=message["Content-Language"],
        text=message.get_content().replace("\r\n", "\n"),
    )


class Mailbox:
    """The letters of all the cast; each is opened once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[Path] = set()
        self._unused: dict[str, list[str]] = {}

    def token(self, address: str) -> str:
        """Wait for the next letter to an address that holds a token, and take it out.

        Raises:
            NeverHappened: none comes.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._unused.get(address):
            if time.monotonic() > deadline:
                message = f"No letter with a token came for {address}."
                raise NeverHappened(message)
            time.sleep(POLL_SECONDS)
            self._collect()
        return self._unused[address].pop(0)

    def _collect(self) -> None:
        for path in sorted(self._folder.glob("*.eml")):
            if path not in self._seen:
                self._seen.add(path)
                letter = read(path)
                address = parseaddr(letter.to)[1]
                self._unused.setdefault(address, []).extend(letter.tokens)
