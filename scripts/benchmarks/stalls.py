"""Projects on the market, and companies that buy: made with the application's own models."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import open_database
from app.core.ids import new_id
from app.core.languages import Language
from app.core.settings import Settings
from app.ledger import journal
from app.ledger.chart import Book
from app.organisations import credentials
from app.organisations.models import Membership, Organisation, Role, User, UserSession
from app.projects import postings
from app.projects.models import Listing, Project, ProjectState, Round, RoundState
from app.schemes.models import Enrolment, EnrolmentState, Policy, Scheme, SchemeState
from app.story.figures import TERMS
from scripts.benchmarks.server import SECRET, Bench

UNITS = 10_000_000
BUYERS = 50


@dataclass(frozen=True, slots=True)
class Market:
    """What is put on the market, and for how many."""

    units: Sequence[int]
    """Of each project."""
    threshold_units: int | None = None
    """All of them, if it is not said."""
    buyers: int = BUYERS
    terms: Mapping[str, Any] = field(default_factory=lambda: TERMS)


@dataclass(frozen=True, slots=True)
class Shopper:
    """An organisation, and the session of somebody who acts for it."""

    organisation_id: UUID
    user_id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class Stalls:
    """What there is to buy, and who buys."""

    scheme_id: UUID
    policy_id: UUID
    projects: Sequence[UUID]
    shoppers: Sequence[Shopper]
    operator: Shopper


def put_up(bench: Bench, market: Market) -> Stalls:
    """Put projects on the market, and let companies enrol."""
    # Plans and valuations are nothing that a sale looks at.
    bench.execute(
        "ALTER TABLE listings DROP CONSTRAINT fk_listings_plan_version_id,"
        " DROP CONSTRAINT fk_listings_valuation_id"
    )
    stalls = asyncio.run(_put_up(bench, market))
    bench.execute("VACUUM ANALYZE")
    return stalls


async def _put_up(bench: Bench, market: Market) -> Stalls:
    there = {"database_url": bench.url, "secret": SECRET, "home": bench.folder}
    settings = Settings.model_validate(there)
    async with open_database(settings) as database, database.work() as session:
        user = await _a_user(session)
        operator, seller = [await _an_organisation(session, name) for name in ("Rikx", "DAM")]
        scheme = await _a_scheme(session, operator, user)
        policy = await _a_policy(session, scheme, user, market)
        on_sale = await _a_round(session, scheme, policy)
        found = [
            await _listed(session, on_sale, seller, (units, market.threshold_units or units))
            for units in market.units
        ]
        shoppers = [await _a_shopper(session, scheme) for _ in range(market.buyers)]
        approver = await _a_member(session, operator, Role.APPROVER)
        return Stalls(scheme.id, policy.id, found, shoppers, approver)


async def _a_user(session: AsyncSession) -> User:
    user = User(
        email=f"{new_id()}@bench.example",
        name="Sanne de Wit",
        language=Language.DUTCH,
        password_hash="none",  # noqa: S106  Nobody signs in with it.
    )
    session.add(user)
    await session.flush()
    return user


async def _an_organisation(session: AsyncSession, name: str) -> Organisation:
    # All that an invoice asks for.
    organisation = Organisation(
        legal_name=name,
        country="NL",
        register_number="24123456",
        vat_id="NL001234567B13",
        street="Coolsingel 40",
        postal_code="3011 AD",
        city="Rotterdam",
    )
    session.add(organisation)
    await session.flush()
    return organisation


async def _a_scheme(session: AsyncSession, operator: Organisation, user: User) -> Scheme:
    scheme = Scheme(
        code="rikx",
        name_nl="Rikx",
        name_en="Rikx",
        unit_name="RIKX",
        operator_id=operator.id,
        region=["GM0599"],
        languages=["nl"],
        state=SchemeState.OPEN,
        created_by_id=user.id,
    )
    session.add(scheme)
    await session.flush()
    for book in (Book.MONEY, Book.IMPACT):
        await journal.open_ledger(session, scheme.id, book)
    return scheme


async def _a_policy(session: AsyncSession, scheme: Scheme, user: User, market: Market) -> Policy:
    policy = Policy(
        scheme_id=scheme.id,
        number=1,
        valid_from=clock.today(),
        terms=dict(market.terms),
        editor_ids=[new_id()],
        reason="To be measured.",
        published_by_id=user.id,
    )
    session.add(policy)
    await session.flush()
    return policy


async def _a_round(session: AsyncSession, scheme: Scheme, policy: Policy) -> Round:
    now = clock.now()
    names = ("plans_open_at", "plans_close_at", "scores_due_at", "sale_begins_at", "sale_ends_at")
    days = (-70, -40, -15, -5, 60)
    on_sale = Round(
        scheme_id=scheme.id,
        number=1,
        name_nl="Ronde 1",
        name_en="Round 1",
        state=RoundState.ON_SALE,
        policy_id=policy.id,
        **{name: now + timedelta(days=day) for name, day in zip(names, days, strict=True)},
    )
    session.add(on_sale)
    await session.flush()
    return on_sale


async def _listed(
    session: AsyncSession, on_sale: Round, seller: Organisation, units: tuple[int, int]
) -> UUID:
    impact_units, threshold_units = units
    project = Project(
        scheme_id=on_sale.scheme_id,
        round_id=on_sale.id,
        entrepreneur_id=seller.id,
        state=ProjectState.LISTED,
        created_by_id=(await _a_user(session)).id,
    )
    session.add(project)
    await session.flush()
    listing = Listing(
        project_id=project.id,
        scheme_id=on_sale.scheme_id,
        round_id=on_sale.id,
        entrepreneur_id=seller.id,
        plan_version_id=new_id(),
        valuation_id=new_id(),
        policy_id=on_sale.policy_id,
        title={"nl": "Chauffeurs"},
        summary={"nl": "Twaalf mensen worden chauffeur."},
        municipality="GM0599",
        target_groups=[],
        content={},
        attachments=[],
        valuation={},
        threshold_units=threshold_units,
        impact_units=impact_units,
        unit_price_cents=10_000,
        buyer_price_cents=10_605,
        listed_by="system:bench",
    )
    session.add(listing)
    draft = postings.listed(
        on_sale.scheme_id,
        project.id,
        title="Chauffeurs",
        unit_name="RIKX",
        impact_units=impact_units,
        listed_at=clock.now(),
    )
    await session.flush()
    await journal.post(session, draft)
    return project.id


async def _a_shopper(session: AsyncSession, scheme: Scheme) -> Shopper:
    company = await _an_organisation(session, "Adviesbureau Maas")
    shopper = await _a_member(session, company, Role.MEMBER)
    session.add(
        Enrolment(
            scheme_id=scheme.id,
            organisation_id=company.id,
            state=EnrolmentState.ACTIVE,
            requested_by_id=shopper.user_id,
        )
    )
    await session.flush()
    return shopper


async def _a_member(session: AsyncSession, organisation: Organisation, role: Role) -> Shopper:
    user = await _a_user(session)
    token = credentials.new_token(credentials.SESSION_PREFIX)
    session.add_all(
        [
            Membership(organisation_id=organisation.id, user_id=user.id, role=role),
            UserSession(
                user_id=user.id,
                token_hash=credentials.digest(token),
                in_cookie=False,
                second_factor=False,
                expires_at=clock.now() + timedelta(hours=12),
            ),
        ]
    )
    await session.flush()
    return Shopper(organisation.id, user.id, token)
