"""What the books say in the end, and that they are right."""

from app.ledger.chart import Book
from app.story.books import trial_balance
from app.story.failures import Failure
from app.story.tale import Story


def tell(story: Story) -> None:
    """Add every ledger up, and prove the books from their rows."""
    ada = story.cast.ada
    story.wait("the last entry has its position", story.books.is_known)
    with story.step(f"{ada} adds the books up."):
        ledgers = ada.get("/v1/ledgers")["items"]
        found = [ada.get(f"/v1/ledgers/{ledger['id']}/trial-balance") for ledger in ledgers]
    for ledger, balance in zip(ledgers, found, strict=True):
        name = f"{story.props.keepers[ledger['keeperId']]}, {ledger['book']} book"
        story.teller.remark(f"{name}:" if balance["rows"] else f"{name}: nothing yet", "")
        if balance["rows"]:
            story.teller.table(trial_balance(balance, Book(ledger["book"])))
        if balance["debit"] != balance["credit"]:
            raise Failure(f"The {ledger['book']} book does not balance.")
    with story.step(f"{ada} compares the books with the provider and the bank."):
        found = ada.get(f"{story.props.scheme}/reconciliation")
    if not found["agrees"]:
        raise Failure(f"There are differences: {found}.")
    story.teller.remark("No differences.", "bold green")
    with story.step("The operator proves every row of them (baat check-books)."):
        counts, faults = story.stage.check_books()
    if faults:
        raise Failure("The books have faults: " + " ".join(faults))
    story.teller.remark(f"The books balance. {counts}.", "bold green")
