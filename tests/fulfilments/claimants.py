"""Who claims units at random, in plain SQL, past everything that the application says."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import asyncpg

from app.core.ids import new_id

LIVE = frozenset({"submitted", "approved"})
STATES = ("drafted", "submitted", "approved", "rejected", "returned", "revoked")
MOST_UNITS = 12
PROJECTS = (77, 78)

# The template gives every column that is not named, so that a new one needs no word here.
INSERT = """
    INSERT INTO fulfilments
    SELECT (jsonb_populate_record(template, said)).*
      FROM fulfilments template, jsonb_array_elements($1::jsonb) said
     WHERE template.id = $2
"""
CHANGE = """
    UPDATE fulfilments SET state = $2, quantity_units = $3, first_serial = $4, last_serial = $5,
           revoked_units = $6
     WHERE id = $1
"""
COPY = """
    INSERT INTO fulfilments
    SELECT (jsonb_populate_record(template, jsonb_build_object('id', $2::uuid))).*
      FROM fulfilments template WHERE id = $1
"""
ROWS = """
    SELECT id, state, first_serial, last_serial, revoked_units FROM fulfilments
     WHERE first_serial >> 32 = ANY($1)
"""
OVERLAPS = """
    SELECT count(*) FROM (
        SELECT first_serial, max(last_serial - revoked_units) OVER (
                   ORDER BY first_serial, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) AS taken_until
          FROM fulfilments WHERE state IN ('submitted', 'approved')
    ) live WHERE taken_until >= first_serial
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row as the database acknowledged it."""

    state: str
    first: int
    units: int
    revoked: int = 0

    @property
    def counted(self) -> range:
        """The serials that it counts, if it is live."""
        if self.state not in LIVE:
            return range(0)
        return range(self.first, self.first + self.units - self.revoked)

    @property
    def columns(self) -> dict[str, Any]:
        """What its row says."""
        return {
            "state": self.state,
            "quantity_units": self.units,
            "first_serial": self.first,
            "last_serial": self.first + self.units - 1,
            "revoked_units": self.revoked,
        }


@dataclass
class Claimant:
    """One connection, and what it knows of the rows that it made."""

    connection: asyncpg.Connection
    templates: Sequence[tuple[UUID, dict[str, str]]]
    """Rows to make others like, and who must have submitted and decided those."""
    serials: int
    dice: random.Random
    mine: dict[UUID, Claim] = field(default_factory=dict)
    ids: list[UUID] = field(default_factory=list)
    """Of its rows, in the order in which they were made."""
    seen: Counter[str] = field(default_factory=Counter)

    async def attempt(self) -> None:
        """Try something; the database takes it as a whole, or refuses it as a whole."""
        what = self.dice.choice(WHAT) if self.mine else Claimant.claim
        try:
            await what(self)
        except asyncpg.ExclusionViolationError as refused:
            if refused.constraint_name != "ex_fulfilments_counted_once":
                raise
            self.seen["refused"] += 1
        except asyncpg.DeadlockDetectedError:
            # Two that want the same serials may wait for one another: then one is turned away.
            self.seen["turned away"] += 1
        else:
            self.seen["taken"] += 1

    async def claim(self, at_once: int = 1) -> None:
        """Claim units anywhere, in any state."""
        template_id, people = self.dice.choice(self.templates)
        claims = {new_id(): self._anywhere(self.dice.choice(STATES)) for _ in range(at_once)}
        said = [{"id": str(id_), **people, **each.columns} for id_, each in claims.items()]
        await self.connection.execute(INSERT, json.dumps(said), template_id)
        self.mine |= claims
        self.ids += claims

    async def claim_some(self) -> None:
        """Claim several runs in one statement: all of them, or none."""
        await self.claim(self.dice.randint(2, 4))

    async def change(self) -> None:
        """Give a row another state."""
        id_, claim = self._one()
        await self._change(id_, _in_state(claim, self.dice.choice(STATES)))

    async def move(self) -> None:
        """Let a row take other units."""
        id_, claim = self._one()
        await self._change(id_, self._anywhere(claim.state))

    async def shrink(self) -> None:
        """Revoke the last units of what counts, or give them back."""
        id_, claim = self._one()
        revoked = self.dice.randrange(claim.units)
        await self._change(id_, replace(_in_state(claim, "approved"), revoked=revoked))

    async def copy(self) -> None:
        """Make a row once more under another id: of what is live that is always refused."""
        id_, claim = self._one()
        copied = new_id()
        await self.connection.execute(COPY, id_, copied)
        assert not claim.counted, f"{claim} is there twice"
        self.mine[copied] = claim
        self.ids.append(copied)

    async def _change(self, id_: UUID, claim: Claim) -> None:
        await self.connection.execute(CHANGE, id_, *claim.columns.values())
        self.mine[id_] = claim

    def _one(self) -> tuple[UUID, Claim]:
        id_ = self.dice.choice(self.ids)
        return id_, self.mine[id_]

    def _anywhere(self, state: str) -> Claim:
        first = (self.dice.choice(PROJECTS) << 32) + self.dice.randrange(1, self.serials)
        units = self.dice.randint(1, MOST_UNITS)
        return _in_state(Claim(state, first, units), state)


WHAT: tuple[Callable[[Claimant], Any], ...] = (
    *([Claimant.claim] * 4),
    *([Claimant.change] * 3),
    *(Claimant.claim_some, Claimant.move, Claimant.shrink, Claimant.copy),
)


def _in_state(claim: Claim, state: str) -> Claim:
    revoked = claim.units if state == "revoked" else 0
    return replace(claim, state=state, revoked=revoked)


def replayed(claims: Iterable[Claim]) -> tuple[int, int]:
    """Count the serials of live claims one by one: how many, and how many of them twice."""
    counted: set[int] = set()
    twice = 0
    for claim in claims:
        for serial in claim.counted:
            twice += serial in counted
            counted.add(serial)
    return len(counted), twice
