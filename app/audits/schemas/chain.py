"""From a figure to its evidence, on the wire: each view leads to the next one."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, field_validator

from app.audits.queries.fulfilments import FileRow, FulfilmentRow
from app.audits.queries.obligations import ContractRow, ObligationRow
from app.audits.schemas.lists import Href, ListRequest, NoHref, href
from app.core.wire import Moment, View
from app.fulfilments.models import (
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentState,
)
from app.obligations.models import ObligationState
from app.obligations.queries.moves import ObligationAccount
from app.orders.schemas.units import written

Cents = Annotated[int, Field(description="Of social-return value, as known at the position.")]
Sha256 = Annotated[
    str,
    Field(
        description="Of the content, in hexadecimal.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]


class ContractLinksView(View):
    """Where a contract leads to."""

    contract: Href
    obligation: NoHref


class AuditedContractView(View):
    """A contract, and the obligation that follows from it."""

    id: UUID
    authority_id: UUID
    reference: Annotated[str, Field(description="The authority's own number for it.")]
    title: str
    contractor_name: str | None
    contractor_number: Annotated[str | None, Field(description="In its register.")]
    awarded_on: date
    has_clause: bool
    is_cancelled: bool
    obligation_id: UUID | None
    obligation_state: ObligationState | None
    links: ContractLinksView

    @classmethod
    def of(cls, row: ContractRow) -> Self:
        """Show one."""
        there = row.obligation_id
        links = ContractLinksView(
            contract=href("audits/contracts", row.id),
            obligation=href("audits/obligations", there) if there else None,
        )
        return cls(**asdict(row), links=links)


class ObligationsRequest(ListRequest):
    """Which obligations of an authority."""

    figure: Annotated[
        ObligationAccount,
        Field(description="Only those that had something on this account at the position."),
    ] = ObligationAccount.IMPOSED


class ObligationLinksView(View):
    """Where an obligation leads to."""

    obligation: Href
    contract: Href
    fulfilments: Href
    entries: Href


class AuditedObligationView(View):
    """An obligation with what its accounts had, as known at a position.

    Always imposed + surplus = owed + provisional + fulfilled + waived + sanctioned.
    """

    id: UUID
    authority_id: UUID
    contract_id: UUID
    reference: Annotated[str, Field(description="Of the contract.")]
    title: str
    state: Annotated[ObligationState, Field(description="As it is now.")]
    due_on: date
    imposed_cents: Cents
    surplus_cents: Cents
    owed_cents: Cents
    provisional_cents: Cents
    fulfilled_cents: Cents
    waived_cents: Cents
    sanctioned_cents: Cents
    links: ObligationLinksView

    @classmethod
    def of(cls, row: ObligationRow, position: int) -> Self:
        """Show one."""
        at = {"position": position}
        links = ObligationLinksView(
            obligation=href("audits/obligations", row.id, **at),
            contract=href("audits/contracts", row.contract_id),
            fulfilments=href("audits/obligations", row.id, "fulfilments", **at),
            entries=href("audits/obligations", row.id, "entries", **at),
        )
        return cls(**asdict(row), links=links)


class FulfilmentLinksView(View):
    """Where a fulfilment leads to."""

    fulfilment: Href
    obligation: Href
    order: Annotated[NoHref, Field(description="The units that it rests on; null: it has none.")]
    entries: Href
    decisions: Href
    evidence: Href


class AuditedFulfilmentView(View):
    """A claim, what was decided about it, and what it counted for in the books."""

    id: UUID
    obligation_id: UUID
    authority_id: UUID
    kind: FulfilmentKind
    state: Annotated[FulfilmentState, Field(description="As it is now.")]
    claimant_id: UUID
    claimant_name: str
    quantity_units: Annotated[int, Field(description="Of RIKX; 0 for the other kinds.")]
    first_serial: Annotated[str | None, Field(examples=["12-1"])]
    last_serial: Annotated[str | None, Field(examples=["12-10"])]
    value_cents: Annotated[int, Field(description="As claimed, then as approved.")]
    counted_cents: Cents
    order_id: UUID | None
    submitted_at: Moment | None
    decided_at: Moment | None
    links: FulfilmentLinksView

    _serials = field_validator("first_serial", "last_serial", mode="before")(written)

    @classmethod
    def of(cls, row: FulfilmentRow, position: int) -> Self:
        """Show one."""
        here, at = f"audits/fulfilments/{row.id}", {"position": position}
        links = FulfilmentLinksView(
            fulfilment=href(here, **at),
            obligation=href("audits/obligations", row.obligation_id, **at),
            order=href("audits/orders", row.order_id) if row.order_id else None,
            entries=href(here, "entries", **at),
            decisions=href(here, "decisions"),
            evidence=href(here, "evidence"),
        )
        return cls(**asdict(row), links=links)


class DecisionLinksView(View):
    """Where a decision leads to."""

    proof: Annotated[Href, Field(description="That the public log has it.")]


class AuditedDecisionView(View):
    """What happened to a fulfilment: who decided so, when and why."""

    id: UUID
    kind: FulfilmentDecisionKind
    quantity_units: int
    value_cents: int
    reason: str
    decided_by: Annotated[
        str,
        Field(
            description="`user:<id>` or `system:<what>`; no name.",
            examples=["user:0195b0a4-6a1c-7d3e-8f10-2b3c4d5e6f70"],
        ),
    ]
    decided_at: Moment
    links: DecisionLinksView

    @classmethod
    def of(cls, row: FulfilmentDecision) -> Self:
        """Show one."""
        place = href("fulfilments", row.fulfilment_id, "decisions", row.id, "proof")
        named = ("id", "kind", "quantity_units", "value_cents", "reason", "decided_by")
        told: dict[str, Any] = {name: getattr(row, name) for name in named}
        return cls(**told, decided_at=row.decided_at, links=DecisionLinksView(proof=place))


class FileLinksView(View):
    """Where a file's content is."""

    content: NoHref


class AuditedFileView(View):
    """A file that proves something."""

    id: UUID
    owner_id: Annotated[UUID, Field(description="The fulfilment, or the report.")]
    name: Annotated[str | None, Field(description="Null: it was erased.")]
    media_type: str
    size_bytes: int
    sha256: Sha256
    attached_at: Moment
    removed_at: Annotated[Moment | None, Field(description="Not part of later submissions.")]
    links: FileLinksView

    @classmethod
    def of(cls, row: FileRow, folder: Sequence[object]) -> Self:
        """Show one; `folder` is where the files of its owner are."""
        told = asdict(row)
        is_there = told.pop("erased_at") is None
        content = href(*folder, row.id, "content") if is_there else None
        told["sha256"] = row.sha256.hex()
        return cls(**told, links=FileLinksView(content=content))
