"""Refusals: one class per reason, read by clients as `application/problem+json` (RFC 9457).

An action raises a `Problem`; the class name becomes its `type`, the message its `detail`, and
keyword arguments become extra members (in camelCase). A route lists what it may raise with
`responses=refusals(…)`, so that the OpenAPI document tells.
"""

import re
from collections import defaultdict
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

MEDIA_TYPE = "application/problem+json"

Extra: TypeAlias = (
    str | int | bool | list[str] | list[dict[str, str]] | list[dict[str, str | int | None]] | None
)
"""What an extra member of a problem can hold."""


Found = TypeVar("Found")


class Problem(Exception):  # noqa: N818  The field's word is problem (RFC 9457), not error.
    """A refusal that a client can understand and act on."""

    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    title: ClassVar[str] = "The request is refused"
    in_trail: bool = False
    """Refusals about rights are written to the audit trail."""

    def __init__(
        self, detail: str, *, retry_after_seconds: int | None = None, **extra: Extra
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
        self.extra = extra

    def for_trail(self) -> Self:
        """Mark one refusal as being about rights, though its kind is not."""
        self.in_trail = True
        return self

    @classmethod
    def type_path(cls) -> str:
        """Say where this reason is explained: `NotEnoughUnits` → `/problems/not-enough-units`."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__)
        return f"/problems/{words.lower()}"

    def members(self) -> dict[str, Extra]:
        """Say what is true of this refusal wherever it happens."""
        return {
            "type": self.type_path(),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **{to_camel(name): value for name, value in self.extra.items()},
        }


class InvalidRequest(Problem):
    """The request is malformed; `errors` names every fault at once."""

    status = HTTPStatus.BAD_REQUEST
    title = "The request is not valid"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        faults = "fault" if len(errors) == 1 else "faults"
        super().__init__(f"The request has {len(errors)} {faults}; see errors.", errors=errors)


class NotAllowed(Problem):
    """The caller is known and may not do this."""

    status = HTTPStatus.FORBIDDEN
    title = "You may not do this"
    in_trail = True


class NotFound(Problem):
    """There is no such thing, or it is not the caller's to know."""

    status = HTTPStatus.NOT_FOUND
    title = "There is no such thing"


def existing(thing: Found | None, thing_id: object) -> Found:
    """Insist that something was found.

    Raises:
        NotFound: it was not.
    """
    if thing is None:
        message = f"There is no {thing_id} here."
        raise NotFound(message)
    return thing


class MethodNotAllowed(Problem):
    """The resource exists and does not know this method; `Allow` lists those it knows."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = "The resource does not know this method"


class HeadTooLong(Problem):
    """The address and the headers are longer than this service reads."""

    status = 431
    title = "The head of the request is too long"


class HeadTooSlow(Problem):
    """No whole request came in the time that this service waits for one."""

    status = 408
    title = "The request did not come"


class BodyTooSlow(Problem):
    """The body did not arrive in the time that this service waits for one."""

    status = 408
    title = "The body took too long"


class BodyTooLarge(Problem):
    """The request's body is larger than this installation reads."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "The request is too large"


class UnsupportedMediaType(Problem):
    """A body must be `application/json`, or what else the operation says that it takes."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "The body is of another media type"


class PreconditionRequired(Problem):
    """A change of this resource must say which version it changes (`If-Match`)."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    title = "Say which version you change"


class PreconditionFailed(Problem):
    """Somebody changed the resource since the caller read it."""

    status = HTTPStatus.PRECONDITION_FAILED
    title = "The resource has changed"


class TooManyRequests(Problem):
    """The caller asks more often than this installation allows."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many requests"


class ServerFault(Problem):
    """Something broke that is not the caller's fault; the log has the request id."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title = "Something went wrong here"

    def __init__(self) -> None:
        super().__init__("This is a fault of the service. Name the requestId when you report it.")


class Unavailable(Problem):
    """The service can't answer just now; nothing was done, and the same request may be repeated."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Not available just now"

    def __init__(self, detail: str, retry_after_seconds: int = 1) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)


class Fault(BaseModel):
    """One fault of a malformed request."""

    model_config = ConfigDict(title="Fault")

    location: Annotated[
        Literal["body", "path", "query", "header", "cookie"],
        Field(serialization_alias="in", description="Which part of the request is at fault."),
    ]
    pointer: Annotated[
        str | None,
        Field(description="Where in the body, as a JSON Pointer fragment.", examples=["#/name"]),
    ] = None
    parameter: Annotated[
        str | None, Field(description="Which parameter or header.", examples=["limit"])
    ] = None
    code: Annotated[str, Field(description="A stable word for machines.", examples=["missing"])]
    detail: Annotated[str, Field(description="A sentence for people.")]


class ProblemView(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(title="Problem", extra="allow", alias_generator=to_camel)

    type: Annotated[
        str, Field(description="Which reason; stable.", examples=["/problems/not-found"])
    ]
    title: Annotated[str, Field(description="The reason in a few words.")]
    status: Annotated[int, Field(description="The HTTP status code.", examples=[404])]
    detail: Annotated[str, Field(description="What is wrong this time, and what to do.")]
    instance: Annotated[str, Field(description="The path that was asked.")]
    request_id: Annotated[str, Field(description="Name this when you report a fault.")]
    errors: Annotated[
        list[Fault] | None, Field(description="Every fault of a malformed request.")
    ] = None


def refusals(*reasons: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Document why an operation may refuse, for `responses=` of a route."""
    by_status: defaultdict[int, list[type[Problem]]] = defaultdict(list)
    for reason in reasons:
        by_status[int(reason.status)].append(reason)
    return {status: _response(of_status) for status, of_status in sorted(by_status.items())}


def _response(reasons: list[type[Problem]]) -> dict[str, Any]:
    sentences = [f"`{reason.type_path()}`: {_sentence(reason)}" for reason in reasons]
    return {
        "model": ProblemView,
        "description": "\n\n".join(sentences),
    }


def _sentence(reason: type[Problem]) -> str:
    return (reason.__doc__ or reason.title).strip().splitlines()[0]
