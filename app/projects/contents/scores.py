"""What an expert finds of a plan, and the commitment that binds it while it is sealed.

A commitment is the SHA-256 of a canonical serialisation: JSON as RFC 8785 writes it (members in
the order of their names, no white space, UTF-8). Everything in it is text, a whole number or an
object, so that Python's own writer, told so, writes the same bytes.

    committed = {"assignmentId", "estimateUnits", "form": 1, "panelRemarks", "planVersionId",
                 "remarks", "salt", "scores": {criterion: score}}
    remark    = {"salt", "text"}

Salts are 32 random bytes, written as 64 hexadecimal digits. Of both remarks the commitment of the
remark stands in `committed`, not its text: who may not read a remark can still check the whole. Of
a remark that named somebody who was erased the salt is gone: the whole can be checked as before.
"""

import hashlib
import json
import os
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.wire import ERASED, Request, View, names_nobody

SALT_BYTES = 32
FORM: Literal[1] = 1

Remarks = Annotated[str, Field(max_length=10_000), AfterValidator(names_nobody)]
Digest = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, in hexadecimal digits.")
]
Salt = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="32 random bytes, as digits.")]
Scores = Annotated[
    dict[str, Annotated[int, Field(strict=True, ge=0, le=100)]],
    Field(
        min_length=1,
        max_length=20,
        description="A score for each criterion of the rubric, by its code.",
        examples=[{"work": 4, "feasibility": 3}],
    ),
]
Estimate = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=10_000_000,
        description="What the project is worth, in whole units.",
        examples=[120],
    ),
]


class ScoreSheet(Request):
    """What an expert finds of a plan."""

    scores: Scores
    estimate_units: Estimate
    remarks: Annotated[Remarks, Field(description="For the entrepreneur; it names nobody.")] = ""
    panel_remarks: Annotated[Remarks, Field(description="For the panel and the operator only.")] = (
        ""
    )


class SealedRemark(View):
    """A remark with what commits to it; without salt and text for who may not read it."""

    commitment: Digest
    salt: Salt | None
    text: str | None

    @classmethod
    def on(cls, text: str) -> Self:
        """Commit to a remark."""
        salt = _new_salt()
        return cls(commitment=_of_remark(salt, text), salt=salt, text=text)

    def without_text(self) -> "SealedRemark":
        """Leave out what somebody may not read; the commitment stays."""
        return SealedRemark(commitment=self.commitment, salt=None, text=None)

    @property
    def is_sound(self) -> bool:
        """Whether it is what was committed to, as far as it can be read."""
        if self.salt is None:
            # Where it named somebody who was erased, the salt went too: nobody guesses the name.
            return self.text is None or ERASED in self.text
        if self.text is None:
            return False
        return _of_remark(self.salt, self.text) == self.commitment


class Findings(View):
    """A score sheet with its salts: all that its commitment binds."""

    form: Annotated[Literal[1], Field(description="Of the serialisation.")] = FORM
    assignment_id: UUID
    plan_version_id: UUID
    scores: dict[str, int]
    estimate_units: int
    remarks: SealedRemark
    panel_remarks: SealedRemark
    salt: Salt

    @classmethod
    def of(cls, sheet: ScoreSheet, assignment_id: UUID, plan_version_id: UUID) -> Self:
        """Bind a score sheet to its assignment and plan with new salts."""
        return cls(
            assignment_id=assignment_id,
            plan_version_id=plan_version_id,
            scores=sheet.scores,
            estimate_units=sheet.estimate_units,
            remarks=SealedRemark.on(sheet.remarks),
            panel_remarks=SealedRemark.on(sheet.panel_remarks),
            salt=_new_salt(),
        )

    @property
    def commitment(self) -> str:
        """What binds it: anybody can compute this again."""
        committed = {
            "assignmentId": str(self.assignment_id),
            "estimateUnits": self.estimate_units,
            "form": self.form,
            "panelRemarks": self.panel_remarks.commitment,
            "planVersionId": str(self.plan_version_id),
            "remarks": self.remarks.commitment,
            "salt": self.salt,
            "scores": self.scores,
        }
        return hashlib.sha256(canonical(committed)).hexdigest()

    def fits(self, commitment: str) -> bool:
        """Whether it is what an expert committed to, its remarks included."""
        sound = self.remarks.is_sound and self.panel_remarks.is_sound
        return sound and self.commitment == commitment


def canonical(value: dict[str, Any]) -> bytes:
    """Serialise text, whole numbers and objects as RFC 8785 does; all names must be ASCII."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return written.encode()


def _of_remark(salt: str, text: str) -> str:
    return hashlib.sha256(canonical({"salt": salt, "text": text})).hexdigest()


def _new_salt() -> str:
    return os.urandom(SALT_BYTES).hex()
