"""Write down what an auditor reads, before the answer leaves.

A GET runs READ ONLY and may have its answer from a standby, so this is a short transaction of its
own beside it. If it fails, so does the request: nothing is shown that was not written down.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.audits.models import AuditReading
from app.core.database import Database
from app.core.wire import names_nobody
from app.schemes.models import AuditorAppointment

LEFT_OUT = "(left out)"
LONGEST_VALUE = 200
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,19}")
_COUNTED = {"position", "limit", "size"}
_DIGEST = re.compile(r'"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    operation: str
    path_parameters: dict[str, str]
    query: dict[str, str]
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is about to be shown."""

    rows: int | None
    media_type: str | None
    sha256: bytes | None

    @classmethod
    def of(cls, content: bytes | None, media_type: str | None, tag: str | None) -> "Shown":
        """Say it of a content; of one that is streamed a strong tag may be the hash."""
        if content is None:
            found = _DIGEST.fullmatch(tag or "")
            return cls(None, media_type, bytes.fromhex(found[1]) if found else None)
        is_json = media_type is not None and media_type.startswith("application/json")
        rows = _rows(content) if is_json else None
        return cls(rows, media_type, hashlib.sha256(content).digest())


def _rows(content: bytes) -> int | None:
    found = json.loads(content) if content else None
    items = found.get("items") if isinstance(found, dict) else found
    return len(items) if isinstance(items, list) else None


def impersonal(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Leave out of a query what may name a person, or is longer than any filter."""
    return {name[:LONGEST_VALUE]: _impersonal(name, value) for name, value in query}


def _impersonal(name: str, value: str) -> str:
    if _ID.fullmatch(value) or (name in _COUNTED and _NUMBER.fullmatch(value)):
        # Nine digits of an id or a position are no citizen's number.
        return value
    try:
        return names_nobody(value) if len(value) <= LONGEST_VALUE else LEFT_OUT
    except PydanticCustomError:
        return LEFT_OUT


async def keep(
    database: Database, appointment_ids: Iterable[UUID], asked: Asked, shown: Shown
) -> None:
    """Write a reading for each appointment by which it is read."""
    query = sa.select(AuditorAppointment).where(AuditorAppointment.id.in_(list(appointment_ids)))
    async with database.aside() as session:
        for appointment in await session.scalars(query.order_by(AuditorAppointment.id)):
            session.add(
                AuditReading(
                    appointment_id=appointment.id,
                    organisation_id=appointment.organisation_id,
                    user_id=appointment.user_id,
                    operation=asked.operation,
                    path_parameters=asked.path_parameters,
                    query=asked.query,
                    rows=shown.rows,
                    media_type=shown.media_type,
                    sha256=shown.sha256,
                    request_id=asked.request_id,
                )
            )
