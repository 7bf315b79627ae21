"""What is compared: hand-written SQL, our door, and pgledger, each as a script of pgbench.

A shape is a number of lines and what the last one touches: one of many accounts, one limited
account that every entry touches, or one without a limit. All contenders draw the other accounts at
random, and lock them in ascending order, the hot one last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.ledger.chart import BANK, FEE_INCOME, UNALLOCATED, Book, Kind, ledger_id

ACCOUNTS = 12_000
FIRST = 100_000_000_000
"""The accounts' numbers have twelve digits, so that a UUID can be made by appending one."""
OWNERS = "00000000-0000-7000-8000-"
KEEPER = UUID("00000000-0000-7000-9000-000000000000")
LEDGER = ledger_id(KEEPER, Book.MONEY)
PLENTY = 10**10


class Last(StrEnum):
    """What the last line of every entry touches."""

    SPREAD = "spread"
    HOT = "hot limited"
    UNLIMITED = "hot unlimited"

    @property
    def kind(self) -> Kind:
        """The kind of that account in our books."""
        return {Last.SPREAD: UNALLOCATED, Last.HOT: FEE_INCOME, Last.UNLIMITED: BANK}[self]


@dataclass(frozen=True)
class Shape:
    """The form of the entries that are posted."""

    lines: int
    last: Last

    def __str__(self) -> str:
        return f"{self.lines} lines, {self.last}"

    @property
    def draws(self) -> list[str]:
        """The variables that pgbench draws, one for each line, in ascending order."""
        step = ACCOUNTS // self.lines
        names = [
            rf"\set a{n} random({FIRST + n * step}, {FIRST + (n + 1) * step - 1})"
            for n in range(self.lines)
        ]
        if self.last is not Last.SPREAD:
            names[-1] = rf"\set a{self.lines - 1} {FIRST + ACCOUNTS}"
        return [*names, r"\set amount random(1, 100)"]


def floor(shape: Shape) -> str:
    """Call the hand-written function."""
    accounts = ", ".join(f":a{n}" for n in range(shape.lines))
    call = f"SELECT floor_post_{shape.lines}(uuidv7(), 'bench/' || uuidv7(), {accounts}, :amount);"
    return "\n".join([*shape.draws, call])


def floor_schema(sizes: Sequence[int]) -> str:
    """Make what the floor is measured on: the rows of an entry, with their indexes."""
    return "\n".join([_FLOOR, *map(_floor_function, sizes)])


_FLOOR = f"""
CREATE TABLE floor_accounts (id bigint PRIMARY KEY, posted bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO floor_accounts SELECT {FIRST} + n, {PLENTY} FROM generate_series(0, {ACCOUNTS}) n;
CREATE TABLE floor_entries (
    id uuid PRIMARY KEY, kind text NOT NULL, reference text NOT NULL, narration text NOT NULL,
    occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL
);
CREATE TABLE floor_lines (
    entry_id uuid NOT NULL, account_id bigint NOT NULL, amount bigint NOT NULL,
    ledger_id uuid NOT NULL, about_id uuid NOT NULL, side ledger_side NOT NULL,
    position smallint NOT NULL, PRIMARY KEY (entry_id, position)
);
CREATE INDEX ON floor_lines (account_id, entry_id) INCLUDE (side, amount);
"""


def _floor_function(lines: int) -> str:
    accounts = ", ".join(f"a{n} bigint" for n in range(lines))
    sides = ("debit", "credit")
    rows = ", ".join(
        f"(p_id, a{n}, p_amount, '{LEDGER}', p_id, '{sides[n % 2]}', {n + 1})" for n in range(lines)
    )
    updates = "\n    ".join(
        f"UPDATE floor_accounts SET posted = posted {'-+'[n % 2]} p_amount WHERE id = a{n};"
        for n in range(lines)
    )
    return f"""
CREATE FUNCTION floor_post_{lines}(p_id uuid, p_reference text, {accounts}, p_amount bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO floor_entries VALUES (p_id, 'bench.moved', p_reference, 'A transfer', now(), now());
    INSERT INTO floor_lines VALUES {rows};
    {updates}
END $$;
"""


