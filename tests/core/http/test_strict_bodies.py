"""Bodies and parameters: what is malformed is refused with all its faults, and never repeated."""

from collections.abc import AsyncIterator
from time import process_time

import pytest
from httpx import AsyncClient

from tests.core.http.answers import dressed, places, refused

ORDER = {
    "unitCount": 5,
    "isUrgent": True,
    "weight": 1.5,
    "subjectId": "0190a5b6-0000-7000-8000-000000000000",
    "dueOn": "2026-05-01",
    "dueAt": "2026-05-01T12:00:00+02:00",
    "size": "small",
    "lines": [{"quantity": 1}],
}


async def test_an_order_in_order_is_read(quiet: AsyncClient) -> None:
    answer = await quiet.post("/v1/trials/orders", json=ORDER)

    assert answer.status_code == 200, answer.text
    dressed(answer)
    assert answer.json()["dueAt"] == "2026-05-01T10:00:00Z"
    assert answer.json()["dueOn"] == "2026-05-01"


async def test_every_fault_of_a_body_is_told_at_once(quiet: AsyncClient) -> None:
    answer = await quiet.post(
        "/v1/trials/orders",
        json={
            "unitCount": "seventeen",
            "isUrgent": 1,
            "subjectId": "hunter2",
            "dueOn": "hunter2",
            "dueAt": "2026-05-01T12:00:00",
            "size": "hunter2",
            "lines": [{"quantity": 1}, {"quantity": 0, "colour": "hunter2"}, {}],
            "counts": {"a/b": "x", "m~n": "y"},
            "shape": {"kind": "circle", "radius": "hunter2"},
            "either": {"hunter": 2},
            "un/kn~own": "hunter2",
        },
    )

    refused(answer, 400, "invalid-request")
    assert "hunter2" not in answer.text
    assert "seventeen" not in answer.text
    assert {pointer for _, pointer, _ in places(answer)} == {
        "#/unitCount",
        "#/isUrgent",
        "#/subjectId",
        "#/dueOn",
        "#/dueAt",
        "#/size",
        "#/lines/1/quantity",
        "#/lines/1/colour",
        "#/lines/2/quantity",
        "#/counts/a~1b",
        "#/counts/m~0n",
        "#/shape/radius",
        "#/either",
        "#/un~1kn~0own",
    }
    assert ("body", "#/lines/1/colour", "unknown-member") in places(answer)
    assert ("body", "#/lines/2/quantity", "missing") in places(answer)


async def test_every_fault_of_the_parameters_is_told_at_once(quiet: AsyncClient) -> None:
    answer = await quiet.get(
        "/v1/trials/parameters/hunter2/x?size=hunter2&pageCount=0",
        headers={"X-Trace": "hunter2"},
    )

    refused(answer, 400, "invalid-request")
    assert "hunter2" not in answer.text.replace(answer.json()["instance"], "")
    assert {(where, which) for where, which, _ in places(answer)} == {
        ("path", "number"),
        ("query", "size"),
        ("query", "pageCount"),
        ("header", "X-Trace"),
    }


async def test_absent_parameters_are_named(quiet: AsyncClient) -> None:
    answer = await quiet.get("/v1/trials/parameters/5/x")

    assert places(answer) == {
        ("query", "size", "missing"),
        ("query", "pageCount", "missing"),
        ("header", "X-Trace", "missing"),
    }


