"""Try out the mail settings."""

from typing import Annotated

import typer

from app.cli.running import in_database
from app.core import clock, languages, mail
from app.core.database import Database
from app.core.languages import Language


def try_mail(
    address: str, language: Annotated[Language, typer.Option()] = languages.DEFAULT
) -> None:
    """Send a message to try out the mail settings; a worker delivers it."""

    async def send(database: Database) -> None:
        async with database.work() as session:
            await mail.send(
                session,
                to=address,
                language=language,
                letter="core/trial",
                category=mail.Category.SECURITY,
                installation=database.settings.public_url,
                moment=languages.moment(clock.now(), language),
            )

    in_database(send)
