"""Contracts out of files: rows of a spreadsheet, and packages of the Open Contracting standard.

Repeating an import changes nothing; a contract that says something else becomes an amendment, and
what is imposed stays until the authority confirms the new figure.
"""

from typing import Annotated

from fastapi import Query, Response

from app.core import jobs
from app.core.database import Session
from app.core.files import JsonUpload
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.core.sheets import MOST_ROWS, RowFaultView, RowsRefused, receiving
from app.obligations import actions, importing, queries
from app.obligations.access import (
    ImportOfAuthority,
    SeenAuthority,
    WorkedAuthority,
    find_authority,
)
from app.obligations.models import ContractImport, ContractImportOutcome, ImportOutcome
from app.obligations.problems import ContractKnown
from app.obligations.schemas.imports import (
    ContractImportReportView,
    ContractImportView,
    ImportedContractView,
    OutcomeCountsView,
    PackageImportView,
    PackageOptions,
    PackageOutcomesRequest,
    PackageOutcomeView,
)
from app.organisations.access import Person, as_of_now
from app.organisations.models import Right
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes.problems import AuthorityEnded

router = router_of("/authorities/{authority_id}", "Imports of contracts")

ROWS = "/contract-imports"
PACKAGES = "/ocds-imports"
WORKING = (RoleTooSmall, OrganisationInactive)

ContractRows = Annotated[
    receiving.Rows,
    receiving.reader(
        importing.CONTRACTS.plural,
        'JSON: `{"contracts": [{"contract": …}]}`. Or CSV in UTF-8, divided by `;` or `,`, or the'
        " first sheet of an XLSX, whose first row names the columns, in any order:"
        f" `{'`, `'.join(importing.CONTRACTS.columns)}`. `jointParties` are lines such as"
        " `NL-KVK | 12345678 | Advies West B.V.`. Cells that hold formulas are refused."
        f" {MOST_ROWS} rows at the most.",
    ),
]


@router.post(
    ROWS + "/dry-run",
    response_model=ContractImportReportView,
    responses=refusals(*WORKING, AuthorityEnded),
)
async def try_contract_import(
    _caller: Person, authority: WorkedAuthority, session: Session, rows: ContractRows
) -> ContractImportReportView:
    """See what an import of contracts would do, every fault of every row; it changes nothing."""
    report = await actions.imports.try_contracts(session, authority, rows)
    return ContractImportReportView(
        rows=report.rows,
        fault_count=report.fault_count,
        faults=[RowFaultView.model_validate(fault) for fault in report.faults],
        counts=_counts(report.counts),
    )


@router.post(
    ROWS,
    status_code=201,
    response_model=ContractImportView,
    responses=refusals(*WORKING, RowsRefused, AuthorityEnded, ContractKnown),
)
async def import_contracts(
    caller: Person,
    authority: WorkedAuthority,
    session: Session,
    rows: ContractRows,
    _once: Idempotent,
) -> ContractImportView:
    """Register or amend a contract for every row (the authority's members).

    Nothing at all is written where one row has a fault. Obligations that follow wait for their
    confirmation.
    """
    found = await actions.imports.import_contracts(session, caller, authority, rows)
    return ContractImportView(
        contracts=[
            ImportedContractView(
                row=row,
                outcome=finding.outcome,
                contract_id=finding.contract_id,
                detail=finding.detail,
            )
            for row, finding in found
        ]
    )


@router.get(PACKAGES, response_model=PageOf[PackageImportView])
async def list_ocds_imports(
    authority: SeenAuthority, session: Session, paging: Paging
) -> PageOf[PackageImportView]:
    """List the packages that an authority sent, the newest first."""
    found = await queries.imports.of_authority(session, authority, paging)
    return PageOf(items=[await _told(session, each) for each in found.items], next=found.next)


@router.post(
    PACKAGES,
    status_code=201,
    response_model=PackageImportView,
    responses=refusals(*WORKING, AuthorityEnded),
)
async def import_ocds_package(  # noqa: PLR0913  Each is one thing that the edge hands in.
    caller: Person,
    authority: WorkedAuthority,
    upload: JsonUpload,
    session: Session,
    response: Response,
    options: Annotated[PackageOptions, Query()],
) -> PackageImportView:
    """Send an OCDS 1.1 release or record package (the authority's members); a job takes it up.

    Look at the import until it is done: each contract of the file has an outcome there, and those
    that were refused a reason. A file that can't be read to its end is refused as a whole.
    """
    authority_id = authority.id
    received = await upload.receive()
    # While the file came in, minutes may have passed: the right is proven again.
    caller = await as_of_now(session, caller)
    authority = await find_authority(session, caller, authority_id, Right.WRITE)
    made = await actions.packages.receive(session, caller, authority, received, options)
    response.headers["Location"] = f"/v1/authorities/{authority_id}/ocds-imports/{made.id}"
    return await _told(session, made)


@router.get(PACKAGES + "/{ocds_import_id}", response_model=PackageImportView)
async def read_ocds_import(package: ImportOfAuthority, session: Session) -> PackageImportView:
    """Read where an import stands."""
    return await _told(session, package)


@router.get(PACKAGES + "/{ocds_import_id}/outcomes", response_model=PageOf[PackageOutcomeView])
async def list_ocds_outcomes(
    package: ImportOfAuthority,
    session: Session,
    wanted: Annotated[PackageOutcomesRequest, Query()],
) -> Page[ContractImportOutcome]:
    """List what became of each contract of a package, in the order of the file."""
    return await queries.imports.outcomes(session, package, wanted, wanted.outcome)


async def _told(session: Session, package: ContractImport) -> PackageImportView:
    counts = await queries.imports.counts(session, package.id)
    is_stuck = await jobs.is_dead(session, actions.packages.WORK.name, import_id=package.id)
    found = {"counts", "is_stuck"}
    told = {name: getattr(package, name) for name in PackageImportView.model_fields.keys() - found}
    return PackageImportView(**told, counts=_counts(counts), is_stuck=is_stuck)


def _counts(counts: dict[ImportOutcome, int]) -> OutcomeCountsView:
    return OutcomeCountsView(
        **{outcome.name.lower(): counts.get(outcome, 0) for outcome in ImportOutcome}
    )
