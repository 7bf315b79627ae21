"""Enrol companies in a scheme: freely, or by the operator's decision."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.schemes import queries
from app.schemes.actions import decisions, letters
from app.schemes.models import (
    Enrolment,
    EnrolmentState,
    Policy,
    Scheme,
    SchemeDecision,
    SchemeDecisionKind,
)
from app.schemes.problems import (
    BuyerNotAllowed,
    EnrolmentStateForbids,
    NoPolicyApplies,
)
from app.schemes.schemas import EnrolmentDecisionRequest, EnrolmentRequest
from app.schemes.terms import BuyerKind, EnrolmentKind

TRANSITIONS: decisions.Transitions[EnrolmentState] = {
    SchemeDecisionKind.ENROLLED: (EnrolmentState.REQUESTED, EnrolmentState.ACTIVE),
    SchemeDecisionKind.REFUSED: (EnrolmentState.REQUESTED, EnrolmentState.REFUSED),
    SchemeDecisionKind.SUSPENDED: (EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED),
    SchemeDecisionKind.REINSTATED: (EnrolmentState.SUSPENDED, EnrolmentState.ACTIVE),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """How a company comes in today."""

    scheme: Scheme
    policy: Policy
    is_free: bool


async def request(
    session: AsyncSession, caller: Caller, organisation: Organisation, wanted: EnrolmentRequest
) -> Enrolment:
    """Ask to buy in a scheme; where its policy says that this is free, be enrolled at once.

    Who was refused before waits for the operator, whatever the policy says.

    Raises:
        NotFound: there is no such scheme that everybody may know.
        SchemeStateForbids: it is closed.
        OwnMarket: the organisation runs it.
        NoPolicyApplies: no policy of it applies today.
        BuyerNotAllowed: only recognising authorities buy there, and this is none.
        AlreadyRequested: it takes part, or waits for the decision.
    """
    entry = await _entry(session, organisation, wanted)
    enrolment = await decisions.own_row(session, caller, entry.scheme, organisation, Enrolment)
    is_first = not await queries.participants.was_refused(session, enrolment)
    await decisions.about(session, caller, enrolment, SchemeDecisionKind.REQUESTED, wanted.reason)
    if entry.is_free and is_first:
        enrolment.state = EnrolmentState.ACTIVE
        why = f"Enrolment is free under policy {entry.policy.number}."
        await decisions.about(session, caller, enrolment, SchemeDecisionKind.ENROLLED, why)
    else:
        await letters.to_deciders(
            session,
            entry.scheme.operator_id,
            entry.scheme,
            "enrolment_requested",
            organisation=organisation.legal_name,
        )
    await session.flush()
    found = await queries.participants.enrolment(session, entry.scheme, enrolment.id)
    return found or enrolment


async def _entry(
    session: AsyncSession, organisation: Organisation, wanted: EnrolmentRequest
) -> _Entry:
    scheme = await decisions.entering(session, organisation, wanted.scheme_id)
    policy = await queries.policies.applying(session, scheme.id, clock.today())
    if policy is None:
        message = "No policy of this scheme applies today."
        raise NoPolicyApplies(message)
    buyers = policy.read_terms().buyers
    if buyers.who is BuyerKind.RECOGNISING_AUTHORITIES and not await queries.schemes.recognises(
        session, organisation.id, scheme.id
    ):
        message = "Only the authorities that recognise this scheme may buy in it."
        raise BuyerNotAllowed(message)
    return _Entry(scheme, policy, is_free=buyers.enrolment is EnrolmentKind.FREE)


async def decide(
    session: AsyncSession, caller: Caller, enrolment: Enrolment, wanted: EnrolmentDecisionRequest
) -> SchemeDecision:
    """Enrol a company, refuse, suspend or reinstate it.

    Raises:
        OwnAffair: the caller acts for that company.
        EnrolmentStateForbids: its state does not allow this.
    """
    decisions.insist_on_anothers(caller, enrolment)
    await session.refresh(enrolment, ["state"], with_for_update=True)
    needed, leads_to = TRANSITIONS[wanted.kind]
    if enrolment.state is not needed:
        message = f"The enrolment is {enrolment.state}; this needs it to be {needed}."
        raise EnrolmentStateForbids(message, current_state=enrolment.state)
    enrolment.state = leads_to
    decision = await decisions.about(session, caller, enrolment, wanted.kind, wanted.reason)
    scheme = await session.get_one(Scheme, enrolment.scheme_id)
    await letters.decided(session, scheme, enrolment, wanted.kind, wanted.reason)
    return decision
