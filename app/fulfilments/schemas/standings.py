"""The rows behind the figures of dashboards, on the wire."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from app.core.paging import PageRequest
from app.core.wire import Moment, View
from app.fulfilments.dashboards.figures import Source
from app.fulfilments.dashboards.linking import Links, moves
from app.fulfilments.dashboards.spreading import shares
from app.fulfilments.models import FulfilmentKind
from app.obligations.models import ObligationState
from app.obligations.queries.moves import ObligationAccount
from app.obligations.queries.standings import Clock, ObligationStanding, StandingCase
from app.obligations.schemas.obligations import BalanceRequest

Href = Annotated[
    str,
    Field(
        description="The rows behind it: a path on this server; read on with `next`.",
        json_schema_extra={"format": "uri-reference"},
    ),
]
Days = Annotated[int, Field(ge=-100_000, le=100_000)]


class StandingsRequest(BalanceRequest, PageRequest):
    """Which obligations, as they stood or were known to stand when."""

    state: Annotated[
        ObligationState | None, Field(description="Only those that are in this state now.")
    ] = None
    case: Annotated[
        StandingCase | None, Field(description="Only those with which this is the matter.")
    ] = None
    from_days: Annotated[
        Days | None,
        Field(description="Overdue so many days at the least; negative: due in so many."),
    ] = None
    to_days: Annotated[
        Days | None, Field(description="Overdue so many days at the most.", examples=[30])
    ] = None

    def narrowing(self) -> dict[str, Any]:
        """Give what it is narrowed by."""
        return {name: getattr(self, name) for name in ("state", "case", "from_days", "to_days")}


class RecognisedRequest(BalanceRequest, PageRequest):
    """Which recognised fulfilments, as of when."""

    kind: Annotated[FulfilmentKind | None, Field(description="Only those of this kind.")] = None
    obligation_id: Annotated[UUID | None, Field(description="Only those for this obligation.")] = (
        None
    )


class ReachRequest(BalanceRequest, PageRequest):
    """Which projects and placements that count, as of when."""

    target_group: Annotated[
        str | None,
        Field(
            pattern="^[a-z0-9]+(-[a-z0-9]+)*$",
            max_length=60,
            description="Only what they are for this group.",
            examples=["ww"],
        ),
    ] = None
    municipality: Annotated[
        str | None,
        Field(
            pattern="^(GM[0-9]{4}|unknown)$",
            description="Only those in this municipality.",
            examples=["GM0599"],
        ),
    ] = None


class MovesRequest(BalanceRequest, PageRequest):
    """Which account of an obligation, as of when."""

    account: Annotated[ObligationAccount, Field(description="What is open, if none is named.")] = (
        ObligationAccount.OWED
    )


class StandingLinksView(View):
    """What happened to each account of the obligation: `cents` of the rows adds up to it."""

    imposed: Href
    surplus: Href
    open: Href
    provisional: Href
    approved: Href
    waived: Href
    sanctioned: Href
    certificates: Href


class StandingView(View):
    """A contract's obligation: what is due, filled, open, and until when."""

    id: Annotated[UUID, Field(description="Of the obligation.")]
    contract_id: UUID
    reference: str
    title: str
    authority_id: UUID
    authority_name: str
    state: ObligationState
    due_on: date
    deadline_on: Annotated[
        date | None,
        Field(description="By when it should be fulfilled; null where it is closed."),
    ]
    imposed_cents: int
    surplus_cents: int
    open_cents: int
    provisional_cents: int
    approved_cents: int
    waived_cents: int
    sanctioned_cents: int
    certificates: int
    links: StandingLinksView

    @classmethod
    def of(cls, found: ObligationStanding, certificates: int, links: Links) -> Self:
        """Show one."""
        standing, account = found.standing, _accounts(found.id, links.clock)
        return cls(
            id=found.id,
            contract_id=found.contract_id,
            reference=found.reference,
            title=found.title,
            authority_id=found.authority_id,
            authority_name=found.authority_name,
            state=found.state,
            due_on=found.due_on,
            deadline_on=found.deadline_on,
            imposed_cents=standing.imposed,
            surplus_cents=standing.surplus,
            open_cents=standing.owed,
            provisional_cents=standing.provisional,
            approved_cents=standing.fulfilled,
            waived_cents=standing.waived,
            sanctioned_cents=standing.sanctioned,
            certificates=certificates,
            links=StandingLinksView(
                **account, certificates=links.now("certificates", obligationId=found.id)
            ),
        )


def _accounts(obligation_id: UUID, clock: Clock) -> dict[str, str]:
    names = {"open": "owed", "approved": "fulfilled"}
    figures = ("imposed", "surplus", "open", "provisional", "approved", "waived", "sanctioned")
    return {name: moves(obligation_id, names.get(name, name), clock) for name in figures}


class MoveView(View):
    """What one entry did to an account of an obligation."""

    id: Annotated[UUID, Field(description="Of the entry.")]
    kind: str
    reference: str
    narration: str
    about_id: Annotated[UUID, Field(description="The fulfilment, allocation or obligation.")]
    occurred_at: Moment
    recorded_at: Moment
    cents: Annotated[int, Field(description="Negative where it took something off.")]


class RecognisedFulfilmentView(View):
    """What one fulfilment counts for."""

    id: Annotated[UUID, Field(description="Of the fulfilment.")]
    kind: FulfilmentKind
    obligation_id: UUID
    claimant_id: UUID
    project_id: UUID | None
    cents: int


class ReachView(View):
    """Whom a project, as its plan promises, or a claim for placements is for; and its value."""

    id: Annotated[UUID, Field(description="Of the project, or of the fulfilment.")]
    kind: Annotated[
        FulfilmentKind, Field(description="Units of a project, or placements of a fulfilment.")
    ]
    title: Annotated[dict[str, str] | None, Field(description="Of the project.")]
    municipality: Annotated[str | None, Field(description="Null: nobody says where.")]
    people: Annotated[int, Field(description="Of the target group that was asked for, or of all.")]
    approved_cents: Annotated[
        int, Field(description="The same; a project's is shared by the number of people.")
    ]

    @classmethod
    def of(cls, source: Source, target_group: str | None) -> Self:
        """Show one."""
        people, cents = source.people, source.cents
        if target_group is not None:
            people, cents = shares(source).get(target_group, (0, 0))
        return cls(
            id=source.id,
            kind=source.kind,
            title={**source.title} if source.title is not None else None,
            municipality=source.municipality,
            people=people,
            approved_cents=cents,
        )
