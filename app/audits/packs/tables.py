"""The tables of a pack: a row each, in an order that does not change."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.packs import standing
from app.audits.packs.asking import Asked
from app.audits.queries import known
from app.audits.queries.known import Known
from app.core.sheets.writing import Cell, shown
from app.ledger.exports import years
from app.ledger.exports.years import BookYear
from app.obligations.queries.standing import KINDS

Rows: TypeAlias = AsyncIterator[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a pack."""

    path: str
    """Without the ending: it is there as CSV and as XLSX."""
    header: tuple[str, ...]
    rows: Callable[[AsyncSession, Asked], Rows]

    @property
    def name(self) -> str:
        """What the sheet is called."""
        return self.path.rpartition("/")[2]


def what_is_known(asked: Asked) -> Known:
    """Say as known when the authority's things are told."""
    year = asked.social_return
    return Known(asked.authority_id, asked.moment, year.ends, year.until)


def _trial_balance(year_of: Callable[[Asked], BookYear]) -> Callable[[AsyncSession, Asked], Rows]:
    async def rows(session: AsyncSession, asked: Asked) -> Rows:
        async for each in years.accounts(session, year_of(asked)):
            kind = each.kind
            yield (
                *(kind.book.value, kind.code, kind.dutch, str(each.owner_id), kind.side.value),
                *(_unit(kind.book.unit, kind.book.decimals), each.opening, each.debit),
                *(each.credit, each.closing),
            )

    return rows


def _unit(unit: str, decimals: int) -> str:
    return f"{unit} cent" if decimals else unit


async def _contracts(session: AsyncSession, asked: Asked) -> Rows:
    async for row in known.contracts(session, what_is_known(asked)):
        yield tuple(map(shown, _contract(row)))


def _contract(row: sa.Row[Any]) -> tuple[object, ...]:
    first, *others = row.parties or [("", "", "")]
    joint = "\n".join(" | ".join(party) for party in others)
    return (
        *(row.id, row.reference, row.awarded_on, row.title, row.kind, row.has_clause),
        *(row.is_cancelled, *first, joint, row.base, row.basis_points, row.contract_sum_cents),
        *(row.tender_sum_cents, row.invoiced_turnover_cents, row.wage_bill_cents),
        *(row.labour_share_basis_points, row.starts_on, row.ends_on, row.origin),
        *(row.registered_at, row.reported_in_at, row.number),
    )


async def _obligations(session: AsyncSession, asked: Asked) -> Rows:
    async for row in known.obligations(session, what_is_known(asked)):
        balances = [int(row.balances.get(kind.code, 0)) for kind in KINDS]
        facts = (
            *(row.id, row.contract_id, row.reference, row.registered_at, row.due_on, row.decided),
            *(row.decided_at, row.computed_cents, row.confirmed_cents),
        )
        yield (*map(shown, facts), *balances)


async def _fulfilments(session: AsyncSession, asked: Asked) -> Rows:
    async for row in known.fulfilments(session, what_is_known(asked)):
        claim = standing.of(row.decisions, row.content)
        certified = row.content or {}
        units = certified.get("units") or {}
        claimant = asked.facts.organisations.get(row.claimant_id)
        facts = (
            *(row.id, row.obligation_id, row.contract_id, row.reference, row.kind, row.claimant_id),
            *(claimant and claimant.register_number, claimant and claimant.name, claim.state.value),
            *(claim.submitted_at, claim.decided_at, claim.value_cents, claim.cents, claim.units),
            *(row.order_id, row.code, units.get("firstSerial"), units.get("lastSerial")),
        )
        yield tuple(map(shown, facts))


_TRIAL = (
    *("book", "account", "name", "ownerId", "side", "unit"),
    *("opening", "debit", "credit", "closing"),
)

OF_SCHEME: tuple[Table, ...] = (
    Table("books/scheme-trial-balance", _TRIAL, _trial_balance(lambda asked: asked.books)),
)
OF_AUTHORITY: tuple[Table, ...] = (
    Table(
        "books/authority-trial-balance",
        _TRIAL,
        _trial_balance(lambda asked: asked.social_return),
    ),
    Table(
        "obligations/contracts",
        (
            *("contractId", "reference", "awardedOn", "title", "kind", "hasClause", "isCancelled"),
            *("contractor.scheme", "contractor.identifier", "contractor.legalName"),
            *("jointParties", "base", "basisPoints", "contractSumCents", "tenderSumCents"),
            *("invoicedTurnoverCents", "wageBillCents", "labourShareBasisPoints", "startsOn"),
            *("endsOn", "origin", "registeredAt", "reportedInAt", "amendmentNumber"),
        ),
        _contracts,
    ),
    Table(
        "obligations/obligations",
        (
            *("obligationId", "contractId", "contractReference", "registeredAt", "dueOn"),
            *("lastDecision", "lastDecidedAt", "computedCents", "confirmedCents"),
            *(f"{kind.code}Cents" for kind in KINDS),
        ),
        _obligations,
    ),
    Table(
        "obligations/fulfilments",
        (
            *("fulfilmentId", "obligationId", "contractId", "contractReference", "kind"),
            *("claimantId", "claimantRegisterNumber", "claimantName", "state", "submittedAt"),
            *("decidedAt", "valueCents", "countedCents", "countedUnits", "orderId"),
            *("certificateCode", "certifiedFirstSerial", "certifiedLastSerial"),
        ),
        _fulfilments,
    ),
)
