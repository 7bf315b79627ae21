"""Why an order can't be made, approved, paid or taken back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core.problems import NotAllowed, Problem, Unavailable


class SaleNotRunning(Problem):
    """The project is not for sale: its sale has not begun, or is over."""

    status = 409
    title = "The project is not for sale now"

    def __init__(self, begins_at: datetime, ends_at: datetime, now: datetime) -> None:
        when = "begins at" if now < begins_at else "ended, at the latest at"
        moment = begins_at if now < begins_at else ends_at
        super().__init__(f"The sale {when} {moment.isoformat()}.")


class NotEnoughUnits(Problem):
    """Fewer units are free than the buyer asks for."""

    status = 409
    title = "Not enough units are free"

    def __init__(self, project_id: UUID, asked: int, free: int) -> None:
        super().__init__(
            f"{asked} units were asked for and {free} are free. Units that others have reserved and"
            " do not pay for come free again.",
            project_id=str(project_id),
            asked_units=asked,
            free_units=free,
        )


class QuantityOutsideTerms(Problem):
    """The scheme sells no such number of units at once."""

    status = 409
    title = "The scheme sells no such quantity at once"

    def __init__(self, smallest: int, largest: int | None) -> None:
        upto = "" if largest is None else f" and at most {largest:,}"
        super().__init__(
            f"An order is of at least {smallest:,}{upto} units.",
            smallest_units=smallest,
            largest_units=largest,
        )


class OwnProject(NotAllowed):
    """An entrepreneur can't buy its own units."""

    title = "This is the buyer's own project"


class BuyerOutsideTerms(NotAllowed):
    """The scheme's terms say who buys: this organisation does not, or not yet."""

    title = "The organisation may not buy in this scheme"


class OrderStateForbids(Problem):
    """The state of the order does not allow this."""

    status = 409
    title = "The order's state does not allow this"


class MoreUnitsThanLeft(Problem):
    """So many units are not left, of the order or of the project's paid orders."""

    status = 409
    title = "Fewer units are left"

    def __init__(self, asked: int, left: int) -> None:
        super().__init__(
            f"{asked:,} units were to be undone, and {left:,} are left.",
            asked_units=asked,
            left_units=left,
        )


class OwnOrder(NotAllowed):
    """Whoever ordered can't approve it."""

    title = "Somebody else must approve this order"


class AboveOwnLimit(NotAllowed):
    """Whoever decides has a spending limit too, and the order is above it."""

    title = "The order is above one's own limit"


class NothingToReallocate(Problem):
    """The project missed no threshold, its terms refund at once, or the time to choose is over."""

    status = 409
    title = "The order can't be moved to another project"


class OtherTerms(Problem):
    """Units of the other project cost otherwise: the money would not buy as many."""

    status = 409
    title = "The other project's terms of sale differ"


class PaidOut(Problem):
    """The money of so many units is not there any more: its entrepreneur was paid with it."""

    status = 409
    title = "The money was paid out"


class NothingStranded(Problem):
    """Nothing is owed back for the order, or all of it is on its way."""

    status = 409
    title = "Nothing waits for a way back"


class BuyerWithoutAccount(Problem):
    """The buyer has no bank account on record that a refund could go to."""

    status = 409
    title = "The buyer has no bank account on record"


class PaymentOpen(Problem):
    """Another payment of the order can still be paid: that one first, or cancel it."""

    status = 409
    title = "The order has an open payment"


class InvoiceImpossible(Problem):
    """The order is to be paid on invoice, and something that an invoice must say is missing."""

    status = 409
    title = "No invoice can be made"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(
            f"An invoice can't be made: {'; '.join(faults)}. Complete what the organisation says"
            " of itself, name an invoiceAddress, or pay online.",
            faults=list(faults),
        )


class DocumentNotWritten(Unavailable):
    """The document is issued, and its file is still being written."""

    title = "The document is being written"

    def __init__(self) -> None:
        super().__init__("The document is issued and its file is being written.", 5)


class PdfNotInstalled(Problem):
    """This installation sets no PDF; the other forms of the document say the same."""

    status = 501
    title = "This installation sets no PDF"
