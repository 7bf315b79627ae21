"""Register authorities, and record which schemes they recognise."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import violates
from app.core.problems import NotFound
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation, OrganisationStatus
from app.organisations.problems import StatusForbids
from app.schemes.models import Authority, Scheme, SchemeRecognition, SchemeState
from app.schemes.problems import (
    AlreadyAuthority,
    AlreadyRecognised,
    AuthorityEnded,
    AuthorityInUse,
    RecognitionEnded,
    SchemeStateForbids,
)
from app.schemes.schemas import AuthorityRequest, RecognitionRequest


async def register(session: AsyncSession, caller: Caller, request: AuthorityRequest) -> Authority:
    """Let an organisation be an authority.

    Raises:
        NotFound: there is no such organisation.
        StatusForbids: it is not active.
        AlreadyAuthority: it is one.
    """
    organisation = await session.get(Organisation, request.organisation_id)
    if organisation is None:
        message = f"There is no organisation {request.organisation_id}."
        raise NotFound(message)
    if organisation.status is not OrganisationStatus.ACTIVE:
        message = f"{organisation.legal_name} is {organisation.status}: it can't be an authority."
        raise StatusForbids(message, current_status=organisation.status)
    authority = Authority(**request.model_dump(), registered_by_id=caller.user_id)
    session.add(authority)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_authorities_living"):
            message = "The organisation is an authority already."
            raise AlreadyAuthority(message) from error
        raise
    _note(session, caller, "authority.registered", authority)
    return authority


async def end(session: AsyncSession, caller: Caller, authority_id: UUID, reason: str) -> Authority:
    """End what an organisation is as an authority; its obligations and books stay.

    Raises:
        NotFound: there is no such authority.
        AuthorityEnded: it ended before.
        AuthorityInUse: it recognises a scheme.
    """
    authority = await _locked(session, authority_id)
    in_use = sa.exists().where(
        SchemeRecognition.authority_id == authority.id, SchemeRecognition.ended_at.is_(None)
    )
    if await session.scalar(sa.select(in_use)):
        message = "The authority recognises a scheme. End that recognition first."
        raise AuthorityInUse(message)
    authority.ended_at = clock.now()
    authority.ended_by_id = caller.user_id
    authority.end_reason = reason
    await session.flush()
    _note(session, caller, "authority.ended", authority)
    return authority


async def _locked(session: AsyncSession, authority_id: UUID) -> Authority:
    authority = await session.get(Authority, authority_id, with_for_update=True)
    if authority is None:
        message = f"There is no authority {authority_id}."
        raise NotFound(message)
    if authority.ended_at is not None:
        message = "The organisation is no authority any more."
        raise AuthorityEnded(message)
    return authority


def _note(session: AsyncSession, caller: Caller, kind: str, authority: Authority) -> None:
    trail.rights_changed(
        session, caller, kind, authority.id, organisation_id=authority.organisation_id
    )


async def recognise(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: RecognitionRequest
) -> SchemeRecognition:
    """Record that an authority counts what is bought in a scheme.

    Raises:
        NotFound: there is no such authority.
        AuthorityEnded: it is none any more.
        SchemeStateForbids: the scheme is closed.
        AlreadyRecognised: it recognises the scheme already.
    """
    await session.refresh(scheme, with_for_update=True)
    if scheme.state is SchemeState.CLOSED:
        message = "The scheme is closed: nothing new is recognised in it."
        raise SchemeStateForbids(message, current_state=scheme.state)
    # The lock keeps the authority from ending meanwhile.
    authority = await _locked(session, request.authority_id)
    recognition = SchemeRecognition(
        scheme_id=scheme.id, recognised_by_id=caller.user_id, **request.model_dump()
    )
    session.add(recognition)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_scheme_recognitions_living"):
            message = "This authority recognises the scheme already."
            raise AlreadyRecognised(message) from error
        raise
    _note_recognition(session, caller, "recognition.made", recognition, authority.organisation_id)
    return recognition


async def end_recognition(
    session: AsyncSession, caller: Caller, scheme: Scheme, recognition_id: UUID, reason: str
) -> SchemeRecognition:
    """Record that an authority counts nothing more from now on; what it counted stays.

    Raises:
        NotFound: the scheme has no such recognition.
        RecognitionEnded: it ended before.
    """
    recognition = await session.get(SchemeRecognition, recognition_id, with_for_update=True)
    if recognition is None or recognition.scheme_id != scheme.id:
        message = f"The scheme has no recognition {recognition_id}."
        raise NotFound(message)
    if recognition.ended_at is not None:
        message = "The recognition has ended."
        raise RecognitionEnded(message)
    recognition.ended_at = clock.now()
    recognition.ended_by_id = caller.user_id
    recognition.end_reason = reason
    await session.flush()
    authority = await session.get_one(Authority, recognition.authority_id)
    _note_recognition(session, caller, "recognition.ended", recognition, authority.organisation_id)
    return recognition


def _note_recognition(
    session: AsyncSession,
    caller: Caller,
    kind: str,
    recognition: SchemeRecognition,
    organisation_id: UUID,
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        recognition.id,
        organisation_id=organisation_id,
        schemeId=str(recognition.scheme_id),
    )
