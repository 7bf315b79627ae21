"""Money that leaves: who lets it, how it goes, and how it comes back."""

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.jobs import Job, JobState
from app.ledger.chart import (
    DISPUTED,
    IN_TRANSIT,
    OUTGOING,
    PAYABLE,
    PROVIDER_BALANCE,
    PROVIDER_FEES,
    REFUND_DUE,
    UNALLOCATED,
)
from app.organisations.models import Organisation, Role
from app.payments import actions, queries
from app.payments.models import (
    Dispute,
    DisputeStatus,
    OutgoingStatus,
    Payment,
    ProviderAccount,
    ProviderPayout,
    ProviderPayoutStatus,
    Way,
)
from app.payments.problems import BalanceTooSmall, OnboardingOver
from app.schemes.models import Scheme
from tests import make
from tests.make import Member
from tests.payments.conftest import CLERK, RETURN_URL, Till

CLAW_BACK = {"reason": "The project was stopped before it began."}


async def an_account(till: Till, *, ready: bool = True) -> ProviderAccount:
    """An entrepreneur who told the provider all, or is about to."""
    async with till.database.work() as session:
        entrepreneur = await make.an_organisation(session, "DAM Nederland")
        await actions.accounts.onboard(session, CLERK, entrepreneur, RETURN_URL)
    await till.work()
    account = await read_account(till, entrepreneur)
    if ready:
        till.happens("onboard", account.external_id or "")
        await till.bring()
        await till.work()
    return await read_account(till, entrepreneur)


async def read_account(till: Till, entrepreneur: Organisation) -> ProviderAccount:
    async with till.database.reading() as session:
        found = await queries.accounts.found(session, entrepreneur.id)
    assert found is not None
    return found


async def approvers(till: Till) -> tuple[Member, Member]:
    """Two people who decide for the operator."""
    async with till.database.work() as session:
        scheme = await session.get_one(Scheme, till.scheme_id)
        operator = await session.get_one(Organisation, scheme.operator_id)
        return (
            await make.a_member(session, Role.APPROVER, operator),
            await make.a_member(session, Role.APPROVER, operator),
        )


async def decided(till: Till, outgoing_id: object, what: str, by: Member, **body: str) -> int:
    """Decide over HTTP, and have the jobs done; say the answer's status."""
    answer = await till.client.post(
        f"/v1/schemes/{till.scheme_id}/outgoings/{outgoing_id}/{what}",
        json=body or None,
        headers={**by.headers, "Idempotency-Key": f"{what}-{outgoing_id}-{by.user_id}"},
    )
    await till.bring()
    await till.work()
    return answer.status_code


async def test_a_part_goes_back_the_way_it_came(till: Till) -> None:
    payment_id = await till.paid()
    refund_id = await till.refund(payment_id, 30_000)
    await till.work()

    refund = await till.outgoing(refund_id)
    assert (refund.status, refund.approved_by) == (OutgoingStatus.SETTLED, "system:same-way-back")
    assert await till.has(OUTGOING) == await till.has(REFUND_DUE, till.payer_id) == 0
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()


async def test_what_the_provider_refuses_is_owed_again(till: Till) -> None:
    payment_id = await till.paid()
    refund_id = await till.refund(payment_id, 100_001)
    await till.work()

    refund = await till.outgoing(refund_id)
    assert (refund.status, refund.failure) == (OutgoingStatus.FAILED, "charge_already_refunded")
    assert await till.has(OUTGOING) == 0
    assert await till.has(REFUND_DUE, till.payer_id) == 100_001


async def test_a_refund_that_bounces_is_owed_again(till: Till) -> None:
    payment_id = await till.paid()
    refund_id = await till.refund(payment_id)
    await till.work()
    till.happens("bounce-refund", (await till.outgoing(refund_id)).external_id or "")
    await till.bring()
    await till.work()

    assert (await till.outgoing(refund_id)).status is OutgoingStatus.FAILED
    assert await till.has(REFUND_DUE, till.payer_id) == 100_000
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()


async def test_what_is_not_owed_does_not_leave(till: Till) -> None:
    payment_id = await till.paid()
    first, second = await till.refund(payment_id, 60_000), await till.refund(payment_id, 30_000)
    async with till.database.work() as session:
        # Somebody took what the second was to come from.
        outgoing = await session.get_one(type(await till.outgoing(first)), first)
        outgoing.amount_cents = 90_000
    await till.work()

    assert (await till.outgoing(second)).status is OutgoingStatus.APPROVED
    assert len(list(till.player.store.all("refund"))) == 1
    async with till.database.reading() as session:
        dead = await session.scalars(sa.select(Job.kind).where(Job.state == JobState.DEAD))
        assert list(dead) == ["payments.send"]


