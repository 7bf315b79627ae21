import asyncio
import email
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from app.core import clock, jobs, mail
from app.core.database import Database, open_database
from app.core.jobs import JobState
from app.core.languages import Language
from app.core.mail.gateway import NotDelivered
from app.core.settings import Settings
from tests.make.jobs import a_kind, all_are, the_job

DELIVERING = jobs.outside(mail.DELIVER, mail.deliver)


async def want_a_letter(
    database: Database, to: mail.Recipient | str = "jan@example.org", name: str = "Baat & co"
) -> UUID:
    async with database.work() as session:
        return await mail.send(
            session,
            to=to,
            language=Language.DUTCH,
            letter="core/trial",
            category=mail.Category.SECURITY,
            installation=name,
            moment="maandag",
        )


def the_file(settings: Settings) -> tuple[Path, EmailMessage]:
    [path] = (settings.home / "mail").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return path, message


async def test_without_a_mail_server_mail_is_a_file(database: Database, settings: Settings) -> None:
    mail_id = await want_a_letter(database, mail.Recipient("jan@bücher.example", "Jan Ångström"))
    with capture_logs() as log:
        async with jobs.Worker(database, [DELIVERING]):
            await all_are(database, JobState.DONE)

    path, message = the_file(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert message["To"] == "Jan Ångström <jan@xn--bcher-kva.example>"
    assert message["Subject"] == "E-mail van Baat & co komt aan"
    assert message["Message-ID"] == f"<{mail_id}@baat.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "op maandag" in message.get_content()
    assert str(path) in str(log)
    assert "jan@" not in str(log)


async def test_the_database_holds_nothing_readable_and_nothing_at_all_once_sent(
    database: Database,
) -> None:
    await want_a_letter(database)
    [row] = await everything(database)
    assert b"jan@example.org" not in row["sealed"]
    assert b"maandag" not in row["sealed"]
    assert "jan@" not in str((await the_job(database)).arguments)
    async with jobs.Worker(database, [DELIVERING]):
        await all_are(database, JobState.DONE)
    [row] = await everything(database)
    assert row["sealed"] is None
    assert row["sent_at"] is not None


async def everything(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as session:
        rows = await session.execute(sa.select(mail.Mail.__table__))
        return [dict(row) for row in rows.mappings()]


async def test_a_rollback_sends_nothing(database: Database) -> None:
    with pytest.raises(mail.BadLetter):
        await want_a_letter(database, name="Baat\r\nBcc: everybody@example.org")
    assert await everything(database) == []


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("jan@example.org\nBcc: piet@example.org", ""),
        ("jan@example.org", "Jan\r\nBcc: piet@example.org"),
        ("jan@example.org", "Jan\u2028"),
        ("jan@example.org, piet@example.org", ""),
        ("jan", ""),
        ("", ""),
    ],
)
def test_a_recipient_can_not_write_headers(address: str, name: str) -> None:
    with pytest.raises(mail.BadLetter) as refusal:
        mail.Recipient(address, name)
    assert "example" not in str(refusal.value)


