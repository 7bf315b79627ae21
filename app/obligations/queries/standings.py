"""How many obligations stand at once: their accounts in one statement, now or at a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import FromClause

from app.core import clock
from app.core.paging import Page, PageRequest
from app.ledger import positions
from app.ledger.chart import Book, ledger_id
from app.ledger.models import LedgerAccount, LedgerEntry, LedgerLine, LedgerPosition
from app.obligations.models import (
    ContestState,
    Contract,
    ContractAmendment,
    Obligation,
    ObligationObjection,
    ObligationProposal,
    ObligationState,
    ProposalState,
)
from app.obligations.queries.contracts import binding
from app.obligations.queries.standing import KINDS, Standing
from app.organisations.models import Organisation
from app.schemes.models import Authority

Condition: TypeAlias = sa.ColumnElement[bool]
Columns: TypeAlias = sa.Select[*tuple[Any, ...]]
"""A query for any columns."""


@dataclass(frozen=True, slots=True)
class Clock:
    """As of which moment in the world, and as known at which position of the books; or now."""

    moment: datetime | None = None
    position: int | None = None

    @property
    def is_now(self) -> bool:
        """Whether it is how things stand now."""
        return self.moment is None and self.position is None

    @property
    def today(self) -> date:
        """The day by which it is told what is overdue."""
        return clock.day_of(self.moment) if self.moment else clock.today()


async def insist(session: AsyncSession, at: Clock) -> None:
    """Insist that the books have come as far as is asked.

    Raises:
        NotKnownYet: they have not.
    """
    if at.position is not None:
        await positions.insist(session, at.position)


class StandingCase(StrEnum):
    """What is the matter with an obligation."""

    OPEN = "open"
    """Something is owed, and not even recognised provisionally."""
    OVERDUE = "overdue"
    """The same, after the contract's last day."""
    SURPLUS = "surplus"
    """More was fulfilled than was imposed."""
    UNCONFIRMED = "unconfirmed"
    """What follows from its contract is not what the authority imposed."""
    PROPOSED = "proposed"
    """Somebody asks for a waiver or a sanction."""
    CONTESTED = "contested"
    """Its contractor objects to a sanction, or to the refusal of a waiver."""


OF_ACCOUNTS = {StandingCase.OPEN, StandingCase.OVERDUE, StandingCase.SURPLUS}
"""What is told from accounts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which obligations, of whom, as they stand when."""

    clock: Clock
    authority_id: UUID | None = None
    organisation_id: UUID | None = None
    state: ObligationState | None = None
    case: StandingCase | None = None
    from_days: int | None = None
    """Overdue at the least; a negative number is days until then."""
    to_days: int | None = None


@dataclass(frozen=True, slots=True)
class ObligationStanding:
    """An obligation with its contract and its accounts."""

    id: UUID
    contract_id: UUID
    reference: str
    title: str
    authority_id: UUID
    authority_name: str
    state: ObligationState
    due_on: date
    recovery_ends_on: date | None
    standing: Standing

    @property
    def deadline_on(self) -> date | None:
        """The day by which it should be fulfilled; None where it is closed."""
        return None if self.state.is_closed else self.recovery_ends_on or self.due_on


def signed() -> sa.ColumnElement[int]:
    """Say what a line does to its account, on the account's normal side."""
    is_same = LedgerLine.side == LedgerAccount.side
    return sa.case((is_same, LedgerLine.amount), else_=-LedgerLine.amount)


def among(query: Columns, at: Clock) -> Columns:
    """Leave out the lines that had not happened, or were not known, at a clock."""
    if at.moment is not None:
        query = query.join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        query = query.where(LedgerEntry.occurred_at <= at.moment)
    if at.position is not None:
        query = query.join(LedgerPosition, LedgerPosition.entry_id == LedgerLine.entry_id)
        query = query.where(LedgerPosition.position <= at.position)
    return query


def _accounts(at: Clock) -> Columns:
    """Give accounts as columns; all of them are limited and carry their balance."""
    amount = LedgerAccount.posted if at.is_now else signed()
    columns = [
        sa.func.coalesce(sa.func.sum(amount).filter(LedgerAccount.kind == kind.code), 0)
        .cast(sa.BigInteger)
        .label(kind.code)
        for kind in KINDS
    ]
    query = sa.select(*columns).select_from(LedgerAccount)
    if at.is_now:
        return query
    return among(query.join(LedgerLine, LedgerLine.account_id == LedgerAccount.id), at)


