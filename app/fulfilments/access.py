"""Whose claim is it, and who decides it? Dependencies that prove it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session, settings_of
from app.core.problems import NotFound, existing
from app.core.settings import Mode
from app.fulfilments import queries
from app.fulfilments.certificates import CertificateView, codes, shown
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentEvidence,
    FulfilmentObjection,
    FulfilmentState,
)
from app.fulfilments.problems import NotCertified
from app.fulfilments.queries.certificates import Issued
from app.fulfilments.schemas.certificates import CertificateCode
from app.obligations.access import READ_OBLIGATIONS, sees
from app.organisations.access import Person, as_of_now, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.problems import RoleTooSmall
from app.schemes.models import Authority

FulfilmentReader = Annotated[Caller, Security(identify, scopes=[READ_OBLIGATIONS])]
"""A person, or a machine that may read obligations."""


async def find_fulfilment(session: AsyncSession, caller: Caller, fulfilment_id: UUID) -> Fulfilment:
    """Find a fulfilment that the caller may read: its claimant's people, its authority's, staff.

    A draft is the claimant's own.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
    """
    found = await queries.fulfilments.one(session, fulfilment_id)
    if found is None or not await _is_theirs(session, caller, found):
        message = f"You have nothing to do with a fulfilment {fulfilment_id}."
        raise NotFound(message).for_trail()
    return found


async def _is_theirs(session: AsyncSession, caller: Caller, found: Fulfilment) -> bool:
    if Right.READ in caller.rights_in(found.claimant_id):
        return True
    authority = await session.get_one(Authority, found.authority_id)
    return found.state is not FulfilmentState.DRAFTED and await sees(session, caller, authority)


async def _readable(fulfilment_id: UUID, caller: FulfilmentReader, session: Session) -> Fulfilment:
    return await find_fulfilment(session, caller, fulfilment_id)


async def _claimed(fulfilment_id: UUID, caller: Person, session: Session) -> Fulfilment:
    found = await find_fulfilment(session, caller, fulfilment_id)
    return await _of(session, caller, found, (found.claimant_id, Right.WRITE, "claimant"))


async def _decided(fulfilment_id: UUID, caller: Person, session: Session) -> Fulfilment:
    found = await find_fulfilment(session, caller, fulfilment_id)
    authority = await session.get_one(Authority, found.authority_id)
    needed = (authority.organisation_id, Right.APPROVE, "authority")
    return await _of(session, caller, found, needed)


async def _of(
    session: AsyncSession, caller: Caller, found: Fulfilment, needed: tuple[UUID, Right, str]
) -> Fulfilment:
    organisation_id, right, whose = needed
    if not caller.rights_in(organisation_id):
        message = f"This is for the people of the {whose}."
        raise RoleTooSmall(message)
    await find_organisation(session, caller, organisation_id, right)
    return found


async def _claiming(organisation_id: UUID, caller: Person, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.WRITE)


ClaimingOrganisation = Annotated[Organisation, Depends(_claiming)]
"""An organisation for which the person claims."""
ReadableFulfilment = Annotated[Fulfilment, Depends(_readable)]
"""A fulfilment that the caller, person or machine, may read."""
ClaimedFulfilment = Annotated[Fulfilment, Depends(_claimed)]
"""A fulfilment for whose claimant the person works."""
DecidedFulfilment = Annotated[Fulfilment, Depends(_decided)]
"""A fulfilment for whose authority the person decides."""


async def _certificate(fulfilment: ReadableFulfilment, session: Session) -> CertificateView:
    issued = await queries.certificates.of_fulfilment(session, fulfilment)
    if issued is None:
        message = f"It is {fulfilment.state}: a certificate is issued when it is approved."
        raise NotCertified(message, current_state=fulfilment.state)
    return await _shown(session, issued, to_everybody=False)


async def find_certificate(session: AsyncSession, typed: str) -> CertificateView:
    """Find what everybody may read of a certificate, by its number as somebody typed it.

    Raises:
        NotFound: none has this number.
    """
    issued = await queries.certificates.by_code(session, codes.normalised(typed))
    if issued is None:
        message = "No certificate has this number: compare it with the one that you were given."
        raise NotFound(message)
    return await _shown(session, issued, to_everybody=True)


async def _public_certificate(
    certificate_code: CertificateCode, session: Session
) -> CertificateView:
    return await find_certificate(session, certificate_code)


async def _shown(session: AsyncSession, issued: Issued, *, to_everybody: bool) -> CertificateView:
    settings = settings_of(session)
    view = shown(
        issued.certificate,
        issued.fulfilment,
        issued.revocations,
        (settings.public_url, settings.mode is Mode.TEST),
        to_everybody=to_everybody,
    )
    proof = await queries.certificates.proof(session, issued.fulfilment)
    return view.model_copy(update={"proof": proof and str(proof)})


ReadableCertificate = Annotated[CertificateView, Depends(_certificate)]
"""The whole certificate of a fulfilment that the caller, person or machine, may read."""
PublicCertificate = Annotated[CertificateView, Depends(_public_certificate)]
"""What everybody may read of a certificate whose number they were given."""


def claims_for(caller: Caller, found: Fulfilment) -> bool:
    """Tell whether somebody belongs to the people whose claim it is."""
    return Right.READ in caller.rights_in(found.claimant_id)


async def still_claimed(session: AsyncSession, caller: Caller, fulfilment_id: UUID) -> Fulfilment:
    """Prove again, when a file has come in, that the person works for the claimant.

    Raises:
        NotFound, RoleTooSmall, OrganisationInactive, CredentialRefused: not any more.
    """
    return await _claimed(fulfilment_id, await as_of_now(session, caller), session)


async def _readable_evidence(
    fulfilment_evidence_id: UUID,
    fulfilment: ReadableFulfilment,
    caller: FulfilmentReader,
    session: Session,
) -> FulfilmentEvidence:
    found = await queries.evidence.one(session, fulfilment, fulfilment_evidence_id)
    if found is not None and not claims_for(caller, fulfilment) and found.submitted_at is None:
        found = None
    return existing(found, fulfilment_evidence_id)


async def _claimed_evidence(
    fulfilment_evidence_id: UUID, fulfilment: ClaimedFulfilment, session: Session
) -> FulfilmentEvidence:
    found = await queries.evidence.one(session, fulfilment, fulfilment_evidence_id)
    return existing(found, fulfilment_evidence_id)


ReadableEvidence = Annotated[FulfilmentEvidence, Depends(_readable_evidence)]
"""A file that the caller may read: the claimant's side any, the authority's side submitted."""
ClaimedEvidence = Annotated[FulfilmentEvidence, Depends(_claimed_evidence)]
"""A file of a claim of the person's."""


