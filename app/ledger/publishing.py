"""Writing the chart of accounts into the database; every migration run does it, as the owner."""

from typing import TypeAlias

import sqlalchemy as sa

from app.ledger.chart import KINDS, Kind

Columns: TypeAlias = tuple[str | bool | int, ...]


class ChartChanged(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """A kind of account is not any more what entries were made with."""


def publish(connection: sa.Connection) -> None:
    """Add the kinds that the database does not know yet.

    Raises:
        ChartChanged: a kind that it knows is described otherwise, or gone.
    """
    known, wanted = _known(connection), _wanted()
    if otherwise := sorted(code for code in known if known[code] != wanted.get(code)):
        message = (
            f"The chart of accounts describes {', '.join(otherwise)} otherwise than the books that"
            " exist. Set it back, and add a new kind with a code of its own."
        )
        raise ChartChanged(message)
    for code in wanted.keys() - known.keys():
        connection.execute(sa.text(_ADD), dict(zip(_COLUMNS, wanted[code], strict=True)))


def changed(connection: sa.Connection) -> list[str]:
    """Name the kinds that the database describes otherwise than the chart, or lacks."""
    known, wanted = _known(connection), _wanted()
    return sorted(c for c in known.keys() | wanted.keys() if known.get(c) != wanted.get(c))


def _known(connection: sa.Connection) -> dict[str, Columns]:
    return {row.code: tuple(row) for row in connection.execute(sa.text(_KNOWN))}


def _wanted() -> dict[str, Columns]:
    return {code: _row(kind) for code, kind in KINDS.items()}


_COLUMNS = ("code", "book", "side", "kept_per", "limited", "lock_rank")
_KNOWN = f"SELECT {', '.join(_COLUMNS)} FROM ledger_kinds"  # noqa: S608  Names of our own.
_ADD = (
    "INSERT INTO ledger_kinds VALUES"
    " (:code, :book, CAST(:side AS ledger_side), :kept_per, :limited, :lock_rank)"
)


def _row(kind: Kind) -> Columns:
    return (
        kind.code,
        kind.book.value,
        kind.side.value,
        kind.kept_per.value,
        kind.limited,
        kind.lock_rank,
    )
