"""What every column holds of people is said, and operators read the same."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

import app.tables  # noqa: F401  Brings in every table.
from app.core.database import Base
from app.privacy import data_map
from app.privacy.data_map import SETS, TABLES, Holds, table
from app.privacy.queries import held
from tests.conftest import PROJECT

COULD_HOLD = (sa.Text, sa.String, sa.JSON, sa.LargeBinary, sa.ARRAY, TSVECTOR)


def could_hold_people(column: sa.Column[object]) -> bool:
    kind = column.type
    if isinstance(kind, sa.ARRAY) and isinstance(kind.item_type, sa.Uuid):
        return False
    return isinstance(kind, COULD_HOLD) and not isinstance(kind, sa.Enum)


def test_every_column_that_could_hold_people_is_in_the_data_map() -> None:
    unsaid, gone = [], []
    for name, stored in Base.metadata.tables.items():
        said = TABLES[name].columns if name in TABLES else {}
        texts = {column.name for column in stored.columns if could_hold_people(column)}
        unsaid += [f"{name}.{column}" for column in sorted(texts - said.keys())]
        unsaid += [] if name in TABLES else [name]
        gone += [f"{name}.{column}" for column in sorted(said.keys() - texts)]

    assert unsaid == [], "say in app/privacy/data_map what these hold of people"
    assert gone == [], "these are in the data map and in no table"
    assert set(TABLES) == set(Base.metadata.tables)


def test_each_table_stands_in_one_row_of_the_map_and_each_column_is_said_once() -> None:
    names = [each.name for data_set in SETS for each in data_set.tables]

    assert len(names) == len(set(names))
    with pytest.raises(ValueError, match="classified twice"):
        table("things", facts="name", words="name")
    with pytest.raises(ValueError, match="gossip"):
        table("things", gossip="name")


def test_what_people_wrote_can_be_masked_and_whose_it_is_can_be_found() -> None:
    words = data_map.columns(Holds.WORDS)

    for name, column in words:
        kind = Base.metadata.tables[name].c[column].type
        assert isinstance(kind, sa.Text | sa.JSON), (name, column)
        assert not name.startswith(("ledger", "log_")), name
    assert ("fulfilment_decisions", "reason") in words
    assert held.authors_of("fulfilment_decisions") == ["decided_by"]
    assert held.authors_of("authority_rules") == ["published_by_id", "editor_ids"]
    assert held.authors_of("users") == ["id"]


def test_where_a_row_names_several_people_it_is_said_who_wrote_what() -> None:
    unsaid = [
        f"{each.name}.{column}"
        for data_set in SETS
        for each in data_set.tables
        for column in each.holding(Holds.WORDS)
        if not data_set.of_one_person
        and len(held.authors_of(each.name)) > 1
        and isinstance(Base.metadata.tables[each.name].c[column].type, sa.Text)
        and column not in held.WRITTEN_BY.get(each.name, {})
    ]

    # Why one was erased nobody reads who was; a failure is the bank's word.
    assert sorted(unsaid) == [
        *("authority_rules.reason", "erasures.reason"),
        *("outgoings.failure", "scheme_policies.reason"),
    ]
    for name, written in held.WRITTEN_BY.items():
        assert set(written) <= set(TABLES[name].holding(Holds.WORDS))
        assert set(written.values()) <= set(held.authors_of(name))


def test_operators_read_the_map_as_it_is() -> None:
    assert data_map.as_table() in (PROJECT / "OPERATIONS.md").read_text()
