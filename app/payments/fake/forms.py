"""Requests as the client writes them: nested forms, read by the package's own descriptions."""

import importlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl

from pydantic import ConfigDict, TypeAdapter, ValidationError

_STEP = re.compile(r"\[([^\]]*)\]")
_LIST = re.compile(r"[0-9]+")

_STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

Form = dict[str, Any]


class Malformed(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """The request has a member that Stripe does not know, or one of the wrong kind."""


def decode(text: str) -> Form:
    """Read `a[b][0][c]=1` as nested dictionaries and lists."""
    tree: Form = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, _, rest = name.partition("[")
        steps = [first, *_STEP.findall(f"[{rest}" if rest else "")]
        place = tree
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = value
    return cast("Form", _with_lists(tree))


def _with_lists(value: Any) -> Any:  # noqa: ANN401  A form's part can be anything.
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(part) for name, part in value.items()}
    if inner and all(map(_LIST.fullmatch, inner)):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def read(description: str, form: Form) -> Form:
    """Read a form by its description in the official package, `checkout.SessionCreateParams`.

    Raises:
        Malformed: it does not fit.
    """
    try:
        return cast("Form", _adapter(description).validate_python(form))
    except ValidationError as error:
        fault = error.errors()[0]
        place = "".join(f"[{step}]" for step in fault["loc"])
        message = f"{place}: {fault['msg']}"
        raise Malformed(message) from error


@lru_cache
def _adapter(description: str) -> TypeAdapter[Any]:
    package, _, name = description.rpartition(".")
    root = importlib.import_module(f"stripe.params.{package}" if package else "stripe.params")
    described = getattr(root, name)
    module = importlib.import_module(described.__module__)
    for part in vars(module).values():
        if isinstance(part, type) and hasattr(part, "__total__"):
            # What a description does not name is refused, at every depth.
            part.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]  # pydantic's own mark.
    adapter: TypeAdapter[Any] = TypeAdapter(described)
    # What the package knows elsewhere, for the members that are options of the client.
    elsewhere = {"Mapping": Mapping, "StripeContext": Any}
    adapter.rebuild(_types_namespace={**vars(module), **elsewhere})
    return adapter
