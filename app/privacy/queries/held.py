"""All that is held about a person: read from every table by what the data map says of it."""

from typing import Any

import sqlalchemy as sa
from pydantic_core import to_jsonable_python
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Base, settings_of
from app.core.mail import mark_of
from app.organisations.models import User
from app.privacy.data_map import SETS, TABLES, DataSet, Holds

SHOWN = {Holds.FACTS, Holds.PERSON, Holds.WORDS}
"""Of texts; of the rest (moments, states, ids) everything is."""

_SIDES = {"reason": "proposed_by_id", "decision_reason": "decided_by_id"}
_OBJECTION = {"grounds": "lodged_by_id", "reason": "decided_by_id"}
WRITTEN_BY: dict[str, dict[str, str]] = {
    "audit_finding_steps": {"said": "made_by_id"},
    "audit_findings": {"title": "raised_by_id", "description": "raised_by_id"},
    "authorities": {"reason": "registered_by_id", "end_reason": "ended_by_id"},
    "bank_accounts": {"closing_reason": "closed_by"},
    "fulfilment_objections": _OBJECTION,
    "objections": _OBJECTION,
    "obligation_objections": _OBJECTION,
    "obligation_proposals": _SIDES,
    "remedy_proposals": _SIDES,
    "scheme_recognitions": {"reason": "recognised_by_id", "end_reason": "ended_by_id"},
    "write_offs": _SIDES,
}
"""Where a row names several people: who of them wrote what. The others' words are not theirs."""


async def about(
    session: AsyncSession, user: User
) -> list[tuple[DataSet, str, list[dict[str, Any]]]]:
    """Read what each table has about a person, who must be loaded; empty ones are left out.

    Documents and figures of organisations are left out, though the person wrote them: they are
    read there, by who still acts for them.
    """
    found = []
    for data_set in SETS:
        for table in data_set.tables:
            rows = await _rows(session, data_set, Base.metadata.tables[table.name], user)
            if rows:
                found.append((data_set, table.name, rows))
    return found


async def _rows(
    session: AsyncSession, data_set: DataSet, table: sa.Table, user: User
) -> list[dict[str, Any]]:
    named = _naming(session, table, user)
    if not named:
        return []
    shown = [_own(table, column, user) for column in table.columns if _is_shown(data_set, column)]
    query = sa.select(*shown).where(sa.or_(*named)).order_by(*table.primary_key.columns)
    rows = (await session.execute(query)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _own(table: sa.Table, column: sa.Column[Any], user: User) -> sa.ColumnElement[Any]:
    """Leave out what somebody else wrote in a row that names both."""
    author = WRITTEN_BY.get(table.name, {}).get(column.name)
    if author is None:
        return column
    by = user.id if author in users_in(table) else f"user:{user.id}"
    return sa.case((table.c[author] == by, column)).label(column.name)


def _plain(value: object) -> object:
    # What was answered to a request is JSON, or else nothing to be read as text.
    readable = value.decode(errors="replace") if isinstance(value, bytes) else value
    return to_jsonable_python(readable)


def _naming(session: AsyncSession, table: sa.Table, user: User) -> list[sa.ColumnElement[bool]]:
    """Say which rows are about the person, or name them as who did something."""
    named = [table.c[column] == user.id for column in users_in(table)]
    actor = f"user:{user.id}"
    named += [table.c[column] == actor for column in TABLES[table.name].holding(Holds.ACTOR)]
    if table.name == "mails":
        named.append(table.c.recipient_mark == mark_of(settings_of(session), user.email))
    if "email" in table.columns:
        named.append(table.c.email == user.email)
    return named


def users_in(table: sa.Table) -> list[str]:
    """Name the columns of a table that hold the id of a user."""
    if table.name == "users":
        return ["id"]
    return [
        column.name
        for column in table.columns
        if column.name == "user_id"
        or any(key.column.table.name == "users" for key in column.foreign_keys)
    ]


def _is_shown(data_set: DataSet, column: sa.Column[Any]) -> bool:
    holds = TABLES[column.table.name].columns.get(column.name)
    if holds is None:
        return data_set.of_one_person or not isinstance(column.type, sa.Integer)
    return holds in SHOWN and (data_set.of_one_person or not isinstance(column.type, JSONB))


def authors_of(name: str) -> list[str]:
    """Name the columns of a table that say who wrote a row: by id, as an actor, or as editors."""
    table = Base.metadata.tables[name]
    editors = [column.name for column in table.columns if column.name == "editor_ids"]
    return [*users_in(table), *TABLES[name].holding(Holds.ACTOR), *editors]
