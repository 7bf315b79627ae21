"""The data map: what each table holds of people, why, how long, and what an erasure does with it.

A test insists that every column of text, JSON or bytes is classified. Have you made a new one? Find
the set of its table in `people`, `market` or `money` and say what it holds (`kinds.Holds`); a new
table joins the set that is kept for the same reason. Erasures, exports and the operators' table
follow from that: `baat data-map` writes the table.
"""

from app.privacy.data_map import audits, market, money, people
from app.privacy.data_map.kinds import DataSet, Holds, Table, table

SETS: tuple[DataSet, ...] = (*people.SETS, *market.SETS, *money.SETS, *audits.SETS)

TABLES: dict[str, Table] = {each.name: each for data_set in SETS for each in data_set.tables}

__all__ = ["SETS", "TABLES", "DataSet", "Holds", "Table", "as_table", "columns", "table"]


def columns(kind: Holds) -> list[tuple[str, str]]:
    """Name every table and column that holds this, in the order of the map."""
    return [(each.name, column) for each in TABLES.values() for column in each.holding(kind)]


def as_table() -> str:
    """Write the map for people, as a table in Markdown."""
    head = ["| what, and where | holds | why | how long | an erasure |", "| - | - | - | - | - |"]
    return "\n".join(head + [_row(data_set) for data_set in SETS]) + "\n"


def _row(data_set: DataSet) -> str:
    names = ", ".join(f"`{each.name}`" for each in data_set.tables)
    cells = (data_set.what, data_set.why, data_set.how_long, data_set.erasure)
    return f"| **{data_set.title}**: {names} | " + " | ".join(cells) + " |"
