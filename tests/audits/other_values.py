"""What somebody may write into a column instead of what stands there."""

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa


def others(value: object, column: sa.Column[Any], chance: random.Random) -> Sequence[object]:
    """List what a value may become; what of it does not matter is drawn."""
    kind = column.type
    if isinstance(kind, sa.Enum):
        found: Sequence[object] = kind.enums
    else:
        found = _made_up(kind, chance) if value is None else _changed(value, chance)
    nothing = [None] if column.nullable else []
    return [each for each in (*found, *nothing) if each != value]


def _made_up(kind: object, chance: random.Random) -> Sequence[object]:
    made: dict[type, object] = {
        sa.Uuid: uuid4(),
        sa.BigInteger: chance.randrange(1, 1_000),
        sa.Integer: chance.randrange(1, 1_000),
        sa.Text: "tampered",
        sa.DateTime: datetime.now().astimezone() - timedelta(days=chance.randrange(1, 400)),
        sa.Date: date(2025, 1, 1) + timedelta(days=chance.randrange(400)),
    }
    return [value for each, value in made.items() if isinstance(kind, each)][:1]


def _changed(value: object, chance: random.Random) -> Sequence[object]:
    for kinds, change in _CHANGES:
        if isinstance(value, kinds):
            return change(value, chance)
    return []


def _numbers(value: Any, _chance: random.Random) -> Sequence[object]:  # noqa: ANN401  Whole, or decimal.
    return [max(0, value + more) for more in (-1, 1, 100)] if value else [1]


def _texts(value: str, _chance: random.Random) -> Sequence[object]:
    return [value[:-1] + ("x" if value[-1:] != "x" else "y")]


def _bytes(value: bytes, chance: random.Random) -> Sequence[object]:
    at = chance.randrange(len(value))
    return [value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]]


def _objects(value: dict[str, Any], chance: random.Random) -> Sequence[object]:
    return [
        {**value, name: other}
        for name, inner in sorted(value.items())
        for other in ([1] if inner in (None, "", [], {}) else _changed(inner, chance))
    ]


def _lists(value: list[Any], chance: random.Random) -> Sequence[object]:
    if not value:
        return [["tampered"]]
    return [[*value[:-1], other] for other in _changed(value[-1], chance)]


_CHANGES: Sequence[tuple[Any, Callable[[Any, random.Random], Sequence[object]]]] = (
    (bool, lambda value, _: [not value]),
    ((int, Decimal), _numbers),
    (str, _texts),
    (bytes, _bytes),
    (UUID, lambda _value, _chance: [uuid4()]),
    ((datetime, date), lambda value, chance: [value - timedelta(days=chance.randrange(1, 400))]),
    (dict, _objects),
    (list, _lists),
)
