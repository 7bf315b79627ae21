"""Faults in what clients send, in words: where each is and what it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

CODES = {
    "extra_forbidden": "unknown-member",
    "json_invalid": "not-json",
    "dict_type": "not-an-object",
    "model_attributes_type": "not-an-object",
    "model_type": "not-an-object",
}
"""Words of ours for some of the validator's; the others are its own, in kebab-case."""

DETAILS = {
    "dict_type": "Input should be an object",
    "extra_forbidden": "This member is not known here",
    "model_attributes_type": "Input should be an object",
    "model_type": "Input should be an object",
    "union_tag_invalid": "This is none of the kinds that are known here",
    "uuid_parsing": "Input should be a valid UUID",
}
"""Sentences of ours where the validator's own repeat what was sent, or speak of Python."""

MOST = 1_000
"""More are not told: a body full of faults would get an answer many times its size."""


def said(fault: Mapping[str, Any]) -> dict[str, str]:
    """Say what a fault of the validator's is; never the value, which may be a password."""
    code = CODES.get(fault["type"], fault["type"].replace("_", "-"))
    detail = DETAILS.get(fault["type"], str(fault["msg"])).removeprefix("Value error, ")
    return {"code": code, "detail": detail}


def place(fault: Mapping[str, Any], path: Sequence[str | int], body: object) -> Iterator[str | int]:
    """Say where in a body a fault is, without the steps that are the validator's own.

    Those are the tags and branches of unions.
    """
    here: Any = body
    for step in path:
        if _holds(here, step):
            yield step
            here = here[step]
    if fault["type"] == "missing" and path:
        yield path[-1]


def _holds(value: object, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def pointer(path: Iterable[str | int]) -> str:
    """Write a JSON Pointer as a URI fragment (RFC 6901, section 6)."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "#" + "".join(f"/{quote(step, safe=_FRAGMENT)}" for step in steps)


_FRAGMENT = "!$&'()*+,;=:@?~"
