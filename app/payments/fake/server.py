"""The player's HTTP: the part of Stripe's interface that Baat uses, and the control plane."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.payments.fake import accounts, checkouts, disputes, forms, leaving, pages
from app.payments.fake.delivery import Postman
from app.payments.fake.faults import Faults, Trouble
from app.payments.fake.forms import Form, Malformed
from app.payments.fake.store import NoSuch, Store, Thing
from app.payments.fake.world import NotPossible, World

SECRET = "whsec_baat_plays_stripe"  # noqa: S105  It protects nothing that is real.
KEY = "sk_test_baat_plays_stripe"


@dataclass(frozen=True)
class Verb:
    """A POST of Stripe's: how its form is described, and what it does."""

    described: str
    act: Callable[[World, str, Form], Thing]
    """With the id in the path, if there is one."""


POSTS = {
    "customers": Verb("CustomerCreateParams", lambda w, _, f: _customer(w, f)),
    "checkout/sessions": Verb(
        "checkout.SessionCreateParams", lambda w, _, f: checkouts.open_checkout(w, f)
    ),
    "checkout/sessions/{}/expire": Verb(
        "checkout.SessionExpireParams", lambda w, i, _: checkouts.expire(w, i)
    ),
    "payment_intents/{}/cancel": Verb(
        "PaymentIntentCancelParams", lambda w, i, _: checkouts.cancel(w, i)
    ),
    "refunds": Verb("RefundCreateParams", lambda w, _, f: leaving.refund(w, f)),
    "transfers": Verb("TransferCreateParams", lambda w, _, f: leaving.transfer(w, f)),
    "transfers/{}/reversals": Verb("TransferCreateReversalParams", leaving.reverse),
    "payouts": Verb("PayoutCreateParams", lambda w, _, f: leaving.pay_out(w, f)),
    "accounts": Verb("AccountCreateParams", lambda w, _, f: accounts.make_account(w, f)),
    "account_links": Verb("AccountLinkCreateParams", lambda w, _, f: accounts.link_account(w, f)),
}

KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "refunds": "refund",
    "transfers": "transfer",
    "payouts": "payout",
    "disputes": "dispute",
    "accounts": "account",
    "events": "event",
    "balance_transactions": "balance_transaction",
}
"""What can be read and listed."""

FILTERS = ("payment_intent", "transfer_group", "source", "type")

CONTROLS: dict[str, Callable[..., Thing]] = {
    "pay": checkouts.pay,
    "decline": checkouts.decline,
    "bank": checkouts.bank,
    "bounce-refund": leaving.bounce_refund,
    "bounce-payout": leaving.bounce_payout,
    "dispute": disputes.dispute,
    "decide": disputes.decide,
    "onboard": accounts.onboard,
}
"""What the world outside can do."""


def _customer(world: World, form: Form) -> Thing:
    members = {"name": form.get("name"), "metadata": form.get("metadata", {})}
    return world.store.make("cus", "customer", **members)


