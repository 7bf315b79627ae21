"""Ask to be admitted to a scheme; decide about it; record what was checked."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation, OrganisationStatus
from app.schemes import queries
from app.schemes.actions import decisions, invitations, letters
from app.schemes.models import (
    Admission,
    AdmissionCheck,
    AdmissionState,
    CheckKind,
    InvitationOutcome,
    InvitedAs,
    Scheme,
    SchemeDecision,
    SchemeDecisionKind,
)
from app.schemes.problems import (
    AdmissionNotReady,
    AdmissionStateForbids,
    AnotherAccount,
    CheckOutdated,
    InvitedSomebodyElse,
    OwnAffair,
)
from app.schemes.schemas import AdmissionDecisionRequest, AdmissionRequest, CheckRequest

TRANSITIONS: decisions.Transitions[AdmissionState] = {
    SchemeDecisionKind.ADMITTED: (AdmissionState.REQUESTED, AdmissionState.ADMITTED),
    SchemeDecisionKind.REFUSED: (AdmissionState.REQUESTED, AdmissionState.REFUSED),
    SchemeDecisionKind.SUSPENDED: (AdmissionState.ADMITTED, AdmissionState.SUSPENDED),
    SchemeDecisionKind.REINSTATED: (AdmissionState.SUSPENDED, AdmissionState.ADMITTED),
}


async def request(
    session: AsyncSession, caller: Caller, organisation: Organisation, wanted: AdmissionRequest
) -> Admission:
    """Ask to take part in a scheme as an entrepreneur; after a refusal, ask again.

    Raises:
        NotFound: there is no such scheme that everybody may know.
        SchemeStateForbids: it is closed.
        OwnMarket: the organisation runs it.
        TokenRefused, InvitedSomebodyElse: the invitation is not good, or of another scheme.
        AlreadyRequested: it takes part, or waits for the decision.
    """
    scheme = await decisions.entering(session, organisation, wanted.scheme_id)
    admission = await decisions.own_row(session, caller, scheme, organisation, Admission)
    await _redeem(session, scheme, admission, wanted.invitation_token)
    await decisions.about(session, caller, admission, SchemeDecisionKind.REQUESTED, wanted.reason)
    await letters.to_deciders(
        session,
        scheme.operator_id,
        scheme,
        "admission_requested",
        organisation=organisation.legal_name,
    )
    await session.flush()
    return await queries.participants.locked_admission(session, admission.id)


async def _redeem(
    session: AsyncSession, scheme: Scheme, admission: Admission, token: str | None
) -> None:
    if token is None:
        return
    invitation = await invitations.redeem(session, token)
    if invitation.scheme_id != scheme.id or invitation.invited_as is not InvitedAs.ENTREPRENEUR:
        message = "This invitation is to another scheme, or to be an expert."
        raise InvitedSomebodyElse(message)
    invitations.close(invitation, InvitationOutcome.ACCEPTED)
    admission.invitation_id = invitation.id


async def decide(
    session: AsyncSession, caller: Caller, admission: Admission, wanted: AdmissionDecisionRequest
) -> SchemeDecision:
    """Admit an entrepreneur, refuse, suspend or reinstate it.

    Raises:
        OwnAffair: the caller acts for that entrepreneur.
        AdmissionStateForbids: its state does not allow this.
        AdmissionNotReady: its identity is not checked, or it is not active.
    """
    decisions.insist_on_anothers(caller, admission)
    admission = await queries.participants.locked_admission(session, admission.id)
    needed, leads_to = TRANSITIONS[wanted.kind]
    if admission.state is not needed:
        message = f"The admission is {admission.state}; this needs it to be {needed}."
        raise AdmissionStateForbids(message, current_state=admission.state)
    if leads_to is AdmissionState.ADMITTED:
        _insist_on_readiness(admission)
    admission.state = leads_to
    decision = await decisions.about(session, caller, admission, wanted.kind, wanted.reason)
    scheme = await session.get_one(Scheme, admission.scheme_id)
    await letters.decided(session, scheme, admission, wanted.kind, wanted.reason)
    return decision


def _insist_on_readiness(admission: Admission) -> None:
    missing = []
    if CheckKind.IDENTITY in admission.missing_checks:
        missing.append("its identity is not checked")
    if admission.organisation.status is not OrganisationStatus.ACTIVE:
        missing.append(f"it is {admission.organisation.status}")
    if missing:
        message = f"The entrepreneur can't take part: {', and '.join(missing)}."
        raise AdmissionNotReady(message, missing=missing)


async def check(
    session: AsyncSession, caller: Caller, admission: Admission, wanted: CheckRequest
) -> AdmissionCheck:
    """Record what was checked about an entrepreneur; the last check of a kind counts.

    Raises:
        OwnAffair: the caller acts for that entrepreneur.
        CheckOutdated: it holds until a day that has passed.
        AnotherAccount: the bank account that was checked is not the entrepreneur's now.
    """
    if caller.rights_in(admission.organisation_id):
        message = "You act for this organisation: somebody else checks it."
        raise OwnAffair(message)
    if wanted.valid_until is not None and wanted.valid_until < clock.today():
        message = "This check would hold until a day that has passed."
        raise CheckOutdated(message)
    # Two checks of one kind are in the order of their ids only if they don't run side by side.
    await queries.participants.locked_admission(session, admission.id)
    if wanted.iban is not None:
        await _insist_on_account(session, admission.organisation_id, wanted.iban)
    made = AdmissionCheck(
        admission_id=admission.id,
        checked_by_id=caller.user_id,
        **wanted.model_dump(exclude={"iban"}),
    )
    session.add(made)
    await session.flush()
    trail.rights_changed(
        session,
        caller,
        "admission.checked",
        admission.id,
        organisation_id=admission.organisation_id,
        checkId=str(made.id),
        checked=made.kind,
        passed=made.passed,
    )
    return made


async def _insist_on_account(session: AsyncSession, organisation_id: UUID, iban: str) -> None:
    """Let nobody's check of one account count for another that took its place meanwhile."""
    # The lock is for the moment of the check: a change that is under way comes before or after it.
    present = await session.scalar(
        sa.select(Organisation.iban)
        .where(Organisation.id == organisation_id)
        .with_for_update(read=True)
    )
    if present != iban:
        message = "The entrepreneur's account is another one: check that, and name it."
        raise AnotherAccount(message)
