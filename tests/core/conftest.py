import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.core import logs
from app.core.settings import Settings
from tests.conftest import SECRET

Printed = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Printed]:
    """The lines that an installation has printed since the test began."""
    root = logging.getLogger()
    handlers, output = root.handlers, io.StringIO()
    settings = {"database_url": "postgresql://nowhere/x", "secret": SECRET, "log_level": "DEBUG"}
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", output)
        logs.configure(Settings.model_validate(settings))
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel("INFO")
