"""What a column can hold of people, and how a table says so."""

from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What a column of text, JSON or bytes holds. Ids, figures, dates and choices hold nobody."""

    FACTS = "facts"
    """Names of things, codes, hashes, figures: nothing of a person."""
    ORGANISATION = "organisation"
    """What stands in a trade register, or what an organisation says of itself."""
    ACTOR = "actor"
    """`user:<id>`: a pseudonym, and nobody's once the user is erased."""
    PERSON = "person"
    """Of one person: an erasure removes or empties it by a rule of its own."""
    WORDS = "words"
    """What somebody wrote: an erasure masks what names the person."""
    LAW = "law"
    """Of a payer or a payee: tax law has it kept for years, and the house erases it afterwards."""
    COMMITTED = "committed"
    """What the books or the public log committed to: written so that it names nobody."""
    SEALED = "sealed"
    """A hash, or sealed: nobody reads it, and no export shows it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what its columns of text, JSON and bytes hold."""

    name: str
    columns: dict[str, Holds]

    def holding(self, kind: Holds) -> tuple[str, ...]:
        """Name the columns that hold this."""
        return tuple(column for column, holds in self.columns.items() if holds is kind)


def table(name: str, **kinds: str) -> Table:
    """Classify a table: `table("events", facts="type", actor="actor", words="data")`.

    Raises:
        ValueError: a kind does not exist, or a column is named twice.
    """
    columns: dict[str, Holds] = {}
    for kind, names in kinds.items():
        for column in names.split():
            if column in columns:
                message = f"{name}.{column} is classified twice."
                raise ValueError(message)
            columns[column] = Holds(kind)
    return Table(name, columns)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Tables that hold the same of people, for the same reason and as long: a row of the map."""

    title: str
    what: str
    """What they hold of people."""
    why: str
    """On which ground (GDPR article 6)."""
    how_long: str
    erasure: str
    """What an erasure does with it."""
    tables: tuple[Table, ...]
    of_one_person: bool = False
    """Whether a row belongs to one person: then an export gives all of it, JSON too."""
