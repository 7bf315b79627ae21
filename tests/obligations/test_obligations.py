"""Obligations over HTTP: confirmed, raised, lowered, waived, overdue, sanctioned, settled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.ledger import journal, positions
from app.ledger.chart import FULFILLED, OWED, PROVISIONAL
from app.ledger.drafts import Draft, credit, debit
from app.obligations import queries
from app.obligations.actions import following, reminding, states
from app.obligations.actions.decisions import CLOCK
from app.obligations.models import Obligation, ObligationState
from tests import make
from tests.obligations.conftest import REASON, Deal
from tests.schemes.conftest import said


@asynccontextmanager
async def later(deal: Deal, days: int) -> AsyncIterator[None]:
    """Be some days later, when the chores have been done; people sign in anew in the meantime."""
    with clock.travelled(datetime.now(UTC) + timedelta(days=days)):
        async with deal.database.work() as session:
            await session.execute(
                sa.text("UPDATE user_sessions SET expires_at = :later, last_used_at = :now"),
                {"later": clock.now() + timedelta(days=1), "now": clock.now()},
            )
        await following.follow_due(deal.database)
        await reminding.remind_due(deal.database)
        yield


async def fulfil(
    session: AsyncSession,
    obligation_id: str,
    cents: int,
    *,
    approved: bool = True,
    undone: bool = False,
) -> Obligation:
    """Let a part of an obligation be fulfilled, as a claim will; or not any more."""
    found = await session.scalar(sa.select(Obligation).where(Obligation.id == obligation_id))
    assert found is not None
    obligation = await queries.obligations.kept(session, found.id)
    account = (FULFILLED if approved else PROVISIONAL).of(obligation.authority_id, obligation.id)
    owed = OWED.of(obligation.authority_id, obligation.id)
    await journal.post(
        session,
        Draft(
            kind="claim.approved",
            reference=f"claim/{new_id()}",
            narration="A claim counts",
            occurred_at=clock.now(),
            lines=(
                debit(owed if undone else account, cents, obligation.id),
                credit(account if undone else owed, cents, obligation.id),
            ),
        ),
    )
    await states.settle_state(session, CLOCK, obligation)
    return obligation


async def test_only_somebody_else_of_the_authority_confirms(deal: Deal) -> None:
    answer = await deal.post(
        f"/authorities/{deal.hall.id}/contracts", deal.contract(), by=deal.hall.approver
    )
    assert answer.status_code == 201
    [found] = (await deal.get(f"/authorities/{deal.hall.id}/obligations"))["items"]
    obligation_id = found["id"]

    assert said(await deal.confirm(obligation_id)) == (403, "/problems/own-contract")
    assert said(await deal.confirm(obligation_id, deal.hall.member)) == (
        403,
        "/problems/role-too-small",
    )
    assert said(await deal.confirm(obligation_id, deal.contractor)) == (
        403,
        "/problems/role-too-small",
    )
    stale = await deal.post(
        f"/obligations/{obligation_id}/confirmations", REASON, deal.hall.admin, If_Match='"9"'
    )
    assert stale.status_code == 412
    confirmed = await deal.confirm(obligation_id, deal.hall.admin, key="once")
    again = await deal.confirm(obligation_id, deal.hall.admin, key="once")
    assert (confirmed.status_code, confirmed.json()["state"]) == (201, "active")
    assert again.json() == confirmed.json()
    assert await deal.balance(obligation_id) == {"imposed": 5_000_000, "open": 5_000_000}
    assert said(await deal.confirm(obligation_id, deal.hall.admin)) == (
        409,
        "/problems/nothing-to-confirm",
    )


async def test_amendments_raise_and_lower_what_is_imposed_when_they_are_confirmed(
    deal: Deal,
) -> None:
    contract_id, obligation_id = await deal.registered()
    await deal.confirm(obligation_id)
    async with deal.database.work() as session:
        await fulfil(session, obligation_id, 2_000_000)
    await deal.amend(contract_id, contractSumCents=120_000_000)
    found = await deal.get(f"/obligations/{obligation_id}")
    assert (found["confirmedCents"], found["computedCents"]) == (5_000_000, 6_000_000)
    assert await deal.balance(obligation_id) == {
        "imposed": 5_000_000,
        "open": 3_000_000,
        "approved": 2_000_000,
    }
    before = clock.now()
    async with deal.database.work() as session:
        await positions.sequence(session)
        known = await positions.latest(session)
    await deal.confirm(obligation_id)
    raised = {"imposed": 6_000_000, "open": 4_000_000, "approved": 2_000_000}
    assert await deal.balance(obligation_id) == raised
    # Lowered beyond what is owed: what was fulfilled is more than is imposed.
    await deal.amend(contract_id, contractSumCents=20_000_000)
    lowered = await deal.confirm(obligation_id)
    assert lowered.json()["state"] == "fulfilled"
    assert await deal.balance(obligation_id) == {
        "imposed": 1_000_000,
        "surplus": 1_000_000,
        "approved": 2_000_000,
    }
    # As it stood at a moment, and as anybody could know.
    past = {"imposed": 5_000_000, "open": 3_000_000, "approved": 2_000_000}
    moment = before.isoformat().replace("+00:00", "Z")
    assert await deal.balance(obligation_id, f"?asOf={moment}") == past
    assert await deal.balance(obligation_id, f"?position={known}") == past
    assert await deal.balance(obligation_id, f"?knownAt={moment}") == {}
    now = clock.now().isoformat().replace("+00:00", "Z")
    assert await deal.balance(obligation_id, f"?knownAt={now}") == past
    decisions = await deal.get(f"/obligations/{obligation_id}/decisions", by=deal.contractor)
    assert [each["kind"] for each in decisions["items"]] == [
        *("registered", "confirmed", "computed", "raised", "computed", "lowered", "fulfilled"),
    ]


async def test_what_was_fulfilled_beyond_an_obligation_counts_when_it_is_raised(
    deal: Deal,
) -> None:
    contract_id, obligation_id = await deal.registered()
    await deal.confirm(obligation_id)
    async with deal.database.work() as session:
        await fulfil(session, obligation_id, 2_000_000)
    await deal.amend(contract_id, contractSumCents=20_000_000)
    await deal.confirm(obligation_id)
    await deal.amend(contract_id, contractSumCents=30_000_000)
    assert (await deal.confirm(obligation_id)).json()["state"] == "fulfilled"
    assert await deal.balance(obligation_id) == {
        "imposed": 1_500_000,
        "surplus": 500_000,
        "approved": 2_000_000,
    }
    await deal.amend(contract_id, contractSumCents=50_000_000)
    assert (await deal.confirm(obligation_id)).json()["state"] == "active"
    assert await deal.balance(obligation_id) == {
        "imposed": 2_500_000,
        "open": 500_000,
        "approved": 2_000_000,
    }


async def test_a_cancelled_contract_obliges_to_nothing(deal: Deal) -> None:
    contract_id, obligation_id = await deal.registered()
    await deal.confirm(obligation_id)
    await deal.amend(contract_id, isCancelled=True)

    assert (await deal.confirm(obligation_id)).json()["state"] == "fulfilled"
    assert await deal.balance(obligation_id) == {}
    settled = await deal.post(
        f"/obligations/{obligation_id}/settlements", REASON, by=deal.hall.approver
    )
    assert settled.json()["state"] == "settled"
    await deal.amend(contract_id)
    assert said(await deal.confirm(obligation_id)) == (409, "/problems/obligation-state-forbids")
    # What nobody confirmed ends in the same way, and not by who cancelled it.
    contract_id, obligation_id = await deal.registered(reference="cancelled")
    settle = f"/obligations/{obligation_id}/settlements"
    owes = await deal.post(settle, REASON, by=deal.hall.approver)
    assert said(owes) == (409, "/problems/obligation-state-forbids")
    body = {**deal.contract(), "isCancelled": True, **REASON}
    for name in ("reference", "awardedOn", "parties"):
        body.pop(name)
    await deal.post(f"/contracts/{contract_id}/amendments", body, by=deal.hall.admin)
    own = await deal.post(settle, REASON, by=deal.hall.admin)
    assert said(own) == (403, "/problems/own-contract")
    ended = await deal.post(settle, REASON, by=deal.hall.approver)
    assert (ended.json()["state"], ended.json()["confirmedCents"]) == ("settled", 0)


async def test_a_waiver_is_asked_for_by_one_and_decided_by_another(deal: Deal) -> None:
    _, obligation_id = await deal.registered()
    path = f"/obligations/{obligation_id}"
    asked = {"amountCents": 2_000_000, "reason": "The school burned down."}
    early = await deal.post(f"{path}/waivers", asked, by=deal.contractor)
    assert said(early) == (409, "/problems/obligation-state-forbids")
    await deal.confirm(obligation_id)
    much = await deal.post(f"{path}/waivers", {**asked, "amountCents": 5_000_001}, deal.contractor)
    assert said(much) == (409, "/problems/not-so-much-owed")
    assert much.json()["owedCents"] == 5_000_000

    first = await deal.post(f"{path}/waivers", asked, by=deal.contractor)
    assert (first.status_code, first.json()["side"]) == (201, "contractor")
    second = await deal.post(f"{path}/waivers", asked, by=deal.hall.member)
    assert said(second) == (409, "/problems/proposal-open")
    decide = f"{path}/proposals/{first.json()['id']}/decisions"
    refused = await deal.post(decide, {"approved": False, **REASON}, by=deal.hall.approver)
    assert refused.json()["state"] == "refused"
    assert said(await deal.post(decide, {"approved": True, **REASON}, by=deal.hall.admin)) == (
        409,
        "/problems/proposal-decided",
    )
    own = await deal.post(f"{path}/waivers", asked, by=deal.hall.approver)
    decide = f"{path}/proposals/{own.json()['id']}/decisions"
    approved = {"approved": True, **REASON}
    assert said(await deal.post(decide, approved, by=deal.hall.approver)) == (
        403,
        "/problems/own-proposal",
    )
    assert (await deal.post(decide, approved, by=deal.hall.admin)).json()["state"] == "approved"
    assert await deal.balance(obligation_id) == {
        "imposed": 5_000_000,
        "open": 3_000_000,
        "waived": 2_000_000,
    }
    rest = await deal.post(f"{path}/waivers", {**asked, "amountCents": 3_000_000})
    await deal.post(f"{path}/proposals/{rest.json()['id']}/decisions", approved, deal.hall.admin)
    assert (await deal.get(path))["state"] == "waived"


async def test_what_is_overdue_is_made_up_for_or_sanctioned(deal: Deal) -> None:
    _, obligation_id = await deal.registered()
    path = f"/obligations/{obligation_id}"
    await deal.confirm(obligation_id)
    async with deal.database.work() as session:
        await fulfil(session, obligation_id, 1_000_000)
    early = await deal.post(f"{path}/sanctions", REASON)
    assert said(early) == (409, "/problems/obligation-state-forbids")
    async with later(deal, 334):
        assert (await deal.balance(obligation_id))["expiring"] == 4_000_000
    async with later(deal, 365):
        found = await deal.get(path)
        assert found["state"] == "in_recovery"
        ends_on = (clock.today() + timedelta(days=90)).isoformat()
        assert found["recoveryEndsOn"] == ends_on
        runs = await deal.post(f"{path}/sanctions", REASON)
        assert said(runs) == (409, "/problems/recovery-runs")
    async with later(deal, 365 + 91):
        late = await deal.post(f"{path}/waivers", {"amountCents": 1, **REASON}, deal.contractor)
        assert said(late) == (409, "/problems/obligation-state-forbids")
        proposed = await deal.post(f"{path}/sanctions", REASON)
        assert proposed.status_code == 201, proposed.text
        assert proposed.json()["withheldCents"] == 6_000_000
        assert proposed.json()["steps"][0]["figures"] == "40,000.00 × 150 % = 60,000.00"
        decide = f"{path}/proposals/{proposed.json()['id']}/decisions"
        decided = await deal.post(decide, {"approved": True, **REASON}, by=deal.hall.approver)
        assert decided.json()["state"] == "approved"
        assert (await deal.get(path))["state"] == "sanctioned"
        assert await deal.balance(obligation_id) == {
            "imposed": 5_000_000,
            "approved": 1_000_000,
            "sanctioned": 4_000_000,
        }
    subjects = [mail.subject for mail in await make.mails(deal.database)]
    assert subjects == [
        "Een social-return-opgave is bevestigd",
        "Een social-return-opgave verloopt binnenkort",
        "Een social-return-opgave is te laat",
        "Gemeente Rotterdam heeft over uw opgave besloten",
    ]


async def test_what_is_fulfilled_is_settled_and_what_is_revoked_is_owed_again(deal: Deal) -> None:
    _, obligation_id = await deal.registered()
    await deal.confirm(obligation_id)
    settle = f"/obligations/{obligation_id}/settlements"
    early = await deal.post(settle, REASON, by=deal.hall.approver)
    assert said(early) == (409, "/problems/obligation-state-forbids")
    async with deal.database.work() as session:
        obligation = await fulfil(session, obligation_id, 5_000_000)
        assert (obligation.state, obligation.remind_on) == (ObligationState.FULFILLED, None)
        keeper, about = obligation.authority_id, obligation.id
        lines = (
            debit(OWED.of(keeper, about), 500_000, about),
            credit(FULFILLED.of(keeper, about), 500_000, about),
        )
        revoked = Draft("claim.revoked", "claim/1/revoked", "Revoked", clock.now(), lines)
        await journal.post(session, revoked)
        await states.settle_state(session, CLOCK, obligation)
    assert (await deal.get(f"/obligations/{obligation_id}"))["state"] == "active"
    async with deal.database.work() as session:
        await fulfil(session, obligation_id, 500_000)
    settled = await deal.post(settle, REASON, by=deal.hall.approver)
    assert (settled.status_code, settled.json()["state"]) == (201, "settled")


async def test_reminders_go_out_as_the_rules_say_and_once(deal: Deal) -> None:
    _, obligation_id = await deal.registered()
    await deal.confirm(obligation_id)
    # Due in 364 days: reminders 30 and 7 days before.
    for days in (333, 334, 335, 357, 358):
        async with later(deal, days):
            pass
    letters = [mail.subject for mail in await make.mails(deal.database)]
    assert letters.count("Een social-return-opgave verloopt binnenkort") == 2


async def test_a_contract_that_ended_in_antiquity_is_confirmed(deal: Deal) -> None:
    _, obligation_id = await deal.registered(startsOn="0001-01-01", endsOn="0001-01-02")
    answer = await deal.confirm(obligation_id)
    assert (answer.status_code, answer.json()["state"]) == (201, "active")


async def test_a_contract_that_begins_later_and_gets_more_time(deal: Deal) -> None:
    begins, ends = (clock.today() + timedelta(days=days) for days in (10, 20))
    contract_id, obligation_id = await deal.registered(
        startsOn=begins.isoformat(), endsOn=ends.isoformat()
    )
    assert (await deal.confirm(obligation_id)).json()["state"] == "confirmed"
    async with later(deal, 10):
        assert (await deal.get(f"/obligations/{obligation_id}"))["state"] == "active"
    async with later(deal, 21):
        assert (await deal.get(f"/obligations/{obligation_id}"))["state"] == "in_recovery"
        extended = (clock.today() + timedelta(days=30)).isoformat()
        await deal.amend(contract_id, startsOn=begins.isoformat(), endsOn=extended)
        found = await deal.get(f"/obligations/{obligation_id}")
        assert (found["state"], found["recoveryEndsOn"]) == ("active", None)


async def test_of_two_at_once_one_registers_and_one_confirms(deal: Deal) -> None:
    path = f"/authorities/{deal.hall.id}/contracts"
    answers = await asyncio.gather(*(deal.post(path, deal.contract()) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [found] = (await deal.get(f"/authorities/{deal.hall.id}/obligations"))["items"]

    both = (deal.hall.approver, deal.hall.admin)
    answers = await asyncio.gather(*(deal.confirm(found["id"], by) for by in both))

    first, second = sorted(answer.status_code for answer in answers)
    assert (first, second in {409, 412}) == (201, True)
    assert (await deal.balance(found["id"]))["imposed"] == 5_000_000