def _of_each(at: Clock) -> FromClause:
    """Give the accounts of each obligation, one after the other: for a page of them."""
    return _accounts(at).where(LedgerAccount.owner_id == Obligation.id).lateral("accounts")


def _of_all(wanted: Wanted) -> FromClause:
    """Give the accounts of all obligations in one pass; of one without any there is no row."""
    owner = LedgerAccount.owner_id.label("owner_id")
    query = _accounts(wanted.clock).add_columns(owner).group_by(owner)
    if wanted.authority_id is not None:
        of_authority = ledger_id(wanted.authority_id, Book.SOCIAL_RETURN)
        query = query.where(LedgerAccount.ledger_id == of_authority)
    if wanted.organisation_id is not None:
        bound = sa.select(Obligation.id).join(Contract, Contract.id == Obligation.contract_id)
        query = query.where(owner.in_(bound.where(binding([wanted.organisation_id]))))
    return query.subquery("accounts")


def _narrowed(wanted: Wanted, accounts: FromClause) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.authority_id is not None:
        conditions.append(Obligation.authority_id == wanted.authority_id)
    if wanted.organisation_id is not None:
        conditions.append(binding([wanted.organisation_id]))
    if wanted.state is not None:
        conditions.append(Obligation.state == wanted.state)
    if wanted.case is not None:
        conditions.append(_is(wanted.case, accounts, wanted.clock.today))
    return [*conditions, *_overdue(wanted.clock.today, wanted.from_days, wanted.to_days)]


def _overdue(today: date, from_days: int | None, to_days: int | None) -> list[Condition]:
    """Narrow to what is so many days overdue.

    Days are compared, never subtracted: a contract until the last day that there is, as files say
    it of one without an end, is due at infinity for the database.
    """
    conditions: list[Condition] = []
    if from_days is not None:
        conditions.append(Obligation.due_on <= _before(today, from_days))
    if to_days is not None:
        conditions.append(Obligation.due_on >= _before(today, to_days))
    return conditions


def _before(today: date, days: int) -> date:
    ordinal = today.toordinal() - days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def _is(case: StandingCase, accounts: FromClause, today: date) -> Condition:
    is_open: Condition = accounts.c.owed > 0
    proposed = sa.exists().where(
        ObligationProposal.obligation_id == Obligation.id,
        ObligationProposal.state == ProposalState.OPEN,
    )
    contested = sa.exists().where(
        ObligationObjection.obligation_id == Obligation.id,
        ObligationObjection.state == ContestState.LODGED,
    )
    closed = [state for state in ObligationState if state.is_closed]
    conditions: dict[StandingCase, Condition] = {
        StandingCase.OPEN: is_open,
        StandingCase.OVERDUE: sa.and_(is_open, Obligation.due_on < today),
        StandingCase.SURPLUS: accounts.c.surplus > 0,
        StandingCase.UNCONFIRMED: sa.and_(
            Obligation.confirmed_cents.is_distinct_from(Obligation.computed_cents),
            Obligation.state.not_in(closed),
        ),
        StandingCase.PROPOSED: proposed,
        StandingCase.CONTESTED: contested,
    }
    return conditions[case]


async def listed(
    session: AsyncSession, wanted: Wanted, paging: PageRequest
) -> Page[ObligationStanding]:
    """List obligations as they stand, in the order in which they were registered."""
    accounts, picked = _of_each(wanted.clock), _picked(wanted, paging)
    query = (
        sa.select(
            Obligation.id,
            Obligation.contract_id,
            Contract.reference,
            ContractAmendment.title,
            Obligation.authority_id,
            Organisation.legal_name.label("authority_name"),
            Obligation.state,
            Obligation.due_on,
            Obligation.recovery_ends_on,
            *(accounts.c[kind.code] for kind in KINDS),
        )
        .select_from(picked)
        .join(Obligation, Obligation.id == picked.c.id)
        .join(Contract, Contract.id == Obligation.contract_id)
        .join(ContractAmendment, ContractAmendment.id == Obligation.amendment_id)
        .join(Authority, Authority.id == Obligation.authority_id)
        .join(Organisation, Organisation.id == Authority.organisation_id)
        .join(accounts, sa.true())
        .order_by(Obligation.id)
    )
    rows = (await session.execute(query)).mappings()
    return Page([_read({**row}) for row in rows], paging.limit)


