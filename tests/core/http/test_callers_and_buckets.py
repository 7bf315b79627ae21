import hashlib

import pytest
from starlette.types import Scope

from app.core.http.rate_limits.buckets import Buckets, Recent
from app.core.http.rate_limits.callers import caller_of
from tests.make.clocks import Clock


def a_scope(host: str | None = "203.0.113.7", **headers: str) -> Scope:
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"client": (host, 40_000) if host else None, "headers": named}


def sha256(credential: str) -> str:
    return hashlib.sha256(credential.encode()).hexdigest()


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a-proxy's-word", "a-proxy's-word"),
        (None, "unknown"),
    ],
)
def test_a_network_is_an_address_or_a_subscriber(host: str | None, network: str) -> None:
    assert caller_of(a_scope(host)).network == network


@pytest.mark.parametrize(
    ("headers", "credential"),
    [
        ({}, None),
        ({"authorization": "Bearer abc"}, "abc"),
        ({"authorization": "bearer  abc "}, "abc"),
        ({"authorization": "Bearer "}, None),
        ({"authorization": "Basic abc"}, None),
        ({"cookie": "__Host-baat-session=abc"}, "abc"),
        ({"cookie": "a=b; __Host-baat-session=abc; c=d"}, "abc"),
        ({"cookie": "x__Host-baat-session=abc"}, None),
        ({"cookie": "__Host-baat-session="}, None),
        ({"cookie": "__Host-baat-session=abc", "authorization": "Bearer xyz"}, "xyz"),
    ],
)
def test_a_credential_is_a_bearer_token_or_a_cookie(
    headers: dict[str, str], credential: str | None
) -> None:
    expected = None if credential is None else sha256(credential)
    assert caller_of(a_scope(**headers)).credential == expected


def test_a_bucket_never_gives_more_than_it_holds() -> None:
    clock = Clock()
    buckets = Buckets(7, clock)
    for _ in range(3):
        assert [buckets.take("anna").allowed for _ in range(9)] == [True] * 7 + [False] * 2
        clock.now += 3600


@pytest.mark.parametrize("limit", [1, 3, 7, 60, 300, 1200, 99_991])
def test_a_bucket_fills_up_within_a_minute_and_not_sooner(limit: int) -> None:
    clock = Clock()
    buckets = Buckets(limit, clock)
    while buckets.take("anna").allowed:
        pass
    clock.now += 60 / limit * 0.99
    assert not buckets.take("anna").allowed
    clock.now += 60 / limit * 0.02
    assert buckets.take("anna").allowed
    assert not buckets.take("anna").allowed
    clock.now += 60
    assert buckets.look("anna").remaining == limit


def test_buckets_that_nobody_uses_are_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(10, clock)
    for number in range(1000):
        buckets.take(f"caller {number}")
    assert len(buckets) == 1000

    clock.now += 60
    buckets.take("anna")

    assert len(buckets) == 1


def test_there_are_never_more_buckets_than_there_is_room_for() -> None:
    clock = Clock()
    buckets = Buckets(1, clock, most=100)
    for number in range(1000):
        buckets.take(f"caller {number}")

    assert len(buckets) == 100
    assert not buckets.take("caller 999").allowed
    assert buckets.take("caller 1").allowed


def test_looking_takes_nothing() -> None:
    buckets = Buckets(2, Clock())
    assert [buckets.look("anna").remaining for _ in range(3)] == [2] * 3
    assert len(buckets) == 0


def test_what_is_used_again_stays() -> None:
    clock = Clock()
    recent: Recent[str] = Recent(60, clock)
    recent.put("one", "1")
    recent.put("other", "2")
    clock.now += 59
    recent.put("one", "1")
    clock.now += 1
    recent.put("third", "3")

    assert [recent.get(key) for key in ("one", "other", "third")] == ["1", None, "3"]
    assert len(recent) == 2

    recent.forget("one")
    recent.forget("nobody")
    assert recent.get("one") is None
