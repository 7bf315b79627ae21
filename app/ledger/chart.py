"""The chart of accounts: which kinds of accounts the three books have.

A kind is one line here, and nothing else: migrating writes the chart into the database, which
opens an account when something is first posted to it. A kind never changes its book, its normal
side, what it is kept per or its limit, for entries rely on them; the database refuses.

The vocabulary is double entry's own. *Limited*: the balance on the normal side may not go below
zero, holds included. Accounts for outside facts (what a bank or a provider did) have no limit, for
facts can't be refused.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID, uuid5


class Book(StrEnum):
    """What is counted."""

    MONEY = "money"
    """Of a scheme: whose money is it, and where is it."""
    IMPACT = "impact"
    """Of a scheme: units valued, for sale, owned, retired."""
    SOCIAL_RETURN = "social_return"
    """Of an authority: what is owed and fulfilled, per obligation."""

    @property
    def unit(self) -> str:
        """The commodity: euro cents, whole units, or euro cents of social-return value."""
        return {Book.MONEY: "EUR", Book.IMPACT: "RIKX", Book.SOCIAL_RETURN: "SR"}[self]

    @property
    def decimals(self) -> int:
        """How many of the digits of a whole number stand behind the point."""
        return 0 if self is Book.IMPACT else 2


class Side(StrEnum):
    """Debit stands left, credit right."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def other(self) -> "Side":
        """The side across."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class KeptPer(StrEnum):
    """Of what there is one account each."""

    KEEPER = "keeper"
    """One for the whole ledger: a scheme's, or an authority's."""
    PROJECT = "project"
    ORDER = "order"
    OBLIGATION = "obligation"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of account."""

    code: str
    book: Book
    side: Side
    kept_per: KeptPer
    limited: bool
    lock_rank: int
    """In this order balances are locked; the kinds that most entries touch come last."""
    english: str
    dutch: str

    def of(self, keeper_id: UUID, owner_id: UUID | None = None) -> "Account":
        """Name the account of one project, order, obligation or organisation, or the keeper's.

        Raises:
            ValueError: an owner is missing, or given for a kind that the keeper has one of.
        """
        if (owner_id is None) != (self.kept_per is KeptPer.KEEPER):
            message = f"{self.code} is kept per {self.kept_per}."
            raise ValueError(message)
        return Account(self, keeper_id, owner_id or keeper_id)


@dataclass(frozen=True, slots=True)
class Account:
    """A place in the books: what it counts, who keeps it, and for whom or what."""

    kind: Kind
    keeper_id: UUID
    owner_id: UUID

    @property
    def ledger_id(self) -> UUID:
        """The ledger that it stands in: within each, an entry balances."""
        return ledger_id(self.keeper_id, self.kind.book)


@lru_cache(maxsize=10_000)
def ledger_id(keeper_id: UUID, book: Book) -> UUID:
    """Name a keeper's ledger of one book: made from both, so that nobody looks it up."""
    return uuid5(keeper_id, book)


KINDS: dict[str, Kind] = {}
"""The whole chart, by code."""


def _kind(  # noqa: PLR0913  A line of the chart has as many columns.
    code: str, book: Book, side: Side, per: KeptPer, limit: int | None, english: str, dutch: str
) -> Kind:
    rank = _NEVER_LOCKED if limit is None else limit
    kind = KINDS[code] = Kind(code, book, side, per, limit is not None, rank, english, dutch)
    return kind


_NEVER_LOCKED = 0

_M, _I, _S = Book.MONEY, Book.IMPACT, Book.SOCIAL_RETURN
_DR, _CR = Side.DEBIT, Side.CREDIT
_KEEPER, _PROJECT, _ORDER, _OBLIGATION, _ORGANISATION = KeptPer

# fmt: off
# ruff: noqa: E501  A table reads best as one.
# The fifth column is the limit: None for no limit, else the rank in which balances are locked.

