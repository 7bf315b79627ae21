"""The document of a valuation: everything that is needed to do its arithmetic again."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, View
from app.projects.contents.scores import Digest, Findings
from app.schemes.terms import PanelValuation
from app.schemes.terms.panel import FixedValuation


class RecusalKind(StrEnum):
    """Who noticed that an expert should not value a plan."""

    DECLARED = "declared"
    """The expert (`actions.assignments.recuse`)."""
    REPORTED = "reported"
    """Somebody of the operator's (`actions.assignments.recuse`)."""
    DETECTED = "detected"
    """The installation, when scores were opened (`actions.panel.open_scores`)."""


class Numbered(View):
    """Which one of several that are counted."""

    id: UUID
    number: Annotated[int, Field(examples=[1])]


class ExtensionRecord(View):
    """The experts got more time: until when, and why."""

    due_at: Moment
    reason: str | None
    decided_at: Moment


class SittingRecord(Numbered):
    """When the panel valued."""

    due_at: Annotated[Moment, Field(description="Until then scores were sealed, unless all came.")]
    opened_at: Moment
    extensions: list[ExtensionRecord]


class ScoresRecord(Findings):
    """What one expert found: enough to check the commitment, and what it counts for."""

    panel_member_id: UUID
    commitment_made: Annotated[Digest, Field(description="As it was given on submission.")]
    submitted_at: Moment
    replaced: Annotated[int, Field(description="How many earlier sheets this one replaced.")]
    weighted_score: Annotated[
        str,
        Field(description="An exact fraction: 0 is the worst, 1 the best.", examples=["13/20"]),
    ]


class RecusalRecord(View):
    """Who did not value the plan although assigned, and why."""

    assignment_id: UUID
    panel_member_id: UUID
    kind: RecusalKind
    reason: str | None
    recorded_at: Moment


class AbsenceRecord(View):
    """Who was assigned and did not score in time."""

    assignment_id: UUID
    panel_member_id: UUID


class Aggregated(View):
    """How many values became one."""

    values: Annotated[list[int], Field(description="Every estimate, in whole units.")]
    counted: list[int]
    left_out: list[int]
    exact: Annotated[str, Field(description="Before rounding, a fraction.", examples=["108"])]
    arithmetic: Annotated[
        str, Field(examples=["median of 100, 112, 120 = 112; rounded down = 112"])
    ]


class _Valued(View):
    document_version: Literal[1] = 1
    project_id: UUID
    plan_version: Numbered
    policy: Annotated[Numbered, Field(description="Its rubric and its rules are those used here.")]
    threshold_units: Annotated[int, Field(examples=[108])]
    impact_units: Annotated[int, Field(examples=[112])]


class PanelDocument(_Valued):
    """A valuation by experts; every figure of it can be computed again from this alone."""

    kind: Literal["panel"] = "panel"
    rules: PanelValuation
    sitting: SittingRecord
    scores: list[ScoresRecord]
    recusals: list[RecusalRecord]
    absent: list[AbsenceRecord]
    aggregation: Aggregated


class FixedDocument(_Valued):
    """A valuation that the policy fixes for every project."""

    kind: Literal["fixed"] = "fixed"
    rules: FixedValuation


ValuationDocument: TypeAlias = Annotated[PanelDocument | FixedDocument, Field(discriminator="kind")]


class Basis(View):
    """What is valued, and under which policy."""

    project_id: UUID
    plan_version: Numbered
    policy: Numbered
    threshold_units: int


class OpenedSheet(View):
    """A sheet that was opened, and what is known of its submission."""

    findings: Findings
    panel_member_id: UUID
    commitment: str
    submitted_at: datetime
    number: int


class Heard(View):
    """Everybody who was assigned in a sitting: by what they gave."""

    sitting: SittingRecord
    opened: list[OpenedSheet]
    recusals: list[RecusalRecord]
    absent: list[AbsenceRecord]


def by_panel(basis: Basis, rules: PanelValuation, heard: Heard) -> PanelDocument:
    """Value a plan by what the experts found.

    Raises:
        ValueError: fewer experts than the quorum, or scores that are none of this rubric's.
    """
    estimates = [sheet.findings.estimate_units for sheet in heard.opened]
    found = rules.aggregate(estimates)
    return PanelDocument(
        **dict(basis),
        impact_units=found.units,
        rules=rules,
        sitting=heard.sitting,
        scores=_records(rules, heard.opened),
        recusals=heard.recusals,
        absent=heard.absent,
        aggregation=Aggregated(
            values=estimates,
            counted=list(found.counted),
            left_out=list(found.left_out),
            exact=str(found.exact),
            arithmetic=found.arithmetic,
        ),
    )


def _records(rules: PanelValuation, opened: Sequence[OpenedSheet]) -> list[ScoresRecord]:
    return [
        ScoresRecord(
            **{
                **dict(sheet.findings),
                # Only who may see the panel's own affairs reads these, and not here.
                "panel_remarks": sheet.findings.panel_remarks.without_text(),
            },
            panel_member_id=sheet.panel_member_id,
            commitment_made=sheet.commitment,
            submitted_at=sheet.submitted_at,
            replaced=sheet.number - 1,
            weighted_score=str(rules.weighted_score(sheet.findings.scores)),
        )
        for sheet in opened
    ]


def by_policy(basis: Basis, rules: FixedValuation) -> FixedDocument:
    """Value a plan at what the policy says that every project is worth."""
    return FixedDocument(**dict(basis), impact_units=rules.units_per_project, rules=rules)


def public_document(document: PanelDocument | FixedDocument) -> PanelDocument | FixedDocument:
    """Leave out every text that is for those concerned; commitments can still be checked."""
    if isinstance(document, FixedDocument):
        return document
    scores = [
        record.model_copy(update={"remarks": record.remarks.without_text()})
        for record in document.scores
    ]
    recusals = [record.model_copy(update={"reason": None}) for record in document.recusals]
    extensions = [
        record.model_copy(update={"reason": None}) for record in document.sitting.extensions
    ]
    sitting = document.sitting.model_copy(update={"extensions": extensions})
    return document.model_copy(update={"scores": scores, "recusals": recusals, "sitting": sitting})
