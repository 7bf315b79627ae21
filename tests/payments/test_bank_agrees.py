"""Whatever the bank delivers, and however often: the books say what the bank says."""

import random
from itertools import pairwise

import pytest

from app.ledger.chart import BANK, OUTGOING, SUSPENSE, UNALLOCATED
from app.payments.models import Outcome, OutgoingStatus
from app.payments.sepa.camt053 import Direction
from tests import make
from tests.make.statements import Detail, Line, a_debit, a_payment, a_statement
from tests.payments.banking import Desk

GIFT_CENTS = 40_000


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_books_say_what_the_bank_says(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  Drawn to be spread, not to be secret.
    payments = [await desk.expect(chance.randint(1, 9) * 1_000) for _ in range(5)]
    sent = [await desk.sent(GIFT_CENTS) for _ in range(4)]
    lines = [
        *(a_payment(f"{chance.randint(1, 99)}.50", p.creditor_reference or "") for p in payments),
        *(a_debit("400.00", outgoing_id.hex) for outgoing_id in sent[:3]),
        Line("400.00", details=(Detail("400.00", end_to_end_id=sent[0].hex, returned="AC06"),)),
        a_payment("12.34", "who knows"),
        a_payment("12.34", "who knows"),
        a_debit("5.00", "NOTPROVIDED"),
        Line("7.00", "DBIT", is_reversal=True, details=(Detail("7.00", is_incoming=False),)),
    ]
    cuts = sorted({0, len(lines), *chance.sample(range(1, len(lines)), 3)})
    parts = [lines[start:end] for start, end in pairwise(cuts)]
    files = [a_statement(*part, number=f"p{number}") for number, part in enumerate(parts)]
    files += [a_statement(*lines, number="all"), *chance.sample(files, 2)]
    # A return is known by what it brings back: files come in the order of their days.
    for content in files:
        assert (await desk.upload(content)).status_code == 201
        await make.jobs_done(desk.database)

    transactions = await desk.transactions()
    assert len(transactions) == len(lines)
    explained = [one for one in transactions if one.outcome is not Outcome.UNEXPLAINED]
    moved = sum(one.direction.signed(one.amount_cents) for one in explained)
    assert await desk.has(BANK) == len(sent) * GIFT_CENTS + moved
    unexplained = [one for one in transactions if one.outcome is Outcome.UNEXPLAINED]
    assert {one.direction for one in unexplained} == {Direction.OUTGOING}
    assert sum(one.amount_cents for one in unexplained) == 1_200
    assert await desk.has(SUSPENSE) == 2 * 1_234
    assert await desk.has(OUTGOING) == GIFT_CENTS
    came = {payment.id: 0 for payment in payments}
    for receipt in await desk.receipts():
        if receipt.payment_id is not None:
            came[receipt.payment_id] += receipt.amount_cents
    for payment in payments:
        assert await desk.has(UNALLOCATED, payment.owner_id) == came[payment.id] > 0
    assert [(await desk.outgoing(one)).status for one in sent] == [
        OutgoingStatus.FAILED,
        OutgoingStatus.SETTLED,
        OutgoingStatus.SETTLED,
        OutgoingStatus.SENT,
    ]
