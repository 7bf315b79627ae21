"""Open data: the register and the results, for everybody; no sign-in needed."""

from typing import Annotated

from fastapi import Path, Request, Response

from app.audits import open_data
from app.audits.open_data import DATASETS, Dataset, Kept, OpenFormat
from app.audits.periods import named
from app.audits.problems import QuarterNotPublished
from app.audits.queries import open_data as rows
from app.audits.schemas.open_data import (
    OpenColumnView,
    OpenDatasetView,
    OpenDataView,
    OpenFilesView,
)
from app.core import clock
from app.core.database import Session, release
from app.core.files import names
from app.core.http import etags
from app.core.http.routing import router as router_of
from app.core.problems import NotFound, existing, refusals
from app.core.settings import Mode, Settings

router = router_of("/open-data", "Open data")

PATH = router.prefix
HOUR, DAY = 3_600, 86_400

NOTE = (
    "Figures of people and of money are those that became known in a closed quarter; they never"
    " change afterwards, and what becomes known later counts in a later quarter. Counts of few"
    " people are left out, with what would give them away. Amounts are whole cents."
)

DatasetName = Annotated[
    str, Path(description="What is published; the index lists it.", examples=["results"])
]
Quarter = Annotated[
    str,
    Path(pattern=r"^20[0-9]{2}-Q[1-4]$", description="A closed quarter.", examples=["2026-Q2"]),
]
Form = Annotated[OpenFormat, Path(alias="format", description="How it is written.")]

FILE = {
    200: {
        "description": "The file",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/csv": {"schema": {"type": "string"}},
        },
    },
    304: {},
    **refusals(NotFound),
}


@router.get("", responses={304: {}})
async def read_open_data(session: Session, request: Request, response: Response) -> OpenDataView:
    """Read what is published: each file with what its columns mean, and where it is."""
    settings: Settings = request.app.state.settings
    began_at = await rows.began_at(session)
    quarters = open_data.closed_quarters(began_at, clock.now())
    etags.mark_public(response, HOUR)
    return OpenDataView(
        licence=settings.open_data_licence,
        note=NOTE,
        is_test=settings.mode is Mode.TEST,
        datasets=[_listed(dataset, quarters) for dataset in DATASETS.values()],
    )


def _listed(dataset: Dataset, quarters: list[str]) -> OpenDatasetView:
    published = quarters if dataset.is_quarterly else [None]
    return OpenDatasetView(
        name=dataset.name,
        title=dataset.title,
        meaning=dataset.meaning,
        columns=[OpenColumnView.model_validate(column) for column in dataset.columns],
        files=[_files(dataset, quarter) for quarter in published],
    )


def _files(dataset: Dataset, quarter: str | None) -> OpenFilesView:
    folder = f"{PATH}/{dataset.name}" + (f"/{quarter}" if quarter else "")
    return OpenFilesView(quarter=quarter, csv=f"{folder}/rows.csv", json_=f"{folder}/rows.json")


@router.get("/{dataset_name}/rows.{format}", response_class=Response, responses=FILE)
async def download_open_register(
    dataset_name: DatasetName, form: Form, session: Session, request: Request
) -> Response:
    """Download a part of the register, as it is now."""
    read = existing(rows.REGISTER.get(dataset_name), dataset_name)
    content = _written(request, dataset_name, await read(session), form)
    return _file(content, dataset_name, form, HOUR)


@router.get(
    "/{dataset_name}/{quarter}/rows.{format}",
    response_class=Response,
    responses={**FILE, **refusals(NotFound, QuarterNotPublished)},
)
async def download_open_results(
    dataset_name: DatasetName, quarter: Quarter, form: Form, session: Session, request: Request
) -> Response:
    """Download the figures of a closed quarter: the same for ever, but for what is renamed."""
    read = existing(rows.QUARTERLY.get(dataset_name), dataset_name)
    period = named(quarter)
    if not open_data.is_closed(period, clock.now()):
        raise QuarterNotPublished(f"{quarter} is published a day after it ended.")
    kept: Kept = request.app.state.open_data
    key = (dataset_name, quarter, form)
    if key not in kept.files:
        # Whoever waits for a turn holds no connection meanwhile.
        await release(session)
        async with kept.turn:
            if key not in kept.files:
                found = await read(session, period)
                kept.keep(key, _written(request, dataset_name, found, form))
    return _file(kept.files[key], f"{dataset_name}-{quarter}", form, DAY)


def _written(request: Request, name: str, found: rows.Rows, form: OpenFormat) -> bytes:
    settings: Settings = request.app.state.settings
    return open_data.file_of(DATASETS[name], found, settings.open_data_licence, form)


def _file(content: bytes, name: str, form: OpenFormat, max_age_seconds: int) -> Response:
    headers = {names.HEADER: names.attachment(f"{name}.{form}")}
    response = Response(content, media_type=form.media_type, headers=headers)
    etags.mark_public(response, max_age_seconds)
    return response
