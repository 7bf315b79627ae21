"""Contracts as rows of a file: which columns they have."""

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from app.core.sheets import Form, day, number, yes_or_no
from app.obligations.importing.candidates import Candidate, Party
from app.obligations.parties import normalised
from app.obligations.schemas.contracts import ContractTerms, PartyRequest, Reference

MOST_JOINT_PARTIES = 19


class ContractRow(ContractTerms):
    """One contract in a file."""

    reference: Reference
    awarded_on: date
    contractor: PartyRequest
    joint_parties: Annotated[
        list[PartyRequest], Field(max_length=MOST_JOINT_PARTIES, default_factory=list)
    ]
    is_cancelled: bool = False

    @model_validator(mode="after")
    def _each_party_is_there_once(self) -> Self:
        if len({party[:2] for party in self.parties}) < len(self.parties):
            message = "name each party once"
            raise ValueError(message)
        return self

    @property
    def parties(self) -> tuple[Party, ...]:
        """Whom it binds; the first answers for the obligation."""
        return tuple(
            Party(each.scheme, normalised(each.scheme, each.identifier), each.legal_name)
            for each in (self.contractor, *self.joint_parties)
        )

    def candidate(self) -> Candidate:
        """Give it as what is compared with what is known."""
        return Candidate(
            reference=self.reference,
            awarded_on=self.awarded_on,
            says={**self.columns(), "is_cancelled": self.is_cancelled},
            parties=self.parties,
            reason="Imported from a file of the authority's.",
        )


def _parties(cell: str) -> list[Any]:
    """Read one party a line: `NL-KVK | 12345678 | Advies West B.V.`."""
    lines = (line.strip() for line in re.split(r"\r\n|\r|\n", cell))
    names = ("scheme", "identifier", "legalName")
    return [
        dict(zip(names, (part.strip() for part in line.split("|", 2)), strict=False))
        for line in lines
        if line
    ]


CONTRACTS = Form(
    plural="contracts",
    item="contract",
    model=ContractRow,
    columns=(
        *("reference", "awardedOn", "title", "kind", "hasClause", "isCancelled"),
        *("contractor.scheme", "contractor.identifier", "contractor.legalName", "jointParties"),
        *("base", "basisPoints", "contractSumCents", "tenderSumCents", "invoicedTurnoverCents"),
        *("wageBillCents", "labourShareBasisPoints", "startsOn", "endsOn"),
    ),
    readers={
        **dict.fromkeys(("awardedOn", "startsOn", "endsOn"), day),
        **dict.fromkeys(("hasClause", "isCancelled"), yes_or_no),
        **dict.fromkeys(
            (
                *("basisPoints", "contractSumCents", "tenderSumCents", "invoicedTurnoverCents"),
                *("wageBillCents", "labourShareBasisPoints"),
            ),
            number,
        ),
        "jointParties": _parties,
    },
    refuses_formulas=True,
)
