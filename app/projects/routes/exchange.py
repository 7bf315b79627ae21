"""Files: plans and rounds as JSON for programs, and as CSV for people with a spreadsheet.

A dry run says what an import would do, every fault of every row at once; an import writes all
rows or none.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database, Session
from app.core.files import names
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.problems import NotFound, refusals
from app.core.sheets import MOST_ROWS, Form, RowsRefused, receiving
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, exchange, queries
from app.projects.access import InspectedRound, OfferingOrganisation
from app.projects.exchange import Exported, FileFormat
from app.projects.problems import NotAdmitted, PlansClosed
from app.projects.schemas.exchange import (
    ImportedProjectView,
    ImportedRoundView,
    ImportReportView,
    PlanFileView,
    PlanImportReportView,
    PlanImportView,
    RoundFileView,
    RoundImportView,
)
from app.schemes.access import ActingOrganisation, InspectedScheme, OperatedScheme
from app.schemes.problems import SchemeStateForbids

router = router_of("", "Files of plans and rounds")

WORKING = (RoleTooSmall, OrganisationInactive)
OF_ORGANISATION = "/organisations/{organisation_id}"
OF_SCHEME = "/schemes/{scheme_id}"
PLAN_IMPORTS = OF_ORGANISATION + "/rounds/{round_id}/plan-imports"

ABOUT_CSV = (
    " Or CSV in UTF-8, divided by `;` or `,`, or the first sheet of an XLSX, whose first row names"
    " the columns, in any order;"
    " columns that begin with `about.` are passed over. An export of nothing shows the columns."
    f" {MOST_ROWS} rows at the most."
)
PlanRows = Annotated[
    receiving.Rows,
    receiving.reader(
        exchange.PLANS.plural,
        'JSON: `{"plans": [{"plan": …}]}`, each plan as `PATCH …/plan` takes it.'
        + ABOUT_CSV
        + " Lists are lines in a cell, `[]` if there is nothing: `targetGroups` as"
        " `ww | 12`, `milestones` as `2026-05-01 | what`, `promisedEvidence` as `* what`, `costs`"
        " as `materials | cents | what` or `hours | hours x cents | what`, `otherFinancing` as"
        " `fund | cents | what`.",
    ),
]
RoundRows = Annotated[
    receiving.Rows,
    receiving.reader(
        exchange.ROUNDS.plural,
        'JSON: `{"rounds": [{"round": …}]}`, each round as `POST …/rounds` takes it.' + ABOUT_CSV,
    ),
]

Format = Annotated[FileFormat, Query(alias="format", description="JSON or CSV.")]
Batch = Callable[[AsyncSession, UUID | None], Awaitable[Sequence[Exported]]]


def _file(view: type) -> dict[int | str, dict[str, Any]]:
    shown = {"schema": {"type": "string"}}
    return {
        200: {
            "model": view,
            "content": {"text/csv": shown},
            "headers": {
                names.HEADER: {
                    "description": "Always an attachment, with a name for the file.",
                    "schema": {"type": "string"},
                }
            },
        }
    }


def _written(request: Request, form: Form[Any], file_format: FileFormat, batch: Batch) -> Response:
    """Answer batch by batch: nobody's slow line holds a connection to the database."""
    database: Database = request.app.state.database
    return StreamingResponse(
        exchange.write(form, file_format, _batches(database, batch)),
        headers={
            "Content-Type": file_format.media_type,
            names.HEADER: names.attachment(f"{form.plural}.{file_format}"),
        },
    )


async def _batches(database: Database, batch: Batch) -> AsyncIterator[Sequence[Exported]]:
    after = None
    while True:
        async with database.reading() as session:
            found = await batch(session, after)
        yield found
        if len(found) < queries.exports.AT_ONCE:
            return
        after = found[-1].id


@router.get(
    OF_SCHEME + "/round-export", response_class=StreamingResponse, responses=_file(RoundFileView)
)
async def export_rounds(
    request: Request, scheme: InspectedScheme, file_format: Format = FileFormat.JSON
) -> Response:
    """Take the names and dates of a scheme's rounds along, drafts included."""
    scheme_id = scheme.id

    async def batch(session: AsyncSession, after: UUID | None) -> Sequence[Exported]:
        return await queries.exports.rounds(session, scheme_id, after)

    return _written(request, exchange.ROUNDS, file_format, batch)