class Player:
    """Plays Stripe."""

    def __init__(
        self,
        file: Path | None = None,
        webhooks: str | None = None,
        key: str = KEY,
        secret: str = SECRET,
    ) -> None:
        self.store = Store(file)
        self.world = World(self.store)
        self.faults = Faults()
        self.postman = Postman(webhooks, secret)
        self._key = key
        self.world.listeners.append(self.postman.take)
        self.requests: list[str] = []
        """What was asked, in order, for tests."""

    def app(self) -> Starlette:
        """Build the application that answers."""
        every = ["GET", "POST"]
        return Starlette(
            routes=[
                Route("/v1/{path:path}", self._answer, methods=every),
                Route("/control/{verb}", self._control, methods=["POST"]),
                Route("/pay/{session}", self._pay, methods=every),
                Route("/onboard/{account}", self._onboard, methods=every),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        self.faults.released.set()
        await self.postman.stop()
        self.store.save()

    async def _answer(self, request: Request) -> Response:
        name = f"{request.method} {request.url.path}"
        self.requests.append(name)
        self.world.address = f"http://{request.headers['host']}"
        fault = self.faults.next(name)
        trouble = fault.trouble if fault else None
        if fault and trouble is Trouble.HANG:
            await self.faults.wait(fault.seconds)
        if trouble in {Trouble.TOO_MANY, Trouble.BROKEN, Trouble.HANG}:
            status = 429 if trouble is Trouble.TOO_MANY else 500
            return _refusal(status, "rate_limit" if trouble is Trouble.TOO_MANY else None, "No.")
        response = self._done(request, await request.body())
        if fault and trouble is Trouble.LATE:
            await self.faults.wait(fault.seconds)
        if fault and trouble is Trouble.LOST:
            await self.faults.wait(fault.seconds)
            return _refusal(500, None, "The answer was lost.")
        return response

    def _done(self, request: Request, body: bytes) -> Response:
        if not request.headers.get("authorization", "").endswith(self._key):
            return _refusal(401, None, "Invalid API key provided.")
        path = request.path_params["path"]
        try:
            if request.method == "GET":
                return JSONResponse(self._read(path, forms.decode(request.url.query)))
            return self._once(request.headers.get("idempotency-key", ""), path, body)
        except NoSuch as error:
            return _refusal(404, "resource_missing", f"No such object: {error}")
        except Malformed as error:
            return _refusal(400, "parameter_unknown", str(error))
        except NotPossible as error:
            return _refusal(400, error.code, str(error))

    def _read(self, path: str, query: Form) -> Thing:
        expand = query.get("expand", [])
        if path == "balance":
            cents = self.world.balance()
            available = [{"amount": cents, "currency": "eur", "source_types": {"card": cents}}]
            return {"object": "balance", "available": available, "pending": [], "livemode": False}
        if path in KINDS:
            return self._list(path, query, expand)
        kind, _, thing_id = path.rpartition("/")
        thing = self.store.get(thing_id)
        if KINDS.get(kind) != thing["object"]:
            raise NoSuch(thing_id)
        return self.store.shown(thing, expand)

    def _list(self, path: str, query: Form, expand: list[str]) -> Thing:
        wanted = {name: query[name] for name in FILTERS if name in query}
        since = int(query.get("created", {}).get("gte", 0))
        found = [
            thing
            for thing in self.store.all(KINDS[path])
            if thing["created"] >= since
            and all(thing.get(name) == value for name, value in wanted.items())
        ]
        if after := query.get("starting_after"):
            names = [thing["id"] for thing in found]
            found = found[names.index(after) + 1 :]
        limit = int(query.get("limit", 10))
        inside = [path.removeprefix("data.") for path in expand]
        return {
            "object": "list",
            "url": f"/v1/{path}",
            "has_more": len(found) > limit,
            "data": [self.store.shown(thing, inside) for thing in found[:limit]],
        }

    def _once(self, key: str, path: str, body: bytes) -> Response:
        """Do what was not done with this key, or answer as before."""
        asked = f"{path} {hashlib.sha256(body).hexdigest()}"
        if (before := self.store.answers.get(key)) is not None:
            if before["asked"] != asked:
                return _refusal(400, None, "The key was used otherwise.", "idempotency_error")
            return JSONResponse(before["answer"], headers={"Idempotent-Replayed": "true"})
        verb, thing_id = _verb(path)
        form = forms.read(verb.described, forms.decode(body.decode()))
        made = verb.act(self.world, thing_id, form)
        answer = self.store.shown(made, form.get("expand", []))
        if key:
            self.store.answers[key] = {"asked": asked, "answer": answer}
        self.store.save()
        return JSONResponse(answer)

    async def _control(self, request: Request) -> Response:
        verb = request.path_params["verb"]
        given: dict[str, Any] = json.loads(await request.body() or b"{}")
        if verb == "faults":
            self.faults.order(**given)
            return Response(status_code=204)
        if verb not in CONTROLS:
            return _refusal(404, None, f"The world can {', '.join(CONTROLS)}, or faults.")
        return self._happened(verb, **given)

    def _happened(self, verb: str, *names: str, **given: Any) -> Response:  # noqa: ANN401  JSON.
        try:
            thing = CONTROLS[verb](self.world, *names, **given)
        except (NoSuch, NotPossible) as error:
            return _refusal(409, None, str(error))
        self.store.save()
        return JSONResponse(thing)

    async def _pay(self, request: Request) -> Response:
        """Show the page to pay on, in large letters a test; or do what the payer chose."""
        self.world.address = f"http://{request.headers['host']}"
        try:
            session = self.store.get(request.path_params["session"])
        except NoSuch:
            return HTMLResponse(pages.nothing(), 404)
        if request.method == "GET":
            return HTMLResponse(pages.checkout(session))
        chosen = parse_qs((await request.body()).decode()).get("do", ["back"])[0]
        if chosen in {"pay", "decline"} and session["status"] == "open":
            self._happened(chosen, session["id"])
        if chosen == "decline":
            return HTMLResponse(pages.checkout(session, declined=True))
        return RedirectResponse(session["success_url"], 303)

    async def _onboard(self, request: Request) -> Response:
        """Take it that the holder told everything."""
        return self._happened("onboard", request.path_params["account"])


def _verb(path: str) -> tuple[Verb, str]:
    if path in POSTS:
        return POSTS[path], ""
    parts = path.split("/")
    for place in range(len(parts)):
        pattern = "/".join([*parts[:place], "{}", *parts[place + 1 :]])
        if pattern in POSTS:
            return POSTS[pattern], parts[place]
    message = f"Unrecognized request URL (POST: /v1/{path})."
    raise NoSuch(message)


def _refusal(
    status: int, code: str | None, message: str, kind: str = "invalid_request_error"
) -> Response:
    kinds = {401: "invalid_request_error", 429: "invalid_request_error", 500: "api_error"}
    error = {"type": kinds.get(status, kind), "message": message}
    return JSONResponse({"error": error | ({"code": code} if code else {})}, status)
