"""Figures of dashboards, as they are read and before they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.fulfilments.models import FulfilmentKind, FulfilmentState
from app.obligations.models import ObligationState, RuleVersion
from app.obligations.queries.contracts import Completeness
from app.obligations.queries.standings import Totals
from app.obligations.rules import ReportingTerms


@dataclass(frozen=True, slots=True)
class OfKind:
    """What counts of one kind."""

    kind: FulfilmentKind
    fulfilments: int
    cents: int


@dataclass(frozen=True, slots=True)
class Group:
    """How many people of a target group, and what part of the value is theirs."""

    people: int
    weight: int


@dataclass(frozen=True, slots=True)
class Source:
    """A project whose units count, or a claim for placements: whom it is for, and how much."""

    id: UUID
    """Of the project, or of the fulfilment."""
    kind: FulfilmentKind
    title: Mapping[str, str] | None
    municipality: str | None
    """None: nobody says where."""
    groups: Mapping[str, Group]
    """A project's as its plan promises, whoever else bought of it."""
    cents: int

    @property
    def people(self) -> int:
        """How many people of all groups."""
        return sum(group.people for group in self.groups.values())


@dataclass(frozen=True, slots=True)
class Claims:
    """How claims are going."""

    states: Mapping[FulfilmentState, int]
    contested: int
    """About so many an objection waits."""


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """How a company stands with all it owes."""

    totals: Totals
    kinds: Sequence[OfKind]
    claims: Claims
    certificates: int


@dataclass(frozen=True, slots=True)
class AuthorityFigures:
    """How an authority's obligations are going."""

    rules: RuleVersion | None
    reporting: ReportingTerms | None
    totals: Totals
    states: Mapping[ObligationState, int]
    kinds: Sequence[OfKind]
    sources: Sequence[Source]
    claims: Claims
    contracts: Completeness
