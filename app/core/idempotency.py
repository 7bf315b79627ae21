"""Idempotency keys: repeating a request that moves value has one effect and one answer.

A route that moves value takes `once: Idempotent` after its caller. The key, the answer and the
effect are written in one transaction, so that none exists without the others; a refusal rolls
back and is not kept, and the same key may be tried again.

After draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from sqlalchemy import UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified, Session
from app.core.problems import Problem

MASKED_AT_ONCE = 500
KEPT_HEADERS = ("content-type", "location", "etag")


class IdempotencyKey(Identified):
    """An answer that was given, by caller and key."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("caller", "key"),)

    caller: Mapped[str]
    key: Mapped[str]
    target: Mapped[str]
    """Method, path and query."""
    body_sha256: Mapped[bytes]
    status: Mapped[int] = mapped_column(sa.SmallInteger)
    headers: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class IdempotencyKeyReused(Problem):
    """The key was used before, for a request that was not this one."""

    status = 422
    title = "The idempotency key belongs to another request"


class IdempotencyKeyInUse(Problem):
    """A request with this key is being worked on; repeat it a little later."""

    status = 409
    title = "The first request is still running"


class Replay(Exception):  # noqa: N818  Not an error: the answer that was given before.
    """The request was answered before; give that answer again."""

    def __init__(self, kept: IdempotencyKey) -> None:
        super().__init__(kept.key)
        headers = {**kept.headers, "Idempotent-Replayed": "true"}
        self.response = Response(kept.body, kept.status, headers)


async def _once(
    request: Request,
    session: Session,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="A value of your own, such as a UUID, that names this request: repeating"
            " it has no second effect and returns the first answer.",
        ),
    ],
) -> None:
    caller = str(request.state.actor)
    claim = IdempotencyKey(
        caller=caller,
        key=key,
        target=_target(request),
        body_sha256=hashlib.sha256(await request.body()).digest(),
    )
    if not await _locked(session, caller, key):
        message = "A request with this Idempotency-Key is still running."
        raise IdempotencyKeyInUse(message, retry_after_seconds=1)
    # A statement of its own, after the lock: it sees what the holder before committed.
    kept = await session.scalar(_KEPT, {"caller": caller, "key": key})
    if kept is None:
        request.state.idempotency_claim = claim
        return
    if (kept.target, kept.body_sha256) != (claim.target, claim.body_sha256):
        message = "This Idempotency-Key was used for another request. Choose a new one."
        raise IdempotencyKeyReused(message)
    raise Replay(kept)


# Made once: whatever moves value waits for them.
_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:number)")
_KEPT = sa.select(IdempotencyKey).where(
    IdempotencyKey.caller == sa.bindparam("caller"), IdempotencyKey.key == sa.bindparam("key")
)

Idempotent = Annotated[None, Depends(_once)]


def _target(request: Request) -> str:
    # Not request.url: parsing an address drops line breaks, and two paths would be one.
    query = request.scope["query_string"].decode()
    target = f"{request.method} {request.scope['path']}"
    return f"{target}?{query}" if query else target


async def _locked(session: AsyncSession, caller: str, key: str) -> bool:
    # The row of a running request is invisible to others until it commits; the lock is not.
    digest = hashlib.sha256(f"idempotency\0{caller}\0{key}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    return bool(await session.scalar(_LOCK, {"number": number}))


def keep(request: Request, response: Response) -> None:
    """Write the answer beside its effect, before the unit of work ends (called by the route)."""
    claim: IdempotencyKey | None = getattr(request.state, "idempotency_claim", None)
    if claim is None:
        return
    claim.status = response.status_code
    claim.headers = {
        name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
    }
    claim.body = bytes(response.body)
    session: AsyncSession = request.state.session
    session.add(claim)


async def forget(session: AsyncSession, older_than_days: int) -> int:
    """Remove answers that nobody will ask for again; say how many."""
    before = clock.now() - timedelta(days=older_than_days)
    query = sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < before)
    gone = await session.scalars(query.returning(IdempotencyKey.id))
    return len(gone.all())


async def erase(session: AsyncSession, caller: str) -> None:
    """Remove what a caller was answered, who never calls again."""
    await session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.caller == caller))


async def mask(session: AsyncSession, named: re.Pattern[str], by: str) -> int:
    """Mask what names somebody in what others were answered; say in how many answers.

    The rest of an answer stays: without it a repeat would be a second request.
    """
    masked, after = 0, None
    columns = sa.select(IdempotencyKey.id, IdempotencyKey.body).order_by(IdempotencyKey.id)
    while True:
        query = columns if after is None else columns.where(IdempotencyKey.id > after)
        rows = (await session.execute(query.limit(MASKED_AT_ONCE))).all()
        for key_id, body in rows:
            text, count = named.subn(by, body.decode(errors="surrogateescape"))
            if count:
                kept = sa.update(IdempotencyKey).where(IdempotencyKey.id == key_id)
                await session.execute(kept.values(body=text.encode(errors="surrogateescape")))
                masked += 1
        if len(rows) < MASKED_AT_ONCE:
            return masked
        after = rows[-1].id