async def test_a_kind_that_does_not_exist_is_not_echoed(quiet: AsyncClient) -> None:
    answer = await quiet.post(
        "/v1/trials/orders", json={**ORDER, "shape": {"kind": "hunter2", "radius": 1}}
    )

    refused(answer, 400, "invalid-request")
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("unitCount", True),
        ("unitCount", "5"),
        ("unitCount", 5.0),
        ("unitCount", None),
        ("isUrgent", "true"),
        ("isUrgent", 1),
        ("weight", "1.5"),
        ("weight", True),
        ("counts", {"a": "1"}),
        ("lines", [{"quantity": "1"}]),
        ("lines", {"0": {"quantity": 1}}),
        ("either", "5"),
        ("shape", {"kind": "circle", "radius": "5"}),
        ("dueOn", 1_777_593_600),
        ("dueOn", "1777593600"),
        ("dueOn", "2026-05-01T00:00:00"),
        ("dueOn", "2026-02-30"),
        ("dueAt", 1_777_593_600),
        ("dueAt", "1777593600"),
        ("dueAt", "2026-05-01T12:00:00"),
        ("dueAt", "2026-05-01"),
        ("dueAt", "2026-05-01T12:00Z"),
        ("dueAt", "2026-05-01T24:00:01Z"),
        ("subjectId", 5),
        ("size", 0),
        ("size", "SMALL"),
    ],
)
async def test_what_only_looks_like_a_value_is_refused(
    quiet: AsyncClient, member: str, value: object
) -> None:
    answer = await quiet.post("/v1/trials/orders", json={**ORDER, member: value})

    refused(answer, 400, "invalid-request")
    assert all(pointer.startswith(f"#/{member}") for _, pointer, _ in places(answer))


@pytest.mark.parametrize(
    ("moment", "utc"),
    [
        ("2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z"),
        ("2026-05-01t12:00:00z", "2026-05-01T12:00:00Z"),
        ("2026-05-01T12:00:00.125-05:30", "2026-05-01T17:30:00.125000Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
    ],
)
async def test_a_moment_comes_in_any_offset_and_goes_out_in_utc(
    quiet: AsyncClient, moment: str, utc: str
) -> None:
    answer = await quiet.post("/v1/trials/orders", json={**ORDER, "dueAt": moment})

    assert answer.json()["dueAt"] == utc


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"])
async def test_a_moment_beyond_the_calendar_is_refused(quiet: AsyncClient, moment: str) -> None:
    answer = await quiet.post("/v1/trials/orders", json={**ORDER, "dueAt": moment})

    refused(answer, 400, "invalid-request")
    assert {pointer for _, pointer, _ in places(answer)} == {"#/dueAt"}


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": NaN}', "not-json"),
        (b'{"a": Infinity}', "not-json"),
        (b'{"a": -Infinity}', "not-json"),
        (b'{"a": 1e999}', "number-too-long"),
        (b'{"a": -1e999}', "number-too-long"),
        (b'{"a": ' + b"9" * 41 + b"}", "number-too-long"),
        (b'{"a": 0.' + b"9" * 41 + b"}", "number-too-long"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "number-too-long"),
        (b'{"a": 1, "a": 1}', "repeated-member"),
        (b'{"a": 1, "\\u0061": 2}', "repeated-member"),
        (b'{"x": [{"a": 1, "a": 2}]}', "repeated-member"),
        (b'{"a": "\\u0000"}', "unstorable-text"),
        (b'{"\\u0000": 1}', "unstorable-text"),
        (b'{"a": "\\ud800"}', "unstorable-text"),
        (b'{"a": ["\\udc00\\ud800"]}', "unstorable-text"),
        (b'{"x": {"\\udfff": 1}}', "unstorable-text"),
        (b'{"a": "\x00"}', "not-json"),
        (b'{"a": "line\nbreak"}', "not-json"),
        (nested(33), "too-deep"),
        (b"[" * 500_000, "too-deep"),
        (b'{"a":' * 100_000, "too-deep"),
        (b'{"a": "\xff"}', "not-utf-8"),
        (b'{"a": "\xed\xa0\x80"}', "not-utf-8"),
        ('{"a": 1}'.encode("utf-16"), "not-utf-8"),
        (b'\xef\xbb\xbf{"a": 1}', "byte-order-mark"),
        (b'{"a": 1', "not-json"),
        (b'{"a": 1} {}', "not-json"),
        (b"{'a': 1}", "not-json"),
        (b'{"a": 1,}', "not-json"),
        (b'{"a": 01}', "not-json"),
        (b'{"a": +1}', "not-json"),
        (b'{"a": 1} // why', "not-json"),
        (b" ", "not-json"),
        (b"hunter2", "not-json"),
    ],
)
async def test_json_that_is_none_or_means_two_things_is_refused(
    quiet: AsyncClient, body: bytes, code: str
) -> None:
    answer = await quiet.post(
        "/v1/trials/anything", content=body, headers={"Content-Type": "application/json"}
    )

    refused(answer, 400, "invalid-request")
    assert places(answer) == {("body", "#", code)}
    assert "hunter2" not in answer.text


