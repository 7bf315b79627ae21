"""Handing mail over: to an SMTP server, or without one to a folder."""

import asyncio
import os
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from app.core.mail.letters import Letter, Recipient
from app.core.mail.models import Mail
from app.core.settings import Settings

TIMEOUT_SECONDS = 20.0
PERMANENT = 500

logger = structlog.get_logger(__name__)


class NotDelivered(Exception):  # noqa: N818  Read aloud it says what happened.
    """The other side did not take a mail now; later it may."""


class Refused(Exception):  # noqa: N818  Read aloud it says what happened.
    """The other side will never take this mail."""


class Gateway(Protocol):
    """Somebody who takes mail."""

    async def hand_over(self, message: EmailMessage, mail: Mail) -> None:
        """Have a message delivered.

        Raises:
            NotDelivered: try again later.
            Refused: don't.
        """


def choose(settings: Settings) -> Gateway:
    """Find the way out that the settings name."""
    if settings.smtp_url is None:
        return Folder(settings.home / "mail")
    return Smtp(settings.smtp_url.get_secret_value())


def compose(letter: Letter, mail: Mail, settings: Settings) -> EmailMessage:
    """Make the message; every attempt at the same mail makes the same one.

    Raises:
        Refused: the address can't stand in a message.
    """
    name, sender = parseaddr(settings.mail_from)
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = _addressed(letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    # Only now: setting the content removes every Content header that stood before it.
    message["Content-Language"] = mail.language
    return message


def _addressed(recipient: Recipient) -> Address:
    # The library takes no other letters before the @; those after it are ASCII by now.
    try:
        return Address(recipient.name, addr_spec=recipient.address)
    except (ValueError, MessageError):
        raise Refused("The recipient's address can't stand in a message.") from None


class Folder:
    """Writes mail as files, for an installation without a mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def hand_over(self, message: EmailMessage, mail: Mail) -> None:
        """Write one file, whole or not at all, that only this user can read."""
        path = self._folder / f"{mail.created_at:%Y%m%dT%H%M%SZ}-{mail.id}.eml"
        await asyncio.to_thread(_write, path, message.as_bytes())
        logger.info("mail_written", path=str(path), letter=mail.letter)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beginning = path.with_suffix(".part")
    beginning.unlink(missing_ok=True)
    handle = os.open(beginning, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beginning.rename(path)


class Smtp:
    """Speaks to a mail server: `smtps://` with TLS at once, `smtp://` with STARTTLS.

    Towards loopback `smtp://` goes without TLS if the server offers none; elsewhere never.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def hand_over(self, message: EmailMessage, mail: Mail) -> None:
        """Have the server take one message."""
        # An SMTP error may quote the address: it neither leaves this method nor its traceback.
        try:
            await self._send(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            failure = _judged(error.recipients[0].code)
        except (
            aiosmtplib.SMTPSenderRefused,
            aiosmtplib.SMTPDataError,
            aiosmtplib.SMTPRecipientRefused,
        ) as error:
            failure = _judged(error.code)
        except aiosmtplib.SMTPNotSupported:
            failure = Refused("The mail server can't take such an address.")
        except aiosmtplib.SMTPResponseException as error:
            # Signing in or greeting failed: that is about the server, not about this mail.
            failure = NotDelivered(
                f"The mail server answered {error.code} to {type(error).__name__}."
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            failure = NotDelivered(f"The mail server can't be reached: {type(error).__name__}.")
        else:
            logger.info("mail_sent", mail_id=str(mail.id), letter=mail.letter)
            return
        raise failure

    async def _send(self, message: EmailMessage) -> None:
        loopback = self._host in {"localhost", "127.0.0.1", "::1"}
        await aiosmtplib.send(
            message,
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._implicit_tls,
            start_tls=None if self._implicit_tls or loopback else True,
            timeout=TIMEOUT_SECONDS,
        )


def _judged(code: int) -> Exception:
    if code >= PERMANENT:
        return Refused(f"The mail server answered {code}.")
    return NotDelivered(f"The mail server answered {code}.")
