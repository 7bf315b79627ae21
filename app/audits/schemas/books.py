"""Orders, payouts and entries of those who are audited, and their figures, on the wire."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, field_validator

from app.audits.queries.figures import Audit
from app.audits.queries.orders import OrderRow, PayoutRow
from app.audits.schemas.lists import Href, ListRequest, NoHref, href
from app.core.wire import Moment, View
from app.ledger.chart import KINDS, Book, Side, ledger_id
from app.ledger.queries import EntryRow
from app.obligations.queries.moves import ObligationAccount
from app.orders.models import OrderState
from app.orders.schemas.units import written
from app.payouts.models import PayoutState
from app.schemes.terms import Part
from app.transparency.schemas import LedgerEntryProofView


class AuditedPlaceView(View):
    """A scheme or an authority of the organisation that is audited."""

    id: UUID
    href: Annotated[Href, Field(description="Its figures.")]


class AuditView(View):
    """An appointment that lasts: whom the caller audits, until when, and where to begin."""

    appointment_id: UUID
    organisation_id: UUID
    organisation_name: str
    starts_on: date
    ends_on: date
    authorities: list[AuditedPlaceView]
    schemes: list[AuditedPlaceView]

    @classmethod
    def of(cls, found: Audit) -> Self:
        """Show one."""
        told = asdict(found)
        for noun in ("authorities", "schemes"):
            told[noun] = [
                AuditedPlaceView(id=each, href=href("audits", noun, each)) for each in told[noun]
            ]
        return cls(**told)


class AuditFigureView(View):
    """How much, and of what it adds up."""

    figure: Annotated[str, Field(description="A kind of the chart.", examples=["fulfilled"])]
    book: Book
    amount: Annotated[int, Field(description="Euro cents, or units in the impact book.")]
    href: Href


class AuditedCountView(View):
    """How many, and which."""

    count: int
    href: Href


class AuthorityLinksView(View):
    """Where an authority's figures lead to, beside the rows of each."""

    contracts: Href
    entries: Href
    dashboard: Href


class AuditedAuthorityView(View):
    """The figures of an authority: its book of social return, added up as known at a position."""

    authority_id: UUID
    legal_name: str
    position: int
    contracts: AuditedCountView
    figures: list[AuditFigureView]
    links: AuthorityLinksView

    @classmethod
    def of(
        cls, told: tuple[UUID, str], contracts: int, figures: dict[str, int], position: int
    ) -> Self:
        """Show the figures of an authority, given its id and its name."""
        authority_id, legal_name = told
        here, at = f"audits/authorities/{authority_id}", {"position": position}
        return cls(
            authority_id=authority_id,
            legal_name=legal_name,
            position=position,
            contracts=AuditedCountView(count=contracts, href=href(here, "contracts", **at)),
            figures=[
                AuditFigureView(
                    figure=each.value,
                    book=Book.SOCIAL_RETURN,
                    amount=figures.get(each.value, 0),
                    href=href(here, "obligations", figure=each.value, **at),
                )
                for each in ObligationAccount
            ],
            links=AuthorityLinksView(
                contracts=href(here, "contracts", **at),
                entries=href(here, "entries", **at),
                dashboard=href("authorities", authority_id, "dashboard", **at),
            ),
        )


class SchemeAuditLinksView(View):
    """Where a scheme's figures lead to, beside the accounts of each."""

    orders: Href
    payouts: Href
    entries: Href


class AuditedSchemeView(View):
    """The figures of a scheme: its books of money and impact, as known at a position."""

    scheme_id: UUID
    code: str
    position: int
    figures: list[AuditFigureView]
    links: SchemeAuditLinksView

    @classmethod
    def of(cls, told: tuple[UUID, str], books: dict[Book, dict[str, int]], position: int) -> Self:
        """Show the figures of a scheme, given its id and its code."""
        scheme_id, code = told
        here, at = f"audits/schemes/{scheme_id}", {"position": position}
        return cls(
            scheme_id=scheme_id,
            code=code,
            position=position,
            figures=[
                AuditFigureView(
                    figure=kind,
                    book=book,
                    amount=amount,
                    href=href("ledgers", ledger_id(scheme_id, book), "accounts", kind=kind),
                )
                for book, kinds in books.items()
                for kind, amount in kinds.items()
            ],
            links=SchemeAuditLinksView(
                orders=href(here, "orders", **at),
                payouts=href(here, "payouts", **at),
                entries=href(here, "entries", **at),
            ),
        )


class OrdersRequest(ListRequest):
    """Which orders, or payouts, of a scheme."""

    project_id: Annotated[UUID | None, Field(description="Only those of this project.")] = None


