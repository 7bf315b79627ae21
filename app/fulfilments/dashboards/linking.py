"""Where the rows behind a figure are."""

from dataclasses import dataclass
from datetime import UTC
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from app.obligations.queries.standings import Clock

OBLIGATIONS = "/v1/obligations"


@dataclass(frozen=True, slots=True)
class Links:
    """Paths below one organisation or authority, as of the clock that its figures have."""

    owner_id: UUID
    path: str
    clock: Clock

    @classmethod
    def of_authority(cls, authority_id: UUID, clock: Clock) -> Self:
        """Make those of an authority."""
        return cls(authority_id, f"/v1/authorities/{authority_id}", clock)

    @classmethod
    def of_organisation(cls, organisation_id: UUID, clock: Clock) -> Self:
        """Make those of an organisation."""
        return cls(organisation_id, f"/v1/organisations/{organisation_id}", clock)

    def now(self, rest: str, **query: object) -> str:
        """Lead to rows as they are now."""
        asked = {name: value for name, value in query.items() if value is not None}
        return f"{self.path}/{rest}" + (f"?{urlencode(asked)}" if asked else "")

    def at(self, rest: str, **query: object) -> str:
        """Lead to rows as of the clock."""
        return self.now(rest, **query, **clocked(self.clock))


def moves(obligation_id: UUID, account: str, clock: Clock) -> str:
    """Lead to what happened to an account of an obligation."""
    query = urlencode({"account": account, **clocked(clock)})
    return f"{OBLIGATIONS}/{obligation_id}/moves?{query}"


def clocked(clock: Clock) -> dict[str, object]:
    """Say in a query which clock is meant."""
    query: dict[str, object] = {}
    if clock.moment is not None:
        query["asOf"] = clock.moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if clock.position is not None:
        query["position"] = clock.position
    return query
