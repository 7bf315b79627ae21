"""Writing the chart of accounts into the database; every migration run does it, as the owner."""

import sqlalchemy as sa

from app.ledger.chart import KINDS, Kind


class ChartChanged(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """A kind of account is not any more what entries were made with."""


def publish(connection: sa.Connection) -> None:
    """Add the kinds that the database does not know yet.

    Raises:
        ChartChanged: a kind that it knows is described otherwise, or gone.
    """
    known = {row.code: tuple(row) for row in connection.execute(sa.text(_KNOWN))}
    wanted = {code: _row(kind) for code, kind in KINDS.items()}
    if changed := sorted(code for code in known if known[code] != wanted.get(code)):
        message = (
            f"The chart of accounts describes {', '.join(changed)} otherwise than the books that"
            " exist. Set it back, and add a new kind with a code of its own."
        )
        raise ChartChanged(message)
    for code in wanted.keys() - known.keys():
        connection.execute(sa.text(_ADD), dict(zip(_COLUMNS, wanted[code], strict=True)))


_COLUMNS = ("code", "book", "side", "kept_per", "limited", "lock_rank")
_KNOWN = f"SELECT {', '.join(_COLUMNS)} FROM ledger_kinds"  # noqa: S608  Names of our own.
_ADD = (
    "INSERT INTO ledger_kinds VALUES"
    " (:code, :book, CAST(:side AS ledger_side), :kept_per, :limited, :lock_rank)"
)


def _row(kind: Kind) -> tuple[str | bool | int, ...]:
    return (
        kind.code,
        kind.book.value,
        kind.side.value,
        kind.kept_per.value,
        kind.limited,
        kind.lock_rank,
    )
