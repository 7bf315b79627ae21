"""Steps: what is told of them, and what keeps a story from going on."""

import asyncio
import io
from collections.abc import Callable

import pytest
from rich.console import Console

from app.core.settings import Settings
from app.story.failures import NotRefused, Refused
from app.story.stage import Stage
from app.story.tale import Story
from app.story.telling import Teller


async def told(settings: Settings, server: str, steps: Callable[[Story], None]) -> str:
    """Tell some steps on a server that runs, and give what is printed."""
    console = Console(file=io.StringIO(), width=200)
    stage = Stage(settings, "of a test", server)
    story = Story(stage, Teller(console))
    try:
        await asyncio.to_thread(steps, story)
    finally:
        story.wire.close()
        said = console.file
    assert isinstance(said, io.StringIO)
    return said.getvalue()


async def test_a_step_tells_its_requests_once_each_and_without_ids(
    settings: Settings, server: str
) -> None:
    def steps(story: Story) -> None:
        with story.step("Everybody looks."):
            story.cast.public.get("/v1")
            story.cast.public.get("/v1/schemes")
            story.cast.public.get("/v1/schemes")

    assert (await told(settings, server, steps)).splitlines() == [
        "   Everybody looks.",
        "     GET /v1",
        "     GET /v1/schemes, 2 times",
    ]


async def test_what_must_be_refused_and_is_done_ends_the_story(
    settings: Settings, server: str
) -> None:
    def steps(story: Story) -> None:
        with story.refusal("Everybody looks.", "sign-in-required"):
            story.cast.public.get("/v1/schemes")

    with pytest.raises(NotRefused, match="must be refused"):
        await told(settings, server, steps)


async def test_a_refusal_for_another_reason_ends_the_story(settings: Settings, server: str) -> None:
    def steps(story: Story) -> None:
        with story.refusal("Somebody without a name looks.", "role-too-small"):
            story.cast.public.get("/v1/me")

    with pytest.raises(Refused, match="GET /v1/me was answered with 401"):
        await told(settings, server, steps)


async def test_a_malformed_request_is_told_with_every_fault(
    settings: Settings, server: str
) -> None:
    def steps(story: Story) -> None:
        with story.step("Somebody asks for an account without an address."):
            story.cast.public.post("/v1/registrations", {"language": "fy"})

    with pytest.raises(Refused, match=r"#/email.*#/language"):
        await told(settings, server, steps)