@router.get(
    "/rounds/{round_id}/plan-export",
    response_class=StreamingResponse,
    responses=_file(PlanFileView),
)
async def export_plans_of_round(
    request: Request, of_round: InspectedRound, file_format: Format = FileFormat.JSON
) -> Response:
    """Take along what was submitted last of each project, confidential members included."""
    round_id = of_round.id

    async def batch(session: AsyncSession, after: UUID | None) -> Sequence[Exported]:
        return await queries.exports.submitted_plans(session, round_id, after)

    return _written(request, exchange.PLANS, file_format, batch)


@router.get(
    OF_ORGANISATION + "/plan-export",
    response_class=StreamingResponse,
    responses=_file(PlanFileView),
)
async def export_own_plans(
    request: Request,
    organisation: OfferingOrganisation,
    file_format: Format = FileFormat.JSON,
    round_id: Annotated[
        UUID | None, Query(alias="roundId", description="Of this round only.")
    ] = None,
) -> Response:
    """Take the drafts of your organisation along, as they are written now; files stay behind."""
    organisation_id = organisation.id

    async def batch(session: AsyncSession, after: UUID | None) -> Sequence[Exported]:
        return await queries.exports.drafts(session, organisation_id, round_id, after)

    return _written(request, exchange.PLANS, file_format, batch)


@router.post(
    PLAN_IMPORTS + "/dry-run",
    response_model=PlanImportReportView,
    responses=refusals(*WORKING, NotFound, PlansClosed, NotAdmitted),
)
async def try_plan_import(
    _caller: Person,
    organisation: ActingOrganisation,
    session: Session,
    rows: PlanRows,
    round_id: UUID,
) -> actions.imports.Report:
    """See what an import of plans would do, and what each plan would lack; it changes nothing.

    `faults` is empty if the import would be done. A draft may lack anything.
    """
    return await actions.imports.try_plans(session, organisation, round_id, rows)


@router.post(
    PLAN_IMPORTS,
    status_code=201,
    response_model=PlanImportView,
    responses=refusals(*WORKING, NotFound, PlansClosed, NotAdmitted, RowsRefused),
)
async def import_plans(
    caller: Person,
    organisation: ActingOrganisation,
    session: Session,
    rows: PlanRows,
    _once: Idempotent,
    round_id: UUID,
) -> PlanImportView:
    """Begin a project for every row, as a draft (an admitted entrepreneur's members).

    Nothing is submitted by it, and nothing at all is written where one row has a fault.
    """
    made = await actions.imports.import_plans(session, caller, organisation, round_id, rows)
    return PlanImportView(
        round_id=round_id,
        projects=[ImportedProjectView(row=row, project_id=project.id) for row, project in made],
    )


@router.post(
    OF_SCHEME + "/round-imports/dry-run",
    response_model=ImportReportView,
    responses=refusals(*WORKING, SchemeStateForbids),
)
async def try_round_import(
    _caller: Person, scheme: OperatedScheme, session: Session, rows: RoundRows
) -> actions.imports.Report:
    """See what an import of rounds would do; it changes nothing."""
    return await actions.imports.try_rounds(session, scheme, rows)


@router.post(
    OF_SCHEME + "/round-imports",
    status_code=201,
    response_model=RoundImportView,
    responses=refusals(*WORKING, SchemeStateForbids, RowsRefused),
)
async def import_rounds(
    caller: Person,
    scheme: OperatedScheme,
    session: Session,
    rows: RoundRows,
    _once: Idempotent,
) -> RoundImportView:
    """Prepare a round for every row, in their order (the operator's members)."""
    made = await actions.imports.import_rounds(session, caller, scheme, rows)
    return RoundImportView(
        rounds=[
            ImportedRoundView(row=row, round_id=each.id, number=each.number) for row, each in made
        ]
    )
