"""The index of open data on the wire."""

from typing import Annotated

from pydantic import Field

from app.audits.open_data.datasets import ColumnKind
from app.core.wire import View


class OpenFilesView(View):
    """Where a file is, in each of its forms."""

    quarter: Annotated[
        str | None,
        Field(description="Which closed quarter; null: as it is now.", examples=["2026-Q2"]),
    ]
    csv: Annotated[str, Field(examples=["/v1/open-data/results/2026-Q2/rows.csv"])]
    json_: Annotated[str, Field(alias="json", examples=["/v1/open-data/results/2026-Q2/rows.json"])]


class OpenColumnView(View):
    """A column of a file."""

    name: str
    kind: ColumnKind
    meaning: str


class OpenDatasetView(View):
    """What is published, and where."""

    name: Annotated[str, Field(examples=["results"])]
    title: str
    meaning: str
    columns: list[OpenColumnView]
    files: Annotated[
        list[OpenFilesView], Field(description="Of closed quarters, the newest first.")
    ]


class OpenDataView(View):
    """All that is published for everybody to use."""

    licence: Annotated[str, Field(description="What may be done with it.", examples=["CC0-1.0"])]
    note: Annotated[str, Field(description="What one must know to read the figures.")]
    is_test: Annotated[bool, Field(description="The installation only plays: nothing is real.")]
    datasets: list[OpenDatasetView]
