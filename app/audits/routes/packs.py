"""Audit packs: a year with all that an accountant or an auditor needs, in one file."""

from fastapi import Request, Response

from app.audits import queries
from app.audits.access.packs import PackAskedAgain, SeenPack, find_parts
from app.audits.actions import packs
from app.audits.actions.packs import Wanted
from app.audits.models import AuditPack, AuditPackState
from app.audits.problems import (
    NothingInYear,
    NothingSealed,
    NotKnownBefore,
    PackNotExpired,
    PackNotReady,
)
from app.audits.schemas.packs import AuditPackRequest, AuditPackView
from app.core import files, jobs
from app.core.database import Session
from app.core.files.kinds import ZIP
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import PageOf, Paging
from app.core.problems import NotFound, refusals
from app.ledger.problems import NotKnownYet
from app.organisations.access import Person
from app.organisations.problems import RoleTooSmall
from app.schemes.queries.keepers import readable_keepers

router = router_of("/audits/packs", "Audit packs")


@router.post(
    "",
    status_code=202,
    response_model=AuditPackView,
    responses=refusals(
        NotFound, RoleTooSmall, NothingSealed, NotKnownYet, NotKnownBefore, NothingInYear
    ),
)
async def ask_for_audit_pack(
    request: AuditPackRequest,
    caller: Person,
    session: Session,
    response: Response,
    _once: Idempotent,
) -> AuditPackView:
    """Ask for a year of a scheme and an authority, as known now or at a position of the books.

    Auditors and administrators of either ask; what of the other they may not read is left out, and
    the manifest in the pack says so. A job makes it: look at it until it is ready.
    """
    parts = await find_parts(session, caller, request.scheme_id, request.authority_id)
    wanted = Wanted(request.year, request.position, request.known_at)
    pack = await packs.ask(session, caller.actor, parts, wanted)
    response.headers["Location"] = f"/v1/audits/packs/{pack.id}"
    return await _told(session, pack)


@router.get("", response_model=PageOf[AuditPackView])
async def list_audit_packs(
    caller: Person, session: Session, paging: Paging
) -> PageOf[AuditPackView]:
    """List the audit packs that hold nothing that the caller may not read, the newest first."""
    readable = await readable_keepers(session, caller)
    readable.note()
    found = await queries.packs.readable(session, readable.ids, paging)
    return PageOf(items=[await _told(session, each) for each in found.items], next=found.next)


@router.get("/{audit_pack_id}", response_model=AuditPackView, responses=refusals(NotFound))
async def read_audit_pack(pack: SeenPack, session: Session) -> AuditPackView:
    """Read what an audit pack is made of, and how far it is."""
    return await _told(session, pack)


@router.post(
    "/{audit_pack_id}/makings",
    status_code=202,
    response_model=AuditPackView,
    responses=refusals(NotFound, RoleTooSmall, PackNotExpired),
)
async def make_audit_pack_again(
    pack: PackAskedAgain, caller: Person, session: Session, _once: Idempotent
) -> AuditPackView:
    """Have an audit pack made again that expired or failed: it becomes the same, byte for byte.

    Whatever was entered or corrected since: it tells what was known at its cut.
    """
    return await _told(session, await packs.make_again(session, caller.actor, pack))


@router.get(
    "/{audit_pack_id}/file",
    response_class=Response,
    responses={**files.downloads(ZIP), **refusals(NotFound, PackNotReady)},
)
async def download_audit_pack(pack: SeenPack, request: Request, session: Session) -> Response:
    """Download an audit pack: a ZIP, with its SHA-256 as ETag.

    The README inside says what each file is and how to check it.
    """
    if pack.file_id is None:
        message = f"It is {pack.state}: there is no file to download."
        raise PackNotReady(message, current_state=pack.state)
    return await files.download(request, session, await session.get_one(files.File, pack.file_id))


async def _told(session: Session, pack: AuditPack) -> AuditPackView:
    found = {"is_stuck", "sha256"}
    told = {name: getattr(pack, name) for name in AuditPackView.model_fields.keys() - found}
    is_on_its_way = pack.state in {AuditPackState.WAITING, AuditPackState.WORKING}
    is_stuck = is_on_its_way and await jobs.is_dead(session, packs.MAKE.name, pack_id=pack.id)
    digest = None if pack.sha256 is None else pack.sha256.hex()
    return AuditPackView(**told, is_stuck=is_stuck, sha256=digest)
