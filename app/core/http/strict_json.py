"""JSON that means one thing (RFC 8259, and I-JSON, RFC 7493).

What two readers could read differently is refused, and so is what a database can't keep.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from app.core.problems import InvalidRequest

LONGEST_NUMBER = 40
"""Characters; the largest amount has sixteen."""

# A string that does not end matches to the end of the text: trying each of its quotes again
# would take quadratic time.
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def loads(body: bytes, deepest: int) -> Any:  # noqa: ANN401  JSON can be anything.
    """Read JSON.

    Raises:
        InvalidRequest: it is not JSON, nests deeper than `deepest`, repeats a member, or holds
            what is no JSON (NaN, Infinity) or no text (null bytes, lone surrogates).
    """
    text = _decoded(body)
    _insist_on_depth(text, deepest)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_whole,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        _refuse("not-json", f"This is no JSON: {error.msg} at character {error.pos}.")
    # Only an escape can bring in what a database can't keep: raw control characters are no JSON.
    if "\\u" in text and any(_UNSTORABLE.search(part) for part in _strings(value)):
        _refuse("unstorable-text", "Text must not hold null characters or lone surrogates.")
    return value


def _decoded(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        _refuse("not-utf-8", "JSON is written in UTF-8.")
    if text.startswith("\ufeff"):
        _refuse("byte-order-mark", "JSON begins without a byte order mark.")
    return text


def _insist_on_depth(text: str, deepest: int) -> None:
    if text.count("[") + text.count("{") <= deepest:
        return
    depth = 0
    for found in _STRUCTURE.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth > deepest:
                _refuse("too-deep", f"The JSON nests deeper than {deepest} levels.")
        elif found[0] in "]}":
            depth -= 1


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(members)
    if len(read) < len(members):
        _refuse("repeated-member", "An object names a member twice.")
    return read


def _refuse_constant(constant: str) -> NoReturn:
    _refuse("not-json", f"{constant} is no JSON number.")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        _refuse("number-too-long", f"A number has more than {LONGEST_NUMBER} digits.")
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        # The database keeps none of these: a field without bounds of its own would end as a 500.
        _refuse("number-too-large", "A whole number needs more than 64 bits.")
    return number


def _finite(digits: str) -> float:
    value = float(digits)
    if len(digits) > LONGEST_NUMBER or math.isinf(value):
        _refuse("number-too-long", "A number is larger or longer than this service reads.")
    return value


def _strings(value: object) -> Iterator[str]:
    """Walk through every string and every member name; nesting is bounded by now."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _strings(item)


def _refuse(code: str, detail: str) -> NoReturn:
    raise InvalidRequest([{"in": "body", "pointer": "#", "code": code, "detail": detail}])
