"""Reading the mail: what waits is delivered as files, as without a mail server, and read back."""

import email
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

import sqlalchemy as sa

from app.core import mail
from app.core.database import Database
from app.core.mail.models import Mail

_TOKEN = re.compile(r"^baat_once_\S+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Read:
    """A mail, as its recipient sees it."""

    to: str
    subject: str
    language: str
    text: str

    @property
    def token(self) -> str:
        """The one-time token that stands on a line of its own."""
        [token] = _TOKEN.findall(self.text)
        assert f"#{token}" in self.text, "the link has another token"
        return str(token)


async def mails(database: Database) -> list[Read]:
    """Deliver what waits, and read all mail that was ever delivered, oldest first."""
    async with database.reading() as session:
        waiting = list(
            await session.scalars(
                sa.select(Mail.id).where(Mail.sent_at.is_(None)).order_by(Mail.id)
            )
        )
    for mail_id in waiting:
        await mail.deliver(database, mail_id)
    folder = database.settings.home / "mail"
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.name.partition("-")[2])
    return [_read(path.read_bytes()) for path in paths]


def _read(raw: bytes) -> Read:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return Read(
        to=message["To"],
        subject=message["Subject"],
        language=message["Content-Language"],
        text=message.get_content().replace("\r\n", "\n"),
    )
