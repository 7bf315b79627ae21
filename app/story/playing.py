"""Playing a story from its first chapter to its last, and leaving nothing behind."""

import signal
import threading

import httpx

from app.core import clock, languages
from app.core.languages import Language
from app.core.settings import Settings
from app.story import chapters, figures
from app.story.cast import PASSWORD
from app.story.failures import Failure, NoStage
from app.story.stage import Stage, built
from app.story.tale import Story
from app.story.telling import Teller

STOPPED = 130
"""The exit code of who was stopped by Ctrl-C, as shells have it."""


def play(beside: Settings, teller: Teller, *, keep: bool) -> int:
    """Tell the story on a stage beside a database, and give the exit code.

    `keep` leaves the stage standing at the end, however the story ended, until Ctrl-C.

    Raises:
        Unavailable: PostgreSQL does not answer.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with built(beside) as stage:
            story = Story(stage, teller)
            code = _tell(story)
            if keep:
                _stay(story)
    except NoStage as failure:
        teller.remark(str(failure), "red")
        return 1
    except KeyboardInterrupt:
        teller.paragraph("Stopped. What the story had made is removed.")
        return STOPPED
    teller.paragraph(f"The demo installation is removed, {stage.database_name} with it.", "dim")
    return code


def _tell(story: Story) -> int:
    teller = story.teller
    _introduce(story.stage, teller)
    number = 0
    try:
        for number, chapter in enumerate(chapters.CHAPTERS, start=1):
            teller.chapter(number, chapter.title, languages.day(clock.today(), Language.ENGLISH))
            chapter.tell(story)
    except (Failure, httpx.HTTPError) as failure:
        teller.remark(str(failure) or type(failure).__name__, "red")
        teller.paragraph(
            f"The story stops here, in chapter {number}. `baat story --keep` keeps what it made,"
            " the server's log included.",
            "bold red",
        )
        return 1
    finally:
        story.wire.close()
    return 0


def _introduce(stage: Stage, teller: Teller) -> None:
    teller.title("A round of Rikx on Baat: DAM Nederland, 108 RIKX to start")
    teller.paragraph(
        "Told as it is played, over HTTP, on a demo installation that is made for it and removed"
        f" afterwards ({stage.url}, database {stage.database_name}). Below each sentence stand the"
        " requests that did it, and the page of the journal that it wrote, if it wrote one."
        " Everybody signs in (POST /v1/sessions) when they first act."
    )
    teller.points("Known of the real round", figures.KNOWN)
    teller.points("Assumed", figures.ASSUMED)


def _stay(story: Story) -> None:
    stage = story.stage
    story.teller.points(
        "The installation stays up until Ctrl-C, which removes it",
        (
            f"The interface: {stage.url}/docs",
            f"Sign in with POST {stage.url}/v1/sessions; everybody's password is: {PASSWORD}",
            *(f"{person.email}  ({person.name})" for person in story.cast.people),
            f"Mail: {stage.home / 'mail'}",
            f"The server's log: {stage.home / 'log'}",
            f"The database, beside that of DATABASE_URL: {stage.database_name}",
        ),
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
