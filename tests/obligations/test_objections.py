"""Objections of a contractor: to a sanction, and to the refusal of a waiver."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.core import clock
from app.obligations.models import ObligationObjection
from app.organisations.models import Membership, Organisation, Role
from tests import make
from tests.make import Member
from tests.obligations.conftest import REASON, Deal
from tests.obligations.test_obligations import fulfil, later
from tests.schemes.conftest import said

GROUNDS = "Nobody of us was heard."


async def refused_waiver(deal: Deal, path: str, cents: int) -> str:
    """Have a waiver asked for and refused by an approver; give its id."""
    asked = {"amountCents": cents, "reason": "The school burned down."}
    proposal_id = (await deal.post(f"{path}/waivers", asked, deal.contractor)).json()["id"]
    decide = f"{path}/proposals/{proposal_id}/decisions"
    refused = await deal.post(decide, {"approved": False, **REASON}, by=deal.hall.approver)
    assert refused.json()["state"] == "refused"
    return str(proposal_id)


async def lodged(deal: Deal, path: str, proposal_id: str) -> dict[str, Any]:
    """Object to what became of a proposal; give the objection and where it is."""
    body = {"proposalId": proposal_id, "grounds": GROUNDS}
    answer = await deal.post(f"{path}/objections", body, deal.contractor)
    assert (answer.status_code, answer.json()["state"]) == (201, "lodged"), answer.text
    return {"path": f"{path}/objections/{answer.json()['id']}", "body": body}


async def a_fellow_contractor(deal: Deal) -> tuple[Member, dict[str, str]]:
    """Make another contractor; give its administrator, and how a contract names it."""
    async with deal.database.work() as session:
        organisation = await make.an_organisation(session, "Groen Zuid B.V.")
        organisation.verified_at = clock.now()
        fellow = await make.a_member(session, Role.ADMIN, organisation)
        party = {"scheme": "NL-KVK", "identifier": organisation.register_number}
    return fellow, {**party, "legalName": "Groen Zuid B.V."}


async def test_the_refusal_of_a_waiver_is_contested_and_judged_by_somebody_else(
    deal: Deal,
) -> None:
    _, obligation_id = await deal.registered()
    path = f"/obligations/{obligation_id}"
    await deal.confirm(obligation_id)
    first = await lodged(deal, path, await refused_waiver(deal, path, 2_000_000))
    again = await deal.post(f"{path}/objections", first["body"], deal.contractor)
    assert said(again) == (409, "/problems/objected-before")
    theirs = await deal.post(f"{path}/objections", first["body"], deal.hall.member)
    assert said(theirs) == (403, "/problems/role-too-small")

    upheld = {"upheld": True, **REASON}
    own = await deal.post(f"{first['path']}/decisions", upheld, deal.hall.approver)
    assert said(own) == (403, "/problems/own-first-decision")
    answer = await deal.post(f"{first['path']}/decisions", upheld, deal.hall.admin)
    assert (answer.status_code, answer.json()["state"]) == (201, "upheld")
    over = await deal.post(f"{first['path']}/withdrawals", {}, deal.contractor)
    assert said(over) == (409, "/problems/objection-ended")
    assert await deal.balance(obligation_id) == {
        "imposed": 5_000_000,
        "open": 3_000_000,
        "waived": 2_000_000,
    }

    second = await lodged(deal, path, await refused_waiver(deal, path, 3_000_000))
    await _taken_back_by_a_colleague(deal, second)
    third = await refused_waiver(deal, path, 3_000_000)
    async with later(deal, 43):
        body = {"proposalId": third, "grounds": GROUNDS}
        late = await deal.post(f"{path}/objections", body, deal.contractor)
        assert said(late) == (409, "/problems/too-late-to-object")
    dismissed = {"upheld": False, **REASON}
    answer = await deal.post(
        f"{(await lodged(deal, path, third))['path']}/decisions", dismissed, deal.hall.admin
    )
    assert answer.json()["state"] == "dismissed"
    assert (await deal.balance(obligation_id))["open"] == 3_000_000
    kinds = [each["kind"] for each in (await deal.get(f"{path}/decisions"))["items"]]
    assert kinds[3:7] == [
        "proposal-refused",
        "objection-lodged",
        "objection-upheld",
        "waived",
    ]


async def _taken_back_by_a_colleague(deal: Deal, objection: dict[str, Any]) -> None:
    """Let somebody have lodged an objection who works there no more, and a colleague let go."""
    async with deal.database.work() as session:
        company = await session.get_one(Organisation, deal.contractor.organisation_id)
        left = ObligationObjection.proposal_id == UUID(objection["body"]["proposalId"])
        lodged_by_id = (await make.a_user(session)).id
        await session.execute(
            sa.update(ObligationObjection).where(left).values(lodged_by_id=lodged_by_id)
        )
        colleague = await make.a_member(session, Role.MEMBER, company)
    gone = await deal.post(f"{objection['path']}/withdrawals", {}, colleague)
    assert gone.json()["state"] == "withdrawn"


async def test_who_decides_hears_of_an_objection_and_no_fellow_contractor_lets_go_of_it(
    deal: Deal,
) -> None:
    fellow, party = await a_fellow_contractor(deal)
    parties = [*deal.contract()["parties"], party]
    _, obligation_id = await deal.registered(parties=parties)
    path = f"/obligations/{obligation_id}"
    await deal.confirm(obligation_id)
    objection = await lodged(deal, path, await refused_waiver(deal, path, 2_000_000))
    # Though whoever lodged it works for the other one as well.
    async with deal.database.work() as session:
        both = {"organisation_id": fellow.organisation_id, "user_id": deal.contractor.user_id}
        session.add(Membership(**both, role=Role.MEMBER))
    theirs = await deal.post(f"{objection['path']}/withdrawals", {}, fellow)
    assert said(theirs) == (403, "/problems/role-too-small")
    mails = await make.mails(deal.database)
    told = {mail.to for mail in mails if "maakt bezwaar tegen de weigering" in mail.text}
    assert told == {deal.hall.approver.email, deal.hall.admin.email}
    own = await deal.post(f"{objection['path']}/withdrawals", {}, deal.contractor)
    assert own.json()["state"] == "withdrawn"
    body = {"proposalId": await refused_waiver(deal, path, 1_000_000), "grounds": GROUNDS}
    for_them = {**body, "lodgedForId": str(fellow.organisation_id)}
    unasked = {**body, "lodgedForId": str(deal.hall.admin.organisation_id)}
    assert said(await deal.post(f"{path}/objections", unasked, deal.contractor))[0] == 403
    made = await deal.post(f"{path}/objections", for_them, deal.contractor)
    assert (made.status_code, made.json()["lodgedForId"]) == (201, for_them["lodgedForId"])


async def test_a_sanction_waits_for_an_objection_and_is_lifted_by_one(deal: Deal) -> None:
    _, obligation_id = await deal.registered()
    path = f"/obligations/{obligation_id}"
    await deal.confirm(obligation_id)
    async with later(deal, 365):
        waiver = await refused_waiver(deal, path, 1_000_000)
    async with later(deal, 365 + 20):
        waits = await lodged(deal, path, waiver)
    async with later(deal, 365 + 91):
        early = await deal.post(f"{path}/sanctions", REASON)
        assert said(early) == (409, "/problems/recovery-runs")
        await deal.post(f"{waits['path']}/withdrawals", {}, deal.contractor)
        async with deal.database.work() as session:
            await fulfil(session, obligation_id, 1_000_000)
        sanction = (await deal.post(f"{path}/sanctions", REASON)).json()["id"]
        body = {"proposalId": sanction, "grounds": GROUNDS}
        early = await deal.post(f"{path}/objections", body, deal.contractor)
        assert said(early) == (409, "/problems/nothing-to-object-to")
        approved = {"approved": True, **REASON}
        await deal.post(f"{path}/proposals/{sanction}/decisions", approved, deal.hall.approver)
        await _undone(deal, obligation_id)
        objection = await lodged(deal, path, sanction)
        upheld = {"upheld": True, "reason": "The school was closed."}
        answer = await deal.post(f"{objection['path']}/decisions", upheld, deal.hall.admin)
        assert answer.status_code == 201, answer.text
        assert (await deal.get(path))["state"] == "in_recovery"
        assert (await deal.balance(obligation_id))["open"] == 5_000_000
        assert "sanctioned" not in await deal.balance(obligation_id)
        anew = await deal.post(f"{path}/sanctions", REASON)
        assert anew.status_code == 201
    await _told(deal)


async def _told(deal: Deal) -> None:
    [letter] = [
        mail
        for mail in await make.mails(deal.database)
        if mail.subject == "Gemeente Rotterdam heeft over uw bezwaar besloten"
    ]
    assert "De sanctie is opgeheven" in letter.text
    assert "The school was closed." in letter.text


async def _undone(deal: Deal, obligation_id: str) -> None:
    """Let what counted be revoked: it is owed again, and the sanction can be contested still."""
    path = f"/obligations/{obligation_id}"
    assert (await deal.get(path))["state"] == "sanctioned"
    async with deal.database.work() as session:
        await fulfil(session, obligation_id, 1_000_000, undone=True)
    assert (await deal.get(path))["state"] == "in_recovery"
    assert await deal.balance(obligation_id) == {
        "imposed": 5_000_000,
        "open": 1_000_000,
        "expiring": 1_000_000,
        "sanctioned": 4_000_000,
    }
