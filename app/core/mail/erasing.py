"""Letting mail of a person be gone: what waits, the marks of what was sent, and files."""

import asyncio
import email
import hmac
import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import sealing
from app.core.database import settings_of
from app.core.mail.letters import Letter
from app.core.mail.models import Mail
from app.core.settings import Settings

PURPOSE = "mail"


def mark_of(settings: Settings, address: str) -> bytes:
    """Make the mark that the table keeps of an address."""
    return hmac.digest(
        sealing.derived(settings, "mail recipient"), address.lower().encode(), "sha256"
    )


async def withdraw(session: AsyncSession, address: str) -> int:
    """Let nothing be sent to an address any more, and nothing tell of what was; say how many."""
    mark = mark_of(settings_of(session), address)
    # What was written before there were marks, and still waits, has to be opened.
    unmarked = sa.select(Mail).where(Mail.recipient_mark.is_(None), Mail.sealed.is_not(None))
    theirs = [
        mail.id
        for mail in await session.scalars(unmarked)
        if _recipient(session, mail.sealed or b"") == address.lower()
    ]
    gone = sa.delete(Mail).where(sa.or_(Mail.recipient_mark == mark, Mail.id.in_(theirs)))
    return len((await session.scalars(gone.returning(Mail.id))).all())


def _recipient(session: AsyncSession, sealed: bytes) -> str | None:
    try:
        letter = Letter.from_bytes(sealing.unseal(session, PURPOSE, sealed))
    except sealing.CannotOpen:
        return None
    return letter.recipient.address.lower()


async def remove_files(settings: Settings, named: re.Pattern[str]) -> int:
    """Remove the files of mail (of an installation without a mail server) that name somebody."""
    return await asyncio.to_thread(_remove_files, settings.home / "mail", named)


def _remove_files(folder: Path, named: re.Pattern[str]) -> int:
    removed = 0
    for path in folder.glob("*"):
        message = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP)
        read = f"{message['To']}\n{message['Subject']}\n{message.get_content()}"
        if named.search(read):
            path.unlink(missing_ok=True)
            removed += 1
    return removed
