"""Dashboards on the wire: every figure with a link to the rows behind it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, View
from app.fulfilments.dashboards.figures import (
    AuthorityFigures,
    Claims,
    CompanyFigures,
    OfKind,
    Source,
)
from app.fulfilments.dashboards.linking import Links
from app.fulfilments.dashboards.spreading import Cell, reached
from app.fulfilments.models import FulfilmentKind, FulfilmentState
from app.fulfilments.schemas.standings import Href
from app.obligations.models import ObligationState
from app.obligations.queries.contracts import Completeness
from app.obligations.queries.standing import Standing
from app.obligations.queries.standings import (
    AgeClass,
    StandingCase,
    Totals,
)


class CountView(View):
    """How many, and which."""

    count: int
    href: Href


class AmountView(View):
    """How much, and of what it adds up."""

    cents: int
    href: Href
    member: Annotated[str, Field(description="The member of those rows that adds up to it.")]


class TotalsView(View):
    """Obligations added up, in cents of social-return value.

    Always imposed + surplus = open + provisional + approved + waived + sanctioned.
    """

    obligations: CountView
    imposed: AmountView
    surplus: AmountView
    open: AmountView
    provisional: AmountView
    approved: AmountView
    waived: AmountView
    sanctioned: AmountView

    @classmethod
    def of(cls, totals: Totals, href: str) -> Self:
        """Show totals; `href` leads to the obligations."""
        standing = totals.standing

        def amount(cents: int, member: str) -> AmountView:
            return AmountView(cents=cents, href=href, member=member)

        return cls(
            obligations=CountView(count=totals.obligations, href=href),
            imposed=amount(standing.imposed, "imposedCents"),
            surplus=amount(standing.surplus, "surplusCents"),
            open=amount(standing.owed, "openCents"),
            provisional=amount(standing.provisional, "provisionalCents"),
            approved=amount(standing.fulfilled, "approvedCents"),
            waived=amount(standing.waived, "waivedCents"),
            sanctioned=amount(standing.sanctioned, "sanctionedCents"),
        )


class KindFigureView(View):
    """What counts of one kind."""

    kind: FulfilmentKind
    fulfilments: int
    approved: AmountView

    @classmethod
    def of(cls, found: OfKind, links: Links) -> Self:
        """Show one."""
        href = links.at("recognised-fulfilments", kind=found.kind.value)
        amount = AmountView(cents=found.cents, href=href, member="cents")
        return cls(kind=found.kind, fulfilments=found.fulfilments, approved=amount)


class CellView(View):
    """What counts for a target group, or in a municipality."""

    name: Annotated[str, Field(examples=["ww", "GM0599"])]
    people: Annotated[
        int | None, Field(description="Null: too few to show, or it would give away another.")
    ]
    approved_cents: Annotated[int | None, Field(description="Null where people is.")]
    is_suppressed: bool
    href: Annotated[str | None, Field(json_schema_extra={"format": "uri-reference"})]

    @classmethod
    def of(cls, cell: Cell, href: str) -> Self:
        """Show one; what is suppressed leads nowhere."""
        return cls(
            name=cell.name,
            people=cell.people,
            approved_cents=cell.cents,
            is_suppressed=cell.is_suppressed,
            href=None if cell.is_suppressed else href,
        )


class ReachedView(View):
    """Whom it reached: the placements, and whom the plans of projects promise; no small counts."""

    smallest_count: Annotated[
        int | None,
        Field(
            description="Fewer people are not shown, by the authority's rules; null: the rules are"
            " silent, and no people are shown."
        ),
    ]
    people: Annotated[int | None, Field(description="Of all of it; null: too few to show.")]
    href: Href
    by_target_group: list[CellView]
    by_municipality: list[CellView]

    @classmethod
    def of(cls, sources: Sequence[Source], smallest: int | None, links: Links) -> Self:
        """Show whom projects reached, small counts suppressed."""
        found = reached(sources, smallest)
        return cls(
            smallest_count=smallest,
            people=found.people,
            href=links.at("reach"),
            by_target_group=[
                CellView.of(cell, links.at("reach", targetGroup=cell.name))
                for cell in found.by_target_group
            ],
            by_municipality=[
                CellView.of(cell, links.at("reach", municipality=cell.name))
                for cell in found.by_municipality
            ],
        )


class AgeClassView(View):
    """What is open and so many days overdue."""

    from_days: Annotated[int | None, Field(description="Null: not overdue.")]
    to_days: Annotated[int | None, Field(description="Null: without an end.")]
    obligations: CountView
    open: AmountView

    @classmethod
    def of(cls, found: AgeClass, links: Links) -> Self:
        """Show one."""
        days = {"fromDays": found.from_days, "toDays": found.to_days}
        href = links.at("standings", case=StandingCase.OPEN.value, **days)
        return cls(
            from_days=found.from_days,
            to_days=found.to_days,
            obligations=CountView(count=found.obligations, href=href),
            open=AmountView(cents=found.owed, href=href, member="openCents"),
        )


class StateFigureView(View):
    """How many obligations are in a state now."""

    state: ObligationState
    obligations: CountView

    @classmethod
    def of(cls, state: ObligationState, count: int, links: Links) -> Self:
        """Show one."""
        href = links.now("obligations", state=state.value)
        return cls(state=state, obligations=CountView(count=count, href=href))


class CaseView(View):
    """What somebody should look at."""

    case: Annotated[str, Field(examples=["overdue"])]
    rows: CountView

    @classmethod
    def of_standings(cls, totals: Totals, links: Links) -> list[Self]:
        """Show what is the matter with obligations."""
        return [
            cls.of(case.value, count, links.at("standings", case=case.value))
            for case, count in totals.cases.items()
        ]

    @classmethod
    def of_claims(cls, claims: Claims, links: Links) -> list[Self]:
        """Show claims that wait, that count no more, and about which an objection waits."""
        contested = links.now("fulfilments", contested="true")
        return [
            *(
                cls.of(
                    f"claims-{state}",
                    claims.states.get(state, 0),
                    links.now("fulfilments", state=state.value),
                )
                for state in _LOOKED_AT
            ),
            cls.of("claims-contested", claims.contested, contested),
        ]

    @classmethod
    def of(cls, case: str, count: int, href: str) -> Self:
        """Show one."""
        return cls(case=case, rows=CountView(count=count, href=href))


_LOOKED_AT = (FulfilmentState.SUBMITTED, FulfilmentState.RETURNED, FulfilmentState.REVOKED)


class ShareView(View):
    """What was realised of what was imposed."""

    imposed_cents: int
    approved_cents: int
    basis_points: Annotated[
        int | None, Field(description="Rounded down; null where nothing was imposed.")
    ]

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """Show a share: surplus is no part of what was imposed."""
        realised = max(0, standing.fulfilled - standing.surplus)
        share = realised * 10_000 // standing.imposed if standing.imposed else None
        return cls(
            imposed_cents=standing.imposed, approved_cents=standing.fulfilled, basis_points=share
        )


class CompanyDashboardView(View):
    """How a company stands with all it owes, to whomever."""

    organisation_id: UUID
    as_of: Moment | None
    position: int | None
    totals: TotalsView
    next_deadline_on: Annotated[
        date | None, Field(description="The first day on which something that is open is due.")
    ]
    cases: list[CaseView]
    by_kind: list[KindFigureView]
    certificates: CountView

    @classmethod
    def of(cls, figures: CompanyFigures, links: Links) -> Self:
        """Show the figures of a company."""
        totals = figures.totals
        return cls(
            organisation_id=links.owner_id,
            as_of=links.clock.moment,
            position=links.clock.position,
            totals=TotalsView.of(totals, links.at("standings")),
            next_deadline_on=totals.next_deadline_on,
            cases=[
                *CaseView.of_standings(totals, links),
                *CaseView.of_claims(figures.claims, links),
            ],
            by_kind=[KindFigureView.of(each, links) for each in figures.kinds],
            certificates=CountView(count=figures.certificates, href=links.now("certificates")),
        )


class AuthorityDashboardView(View):
    """How an authority's obligations are going."""

    authority_id: UUID
    as_of: Moment | None
    position: int | None
    rules_id: Annotated[
        UUID | None, Field(description="The rules that say what is too small, and how debts age.")
    ]
    totals: TotalsView
    realised: Annotated[ShareView, Field(description="Of all that was imposed.")]
    realised_of_due: Annotated[
        ShareView, Field(description="Of what should be fulfilled by now: the contract has ended.")
    ]
    ageing: list[AgeClassView]
    by_state: list[StateFigureView]
    by_kind: list[KindFigureView]
    reached: ReachedView
    cases: list[CaseView]

    @classmethod
    def of(cls, figures: AuthorityFigures, links: Links) -> Self:
        """Show the figures of an authority."""
        totals, reporting = figures.totals, figures.reporting
        smallest = reporting.smallest_count if reporting else None
        return cls(
            authority_id=links.owner_id,
            as_of=links.clock.moment,
            position=links.clock.position,
            rules_id=figures.rules.id if figures.rules else None,
            totals=TotalsView.of(totals, links.at("standings")),
            realised=ShareView.of(totals.standing),
            realised_of_due=ShareView.of(totals.due),
            ageing=[AgeClassView.of(each, links) for each in totals.ageing],
            by_state=[
                StateFigureView.of(state, count, links) for state, count in figures.states.items()
            ],
            by_kind=[KindFigureView.of(each, links) for each in figures.kinds],
            reached=ReachedView.of(figures.sources, smallest, links),
            cases=[
                *CaseView.of_standings(totals, links),
                *CaseView.of_claims(figures.claims, links),
                *_of_contracts(figures.contracts, links),
            ],
        )


def _of_contracts(found: Completeness, links: Links) -> list[CaseView]:
    return [
        CaseView.of(
            "contracts-without-clause",
            found.without_clause,
            links.now("contracts", clauseMissing="true"),
        ),
        CaseView.of(
            "contracts-reporting-in-late",
            found.reporting_in_late,
            links.now("contracts", reportInLate="true"),
        ),
    ]
