"""Logs: one line per happening, structured, with the request's id and without anybody's secrets."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from app.core.settings import LogFormat, Settings

SECRET_NAMES = re.compile(
    r"authorization|bsn|cookie|(?<!status_)code|csrf|email|iban|passwd|password|phone|secret|token"
    r"|(^|_)(key|to|address)$",
    re.IGNORECASE,
)
SECRET_TEXTS = re.compile(
    r"baat_(?:test|live|session|once)_[\w-]+"
    r"|(?<=://)[^/\s:@]*:[^\s\"]+(?=@)"  # The user and the password of an address.
    r"|[^\s\"<>()\[\],;:=/@]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b"  # IBAN
    r"|(?i:(?<=bearer )|(?<=basic ))[\w.~+/=-]{8,}"
    r"|(?i:(?<=password=)|(?<=passwd=)|(?<=secret=)|(?<=token=))[^\s&\"',;)]+"
    # What PostgreSQL and the validators repeat of the values that they refuse.
    r"|(?<=DETAIL:  ).*"
    r"|(?<=invalid input syntax for type )[\w ]+: .*"
    r"|(?<=value )\".*?\"(?= is out of range)"
    r"|(?<=for query argument )\$[0-9]+: .*"
    r"|(?<=input_value=).*?(?=, input_type=)"
    r"|(?<='input': ).*"
)
HIDDEN = "(hidden)"
LONGEST_LINE = 2_000
"""Characters of one line that are looked through and printed; the search for addresses takes the
square of a long word."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all logs, those of libraries too, through one form to standard output or a file."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(settings.log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
    for name in ("httpx", "stripe"):
        # Clients of others tell of each call that they make, three times.
        logging.getLogger(name).setLevel(logging.WARNING)
    # The edge writes one line per request, with the route instead of the path.
    logging.getLogger("uvicorn.access").disabled = True


def _renderer(form: LogFormat) -> Processor:
    if form is LogFormat.CONSOLE:
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer()


def redact(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Hide what nobody may read in a log, by its name and by its look."""
    # Names that begin with an underscore are the logging library's own and never printed.
    return {
        name: value if name.startswith("_") else _hidden(name, value)
        for name, value in line.items()
    }


def _hidden(name: str, value: Any) -> Any:  # noqa: ANN401  A log line holds anything.
    if value is None or isinstance(value, bool | int | float):
        return value  # Figures are no secrets, whatever they count.
    if SECRET_NAMES.search(name):
        return HIDDEN
    if isinstance(value, str):
        return _without_secrets(value)
    if isinstance(value, Mapping):
        return {_hidden("", key): _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden("", inner) for inner in value]
    return _without_secrets(str(value))


def _without_secrets(text: str) -> str:
    # Line by line, so that a traceback stays whole.
    if len(text) > LONGEST_LINE:
        text = "\n".join(_cut(line) for line in text.split("\n"))
    return SECRET_TEXTS.sub(HIDDEN, text)


def _cut(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    # Without the last word: a cut address or token would no longer be known by its look.
    kept = re.sub(r"\S+\Z", "", line[:LONGEST_LINE])
    return f"{kept}… ({len(line) - len(kept)} more characters)"
