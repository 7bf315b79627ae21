"""Write decisions: one row each, an event, and a line in the trail of who it is about."""

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.core.problems import NotFound
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.schemes.models import (
    Admission,
    AdmissionState,
    Enrolment,
    EnrolmentState,
    Scheme,
    SchemeDecision,
    SchemeDecisionKind,
    SchemeState,
)
from app.schemes.problems import AlreadyRequested, OwnAffair, OwnMarket, SchemeStateForbids

State = TypeVar("State")
Part = TypeVar("Part", Admission, Enrolment)
"""How an organisation takes part in a scheme."""
Transitions = Mapping[SchemeDecisionKind, tuple[State, State]]
"""Each decision with the state that it needs and the state that it leads to."""


async def about_scheme(
    session: AsyncSession, caller: Caller, scheme: Scheme, kind: SchemeDecisionKind, reason: str
) -> SchemeDecision:
    """Write a decision about a scheme itself."""
    decision = SchemeDecision(
        scheme_id=scheme.id, kind=kind, reason=reason, decided_by_id=caller.user_id
    )
    session.add(decision)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        f"scheme.{kind}",
        scheme.id,
        organisation_id=scheme.operator_id,
        decisionId=str(decision.id),
    )
    return decision


async def about(
    session: AsyncSession,
    caller: Caller,
    subject: Admission | Enrolment,
    kind: SchemeDecisionKind,
    reason: str,
) -> SchemeDecision:
    """Write a decision about who takes part in a scheme."""
    is_admission = isinstance(subject, Admission)
    decision = SchemeDecision(
        scheme_id=subject.scheme_id,
        admission_id=subject.id if is_admission else None,
        enrolment_id=None if is_admission else subject.id,
        kind=kind,
        reason=reason,
        decided_by_id=caller.user_id,
    )
    session.add(decision)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        f"{'admission' if is_admission else 'enrolment'}.{kind}",
        subject.id,
        organisation_id=subject.organisation_id,
        schemeId=str(subject.scheme_id),
        decisionId=str(decision.id),
    )
    return decision


async def entering(session: AsyncSession, organisation: Organisation, scheme_id: UUID) -> Scheme:
    """Find a scheme that an organisation may ask to take part in, and keep it open meanwhile.

    Raises:
        NotFound: there is no such scheme that everybody may know.
        SchemeStateForbids: it is closed.
        OwnMarket: the organisation runs it.
    """
    scheme = await session.get(Scheme, scheme_id, with_for_update={"read": True})
    if scheme is None or not scheme.is_public:
        message = f"There is no scheme {scheme_id}."
        raise NotFound(message)
    if scheme.state is not SchemeState.OPEN:
        message = "The scheme is closed: nobody comes in any more."
        raise SchemeStateForbids(message, current_state=scheme.state)
    if scheme.operator_id == organisation.id:
        message = "Your organisation runs this scheme; it takes no part in it."
        raise OwnMarket(message)
    return scheme


async def own_row(
    session: AsyncSession,
    caller: Caller,
    scheme: Scheme,
    organisation: Organisation,
    kind: type[Part],
) -> Part:
    """Make the row of an organisation in a scheme, or take up one that was refused.

    Raises:
        AlreadyRequested: it takes part, or waits for the decision.
    """
    states = AdmissionState if kind is Admission else EnrolmentState
    values = {
        "state": states("requested"),
        "requested_by_id": caller.user_id,
        "requested_at": clock.now(),
    }
    made: Part | None = await session.scalar(
        insert(kind)
        .values(id=new_id(), scheme_id=scheme.id, organisation_id=organisation.id, **values)
        .on_conflict_do_update(
            constraint=f"uq_{kind.__tablename__}_scheme_id_organisation_id",
            set_=values,
            where=kind.state == states("refused"),
        )
        .returning(kind)
        .execution_options(populate_existing=True)
    )
    if made is None:
        message = f"{organisation.legal_name} takes part, or waits for the operator's decision."
        raise AlreadyRequested(message)
    return made


def insist_on_anothers(caller: Caller, subject: Admission | Enrolment) -> None:
    """Insist that nobody decides about an organisation that they act for.

    Raises:
        OwnAffair: they do.
    """
    if caller.rights_in(subject.organisation_id):
        message = "You act for this organisation: somebody else decides about it."
        raise OwnAffair(message)
