"""Furnishing a demo from its first scene to today, with a word of how far it is."""

import secrets
import signal
from collections.abc import Callable
from datetime import UTC, datetime

from app.core.settings import Settings
from app.story.demo import figures, welcome
from app.story.demo.playing import Demo
from app.story.demo.scenes import SCENES
from app.story.recording import Examples, Recorder, Source, explore
from app.story.stage import built, raised

PASSWORD_BYTES = 6
STEPS = len(SCENES) + 1
"""How often progress is told."""


def furnish(chosen: Settings, progress: Callable[[str], None], keep: Callable[[str], None]) -> None:
    """Make a demo of the installation that the settings name.

    `progress` is told the title of each scene as it begins, and `keep` what a newcomer reads.

    Raises:
        Failure: a scene did not go as it must, or the server does not start.
        httpx.HTTPError: there was no answer.
        KeyboardInterrupt: somebody stopped it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As Ctrl-C, which asyncio ends its tasks for.
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    password = f"demo-{secrets.token_hex(PASSWORD_BYTES)}"
    progress("A database and a server")
    with raised(chosen, figures.LASTS) as stage:
        demo = Demo(stage, password)
        try:
            for scene in SCENES:
                progress(scene.title)
                scene.play(demo)
            keep(welcome.written(demo))
            for person in demo.cast.people:
                person.sign_out()
            # With this it is whole, and not before: whoever opens it insists on it.
            stage.set_clock(datetime.now(UTC))
        finally:
            demo.wire.close()


def record(beside: Settings, progress: Callable[[str], None]) -> Examples:
    """Furnish a demo that is thrown away, and give examples of what was heard.

    Raises:
        Failure: a scene did not go as it must, or there is no place to play.
        httpx.HTTPError: there was no answer.
    """
    with built(beside, beside.public_url) as stage:
        demo = Demo(stage, "demo-password")
        try:
            document = demo.cast.public.get("/v1/openapi.json", told=False)
            recorder = Recorder(document, Source.DEMO)
            demo.wire.listener = recorder.hear
            for scene in SCENES:
                progress(scene.title)
                scene.play(demo)
            progress("What was not read yet")
            explore(recorder, (demo.cast.public, *demo.cast.people))
        finally:
            demo.wire.close()
    return recorder.found
