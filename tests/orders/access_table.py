"""Who may do what in this domain: one line per operation."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.ledger import journal
from app.ledger.chart import BANK
from app.ledger.drafts import debit
from app.orders.models import Order, OrderState, SerialBlock
from app.orders.postings import Arrived, in_vain
from app.orders.serials import Serial
from app.organisations.models import Organisation
from app.projects.models import Listing, Project, ProjectState, ReportKind, ReportState, Round
from app.schemes.models import Scheme
from tests import make
from tests.make.invoices import an_invoice
from tests.make.orders import an_order, pay
from tests.make.reports import a_submitted_report
from tests.matrix import (
    ANYBODY,
    FURNISHERS,
    Body,
    Caller,
    Place,
    Rule,
    Standing,
    Tenant,
    World,
    standing,
)
from tests.organisations.access_table import OURS, REASON, always
from tests.projects.access_market import LISTED, SHOWN, a_file
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING, READING


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation buy in its own scheme, and have ordered."""
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    await make.an_enrolment(session, scheme, tenant.organisation)
    order = await an_order(session, await _listing(session, tenant), tenant.organisation)
    project = await session.get_one(Project, order.project_id)
    serial, last = Serial(project.number, 1), Serial(project.number, order.quantity_units)
    session.add(
        SerialBlock(
            project_id=project.id,
            order_id=order.id,
            first_serial=serial.number,
            last_serial=last.number,
        )
    )
    await session.flush()
    evidence_id = await _a_public_report(session, world, project)
    invoice = await an_invoice(session, order)
    tenant.things |= {
        "order_id": order.id,
        "serial": str(serial),
        "public_evidence_id": evidence_id,
        "invoice_id": invoice.id,
    }


FURNISHERS.append(furnish)


async def _a_public_report(session: AsyncSession, world: World, project: Project) -> UUID:
    """Have a report of the project accepted, with a file that its buyers see."""
    file_id = await a_file(session)
    shown = {"id": str(file_id), "fileId": str(file_id), "promise": None, **SHOWN}
    author = world.users[Caller.STRANGER]
    kind, state = ReportKind.INTERIM, ReportState.ACCEPTED
    await a_submitted_report(
        session, project.id, author, of_kind=kind, state=state, evidence=[shown]
    )
    return file_id


async def _listing(session: AsyncSession, tenant: Tenant) -> Listing:
    project_id = tenant.things["listed_project_id"]
    return (await session.scalars(sa.select(Listing).filter_by(project_id=project_id))).one()


async def _waiting(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have orders wait for an approver."""
    for place in Place:
        tenant = world[place]
        listing = await _listing(session, tenant)
        waiting = await an_order(
            session, listing, tenant.organisation, state=OrderState.AWAITING_APPROVAL
        )
        tenant.things["order_id"] = waiting.id
    return {"approved": True, **REASON}


async def _paid(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the orders paid."""
    for place in Place:
        order = await session.get_one(Order, world[place].things["order_id"])
        await pay(session, order)
    return REASON


async def _sold(session: AsyncSession, world: World, _caller: Caller) -> None:
    """Have somebody else be the buyer: nobody decides about what their own organisation bought."""
    for place in Place:
        order = await session.get_one(Order, world[place].things["order_id"])
        order.buyer_id = (await make.an_organisation(session)).id
    await session.flush()


async def _refunded(session: AsyncSession, world: World, caller: Caller) -> Body:
    await _sold(session, world, caller)
    return await _paid(session, world, caller)


async def _missed(session: AsyncSession, world: World, caller: Caller) -> Body:
    """Have the project of the caller's order miss its threshold, and another one be there."""
    await _paid(session, world, caller)
    [place] = [place for place in Place if standing(caller, place) in OPERATING]
    listing = await _listing(session, world[place])
    other = await make.a_listing(session, await session.get_one(Round, listing.round_id))
    project = await session.get_one(Project, listing.project_id)
    project.state = ProjectState.NOT_FUNDED
    await session.flush()
    return {"projectId": str(other.project_id)}


async def _stranded(session: AsyncSession, world: World, caller: Caller) -> Body:
    """Have the orders owed something that came from nobody knows where."""
    await _sold(session, world, caller)
    for place in Place:
        order = await session.get_one(Order, world[place].things["order_id"])
        buyer = await session.get_one(Organisation, order.buyer_id)
        buyer.iban = "NL91ABNA0417164300"
        came = Arrived(new_id(), debit(BANK.of(order.scheme_id), 50, order.id), (), clock.now())
        await journal.post(session, in_vain(order, came, 0))
    return {}


def _listed(world: World, place: Place) -> Body:
    return {"projectId": str(world[place].things["listed_project_id"])}


def _an_order(world: World, place: Place) -> Body:
    project_id = str(world[place].things["listed_project_id"])
    return {"projectId": project_id, "quantityUnits": 1, "payBy": "online"}


ORDER = "/v1/orders/{order_id}"
SEEING = READING | INSPECTING
ORDERING = OPERATING | {Standing.KEY}
INVOICE = "/v1/invoices/{invoice_id}"

TABLE = {
    f"GET {LISTED}/quote": Rule(ANYBODY, on=OURS),
    f"GET {LISTED}/units": Rule(ANYBODY, on=OURS),
    "GET /v1/units/{serial}": Rule(ANYBODY, on=OURS),
    "POST /v1/organisations/{organisation_id}/orders": Rule(ORDERING, _an_order),
    "GET /v1/organisations/{organisation_id}/orders": Rule(READING),
    "GET /v1/schemes/{scheme_id}/orders": Rule(INSPECTING),
    f"GET {ORDER}": Rule(SEEING),
    f"GET {ORDER}/decisions": Rule(SEEING),
    f"GET {ORDER}/units": Rule(SEEING),
    f"POST {ORDER}/approvals": Rule(DECIDING, always({"approved": True, **REASON}), _waiting),
    f"GET {ORDER}/payments": Rule(SEEING),
    f"POST {ORDER}/payments": Rule(ORDERING, always({"way": "bank"})),
    f"GET {ORDER}/refunds": Rule(SEEING),
    f"POST {ORDER}/refunds": Rule(DECIDING, always(REASON), _refunded),
    f"GET {ORDER}/reports": Rule(SEEING),
    f"GET {ORDER}/reports/evidence/{{public_evidence_id}}/content": Rule(SEEING),
    "GET /v1/schemes/{scheme_id}/stranded-refunds": Rule(INSPECTING),
    f"POST {ORDER}/refund-transfers": Rule(DECIDING, arrange=_stranded),
    f"POST {ORDER}/reallocations": Rule(OPERATING, _listed, _missed),
    f"POST {ORDER}/cancellations": Rule(ORDERING, always(REASON)),
    f"GET {ORDER}/invoices": Rule(SEEING),
    "GET /v1/organisations/{organisation_id}/invoices": Rule(READING),
    f"GET {INVOICE}": Rule(SEEING),
    f"GET {INVOICE}/document.xml": Rule(SEEING),
    f"GET {INVOICE}/document.pdf": Rule(SEEING),
}
"""Every operation, by every kind of caller, on own and others' things; see `tests.matrix`."""
