"""Imports on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.core.paging import PageRequest
from app.core.sheets import RowFaultView
from app.core.wire import Moment, View
from app.obligations.models import ImportOutcome, ImportState


class OutcomeCountsView(View):
    """How many contracts became what."""

    registered: int
    amended: int
    unchanged: int
    refused: int
    passed_over: Annotated[
        int, Field(description="There is nothing to take: cancelled, proposed, another buyer's.")
    ]


class ContractImportReportView(View):
    """What an import would do: write all rows, or nothing because of these faults."""

    rows: Annotated[int, Field(description="How many rows were read.")]
    fault_count: int
    faults: Annotated[
        list[RowFaultView], Field(description="All faults of all rows, up to a thousand.")
    ]
    counts: Annotated[
        OutcomeCountsView, Field(description="What would become of the rows without a fault.")
    ]


class ImportedContractView(View):
    """What became of a row."""

    row: int
    outcome: ImportOutcome
    contract_id: UUID | None
    detail: str | None


class ContractImportView(View):
    """What became of every row."""

    contracts: list[ImportedContractView]


class PackageOptions(BaseModel):
    """How a package is to be taken."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    assume_clause: Annotated[
        bool,
        Field(
            description="Whether a contract that says nothing about it has a social-return clause:"
            " OCDS has no member for it."
        ),
    ] = False
    dry_run: Annotated[bool, Field(description="Only say what would become of each contract.")] = (
        False
    )


class PackageImportView(View):
    """A package that an authority sent, and where its import stands."""

    id: UUID
    authority_id: UUID
    file_id: UUID
    assume_clause: bool
    is_dry_run: bool
    state: ImportState
    is_stuck: Annotated[
        bool,
        Field(
            description="Its job gave up, and what it took stays: who runs the installation brings"
            " the job back (`baat jobs retry`)."
        ),
    ]
    refusal: Annotated[
        str | None, Field(description="Why nothing was taken: it is no package that can be read.")
    ]
    received_at: Moment
    ended_at: Moment | None
    counts: OutcomeCountsView


class PackageOutcomeView(View):
    """What became of one contract of a package."""

    id: UUID
    item: Annotated[int, Field(description="Which release or record of the file, from 1.")]
    place: Annotated[int, Field(description="Which contract in it, from 1.")]
    source_key: Annotated[
        str,
        Field(description="The ocid and the contract's own id.", examples=["ocds-213czf-1/c-1"]),
    ]
    outcome: ImportOutcome
    code: Annotated[str | None, Field(examples=["other-currency"])]
    detail: str | None
    contract_id: UUID | None


class PackageOutcomesRequest(PageRequest):
    """Which outcomes the caller wants."""

    outcome: Annotated[ImportOutcome | None, Field(description="Only these.")] = None