def _picked(wanted: Wanted, paging: PageRequest) -> FromClause:
    """Pick the obligations of a page, before their accounts are read wherever that is possible."""
    accounts = _of_each(wanted.clock)
    query = sa.select(Obligation.id).join(Contract, Contract.id == Obligation.contract_id)
    if wanted.case in OF_ACCOUNTS:
        query = query.join(accounts, sa.true())
    if paging.after is not None:
        query = query.where(Obligation.id > paging.after)
    query = query.where(*_narrowed(wanted, accounts)).order_by(Obligation.id)
    return query.limit(paging.limit + 1).subquery("picked")


def _read(told: dict[str, Any]) -> ObligationStanding:
    standing = Standing(**{kind.code: told.pop(kind.code) for kind in KINDS})
    return ObligationStanding(**told, standing=standing)


@dataclass(frozen=True, slots=True)
class AgeClass:
    """What is open and so many days overdue; None: without an end."""

    from_days: int | None
    to_days: int | None
    obligations: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Obligations added up."""

    obligations: int
    standing: Standing
    due: Standing
    """Of those whose contract has ended."""
    ageing: Sequence[AgeClass]
    cases: dict[StandingCase, int]
    next_deadline_on: date | None
    """The first day, from today on, on which something that is open is due."""


def classes(ends: Sequence[int]) -> list[AgeClass]:
    """Say which classes there are: not overdue, then up to each end, then the rest."""
    starts = [1, *(end + 1 for end in ends)]
    overdue = zip(starts, [*ends, None], strict=True)
    return [AgeClass(None, 0), *(AgeClass(first, last) for first, last in overdue)]


async def add_up(session: AsyncSession, wanted: Wanted, ageing: Sequence[AgeClass]) -> Totals:
    """Add obligations up in one statement."""
    accounts = _of_all(wanted)
    is_open = _is(StandingCase.OPEN, accounts, wanted.clock.today)
    deadline = sa.func.coalesce(Obligation.recovery_ends_on, Obligation.due_on)
    columns: list[sa.ColumnElement[Any]] = [
        sa.func.count().label("obligations"),
        sa.func.min(deadline).filter(is_open, deadline >= wanted.clock.today).label("deadline"),
        *_sums(accounts, "all", sa.true()),
        *_sums(accounts, "due", Obligation.due_on < wanted.clock.today),
    ]
    for place, each in enumerate(ageing):
        within = sa.and_(is_open, *_overdue(wanted.clock.today, each.from_days, each.to_days))
        columns.append(sa.func.count().filter(within).label(f"aged_{place}"))
        columns.append(_sum(accounts.c.owed, within).label(f"owed_{place}"))
    for case in StandingCase:
        matter = _is(case, accounts, wanted.clock.today)
        columns.append(sa.func.count().filter(matter).label(f"case_{case}"))
    query = (
        sa.select(*columns)
        .select_from(Obligation)
        .join(Contract, Contract.id == Obligation.contract_id)
        .outerjoin(accounts, accounts.c.owner_id == Obligation.id)
        .where(*_narrowed(wanted, accounts))
    )
    return _totals((await session.execute(query)).mappings().one(), ageing)


def _sums(accounts: FromClause, name: str, which: Condition) -> list[sa.Label[int]]:
    return [_sum(accounts.c[kind.code], which).label(f"{name}_{kind.code}") for kind in KINDS]


def _sum(column: sa.ColumnElement[int], which: Condition) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column).filter(which), 0).cast(sa.BigInteger)


def _totals(told: Mapping[Any, Any], ageing: Sequence[AgeClass]) -> Totals:
    return Totals(
        obligations=told["obligations"],
        standing=Standing(**{kind.code: told[f"all_{kind.code}"] for kind in KINDS}),
        due=Standing(**{kind.code: told[f"due_{kind.code}"] for kind in KINDS}),
        ageing=[
            AgeClass(each.from_days, each.to_days, told[f"aged_{place}"], told[f"owed_{place}"])
            for place, each in enumerate(ageing)
        ],
        cases={case: told[f"case_{case}"] for case in StandingCase},
        next_deadline_on=told["deadline"],
    )
