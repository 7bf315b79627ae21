"""Recording what the tests ask and are answered: examples of what no demo does.

`BAAT_EXAMPLES=app/examples.json python3 scripts/dev.py pytest tests/organisations` adds, to those
that the demo gave, an example of each operation that it leaves out, and of each reason to refuse.
Of several the same is kept, in whichever order the tests ran.
"""

import atexit
import fcntl
import json
import os
from pathlib import Path
from typing import Any

import httpx

from app.core.settings import Settings
from app.main import create_app
from app.story.recording import Recorder, Source, read
from app.story.wire import JSON, PROBLEM

VARIABLE = "BAAT_EXAMPLES"
OURS = "API-Version"
"""A header of every answer of ours; others are asked as well."""


def listen() -> None:
    """Hear of every request of this process, if that is wanted, and write examples at its end."""
    if file := os.environ.get(VARIABLE):
        recorder = _recorder()
        send = httpx.AsyncClient.send

        async def heard(
            client: httpx.AsyncClient,
            request: httpx.Request,
            **options: Any,  # noqa: ANN401  As httpx has them.
        ) -> httpx.Response:
            answer = await send(client, request, **options)
            if OURS in answer.headers and answer.is_stream_consumed:
                hear(recorder, request, answer)
            return answer

        httpx.AsyncClient.send = heard  # type: ignore[assignment, method-assign]  # All clients.
        atexit.register(add, recorder, Path(file))


def hear(recorder: Recorder, request: httpx.Request, answer: httpx.Response) -> None:
    """Let a recorder hear of a request and its answer."""
    is_json = answer.headers.get("Content-Type") in {JSON, PROBLEM}
    said = answer.json() if is_json and answer.content else None
    asked = None
    if request.headers.get("Content-Type") == JSON and request.content:
        asked = json.loads(request.content)
    recorder.hear(request.method, request.url.path, asked, answer.status_code, said)


def add(recorder: Recorder, file: Path) -> None:
    """Add what was heard to a file, to which other processes of this run add theirs as well."""
    with file.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = read(file)
        found.add(recorder.found)
        file.write_text(found.written())


def _recorder() -> Recorder:
    nowhere = {"database_url": "postgresql://nowhere/x", "secret": "x" * 32}
    return Recorder(create_app(Settings.model_validate(nowhere)).openapi(), Source.TESTS)