async def test_a_payout_needs_a_second_person_and_can_be_taken_back(till: Till) -> None:
    await till.paid()
    account = await an_account(till)
    assert account.can_receive
    assert account.can_withdraw
    payout_id = await till.payout(account.id)
    planner, other = await approvers(till)
    async with till.database.work() as session:
        outgoing = await queries.outgoings.locked(session, payout_id)
        outgoing.planned_by = f"user:{planner.user_id}"

    assert await decided(till, payout_id, "approvals", planner) == 409
    assert await decided(till, payout_id, "approvals", other) == 201
    assert (await till.outgoing(payout_id)).status is OutgoingStatus.SETTLED
    assert await till.has(PAYABLE, account.organisation_id) == 0
    assert (
        await decided(
            till,
            payout_id,
            "approvals",
            other,
        )
        == 201
    ), "the same answer again"
    assert await decided(till, payout_id, "withholdings", other, **CLAW_BACK) == 409

    assert await decided(till, payout_id, "claw-backs", other, **CLAW_BACK) == 202
    taken = await till.outgoing(payout_id)
    assert (taken.status, taken.failure) == (OutgoingStatus.CLAWED_BACK, CLAW_BACK["reason"])
    assert await till.has(PAYABLE, account.organisation_id) == 40_000
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()


async def test_withheld_money_stays_owed(till: Till) -> None:
    await till.paid()
    account = await an_account(till)
    payout_id = await till.payout(account.id)
    approver, _ = await approvers(till)

    assert await decided(till, payout_id, "withholdings", approver, **CLAW_BACK) == 201
    assert await decided(till, payout_id, "approvals", approver) == 409

    assert (await till.outgoing(payout_id)).status is OutgoingStatus.WITHHELD
    assert await till.has(PAYABLE, account.organisation_id) == 40_000


async def test_who_may_not_receive_is_refused_by_the_provider(till: Till) -> None:
    await till.paid()
    account = await an_account(till, ready=False)
    assert account.requirements == ["external_account", "tos_acceptance.date"]
    assert account.onboarding_url is not None
    payout_id = await till.payout(account.id)
    approver, _ = await approvers(till)
    await decided(till, payout_id, "approvals", approver)

    failed = await till.outgoing(payout_id)
    assert failed.status is OutgoingStatus.FAILED
    assert failed.failure == "insufficient_capabilities_for_transfer"
    assert await till.has(PAYABLE, account.organisation_id) == 40_000


async def test_an_account_is_made_once_and_linked_until_nothing_is_wanted(till: Till) -> None:
    account = await an_account(till, ready=False)
    async with till.database.work() as session:
        entrepreneur = await session.get_one(Organisation, account.organisation_id)
        await actions.accounts.onboard(session, CLERK, entrepreneur, RETURN_URL)
    await till.work()
    assert len(list(till.player.store.all("account"))) == 1
    till.happens("onboard", account.external_id or "")
    await till.bring()
    await till.work()

    async with till.database.work() as session:
        with pytest.raises(OnboardingOver):
            await actions.accounts.onboard(session, CLERK, entrepreneur, RETURN_URL)


async def _paid_out(till: Till, cents: int) -> ProviderPayout:
    async with till.database.work() as session:
        payout = await actions.balance.pay_out(session, CLERK, till.scheme_id, cents)
    await till.bring()
    await till.work()
    return await _payout(till, payout)


async def _payout(till: Till, payout: ProviderPayout) -> ProviderPayout:
    async with till.database.reading() as session:
        return await session.get_one(ProviderPayout, payout.id)


async def test_money_goes_to_the_bank_by_way_of_transit(till: Till) -> None:
    await till.paid(Way.IDEAL)
    payout = await _paid_out(till, 90_000)
    assert payout.status is ProviderPayoutStatus.UNDER_WAY
    assert await till.has(IN_TRANSIT) == 90_000

    for _ in range(2):
        async with till.database.work() as session:
            await actions.balance.arrived(session, payout, clock.now(), "camt:1/2")

    assert (await _payout(till, payout)).status is ProviderPayoutStatus.ARRIVED
    assert await till.has(IN_TRANSIT) == 0


async def test_a_payout_to_the_bank_that_comes_back_is_at_the_provider_again(till: Till) -> None:
    await till.paid(Way.IDEAL)
    payout = await _paid_out(till, 90_000)
    till.happens("bounce-payout", payout.external_id or "")
    await till.bring()
    await till.work()

    assert (await _payout(till, payout)).failure == "account_closed"
    assert await till.has(IN_TRANSIT) == 0
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()


async def test_no_more_goes_to_the_bank_than_is_at_the_provider(till: Till) -> None:
    await till.paid(Way.IDEAL)
    async with till.database.work() as session:
        await actions.balance.pay_out(session, CLERK, till.scheme_id, 60_000)
        with pytest.raises(BalanceTooSmall):
            await actions.balance.pay_out(session, CLERK, till.scheme_id, 60_000)


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_holds_money_back_and_only_a_lost_one_takes_it(
    till: Till, *, won: bool
) -> None:
    payment_id = await till.paid()
    [receipt] = await till.receipts(payment_id)
    dispute_id = till.happens("dispute", receipt.external_id)["id"]
    await till.bring()
    await till.work()
    assert await till.has(DISPUTED) == 100_000
    assert await till.has(PROVIDER_FEES) == 1_525 + 2_000

    till.happens("decide", dispute_id, won=won)
    await till.bring()
    await till.work()

    async with till.database.reading() as session:
        dispute = (await session.scalars(sa.select(Dispute))).one()
        payment = await session.get_one(Payment, payment_id)
    assert dispute.status is (DisputeStatus.WON if won else DisputeStatus.LOST)
    assert await till.has(DISPUTED) == 0
    assert await till.has(UNALLOCATED, payment.owner_id) == (100_000 if won else 0)
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()