class Postbox:
    """A mail server's answers, and what it took."""

    def __init__(self, *answers: str, to_recipient: str = "") -> None:
        self._answers = list(answers)
        self._to_recipient = to_recipient
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802  aiosmtpd names its hooks so.
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, *_: object
    ) -> str:
        """Know the recipient, or not."""
        if not self._to_recipient:
            envelope.rcpt_tos.append(address)
        return self._to_recipient or "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd names its hooks so.
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a message, or answer what was agreed."""
        answer = self._answers.pop(0) if self._answers else "250 OK"
        if answer.startswith("2"):
            self.taken.append(envelope)
        return answer


def _server(postbox: Postbox) -> SMTP:
    def nobody(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    return SMTP(postbox, authenticator=nobody, auth_require_tls=False)


@asynccontextmanager
async def delivering(
    settings: Settings, postbox: Postbox, credentials: str = ""
) -> AsyncIterator[Database]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _server(postbox), "127.0.0.1", 0)
    address = SecretStr(f"smtp://{credentials}127.0.0.1:{server.sockets[0].getsockname()[1]}")
    database = open_database(settings.model_copy(update={"smtp_url": address}))
    try:
        yield database
    finally:
        await database.close()
        server.close()
        await server.wait_closed()


async def test_a_mail_server_gets_the_message(settings: Settings) -> None:
    postbox = Postbox()
    async with delivering(settings, postbox) as database:
        await want_a_letter(database)
        async with jobs.Worker(database, [DELIVERING]):
            await all_are(database, JobState.DONE)
    [envelope] = postbox.taken
    assert envelope.rcpt_tos == ["jan@example.org"]
    assert envelope.mail_from == "no-reply@baat.example"
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=default)
    assert message["Subject"] == "E-mail van Baat & co komt aan"


async def test_a_full_mailbox_is_tried_again(settings: Settings) -> None:
    impatient = jobs.outside(a_kind("mail.deliver", back_off_seconds=0.05), mail.deliver)
    postbox = Postbox("452 The mailbox of jan@example.org is full", "451 Not yet")
    async with delivering(settings, postbox) as database:
        await want_a_letter(database)
        async with jobs.Worker(database, [impatient]):
            await all_are(database, JobState.DONE)
        job = await the_job(database)
    assert len(postbox.taken) == 1
    assert (job.attempts, job.last_error) == (3, "NotDelivered: The mail server answered 451.")


@pytest.mark.parametrize(
    "postbox",
    [Postbox("550 No, jan@example.org"), Postbox(to_recipient="550 Who is jan@example.org?")],
    ids=["data", "recipient"],
)
async def test_a_refused_mail_is_dead_at_once(settings: Settings, postbox: Postbox) -> None:
    async with delivering(settings, postbox) as database:
        await want_a_letter(database)
        with capture_logs() as log:
            async with jobs.Worker(database, [DELIVERING]):
                await all_are(database, JobState.DEAD)
        job = await the_job(database)
    assert (job.attempts, job.last_error) == (1, "GiveUp: The mail server answered 550.")
    assert "jan@" not in str(log)


async def test_a_wrong_password_is_no_fault_of_the_mails(settings: Settings) -> None:
    async with delivering(settings, Postbox(), credentials="baat:wrong@") as database:
        mail_id = await want_a_letter(database)
        with pytest.raises(NotDelivered, match="answered 535"):
            await mail.deliver(database, mail_id)


async def test_a_server_that_is_away_is_tried_again(settings: Settings) -> None:
    nobody = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:1")})
    database = open_database(nobody)
    mail_id = await want_a_letter(database)
    with pytest.raises(NotDelivered, match="can't be reached"):
        await mail.deliver(database, mail_id)
    await database.close()


async def test_a_delivery_repeated_after_the_end_sends_nothing(
    database: Database, settings: Settings
) -> None:
    mail_id = await want_a_letter(database)
    await mail.deliver(database, mail_id)
    path, _ = the_file(settings)
    path.unlink()
    await mail.deliver(database, mail_id)
    assert not list(path.parent.iterdir())


async def test_a_mail_of_another_secret_is_given_up(database: Database, settings: Settings) -> None:
    mail_id = await want_a_letter(database)
    other = SecretStr("another secret, which is as long as this")
    async with open_database(settings.model_copy(update={"secret": other})) as stranger:
        with pytest.raises(jobs.GiveUp, match="can't be opened"):
            await mail.deliver(stranger, mail_id)


async def test_an_address_that_no_message_can_name_is_given_up(
    database: Database, settings: Settings
) -> None:
    mail_id = await want_a_letter(database, to="josé@example.nl")
    with pytest.raises(jobs.GiveUp, match="can't stand in a message") as refusal:
        await mail.deliver(database, mail_id)
    assert "jos" not in str(refusal.value)
    assert not (settings.home / "mail").exists()


@pytest.mark.parametrize(
    ("state", "kept"), [(JobState.QUEUED, 1), (JobState.DEAD, 1), (JobState.DONE, 0)]
)
async def test_unsent_mail_stays_as_long_as_its_job_could_send_it(
    session: AsyncSession, state: JobState, kept: int
) -> None:
    mail_id = await mail.send(
        session,
        to="jan@example.org",
        language=Language.DUTCH,
        letter="core/trial",
        category=mail.Category.SECURITY,
        installation="Baat",
        moment="maandag",
    )
    await session.flush()
    ended = None if state is JobState.QUEUED else clock.now()
    await session.execute(sa.update(jobs.Job).values(state=state, finished_at=ended))
    with clock.travelled(clock.now() + timedelta(days=31)):
        assert await mail.forget(session, 30) == 1 - kept
    found = sa.select(sa.func.count()).where(mail.Mail.id == mail_id)
    assert await session.scalar(found) == kept
