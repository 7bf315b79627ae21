"""What an invoice or a credit note says. It adds up, or it can't be made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from app.core.languages import Language
from app.core.money import LARGEST_AMOUNT
from app.orders.invoicing.parties import Party
from app.orders.invoicing.vat import Category, VatShare, VatTreatment

MOST_LINES = 500
LONGEST_TEXT = 500
ROUNDING_CENTS = 3
"""So much the VAT of a part may differ from its own rounding, so that the parts add up."""
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]*")


class InvoiceFaultsError(ValueError):
    """A document can't be made; every fault is named."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class InvoiceKind(StrEnum):
    """What a document does."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A supply: a whole number of something at a price."""

    description: str
    quantity: int
    unit_price_cents: int
    """Without VAT."""
    vat: VatTreatment
    note: str | None = None
    """More about it, such as the serials of the units."""

    @property
    def net_cents(self) -> int:
        """Without VAT (BT-131)."""
        return self.quantity * self.unit_price_cents


@dataclass(frozen=True, slots=True)
class Payment:
    """How what is still due is paid: to an account, under a reference."""

    iban: str
    holder_name: str
    reference: str
    """The creditor reference that the payer gives (ISO 11649)."""
    due_on: date


@dataclass(frozen=True, slots=True)
class Corrects:
    """The invoice that a credit note gives back."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An invoice or a credit note.

    Raises:
        InvoiceFaultsError: something is missing, does not add up, or does not go together.
    """

    kind: InvoiceKind
    number: str
    issued_on: date
    seller: Party
    buyer: Party
    buyer_reference: str
    """By what the buyer finds it: a cost centre, or a name (BT-10)."""
    lines: tuple[InvoiceLine, ...]
    total_cents: int
    """What the order says that it costs, VAT included: the document must come to the same."""
    language: Language = Language.DUTCH
    payee: Party | None = None
    """Who gets the money and issues the document in the seller's name, if not the seller."""
    purchase_order: str | None = None
    """The buyer's own number (BT-13)."""
    contract: str | None = None
    """The contract that the buyer buys it for (BT-12)."""
    prepaid_cents: int = 0
    payment: Payment | None = None
    corrects: Corrects | None = None
    note: str | None = None
    stated_vat_cents: int | None = None
    """The VAT of a part of an order, where it was shared out: it may be a cent off."""
    is_issued_by_seller: bool = False
    """Whether the seller issues it itself, although another one gets the money."""
    is_test: bool = False
    """Whether it comes from an installation that only plays: then nobody owes anything."""

    def __post_init__(self) -> None:
        faults = [
            *self._missing(),
            *self._unfit_texts(),
            *self._wrong_amounts(),
            *self._wrong_vat(),
        ]
        if faults:
            raise InvoiceFaultsError(faults)

    @property
    def net_cents(self) -> int:
        """Without VAT (BR-CO-10, BR-CO-13)."""
        return sum(line.net_cents for line in self.lines)

    @property
    def vat_shares(self) -> tuple[VatShare, ...]:
        """What is charged under each treatment (BR-CO-17), in the order of the lines."""
        taxable: dict[VatTreatment, int] = {}
        for line in self.lines:
            taxable[line.vat] = taxable.get(line.vat, 0) + line.net_cents
        shares = [VatShare(vat, cents, vat.on(cents)) for vat, cents in taxable.items()]
        if self.stated_vat_cents is not None:
            shares[0] = replace(shares[0], vat_cents=self.stated_vat_cents)
        return tuple(shares)

    @property
    def vat_cents(self) -> int:
        """All VAT (BR-CO-14)."""
        return sum(share.vat_cents for share in self.vat_shares)

    @property
    def due_cents(self) -> int:
        """What is still to be paid (BR-CO-16)."""
        return self.total_cents - self.prepaid_cents

    @property
    def is_outside_vat(self) -> bool:
        """Whether it is no supply for VAT: then no VAT number may be named (BR-O-02)."""
        return any(line.vat.category is Category.OUTSIDE for line in self.lines)

    def _missing(self) -> Iterator[str]:
        needed = {"number": self.number, "buyer's reference": self.buyer_reference}
        yield from (f"it has no {what}" for what, text in needed.items() if not text.strip())
        yield from self.seller.faults("seller")
        yield from self.buyer.faults("buyer")
        if self.payee is not None:
            yield from self.payee.faults("payee")
        if (self.kind is InvoiceKind.CREDIT_NOTE) != (self.corrects is not None):
            yield "a credit note, and only that, says which invoice it corrects"
        is_invoice_due = self.kind is InvoiceKind.INVOICE and self.due_cents > 0
        if is_invoice_due and self.payment is None:
            yield "something is due, and nothing says how to pay it"

    def _unfit_texts(self) -> Iterator[str]:
        for about in (self, self.seller, self.buyer, self.payee, self.payment, *self.lines):
            for field in fields(about) if about is not None else ():
                text = getattr(about, field.name)
                if isinstance(text, str) and not _fits(text):
                    yield f"its {field.name} must be one line of at most {LONGEST_TEXT} characters"

    def _wrong_amounts(self) -> Iterator[str]:
        if not 0 < len(self.lines) <= MOST_LINES:
            yield f"it has 1 to {MOST_LINES} lines"
        for number, line in enumerate(self.lines, 1):
            if line.quantity < 1 or line.unit_price_cents < 0 or line.net_cents > LARGEST_AMOUNT:
                yield f"line {number} has no such quantity or price"
        if self.lines and self.net_cents + self.vat_cents != self.total_cents:
            yield (
                f"its lines come to {self.net_cents + self.vat_cents} cents with VAT, and the"
                f" order to {self.total_cents}"
            )
        if not 0 <= self.prepaid_cents <= self.total_cents:
            yield "more was paid than it comes to"

    def _wrong_vat(self) -> Iterator[str]:
        categories = {line.vat.category for line in self.lines}
        if Category.OUTSIDE in categories and len(categories) > 1:
            yield "what is outside VAT needs a document of its own (BR-O-11)"
        if self.stated_vat_cents is not None:
            vat_cents = sum(line.vat.on(line.net_cents) for line in self.lines)
            if len(self.lines) != 1 or abs(self.stated_vat_cents - vat_cents) > ROUNDING_CENTS:
                yield f"the VAT of its one line is {vat_cents} cents, give or take a rounding"
        if categories - {Category.OUTSIDE} and self.seller.vat_id is None:
            yield "the seller has no VAT number (BR-S-02, BR-E-02)"
        for vat in {line.vat for line in self.lines}:
            is_charged = vat.category is Category.STANDARD
            if is_charged != (vat.rate_basis_points > 0) or is_charged == bool(vat.reason):
                yield "VAT is charged at a rate, or not charged for a reason (BR-S-05, BR-E-10)"


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and _ONE_LINE.fullmatch(text) is not None
