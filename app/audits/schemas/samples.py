"""Samples on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.audits.models import AuditSample, AuditSampleItem, Population, SamplingMethod
from app.audits.sampling import Item
from app.audits.schemas.chain import Sha256
from app.audits.schemas.lists import Href, href
from app.core.money import Cents
from app.core.wire import ONE_LINE, Moment, Request, View

LARGEST_SAMPLE = 10_000

_PLACES = {
    Population.OBLIGATIONS: "audits/obligations",
    Population.FULFILMENTS: "audits/fulfilments",
    Population.ORDERS: "audits/orders",
    Population.PAYOUTS: "audits/payouts",
    Population.ENTRIES: "audits/entries",
}


class AuditSampleRequest(Request):
    """Of what a sample is drawn, and how."""

    keeper_id: Annotated[
        UUID, Field(description="The authority or the scheme whose books say what there is.")
    ]
    population: Population
    begins_at: Annotated[Moment, Field(description="What happened from then on.")]
    ends_at: Annotated[Moment, Field(description="And before then.")]
    position: Annotated[
        int | None,
        Field(ge=0, le=2**63 - 1, description="As known at this position; without it, by now."),
    ] = None
    method: SamplingMethod
    size: Annotated[
        int | None,
        Field(
            ge=1,
            le=LARGEST_SAMPLE,
            description="How many; of monetary units about so many, instead of an interval.",
            examples=[25],
        ),
    ] = None
    interval_cents: Annotated[
        Cents | None, Field(gt=0, description="Of monetary units: one in so many is selected.")
    ] = None
    seed: Annotated[
        str | None,
        Field(
            min_length=8,
            max_length=100,
            pattern=ONE_LINE,
            description="From which anybody draws the same again, such as the pips of dice that"
            " both sides saw. Without it one is made.",
            examples=["20237331128159211123"],
        ),
    ] = None

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if self.begins_at >= self.ends_at:
            message = "a period ends after it begins"
            raise ValueError(message)
        by_value = self.method is SamplingMethod.MONETARY_UNITS
        given = (self.size is not None, self.interval_cents is not None)
        if given not in ({(True, False), (False, True)} if by_value else {(True, False)}):
            message = "a random sample has a size; one of monetary units a size or an interval"
            raise ValueError(message)
        return self


class SampleLinksView(View):
    """Where a sample leads to."""

    sample: Href
    items: Href
    population: Annotated[Href, Field(description="All that could have been drawn.")]
    redraw: Annotated[Href, Field(description="Whether it is the same when it is drawn again.")]


class AuditSampleView(View):
    """A sample, and all that it takes to draw it again.

    Number i is SHA-256 over the text `<seed>,<i>`, i from 1 on, as a number with its first byte the
    most significant; a number below n is the next one modulo n, those not below the largest
    multiple of n under 2^256 being passed over. The population is sorted by id. At random: for j
    from 0 on, place j swaps with place j + (a number below n - j); the first places are drawn.
    Monetary units: what is as large as the interval is drawn; of the others, laid end to end, the
    cent whose place from 0 is a number below the interval, and after it every interval-th.
    """

    id: UUID
    organisation_id: UUID
    keeper_id: UUID
    population: Population
    begins_at: Moment
    ends_at: Moment
    position: int
    method: SamplingMethod
    seed: str
    size: Annotated[int | None, Field(description="As asked for.")]
    interval_cents: int | None
    population_count: int
    population_cents: int
    population_sha256: Annotated[
        Sha256, Field(description="Over a line `<id> <cents>` with a line feed for each item.")
    ]
    items: Annotated[int, Field(description="How many were drawn.")]
    drawn_by_id: UUID
    drawn_at: Moment
    links: SampleLinksView

    @classmethod
    def of(cls, sample: AuditSample, items: int) -> Self:
        """Show one."""
        here = f"audits/samples/{sample.id}"
        told = {name: getattr(sample, name) for name in _TOLD}
        return cls(
            **told,
            population_sha256=sample.population_sha256.hex(),
            items=items,
            links=SampleLinksView(
                sample=href(here),
                items=href(here, "items"),
                population=href(here, "population"),
                redraw=href(here, "redraw"),
            ),
        )


_TOLD = (
    *("id", "organisation_id", "keeper_id", "population", "begins_at", "ends_at", "position"),
    *("method", "seed", "size", "interval_cents", "population_count", "population_cents"),
    *("drawn_by_id", "drawn_at"),
)


class ThingLinksView(View):
    """Where a thing is."""

    thing: Href


class AuditSampleItemView(View):
    """One row of a sample."""

    id: Annotated[UUID, Field(description="Findings may be about it.")]
    place: Annotated[int, Field(description="In the population, from 1.")]
    thing_id: UUID
    amount_cents: int
    is_certain: Annotated[bool, Field(description="As large as the interval: always drawn.")]
    links: ThingLinksView

    @classmethod
    def of(cls, row: AuditSampleItem, population: Population) -> Self:
        """Show one."""
        links = ThingLinksView(thing=href(_PLACES[population], row.thing_id))
        told = {name: getattr(row, name) for name in ("id", "place", "thing_id", "amount_cents")}
        return cls(**told, is_certain=row.is_certain, links=links)


class PopulationItemView(View):
    """Something that could have been drawn."""

    id: UUID
    amount_cents: int
    links: ThingLinksView

    @classmethod
    def of(cls, item: Item, population: Population) -> Self:
        """Show one."""
        links = ThingLinksView(thing=href(_PLACES[population], item.id))
        return cls(id=item.id, amount_cents=item.amount_cents, links=links)


class RedrawView(View):
    """Whether a sample that is drawn again is the same, to the row."""

    is_same: bool
    items: int
    population_sha256: Sha256