def door(shape: Shape) -> str:
    """Call our door as the application does for one entry, its arrays made of scalars."""
    lines = [_DoorLine(n, shape) for n in range(shape.lines)]
    # An account without a limit has no place in the order of locks; Python sends it first.
    lines.sort(key=lambda line: line.kind.lock_rank)
    columns = (
        f"ARRAY[{', '.join(str(line.number + 1) for line in lines)}]::smallint[]",
        f"{_array(_LEDGER, len(lines))}::uuid[]",
        f"ARRAY[{', '.join(repr(line.kind.code) for line in lines)}]",
        f"ARRAY[{', '.join(line.owner for line in lines)}]",
        f"ARRAY[{', '.join(str(line.number % 2 == 0).lower() for line in lines)}]",
        f"{_array(':amount', len(lines))}::bigint[]",
        f"{_array(_KEEPER, len(lines))}::uuid[]",
    )
    call = (
        "SELECT entry FROM ledger_enter(now(), uuidv7(), 'bench/' || uuidv7(), 'bench.moved',"
        f" 'A transfer', now(), '', {', '.join(columns)});"
    )
    return "\n".join([*shape.draws, call])


@dataclass(frozen=True)
class _DoorLine:
    number: int
    shape: Shape

    @property
    def kind(self) -> Kind:
        return self.shape.last.kind if self.number == self.shape.lines - 1 else UNALLOCATED

    @property
    def owner(self) -> str:
        if self.kind is UNALLOCATED:
            return f"('{OWNERS}' || :a{self.number})::uuid"
        return f"'{KEEPER}'::uuid"


_LEDGER, _KEEPER = f"'{LEDGER}'", f"'{KEEPER}'"


def _array(item: str, times: int) -> str:
    return f"ARRAY[{', '.join([item] * times)}]"


def books() -> str:
    """Open the accounts of the benchmark in our books, and give each plenty, through the door."""
    return f"""
SELECT ledger_open('{LEDGER}', '{KEEPER}', 'money', now());
SELECT ledger_post(now(), true, ARRAY['entry'], ARRAY[uuidv7()], ARRAY['bench/plenty'],
       ARRAY['bench.opened'], ARRAY['Plenty for all'], ARRAY[now()], ARRAY[''],
       ARRAY[{ACCOUNTS + 2}]::smallint[], ARRAY[NULL::text], ARRAY[NULL::timestamptz],
       ARRAY[NULL::uuid], array_agg(1 ORDER BY n), array_agg(n::smallint ORDER BY n),
       array_agg('{LEDGER}'::uuid ORDER BY n), array_agg(kind ORDER BY n),
       array_agg(owner ORDER BY n), array_agg(kind = 'bank' ORDER BY n),
       array_agg(CASE kind WHEN 'bank' THEN {ACCOUNTS + 1} ELSE 1 END * {PLENTY} ORDER BY n),
       array_agg('{KEEPER}'::uuid ORDER BY n))
  FROM (
    SELECT 1 AS n, 'bank' AS kind, '{KEEPER}'::uuid AS owner
    UNION ALL
    SELECT n + 2, 'unallocated', ('{OWNERS}' || {FIRST} + n)::uuid
      FROM generate_series(0, {ACCOUNTS - 1}) n
    UNION ALL
    SELECT {ACCOUNTS + 2}, 'fee_income', '{KEEPER}'::uuid
  ) x;
"""


def pgledger(shape: Shape) -> str:
    """Call pgledger: a transfer is two lines."""
    transfers = ", ".join(
        f"('pgla_' || :a{n}, 'pgla_' || :a{n + 1}, :amount)::transfer_request"
        for n in range(0, shape.lines, 2)
    )
    call = f"SELECT id FROM pgledger_create_transfers(ARRAY[{transfers}]);"
    return "\n".join([*shape.draws, call])


PGLEDGER_ACCOUNTS = f"""
INSERT INTO pgledger_accounts (id, name, currency, balance, allow_negative_balance,
       allow_positive_balance, created_at, updated_at)
SELECT 'pgla_' || {FIRST} + n, 'account ' || n, 'EUR', {PLENTY}, false, true, now(), now()
  FROM generate_series(0, {ACCOUNTS}) n;
"""
