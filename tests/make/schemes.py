"""Marketplaces and who takes part in them, made straight in the database.

The policy is that of the story that `baat story` tells: a scheme in Rotterdam and Schiedam.
"""

from copy import deepcopy
from datetime import date, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.languages import Language
from app.organisations import credentials
from app.organisations.models import Organisation, User
from app.schemes.models import (
    Admission,
    AdmissionCheck,
    AdmissionState,
    AuditorAppointment,
    Authority,
    CheckKind,
    Enrolment,
    EnrolmentState,
    InvitationOutcome,
    InvitedAs,
    PanelMember,
    Policy,
    PolicyDraft,
    Scheme,
    SchemeInvitation,
    SchemeRecognition,
    SchemeState,
)
from app.story.figures import TERMS
from tests.make.organisations import a_user, an_organisation

_numbers = count(1)


def terms(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  Terms are JSON.
    """The terms of a scheme with a panel, some of them changed."""
    return {**deepcopy(TERMS), **changes}


GRANTS = terms(
    unitPriceCents=500_000,
    fee={
        "kind": "fixed",
        "amountCents": 0,
        "borneBy": "buyer",
        "vat": {"kind": "exempt", "reason": "There is no fee."},
    },
    buyers={
        "who": "recognising-authorities",
        "enrolment": "free",
        "minimumUnits": 1,
        "maximumUnits": 20,
    },
    thresholdMissed={"kind": "refund"},
    valuation={"kind": "fixed", "unitsPerProject": 1, "description": "One workshop of a day"},
)
"""Small fixed grants: EUR 5,000 per workshop, which the authority alone buys."""


async def a_scheme(
    session: AsyncSession,
    operator: Organisation | None = None,
    *,
    state: SchemeState = SchemeState.OPEN,
    policy: dict[str, Any] | None = TERMS,
) -> Scheme:
    """A scheme, open and with a policy in force if nothing else is said."""
    operator = operator or await an_organisation(session, "Stichting Rikx")
    scheme = Scheme(
        code=f"rikx-{next(_numbers)}",
        name_nl="Rikx Rotterdam",
        name_en="Rikx Rotterdam",
        unit_name="RIKX",
        operator_id=operator.id,
        region=["GM0599", "GM0606"],
        languages=["nl"],
        state=state,
        created_by_id=(await a_user(session, staff=True)).id,
    )
    session.add(scheme)
    await session.flush()
    if policy is not None:
        await a_policy(session, scheme, policy)
    return scheme


async def a_policy(
    session: AsyncSession,
    scheme: Scheme,
    terms: dict[str, Any] = TERMS,
    valid_from: date | None = None,
) -> Policy:
    """The next published policy of a scheme, from today on if nothing else is said."""
    before = await session.scalar(sa.select(sa.func.count()).where(Policy.scheme_id == scheme.id))
    policy = Policy(
        scheme_id=scheme.id,
        number=(before or 0) + 1,
        valid_from=valid_from or clock.today(),
        terms=deepcopy(terms),
        editor_ids=[(await a_user(session)).id],
        reason="Adopted by the board.",
        published_by_id=(await a_user(session)).id,
    )
    session.add(policy)
    await session.flush()
    return policy


async def a_policy_draft(
    session: AsyncSession, scheme: Scheme, editor: User | None = None
) -> PolicyDraft:
    """Terms that somebody wrote down, to begin today."""
    editor = editor or await a_user(session)
    draft = PolicyDraft(
        scheme_id=scheme.id,
        valid_from=clock.today() + timedelta(days=1),
        terms=deepcopy(TERMS),
        editor_ids=[editor.id],
    )
    session.add(draft)
    await session.flush()
    return draft


async def an_authority(
    session: AsyncSession,
    organisation: Organisation | None = None,
    *,
    recognising: Scheme | None = None,
) -> Authority:
    """The city of Rotterdam, or another organisation, as an authority."""
    organisation = organisation or await an_organisation(session, "Gemeente Rotterdam")
    staff = await a_user(session, staff=True)
    authority = Authority(
        organisation_id=organisation.id,
        municipalities=["GM0599"],
        reason="A municipality by law.",
        registered_by_id=staff.id,
    )
    session.add(authority)
    await session.flush()
    if recognising is not None:
        await a_recognition(session, recognising, authority)
    return authority


async def a_recognition(
    session: AsyncSession, scheme: Scheme, authority: Authority
) -> SchemeRecognition:
    """An authority counts what is bought in a scheme."""
    recognition = SchemeRecognition(
        scheme_id=scheme.id,
        authority_id=authority.id,
        reason="Decision of the city council.",
        recognised_by_id=authority.registered_by_id,
    )
    session.add(recognition)
    await session.flush()
    return recognition


async def an_admission(
    session: AsyncSession,
    scheme: Scheme,
    organisation: Organisation | None = None,
    *,
    state: AdmissionState = AdmissionState.ADMITTED,
    checked: bool = True,
) -> Admission:
    """An entrepreneur in a scheme: admitted, and checked in all four ways, if nothing is said."""
    organisation = organisation or await an_organisation(session, "DAM Nederland B.V.")
    if checked and organisation.iban is None:
        organisation.iban = "NL91ABNA0417164300"
        organisation.iban_changed_at = clock.now() - timedelta(days=60)
    admission = Admission(
        scheme_id=scheme.id,
        organisation_id=organisation.id,
        state=state,
        requested_by_id=(await a_user(session)).id,
    )
    session.add(admission)
    await session.flush()
    if checked:
        for kind in CheckKind:
            await a_check(session, admission, kind)
    return admission


async def a_check(
    session: AsyncSession,
    admission: Admission,
    kind: CheckKind = CheckKind.IDENTITY,
    *,
    passed: bool = True,
    valid_until: date | None = None,
) -> AdmissionCheck:
    """One thing that was checked about an entrepreneur, good for a year."""
    until = valid_until or clock.today() + timedelta(days=365)
    check = AdmissionCheck(
        admission_id=admission.id,
        kind=kind,
        passed=passed,
        evidence="Extract of the trade register.",
        valid_until=until if passed else None,
        checked_by_id=(await a_user(session)).id,
    )
    session.add(check)
    await session.flush()
    return check


async def an_enrolment(
    session: AsyncSession,
    scheme: Scheme,
    organisation: Organisation | None = None,
    *,
    state: EnrolmentState = EnrolmentState.ACTIVE,
) -> Enrolment:
    """A company that buys in a scheme."""
    organisation = organisation or await an_organisation(session, "Advies West B.V.")
    enrolment = Enrolment(
        scheme_id=scheme.id,
        organisation_id=organisation.id,
        state=state,
        requested_by_id=(await a_user(session)).id,
    )
    session.add(enrolment)
    await session.flush()
    return enrolment


async def a_scheme_invitation(
    session: AsyncSession,
    scheme: Scheme,
    email: str = "invited@baat.example",
    invited_as: InvitedAs = InvitedAs.EXPERT,
) -> tuple[SchemeInvitation, str]:
    """An open invitation to a scheme, and its token."""
    token = credentials.new_token(credentials.ONE_TIME_PREFIX)
    invitation = SchemeInvitation(
        scheme_id=scheme.id,
        invited_as=invited_as,
        email=email,
        language=Language.DUTCH,
        token_hash=credentials.digest(token),
        invited_by_id=(await a_user(session)).id,
        expires_at=clock.now() + timedelta(days=30),
    )
    session.add(invitation)
    await session.flush()
    return invitation, token


async def an_expert(session: AsyncSession, scheme: Scheme, user: User | None = None) -> PanelMember:
    """An expert who sits on the panel of a scheme."""
    user = user or await a_user(session, "Ibrahim Yildiz")
    invitation, _token = await a_scheme_invitation(session, scheme, user.email)
    invitation.closed_at = clock.now()
    invitation.outcome = InvitationOutcome.ACCEPTED
    member = PanelMember(scheme_id=scheme.id, user_id=user.id, invitation_id=invitation.id)
    session.add(member)
    await session.flush()
    return member


async def an_auditor(
    session: AsyncSession,
    organisation: Organisation,
    user: User | None = None,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> AuditorAppointment:
    """Somebody who audits an organisation, from yesterday for a year if nothing is said."""
    user = user or await a_user(session, "Ada van Rekenkamer")
    today = clock.today()
    appointment = AuditorAppointment(
        organisation_id=organisation.id,
        user_id=user.id,
        starts_on=starts_on or today - timedelta(days=1),
        ends_on=ends_on or today + timedelta(days=365),
        reason="Engagement letter 2026/12.",
        appointed_by_id=(await a_user(session, staff=True)).id,
    )
    session.add(appointment)
    await session.flush()
    return appointment
