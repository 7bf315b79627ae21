"""Logs tell what happened, and nobody's secrets."""

import asyncio
import logging
import re
from collections.abc import Iterable
from decimal import Decimal
from time import thread_time

import pytest
import sqlalchemy as sa
import structlog
from httpx import AsyncClient
from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import DBAPIError

from app.core import logs
from app.core.database import Database
from app.core.idempotency import IdempotencyKey
from app.core.settings import LogFormat, Settings
from app.core.wire import Request
from tests.conftest import SECRET
from tests.core.conftest import Printed

SECRETS = [
    "jan.de.vries+x@example.nl",
    "o'neill@sub.example.org",
    "NL91ABNA0417164300",
    "NL91 ABNA 0417 1643 00",
    "BE68 5390 0754 7034",
    "baat_test_9fJx-2_kQ",
    "baat_live_9fJx-2_kQ",
    "baat_session_9fJx-2_kQ",
    "baat_once_9fJx-2_kQ",
    "Bearer abc.def-ghi_jkl",
    "Basic amFuOmdlaGVpbQ==",
    "password=geheim123",
    "token=geheim123&x=1",
    "postgresql://app:geheim123@db:5432/baat",
    "smtp://:geh@im/123@mail:587",
    "redis://:geheim123@cache",
]
TRACES = (
    "jan.de.vries",
    "neill@",
    "0417",
    "0754",
    "kQ",
    "ghi_jkl",
    "amFuOmdl",
    "geheim123",
    "im/123",
)
UNREAD = "geheim123"
"""A traceback shows the line of the source, so tests that print one name it like this."""


_TIME = re.compile(r"'timestamp': '[^']*'")


def traces(text: object) -> list[str]:
    # The digits of a moment can look like part of an account's number.
    said = _TIME.sub("", str(text))
    return [trace for trace in TRACES if trace in said]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_known_by_its_look(printed: Printed, secret: str) -> None:
    assert traces(secret)

    logger = structlog.get_logger("tests")
    logger.warning(secret, what=secret, many=[secret], deep={"a": ({"b": secret},)})
    logger.warning("odd", error=ValueError(secret), raw=secret.encode(), named={secret: 1})
    logging.getLogger("a.library").warning("it said %s", secret)
    logger.error("failed", exc_info=ValueError(secret))
    logging.getLogger("a.library").error("failed", exc_info=ValueError(secret))

    lines = printed()
    assert len(lines) == 5
    assert "ValueError" in lines[3]["exception"]
    assert "ValueError" in lines[4]["exception"]
    assert traces(lines) == []


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "authorization", "Cookie", "set-cookie", "secret", "token"),
        *("csrf_token", "email", "emailAddress", "iban", "key", "api_key", "to", "mail_to"),
        *("recovery_code", "code", "address", "phone_number", "bsn"),
    ],
)
def test_a_secret_is_known_by_its_name(printed: Printed, name: str) -> None:
    structlog.get_logger("tests").warning("said", **{name: "xyz"}, deep={name: ["xyz"]})

    [line] = printed()
    assert line[name] == logs.HIDDEN
    assert line["deep"] == {name: logs.HIDDEN}


def test_what_is_no_secret_is_printed_as_it_is(printed: Printed) -> None:
    structlog.get_logger("tests").info(
        "request",
        route="/v1/organisations/{organisation_id}",
        status_code=201,
        milliseconds=1.5,
        worked=True,
        nothing=None,
        cents=Decimal("1.50"),
        subject="01a20598-30c3-7a37-a27a-6ea93e08bfbc",
        at="2026-05-01T12:00:00Z",
        url="https://baat.example/v1/keys",
    )

    [line] = printed()
    assert "(hidden)" not in str(line)
    assert (line["status_code"], line["milliseconds"], line["worked"]) == (201, 1.5, True)
    assert line["cents"] == "1.50"
    assert (line["event"], line["level"], line["logger"]) == ("request", "info", "tests")


def test_one_happening_is_one_line(printed: Printed) -> None:
    structlog.get_logger("tests").info('two\nlines"} {"event": "forged"', text="a\nb\ud800")

    [line] = printed()
    assert line["event"].startswith("two\nlines")


def test_a_secret_setting_stays_secret(printed: Printed) -> None:
    structlog.get_logger("tests").info("set", value=SecretStr("geheim123"))

    assert traces(printed()) == []


def test_for_people_the_same_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    form = logs._renderer(LogFormat.CONSOLE)
    line = logs.redact(None, "info", {"event": "said NL91ABNA0417164300", "password": "xyz"})

    assert "0417" not in str(form(None, "info", line))
    assert "xyz" not in str(form(None, "info", line))
    assert capsys.readouterr().out == ""


