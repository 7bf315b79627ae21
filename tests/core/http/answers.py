"""What every answer must have, however the request went."""

from httpx import Response

from app import __version__


def refused(answer: Response, status: int, kind: str) -> dict[str, object]:
    """Insist on what every refusal has; return its members."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    dressed(answer)
    members: dict[str, object] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "requestId"} <= set(members)
    assert members["type"] == f"/problems/{kind}"
    assert members["status"] == status
    assert members["requestId"] == answer.headers["x-request-id"]
    return members


def dressed(answer: Response) -> None:
    """Insist on the headers that every answer has, once each."""
    for name, value in {
        "api-version": __version__,
        "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }.items():
        assert answer.headers.get_list(name) == [value]
    assert len(answer.headers.get_list("x-request-id")) == 1
    assert len(answer.headers.get_list("cache-control")) == 1


def places(answer: Response) -> set[tuple[str, str, str]]:
    """Where the faults are, and which."""
    faults = answer.json()["errors"]
    return {
        (fault["in"], fault.get("pointer") or fault["parameter"], fault["code"]) for fault in faults
    }
