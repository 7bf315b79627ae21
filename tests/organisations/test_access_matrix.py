"""Every operation, by every kind of caller, on own and others' things; see `tests.matrix`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import zip_longest
from typing import TypeAlias

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from app.core.database import READING, Database, open_database
from app.core.ids import new_id
from app.core.settings import Settings
from app.main import create_app
from tests.audits import access_open_data as open_data
from tests.audits import access_periods as periods
from tests.audits import access_table as audits
from tests.conftest import Cluster, living
from tests.fulfilments import access_table as fulfilments
from tests.ledger import access_table as ledger
from tests.make import contents
from tests.matrix import (
    ANYBODY,
    PERSONS,
    TRIED,
    Caller,
    Message,
    Place,
    Rule,
    Standing,
    World,
    a_world,
    copied,
    nowhere,
    path_of,
    standing,
)
from tests.obligations import access_table as obligations
from tests.orders import access_table as orders
from tests.organisations import access_table
from tests.payments import access_bank as bank
from tests.payments import access_table as payments
from tests.payouts import access_table as payouts
from tests.privacy import access_table as privacy
from tests.projects import access_table as projects
from tests.schemes import access_table as schemes
from tests.transparency import access_table as transparency
from tests.webhooks import access_table as webhooks

TABLE: dict[str, Rule] = {
    "GET /v1": Rule(ANYBODY),
    **access_table.TABLE,
    **ledger.TABLE,
    **transparency.TABLE,
    **schemes.TABLE,
    **projects.TABLE,
    **payments.TABLE,
    **orders.TABLE,
    **fulfilments.TABLE,
    **obligations.TABLE,
    **bank.TABLE,
    **payouts.TABLE,
    **audits.TABLE,
    **periods.TABLE,
    **open_data.TABLE,
    **webhooks.TABLE,
    **privacy.TABLE,
}
"""The tables of all domains."""

Pair: TypeAlias = tuple[Caller, Place]

OF_ANY_THING = {
    "/problems/csrf-token-missing",
    "/problems/people-only",
    "/problems/scope-missing",
    "/problems/staff-only",
}
"""Refusals that depend on the caller alone, and so tell nothing about the thing."""

A_FILE = {
    "Content-Type": "application/pdf",
    "Content-Disposition": "attachment; filename*=UTF-8''plan.pdf",
}
A_MESSAGE = {
    "Content-Type": "application/xml",
    "Content-Disposition": "attachment; filename*=UTF-8''statement.xml",
}

A_PACKAGE = {
    "Content-Type": "application/json",
    "Content-Disposition": "attachment; filename*=UTF-8''package.json",
}

UNLIMITED = {
    "reads_per_minute": 1_000_000,
    "writes_per_minute": 1_000_000,
    "failures_per_minute": 1_000_000,
    "sign_in_attempts": 1_000_000,
    "sign_in_attempts_per_network": 1_000_000,
}

A_PROVIDER = {
    "stripe_key": SecretStr("sk_test_of_the_matrix"),
    "stripe_webhook_secret": SecretStr("whsec_of_the_matrix"),
}
"""Nobody speaks to it here: no worker runs."""


class Stage:
    """An application, and a database with a world that refused calls leave as it is."""

    def __init__(self, app: FastAPI, cluster: Cluster, furnished: str, world: World) -> None:
        self.calls = 0
        self.app = app
        self.cluster = cluster
        self.furnished = furnished
        self.transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=self.transport, base_url="http://baat.test")
        self.shared = world

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[World]:
        """Let the application see a copy of that database, for a call that changes it."""
        settings: Settings = self.app.state.settings
        shared: Database = self.app.state.database
        async with self.cluster.clone(self.furnished) as name:
            named = self.cluster.settings(name, settings.home).model_copy(
                update=UNLIMITED | A_PROVIDER
            )
            async with open_database(named) as database:
                self.app.state.database = database
                try:
                    yield copied(self.shared)
                finally:
                    self.app.state.database = shared

    @asynccontextmanager
    async def seen_by(self, rule: Rule, operation: str) -> AsyncIterator[World]:
        """Give the world to callers who may; a copy, unless they only read what is there."""
        if _reads(operation) and rule.arrange is None:
            yield self.shared
            return
        async with self.fresh() as world:
            yield world

    async def call(
        self, operation: str, path: str, headers: dict[str, str], body: Message | None
    ) -> httpx.Response:
        """Call as a client that leaves nothing out but its rights."""
        method = operation.partition(" ")[0]
        is_upload = TABLE[operation].upload
        content = body if isinstance(body, bytes) else contents.a_pdf()
        if is_upload:
            headers = {**_of_file(body), **headers}
        self.client.cookies.clear()
        # Every call from a network of its own: no limit of requests or letters interferes.
        self.calls += 1
        self.transport.client = (f"10.{self.calls // 256}.{self.calls % 256}.1", 1)
        return await self.client.request(
            method,
            path,
            json=body
            if method in {"POST", "PUT", "PATCH"} and not TABLE[operation].upload
            else None,
            content=content if is_upload else None,
            headers={"If-Match": "*", "Idempotency-Key": str(new_id()), **headers},
        )


def _of_file(body: Message | None) -> dict[str, str]:
    if not isinstance(body, bytes):
        return A_FILE
    return A_PACKAGE if body.startswith(b"{") else A_MESSAGE


@pytest.fixture(scope="module")
async def stage(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    home = tmp_path_factory.mktemp("stage")

    def settings(name: str) -> Settings:
        return cluster.settings(name, home).model_copy(update=UNLIMITED | A_PROVIDER)

    async with cluster.clone() as furnished:
        async with open_database(settings(furnished)) as database, database.work() as session:
            world = await a_world(session)
        async with (
            cluster.clone(furnished) as name,
            living(create_app(settings(name))) as app,
        ):
            stage = Stage(app, cluster, furnished, world)
            async with stage.client:
                yield stage


def operations(document: dict[str, dict[str, dict[str, object]]]) -> set[str]:
    return {
        # The document leaves the /v1 of its server's URL out.
        f"{method.upper()} {f'/v1{path}'.rstrip('/')}"
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "head", "post", "put", "patch", "delete", "options", "trace"}
    }


def test_the_table_knows_every_operation_and_no_other(app: FastAPI) -> None:
    documented = operations(app.openapi())
    assert len(documented) > 40, "the OpenAPI document is empty or has shrunk"
    assert documented - TABLE.keys() == set(), "say in a table who may do these"
    assert TABLE.keys() - documented == set(), "these are gone: strike them out"


@pytest.mark.parametrize("operation", TABLE)
async def test_who_may_not_is_refused(stage: Stage, operation: str) -> None:
    rule = TABLE[operation]
    faults = []
    missing: dict[Caller, httpx.Response] = {}
    for caller, place in _pairs(rule):
        if rule.allows(operation, caller, place):
            continue
        body = rule.body(stage.shared, place) if rule.body else None
        headers = stage.shared.headers[caller]
        path = path_of(operation, rule.things(stage.shared[place]))
        answer = await stage.call(operation, path, headers, body)
        fault = _fault(caller, place, answer)
        if fault is None and "{" in operation and standing(caller, place) is Standing.OUTSIDER:
            if caller not in missing:
                missing[caller] = await stage.call(operation, nowhere(operation), headers, body)
            if _said(missing[caller]) != _said(answer):
                fault = f"{_said(answer)}, but {_said(missing[caller])} for what does not exist"
        if fault:
            faults.append(f"{caller} on {place}: {fault}")
    assert faults == []


@pytest.mark.parametrize("operation", TABLE)
async def test_who_may_succeeds(stage: Stage, operation: str) -> None:
    rule = TABLE[operation]
    faults = []
    for together in _who_may(rule, operation):
        async with stage.seen_by(rule, operation) as world:
            for caller, place in together:
                body = await _body(stage, rule, world, caller, place)
                path = path_of(operation, rule.things(world[place]))
                answer = await stage.call(operation, path, world.headers[caller], body)
                if not answer.is_success:
                    faults.append(f"{caller} on {place}: {_said(answer)} {answer.text}")
    assert faults == []


def _who_may(rule: Rule, operation: str) -> list[list[Pair]]:
    """Part those who may into groups that are not in each other's way in one database."""
    pairs = [pair for pair in _pairs(rule) if rule.allows(operation, *pair)]
    # What people do with their own account is in nobody's way.
    if _reads(operation) or rule.may in {ANYBODY, PERSONS}:
        return [pairs]
    if rule.arrange:
        return [[pair] for pair in pairs]
    # Staff may do the same everywhere, and what it did to one place can matter at the next.
    alone = [[pair] for pair in pairs if pair[0] is Caller.STAFF]
    others = [pair for pair in pairs if pair[0] is not Caller.STAFF]
    places = [[pair for pair in others if pair[1] is place] for place in rule.on]
    return [*alone, *([pair for pair in group if pair] for group in zip_longest(*places))]


