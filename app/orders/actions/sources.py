"""Say where the money of undone units comes from: from each account what is there."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import balances
from app.ledger.chart import (
    DEPOSIT,
    FEE_INCOME,
    OPERATOR_LOSS,
    RECEIVABLE,
    RESULT_PART,
    START_PART,
    VAT_FEE,
    VAT_SALE,
    Account,
)
from app.ledger.drafts import Line, debit
from app.orders import queries
from app.orders.models import OrderPart
from app.orders.postings import amounts_of
from app.orders.queries.buying import Offer

SHARED = {kind.code for kind in (FEE_INCOME, VAT_FEE, VAT_SALE)}
"""Of these, others may take while a project is locked."""


class Sources:
    """What is left in the accounts that the money of orders is in."""

    def __init__(self, left: dict[Account, int], vat_of_projects: dict[UUID, int]) -> None:
        self._left = left
        self._vat_of_projects = vat_of_projects

    def take(self, offer: Offer, part: OrderPart) -> list[Line]:
        """Take a part's money from each account what is there; claim the rest from who had it.

        What an entrepreneur was paid is a claim on them; what the operator spent of its fee is the
        operator's loss. A project that was never funded has all its money in its deposit.
        """
        amounts, about = amounts_of(part), part.order_id
        deposit, result_part, start_part, vat, fee, vat_fee = _accounts(offer)
        if self._left[deposit]:
            self._left[deposit] -= amounts.total_cents
            return [debit(deposit, amounts.total_cents, about)]
        claim = RECEIVABLE.of(offer.scheme_id, offer.entrepreneur_id)
        loss = OPERATOR_LOSS.of(offer.scheme_id)
        # The result part first: with the start part the project works.
        return [
            *self._from((result_part, start_part), amounts.principal_cents, claim, about),
            *self._vat(offer, part, (vat, claim)),
            *self._from((fee,), amounts.fee_cents, loss, about),
            *self._from((vat_fee,), amounts.vat_fee_cents, loss, about),
        ]

    def _vat(
        self, offer: Offer, part: OrderPart, accounts: tuple[Account, Account]
    ) -> Iterator[Line]:
        """Take VAT on sales that came from this project and was not paid out for it.

        The account is kept per entrepreneur: the rest of it is of their other projects.
        """
        account, claim = accounts
        there = min(part.vat_sale_cents, self._vat_of_projects[offer.project_id])
        self._vat_of_projects[offer.project_id] -= there
        yield from self._from((account,), there, claim, part.order_id)
        yield debit(claim, part.vat_sale_cents - there, part.order_id)

    def _from(
        self, accounts: tuple[Account, ...], cents: int, otherwise: Account, about: UUID
    ) -> Iterator[Line]:
        for account in accounts:
            part = min(cents, self._left[account])
            self._left[account] -= part
            cents -= part
            yield debit(account, part, about)
        yield debit(otherwise, cents, about)


def _accounts(offer: Offer) -> tuple[Account, Account, Account, Account, Account, Account]:
    scheme_id, project_id = offer.scheme_id, offer.project_id
    return (
        DEPOSIT.of(scheme_id, project_id),
        RESULT_PART.of(scheme_id, project_id),
        START_PART.of(scheme_id, project_id),
        VAT_SALE.of(scheme_id, offer.entrepreneur_id),
        FEE_INCOME.of(scheme_id),
        VAT_FEE.of(scheme_id),
    )


async def read(session: AsyncSession, offers: Iterable[Offer]) -> Sources:
    """See what is left; the projects are locked, so that nobody else takes of their earmarks.

    The operator's own accounts nobody locks: whoever takes of them bears to be refused, and looks
    anew.
    """
    left: dict[Account, int] = {}
    vat_of_projects: dict[UUID, int] = {}
    for offer in offers:
        for account in _accounts(offer):
            if account not in left:
                # Of what is held in a project's parts, whoever froze it gives free in the same call
                # what goes back to a buyer (`hooks.unwound`).
                left[account] = (await balances.now(session, account)).posted
        vat_of_projects[offer.project_id] = await queries.money.about_project(
            session, VAT_SALE.of(offer.scheme_id, offer.entrepreneur_id), offer.project_id
        )
    return Sources(left, vat_of_projects)