async def _run(database: Database, statements: Iterable[sa.Executable]) -> None:
    async with database.work() as session:
        for statement in statements:
            await session.execute(statement)


async def test_what_the_database_repeats_is_hidden(printed: Printed, database: Database) -> None:
    row = {
        "caller": UNREAD,
        "key": UNREAD,
        "target": "x",
        "body_sha256": b"",
        "status": 1,
        "headers": {},
        "body": b"",
    }
    logger = structlog.get_logger("tests")

    async def failing(*statements: sa.Executable) -> DBAPIError:
        with pytest.raises(DBAPIError) as failed:
            await _run(database, statements)
        return failed.value

    adding = sa.insert(IdempotencyKey).values(row)
    as_text = sa.cast(sa.literal(UNREAD), sa.Text)
    errors = [
        await failing(adding, adding),
        await failing(sa.text("SELECT CAST(:x AS bigint)").bindparams(x=UNREAD)),
        await failing(sa.select(sa.cast(as_text, sa.BigInteger))),
    ]
    for error in errors:
        logger.error("failed", exc_info=error)

    first, *_ = lines = printed()
    assert len(lines) == 3
    assert "uq_idempotency_keys_caller_key" in first["exception"]
    assert traces(lines) == []


def test_what_a_validator_repeats_is_hidden(printed: Printed) -> None:
    class Login(Request):
        number: int

    with pytest.raises(ValidationError) as wrong:
        Login.model_validate({"number": UNREAD})
    structlog.get_logger("tests").error("failed", exc_info=wrong.value)

    [line] = printed()
    assert "number" in line["exception"]
    assert traces(line) == []


async def test_a_request_is_one_line_with_its_route_and_its_trace(
    printed: Printed, client: AsyncClient
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await client.get(
        "/health/live?email=jan.de.vries@example.nl&token=geheim123",
        headers={
            "Traceparent": f"00-{trace}-00f067aa0ba902b7-01",
            "Authorization": "Bearer abc.def-ghi_jkl",
            "Cookie": "session=geheim123",
        },
    )

    lines = printed()
    [line] = [line for line in lines if line["event"] == "request"]
    assert line["trace_id"] == trace
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/health/live", 200)
    # The client of the test logs as well, and it may not tell either.
    assert traces(lines) == []


@pytest.mark.parametrize("given", ["00-xyz-00f067aa0ba902b7-01", "", "00-" + "A" * 500])
async def test_a_broken_trace_is_left_out(
    printed: Printed, client: AsyncClient, given: str
) -> None:
    await client.get("/health/live", headers={"Traceparent": given})

    [line] = [line for line in printed() if line["event"] == "request"]
    assert "trace_id" not in line


async def test_an_unknown_path_is_not_repeated(printed: Printed, client: AsyncClient) -> None:
    await client.get("/v1/geheim123")

    [line] = [line for line in printed() if line["event"] == "request"]
    assert line["route"] == "(none)"


async def test_requests_at_the_same_time_keep_their_own_names(
    printed: Printed, client: AsyncClient
) -> None:
    answers = await asyncio.gather(*(client.get("/health/ready") for _ in range(5)))

    lines = [line for line in printed() if line["event"] == "request"]
    assert {line["request_id"] for line in lines} == {
        answer.headers["x-request-id"] for answer in answers
    }


def test_the_settings_of_the_tests_hide_their_secret() -> None:
    settings = Settings.model_validate({"database_url": "postgresql://u:pw@x/y", "secret": SECRET})

    assert SECRET not in repr(settings)
    assert "pw" not in repr(settings)


@pytest.mark.parametrize("word", ["a" * 500_000, "a." * 250_000, "x " * 1_000 + "a" * 500_000])
def test_one_long_word_takes_no_time(printed: Printed, word: str) -> None:
    began = thread_time()
    structlog.get_logger("tests").warning("said", what=f"first line\n{word}\nlast line")
    assert thread_time() - began < 1

    [line] = printed()
    assert line["what"].startswith("first line\n")
    assert line["what"].endswith("more characters)\nlast line")
    assert len(line["what"]) < logs.LONGEST_LINE + 100


def test_a_secret_at_the_cut_is_not_half_printed(printed: Printed) -> None:
    for secret in SECRETS:
        for seen in range(1, len(secret)):
            text = "x " * ((logs.LONGEST_LINE - seen) // 2) + secret + " y" * 100
            structlog.get_logger("tests").warning("said", what=text)
    assert traces(printed()) == []