def _reads(operation: str) -> bool:
    return operation.partition(" ")[0] in READING


def _pairs(rule: Rule) -> list[Pair]:
    """Try everybody where whose thing it is can matter."""
    return [
        (caller, place) for place in rule.on for caller in Caller if caller in _tried(rule, place)
    ]


def _tried(rule: Rule, place: Place) -> frozenset[Caller]:
    if place is not rule.on[0]:
        return TRIED[place]
    return TRIED[Place.OURS] if Place.SUSPENDED in rule.on[1:] else frozenset(Caller)


async def _body(
    stage: Stage, rule: Rule, world: World, caller: Caller, place: Place
) -> Message | None:
    if rule.arrange is None:
        return rule.body(world, place) if rule.body else None
    database: Database = stage.app.state.database
    async with database.work() as session:
        return await rule.arrange(session, world, caller)


def _fault(caller: Caller, place: Place, answer: httpx.Response) -> str | None:
    """Say what is wrong with a refusal."""
    at = standing(caller, place)
    status, kind = _said(answer)
    if answer.headers.get("content-type") != "application/problem+json":
        return f"{status} is no problem"
    fine = {
        Standing.UNKNOWN: status == 401,
        Standing.OUTSIDER: status == 404 or (status == 403 and kind in OF_ANY_THING),
        Standing.OUTSIDE_KEY: status == 404 or (status == 403 and kind in OF_ANY_THING),
    }.get(at, status in {403, 404})
    return None if fine else f"{status} {kind}"


def _said(answer: httpx.Response) -> tuple[int, str]:
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code, answer.json()["type"] if is_problem else ""


@pytest.mark.parametrize(
    ("caller", "place", "status", "kind"),
    [
        (Caller.NOBODY, Place.OURS, 200, None),
        (Caller.NOBODY, Place.OURS, 403, "/problems/staff-only"),
        (Caller.VIEWER, Place.OURS, 201, None),
        (Caller.VIEWER, Place.OURS, 500, "/problems/server-fault"),
        (Caller.VIEWER, Place.OURS, 400, "/problems/invalid-request"),
        (Caller.VIEWER, Place.ELSEWHERE, 403, "/problems/role-too-small"),
        (Caller.VIEWER, Place.ELSEWHERE, 401, "/problems/credential-refused"),
        (Caller.KEY, Place.ELSEWHERE, 409, "/problems/status-forbids"),
    ],
)
def test_the_matrix_notices_a_wrong_answer(
    caller: Caller, place: Place, status: int, kind: str | None
) -> None:
    media_type = "application/problem+json" if kind else "application/json"
    answer = httpx.Response(status, json={"type": kind}, headers={"content-type": media_type})
    assert _fault(caller, place, answer) is not None