# Money: where it is. Facts of banks and providers can't be refused.
PROVIDER_BALANCE = _kind("provider_balance", _M, _DR, _KEEPER, None, "Balance at the payment provider", "Saldo bij betaaldienst")
BANK = _kind("bank", _M, _DR, _KEEPER, None, "Bank", "Bank")
IN_TRANSIT = _kind("in_transit", _M, _DR, _KEEPER, None, "In transit from provider to bank", "Kruisposten")
DISPUTED = _kind("disputed", _M, _DR, _KEEPER, None, "Held back by the provider for disputes", "Betwiste betalingen")
PROVIDER_FEES = _kind("provider_fees", _M, _DR, _KEEPER, None, "Fees of the payment provider", "Kosten betaaldienst")
RECEIVABLE = _kind("receivable", _M, _DR, _ORGANISATION, None, "Receivable from the entrepreneur", "Vordering op ondernemer")
OPERATOR_LOSS = _kind("operator_loss", _M, _DR, _KEEPER, None, "Losses borne by the operator", "Verlies voor rekening van de stichting")
OUTGOING = _kind("outgoing", _M, _CR, _KEEPER, 70, "Sent and not yet settled", "Betalingen onderweg")
# Money: whose it is.
SUSPENSE = _kind("suspense", _M, _CR, _KEEPER, 60, "Suspense: received, owner unknown", "Vraagposten")
UNALLOCATED = _kind("unallocated", _M, _CR, _ORDER, 10, "Received for an order, not yet allocated", "Nog toe te wijzen ontvangsten")
DEPOSIT = _kind("deposit", _M, _CR, _PROJECT, 40, "Deposits until the threshold is reached", "Inleg onder voorbehoud")
START_PART = _kind("start_part", _M, _CR, _PROJECT, 42, "Start part, earmarked", "Startdeel")
RESULT_PART = _kind("result_part", _M, _CR, _PROJECT, 44, "Result part, earmarked", "Resultaatdeel")
PAYABLE = _kind("payable", _M, _CR, _ORGANISATION, 20, "Payable to the entrepreneur", "Te betalen aan ondernemer")
REFUND_DUE = _kind("refund_due", _M, _CR, _ORGANISATION, 22, "Refund due to the buyer", "Restitutie aan koper")
VAT_SALE = _kind("vat_sale", _M, _CR, _ORGANISATION, 46, "VAT on sales, for the entrepreneur", "Btw over verkoop")
VAT_FEE = _kind("vat_fee", _M, _CR, _KEEPER, 80, "VAT on service fees", "Btw over servicekosten")
FEE_INCOME = _kind("fee_income", _M, _CR, _KEEPER, 90, "Service fees earned", "Servicekosten")
# Impact: always issued = for_sale + owned + retired + annulled + lapsed, per project.
ISSUED = _kind("issued", _I, _CR, _PROJECT, None, "Units issued", "Uitgegeven")
FOR_SALE = _kind("for_sale", _I, _DR, _PROJECT, 38, "Units for sale", "Te koop")
OWNED = _kind("owned", _I, _DR, _ORDER, 12, "Units owned", "In bezit")
RETIRED = _kind("retired", _I, _DR, _ORDER, 14, "Units retired for an obligation", "Ingezet")
ANNULLED = _kind("annulled", _I, _DR, _PROJECT, None, "Units annulled", "Vernietigd")
LAPSED = _kind("lapsed", _I, _DR, _PROJECT, None, "Units lapsed unsold", "Niet verkocht")
# Social return: always imposed + surplus = owed + provisional + fulfilled + waived + sanctioned.
IMPOSED = _kind("imposed", _S, _CR, _OBLIGATION, 30, "Imposed", "Opgelegd")
SURPLUS = _kind("surplus", _S, _CR, _OBLIGATION, 31, "Fulfilled beyond what is imposed", "Meer ingevuld dan opgelegd")
OWED = _kind("owed", _S, _DR, _OBLIGATION, 32, "Owed", "Openstaand")
PROVISIONAL = _kind("provisional", _S, _DR, _OBLIGATION, 33, "Provisionally recognised", "Voorlopig ingevuld")
FULFILLED = _kind("fulfilled", _S, _DR, _OBLIGATION, 34, "Fulfilled", "Ingevuld")
WAIVED = _kind("waived", _S, _DR, _OBLIGATION, 35, "Waived", "Kwijtgescholden")
SANCTIONED = _kind("sanctioned", _S, _DR, _OBLIGATION, 36, "Sanctioned", "Gesanctioneerd")
# fmt: on