async def _claimed_objection(
    fulfilment_objection_id: UUID, fulfilment: ClaimedFulfilment, session: Session
) -> FulfilmentObjection:
    found = await queries.objections.one(session, fulfilment, fulfilment_objection_id)
    return existing(found, fulfilment_objection_id)


async def _judged_objection(
    fulfilment_objection_id: UUID, fulfilment: DecidedFulfilment, session: Session
) -> FulfilmentObjection:
    found = await queries.objections.one(session, fulfilment, fulfilment_objection_id)
    return existing(found, fulfilment_objection_id)


ClaimedObjection = Annotated[FulfilmentObjection, Depends(_claimed_objection)]
"""An objection about a claim of the person's."""
JudgedObjection = Annotated[FulfilmentObjection, Depends(_judged_objection)]
"""An objection that the person may decide about for the authority."""


async def _decision(
    fulfilment_decision_id: UUID, fulfilment: ReadableFulfilment, session: Session
) -> FulfilmentDecision:
    found = await session.get(FulfilmentDecision, fulfilment_decision_id)
    own = found if found is not None and found.fulfilment_id == fulfilment.id else None
    return existing(own, fulfilment_decision_id)


ReadableDecision = Annotated[FulfilmentDecision, Depends(_decision)]
"""What was decided about a fulfilment that the caller, person or machine, may read."""
