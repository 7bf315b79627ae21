"""Sending: a sealed row and a job in the caller's transaction, and later the delivery."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs, sealing
from app.core.database import Database, settings_of
from app.core.ids import new_id
from app.core.languages import Language
from app.core.mail import gateway
from app.core.mail.erasing import PURPOSE, mark_of
from app.core.mail.letters import Letter, Recipient, write
from app.core.mail.models import Category, Mail

DELIVER = jobs.JobKind("mail.deliver", max_attempts=40, back_off_seconds=10.0)
"""About a day of attempts."""


async def send(
    session: AsyncSession,
    *,
    to: Recipient | str,
    language: Language,
    letter: str,
    category: Category,
    **values: object,
) -> UUID:
    """Have a letter written now, and delivered once the caller's transaction is committed.

    `letter` is `<domain>/<name>`; `values` are what its template shows, besides `public_url`. Who
    was erased gets no mail.

    Raises:
        BadLetter: the recipient or a value has no place in a mail.
    """
    recipient = Recipient(to) if isinstance(to, str) else to
    values.setdefault("public_url", settings_of(session).public_url)
    written = write(recipient, language, letter, category, values)
    if recipient.is_nobody:
        return new_id()
    mail = Mail(
        id=new_id(),
        letter=letter,
        category=category,
        language=language,
        recipient_mark=mark_of(settings_of(session), recipient.address),
        sealed=sealing.seal(session, PURPOSE, written.as_bytes()),
        created_at=clock.now(),
    )
    session.add(mail)
    await jobs.enqueue(session, DELIVER, mail_id=mail.id)
    return mail.id


async def deliver(database: Database, mail_id: UUID) -> None:
    """Hand a mail over and erase its content; a repeated delivery has the same Message-ID."""
    async with database.reading() as session:
        mail = await session.get(Mail, mail_id)
        if mail is None or mail.sealed is None:
            return
        try:
            letter = Letter.from_bytes(sealing.unseal(session, PURPOSE, mail.sealed))
        except sealing.CannotOpen as error:
            # The secret doesn't come back by trying again.
            raise jobs.GiveUp(str(error)) from error
    settings = database.settings
    try:
        message = gateway.compose(letter, mail, settings)
        await gateway.choose(settings).hand_over(message, mail)
    except gateway.Refused as refusal:
        raise jobs.GiveUp(str(refusal)) from refusal
    async with database.work() as session:
        sent = sa.update(Mail).where(Mail.id == mail_id)
        await session.execute(sent.values(sent_at=clock.now(), sealed=None))


async def forget(session: AsyncSession, older_than_days: int) -> int:
    """Remove old mail, sent or without a job that could still send it; say how many."""
    before = clock.now() - timedelta(days=older_than_days)
    # A dead job may be brought back, and must then find its mail.
    awaited = sa.exists().where(
        jobs.Job.kind == DELIVER.name,
        jobs.Job.state != jobs.JobState.DONE,
        jobs.Job.arguments["mail_id"].astext == sa.cast(Mail.id, sa.Text),
    )
    old = sa.delete(Mail).where(
        Mail.created_at < before, sa.or_(Mail.sent_at.is_not(None), ~awaited)
    )
    gone = await session.scalars(old.returning(Mail.id))
    return len(gone.all())
