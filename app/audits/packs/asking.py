"""What a pack is made of: whose year, as known when, and what others were called then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.audits.packs.cutting import Cut
from app.ledger.exports.years import BookYear


class Named(BaseModel):
    """An organisation as it was called when a pack was asked for: that changes in place."""

    model_config = ConfigDict(frozen=True)

    name: str
    country: str
    register_number: str
    vat_id: str | None


class Facts(BaseModel):
    """What changes in place, and so is written down when a pack is asked for."""

    model_config = ConfigDict(frozen=True)

    origin: str
    """Of the log."""
    public_url: str
    is_test: bool
    software_version: str
    scheme_code: str
    scheme_name: dict[str, str]
    unit_name: str
    operator: Named
    authority: Named
    organisations: dict[UUID, Named]
    """Who has accounts in the scheme's book of money, or claims something of the authority."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A pack, as it is made from nothing but this and the rows that only grow."""

    scheme_id: UUID
    authority_id: UUID
    year: int
    cut: Cut
    has_books: bool
    """Of the scheme: money and impact."""
    has_obligations: bool
    """And the authority's book of social return."""
    facts: Facts

    @property
    def moment(self) -> datetime:
        """As of when its tables tell how things stand: the end of the year, or the cut before."""
        return min(self.cut.known_at, self.books.ends - timedelta(microseconds=1))

    @property
    def books(self) -> BookYear:
        """The year of the scheme."""
        return BookYear(self.scheme_id, self.year, self.cut.position)

    @property
    def social_return(self) -> BookYear:
        """The year of the authority."""
        return BookYear(self.authority_id, self.year, self.cut.position)

    @property
    def stem(self) -> str:
        """What its file is called."""
        return f"audit-pack-{self.facts.scheme_code}-{self.year}"
