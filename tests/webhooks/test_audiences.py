"""Who is told of which event: nobody who may not read what it is about."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

import app.main  # noqa: F401  It wires who is told.
from app.core import events
from app.core.events import Actor, Event
from app.core.ids import new_id
from app.schemes.models import Scheme
from app.webhooks import hooks
from app.webhooks.actions import sequencing
from app.webhooks.models import PLATFORM, EventAudience, EventPosition
from tests import make
from tests.make.obligations import a_rule_version, an_obligation
from tests.make.orders import an_order

HERALD = Actor.system("herald")


async def told_of(
    session: AsyncSession, happened: Mapping[str, UUID], **data: str
) -> dict[str, tuple[set[UUID], bool]]:
    """Let things happen, and find who is told of each, and whether of inner affairs."""
    for kind, subject_id in happened.items():
        events.record(session, kind, subject_id, HERALD, **data)
    await session.flush()
    while await sequencing.sequence(session) == sequencing.BATCH:
        pass
    rows = await session.execute(
        sa.select(Event.type, EventAudience.organisation_id, EventAudience.inner)
        .join(EventPosition, EventPosition.event_id == Event.id)
        .join(EventAudience, EventAudience.position == EventPosition.position)
        .where(Event.actor == str(HERALD))
    )
    found: dict[str, tuple[set[UUID], bool]] = {kind: (set(), False) for kind in happened}
    for kind, organisation_id, inner in rows:
        found[kind] = (found[kind][0] | {organisation_id}, inner)
    return found


async def test_each_side_of_the_market_is_told_of_its_own(session: AsyncSession) -> None:
    listing = await make.a_listing(session)
    scheme = await session.get_one(Scheme, listing.scheme_id)
    buyer = await make.an_organisation(session, "Adviesbureau Maas")
    rival = await make.an_organisation(session, "Rivaal B.V.")
    order = await an_order(session, listing, buyer)
    await an_order(session, listing, rival)
    payment = await make.a_payment(session, scheme, buyer)
    admission = await make.an_admission(session, scheme)
    operator, entrepreneur = {scheme.operator_id}, {listing.entrepreneur_id}

    told = await told_of(
        session,
        {
            "project.begun": listing.project_id,
            "project.submitted": listing.project_id,
            "project.funded": listing.project_id,
            "panel.scored": listing.project_id,
            "round.opened": listing.round_id,
            "order.reserved": order.id,
            "order.refund-stranded": order.id,
            "order.lowered": order.id,
            "payment.expected": payment.id,
            "admission.admitted": admission.id,
            "admission.checked": admission.id,
        },
    )

    assert told == {
        "project.begun": (entrepreneur, False),
        "project.submitted": (entrepreneur | operator, False),
        # Nobody has paid for units of it yet: who only reserved some has bought nothing.
        "project.funded": (entrepreneur | operator, False),
        "panel.scored": (operator, False),
        "round.opened": (operator, False),
        "order.reserved": ({buyer.id} | operator, False),
        "order.refund-stranded": (operator, False),
        "order.lowered": ({buyer.id}, False),
        "payment.expected": ({buyer.id} | operator, False),
        "admission.admitted": ({admission.organisation_id} | operator, False),
        "admission.checked": (operator, False),
    }


async def test_an_authority_keeps_what_it_weighs_to_itself(session: AsyncSession) -> None:
    authority = await make.an_authority(session)
    await a_rule_version(session, authority)
    buyer = await make.an_organisation(session, "Adviesbureau Maas")
    # Somebody says that the number is theirs, and staff has not verified that.
    pretender = await make.an_organisation(session, "Wij zijn Maas")
    pretender.register_number = buyer.register_number
    obligation = await an_obligation(session, authority, buyer)
    officers, both = {authority.organisation_id}, {authority.organisation_id, buyer.id}

    told = await told_of(
        session,
        {
            "obligation.confirmed": obligation.id,
            "obligation.proposed": obligation.id,
            "contract.amended": obligation.contract_id,
            "contract.set-aside": obligation.contract_id,
            "rules.drafted": new_id(),
            "contracts.imported": authority.id,
        },
        authorityId=str(authority.id),
    )

    assert told == {
        "obligation.confirmed": (both, False),
        "obligation.proposed": (officers, False),
        "contract.amended": (both, False),
        "contract.set-aside": (officers, False),
        "rules.drafted": (officers, False),
        "contracts.imported": (officers, False),
    }


async def test_inner_affairs_are_the_admins_and_accounts_the_platforms(
    session: AsyncSession,
) -> None:
    member = await make.a_member(session)

    told = await told_of(
        session,
        {
            "membership.ended": new_id(),
            "organisation.changed": member.organisation_id,
            "session.started": new_id(),
            "log.key-made": new_id(),
            "riddle.posed": new_id(),
        },
        organisationId=str(member.organisation_id),
    )

    assert told == {
        "membership.ended": ({member.organisation_id}, True),
        "organisation.changed": ({member.organisation_id}, False),
        "session.started": ({PLATFORM}, False),
        "log.key-made": ({PLATFORM}, False),
        # Nobody spoke for it (`tests/test_house.py` sees to that): staff alone reads it.
        "riddle.posed": ({PLATFORM}, False),
    }


async def test_every_audience_can_be_asked(session: AsyncSession) -> None:
    sides = [side for noun in hooks.nouns() for each in hooks.of(noun) for side in each.sides]

    assert len(sides) > 50
    for side in sides:
        assert (await session.execute(side, {"event_ids": [new_id()]})).all() == []


def test_only_what_everybody_may_know_is_shown() -> None:
    data = {"totalCents": 2, "buyerId": "somebody", "faults": ["BT-31"], "partId": "a part"}

    assert hooks.shown("order.paid", data) == {"totalCents": 2, "partId": "a part"}
    assert hooks.shown("panel.scored", {"commitment": "ab", "assignmentId": "x"}) == {
        "assignmentId": "x"
    }
    assert hooks.shown("riddle.posed", {"answer": 42}) == {}
