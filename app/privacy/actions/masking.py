"""Masking what names an erased person, table by table, after the erasure itself."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, idempotency, jobs, mail, sealing
from app.core.database import Database
from app.core.events import Actor
from app.core.wire import ERASED
from app.privacy import data_map
from app.privacy.data_map import Holds
from app.privacy.models import Erasure
from app.privacy.queries import held

FINISH = jobs.JobKind("privacy.finish-erasure", max_attempts=40, timeout_seconds=3600.0)
"""Each attempt goes on where another ended: what is masked is found no more."""

PURPOSE = "erasure"
MASK = ERASED
SHORTEST = 5
"""A shorter word is not looked for: too much else is written like it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What names a person."""

    everywhere: list[str]
    """What is masked wherever it stands: the address, and what staff says besides."""
    own: list[str]
    """What is masked only in what the person wrote: somebody could take any name and be erased."""

    def sealed(self, session: AsyncSession) -> bytes:
        """Write them down, so that only this installation reads them."""
        return sealing.seal(session, PURPOSE, json.dumps(asdict(self)).encode())

    @classmethod
    def opened(cls, session: AsyncSession, sealed: bytes) -> Self:
        """Read what `sealed` wrote."""
        return cls(**json.loads(sealing.unseal(session, PURPOSE, sealed)))

    def pattern(self) -> re.Pattern[str]:
        """Find what is masked everywhere, as whole words; `privacy_mask` says the same in SQL."""
        words = [word for word in self.everywhere if len(word) >= SHORTEST]
        in_json = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
        looked_for = dict.fromkeys(map(_alone, [*words, *in_json]))
        return re.compile("|".join(looked_for), re.IGNORECASE)


def _alone(word: str) -> str:
    # JSON writes the end of a line as a backslash and a letter: that is no part of a word.
    escaped = r"(?:\s|\\[nrt])+".join(map(re.escape, word.split()))
    if "@" in word:
        return rf"(?:(?<![\w.+-])|(?<=\\[nrt])){escaped}(?![\w-]|\.\w)"
    return rf"(?:(?<!\w)|(?<=\\[nrt])){escaped}(?!\w)"


async def finish(database: Database, erasure_id: UUID) -> None:
    """Mask all that names a person, then forget what was looked for."""
    async with database.reading() as session:
        erasure = await session.get_one(Erasure, erasure_id)
        if erasure.sealed_words is None:
            return
        words = Words.opened(session, erasure.sealed_words)
    for table, column in data_map.columns(Holds.WORDS):
        async with database.work() as session:
            await session.execute(sa.text("SET LOCAL statement_timeout = '10min'"))
            await _mask(session, erasure_id, words, (table, column))
    async with database.work() as session:
        await _count(session, erasure_id, await idempotency.mask(session, words.pattern(), MASK))
    await mail.remove_files(database.settings, words.pattern())
    async with database.work() as session:
        await _end(session, erasure_id)


async def _mask(
    session: AsyncSession, erasure_id: UUID, words: Words, place: tuple[str, str]
) -> None:
    authors = held.authors_of(place[0])
    masked = 0
    for looked_for, by in ((words.everywhere, None), (words.own, authors)):
        found = sa.func.privacy_mask(
            erasure_id,
            *place,
            sa.cast(looked_for, sa.ARRAY(sa.Text())),
            sa.cast(by, sa.ARRAY(sa.Text())),
        )
        masked += await session.scalar(sa.select(found)) or 0
    await _count(session, erasure_id, masked)


async def _count(session: AsyncSession, erasure_id: UUID, masked: int) -> None:
    if masked:
        counted = sa.update(Erasure).where(Erasure.id == erasure_id)
        await session.execute(counted.values(masked_count=Erasure.masked_count + masked))


async def _end(session: AsyncSession, erasure_id: UUID) -> None:
    erasure = await session.get_one(Erasure, erasure_id, with_for_update=True)
    if erasure.sealed_words is None:
        return
    erasure.sealed_words, erasure.finished_at = None, clock.now()
    events.record(
        session,
        "user.erasure-finished",
        erasure.user_id,
        Actor.system("privacy"),
        masked=erasure.masked_count,
    )