class OrderLinksView(View):
    """Where an order leads to."""

    order: Href
    entries: Href
    evidence: Annotated[Href, Field(description="Of what came of its project.")]


class AuditedOrderView(View):
    """An order: what was bought of which project, and its serials."""

    id: UUID
    scheme_id: UUID
    project_id: UUID
    project_title: dict[str, str]
    buyer_id: UUID
    buyer_name: str
    state: OrderState
    quantity_units: int
    undone_units: Annotated[int, Field(description="Refunded, lost or moved.")]
    price_cents: Annotated[int, Field(description="Without VAT and fees: what can count.")]
    first_serial: Annotated[str | None, Field(examples=["12-1"])]
    last_serial: Annotated[str | None, Field(examples=["12-10"])]
    ordered_at: Moment
    paid_at: Moment | None
    links: OrderLinksView

    _serials = field_validator("first_serial", "last_serial", mode="before")(written)

    @classmethod
    def of(cls, row: OrderRow) -> Self:
        """Show one."""
        here = f"audits/orders/{row.id}"
        links = OrderLinksView(
            order=href(here), entries=href(here, "entries"), evidence=href(here, "evidence")
        )
        return cls(**asdict(row), links=links)


class PayoutLinksView(View):
    """Where a payout leads to."""

    payout: Href
    entries: Href


class AuditedPayoutView(View):
    """A payout to an entrepreneur."""

    id: UUID
    scheme_id: UUID
    project_id: UUID
    project_title: dict[str, str]
    entrepreneur_id: UUID
    entrepreneur_name: str
    state: PayoutState
    part: Part
    tranche: int
    principal_cents: int
    vat_cents: int
    netted_cents: int
    planned_at: Moment
    approved_at: Moment | None
    links: PayoutLinksView

    @classmethod
    def of(cls, row: PayoutRow) -> Self:
        """Show one."""
        here = f"audits/payouts/{row.id}"
        return cls(
            **asdict(row), links=PayoutLinksView(payout=href(here), entries=href(here, "entries"))
        )


class EntriesRequest(ListRequest):
    """Which entries of an obligation."""

    account: Annotated[
        ObligationAccount | None, Field(description="Only those that moved this account.")
    ] = None


class AuditedLineView(View):
    """An amount on one side of one account."""

    side: Side
    amount: Annotated[int, Field(description="Euro cents, or units in the impact book.")]
    unit: Annotated[str, Field(examples=["EUR"])]
    account: Annotated[str, Field(description="A kind of the chart.", examples=["fulfilled"])]
    keeper_id: UUID
    owner_id: UUID
    about_id: UUID


class EntryLinksView(View):
    """Where an entry leads to."""

    entry: Href
    proof: Annotated[Href, Field(description="That the public log has it.")]
    reverses: NoHref
    reversed_by: NoHref


class AuditedEntryView(View):
    """A journal entry, with those of its lines that the caller may see."""

    id: UUID
    kind: Annotated[str, Field(examples=["fulfilment.approved"])]
    reference: str
    narration: str
    occurred_at: Moment
    recorded_at: Moment
    position: Annotated[int | None, Field(description="In the order in which books became known.")]
    evidence: Annotated[
        list[str], Field(description="Empty for who sees a part of it.", examples=[["stripe:pi_3"]])
    ]
    lines: list[AuditedLineView]
    links: EntryLinksView

    @classmethod
    def of(cls, row: EntryRow) -> Self:
        """Show one."""

        def there(entry_id: UUID | None) -> str | None:
            return href("audits/entries", entry_id) if entry_id else None

        here = href("audits/entries", row.id)
        return cls(
            id=row.id,
            kind=row.kind,
            reference=row.reference,
            narration=row.narration,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            position=row.position,
            evidence=list(row.evidence),
            lines=[
                AuditedLineView(
                    side=line.side,
                    amount=line.amount,
                    unit=KINDS[line.kind].book.unit,
                    account=line.kind,
                    keeper_id=line.keeper_id,
                    owner_id=line.owner_id,
                    about_id=line.about_id,
                )
                for line in row.lines
            ],
            links=EntryLinksView(
                entry=here,
                proof=f"{here}/proof",
                reverses=there(row.reverses_id),
                reversed_by=there(row.reversed_by_id),
            ),
        )


class ProofLinksView(View):
    """Where a proof leads to."""

    leaf: Annotated[Href, Field(description="For everybody, without signing in.")]
    log: Annotated[Href, Field(description="Who signs the log.")]


class AuditedProofView(LedgerEntryProofView):
    """That an entry is in the public log; `baat verify` checks this very text, offline."""

    links: ProofLinksView
