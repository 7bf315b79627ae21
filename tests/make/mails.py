"""Reading the mail: what waits is delivered as files, as without a mail server, and read back."""

from dataclasses import asdict

import sqlalchemy as sa

from app.core import mail
from app.core.database import Database
from app.core.mail.models import Mail
from app.story.mailbox import Letter, read


class Read(Letter):
    """A mail that is known to hold one token."""

    @property
    def token(self) -> str:
        """The one-time token that stands on a line of its own."""
        [token] = self.tokens
        assert f"#{token}" in self.text, "the link has another token"
        return token


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
    return [Read(**asdict(read(path))) for path in paths]