async def test_deep_enough_large_enough_and_odd_enough_json_is_read(quiet: AsyncClient) -> None:
    odd = (
        b'{"deep": '
        + nested(31)
        + b', "long": '
        + b"9" * 18
        + b', "pair": "\\ud83d\\ude00", "brackets": "'
        + b"[{" * 100
        + b'", "quote": "\\"[", "backslash": "\\\\", "plain": "\\\\u0000"}'
    )

    answer = await quiet.post(
        "/v1/trials/anything", content=odd, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["pair"] == "\N{GRINNING FACE}"
    assert answer.json()["long"] == 10**18 - 1
    assert answer.json()["plain"] == "\\u0000"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 33 + b'"' + b'\\"' * 500_000,
        b'{"a": ' + b'"' * 900_000 + b"[" * 33,
        b"[" * 33 + b'"' + b"\\" * 999_999,
        b"{" * 33 + b'"\\' * 400_000,
    ],
)
async def test_json_made_to_take_long_is_refused_at_once(quiet: AsyncClient, body: bytes) -> None:
    started = process_time()
    answer = await quiet.post(
        "/v1/trials/anything", content=body, headers={"Content-Type": "application/json"}
    )

    refused(answer, 400, "invalid-request")
    assert process_time() - started < 5  # Quadratic time would be hours.


async def test_a_body_that_is_not_there_is_missing(quiet: AsyncClient) -> None:
    answer = await quiet.post(
        "/v1/trials/orders", content=b"", headers={"Content-Type": "application/json"}
    )

    refused(answer, 400, "invalid-request")
    assert places(answer) == {("body", "#", "missing")}


@pytest.mark.parametrize("body", [b"[]", b"5", b'"hunter2"', b"true", b"null"])
async def test_a_body_that_is_no_object_is_refused(quiet: AsyncClient, body: bytes) -> None:
    answer = await quiet.post(
        "/v1/trials/orders", content=body, headers={"Content-Type": "application/json"}
    )

    refused(answer, 400, "invalid-request")
    assert places(answer) == {("body", "#", "not-an-object")}
    assert "hunter2" not in answer.text


async def test_a_body_full_of_faults_gets_an_answer_of_bounded_size(quiet: AsyncClient) -> None:
    answer = await quiet.post("/v1/trials/orders", json={**ORDER, "lines": [{}] * 5_000})

    refused(answer, 400, "invalid-request")
    assert len(answer.json()["errors"]) == 1_000


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", ""]
)
async def test_a_body_of_another_kind_is_refused(quiet: AsyncClient, kind: str) -> None:
    answer = await quiet.post(
        "/v1/trials/anything", content=b'{"a": 1}', headers={"Content-Type": kind}
    )

    refused(answer, 415, "unsupported-media-type")


async def test_a_body_without_a_kind_is_refused_even_in_chunks(quiet: AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"a": 1}'

    refused(
        await quiet.post("/v1/trials/anything", content=chunks()), 415, "unsupported-media-type"
    )


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"],
)
async def test_every_way_to_say_json_is_understood(quiet: AsyncClient, kind: str) -> None:
    answer = await quiet.post(
        "/v1/trials/anything", content=b'{"a": 1}', headers={"Content-Type": kind}
    )

    assert answer.status_code == 200, answer.text


async def test_a_body_that_is_announced_too_large_is_refused_unread(quiet: AsyncClient) -> None:
    answer = await quiet.post("/v1/trials/anything", content=b" " * 1_048_577)

    refused(answer, 413, "body-too-large")


async def test_a_body_that_turns_out_too_large_is_refused(quiet: AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 65_536

    answer = await quiet.post(
        "/v1/trials/anything", content=chunks(), headers={"Content-Type": "application/json"}
    )

    refused(answer, 413, "body-too-large")


async def test_a_body_of_the_largest_size_is_read(quiet: AsyncClient) -> None:
    answer = await quiet.post(
        "/v1/trials/anything",
        content=b'{"a": 1}' + b" " * (1_048_576 - 8),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 200
