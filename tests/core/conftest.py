import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import configure_logs

Printed = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Printed]:
    """The lines that an installation has printed since the test began."""
    root = logging.getLogger()
    handlers, output = root.handlers, io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", output)
        configure_logs({"log_level": "DEBUG"})
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel("INFO")
