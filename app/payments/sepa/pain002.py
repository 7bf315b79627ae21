"""Reading what the bank says of a batch: `pain.002`, versions 03 and 10.

A bank speaks of the file, of the payments of one account in it, or of single transfers; what it
says of the larger holds for all that is in it, until it says otherwise of the smaller.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.payments.sepa.documents import Document
from app.payments.sepa.documents import read as read_document
from app.payments.sepa.faults import Fault, MessageRefusedError
from app.payments.sepa.reading import Reader

VERSIONS = ("03", "10")
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(?P<version>[0-9]{2})")


class Verdict(StrEnum):
    """What became of a transfer, as far as the bank says."""

    ACCEPTED = "accepted"
    """It will be carried out, or is."""
    REJECTED = "rejected"
    """It won't be."""
    WAITING = "waiting"
    """The bank has it and has not decided: somebody has to sign there, or its day has not come."""


_VERDICTS = {
    "RJCT": Verdict.REJECTED,
    "CANC": Verdict.REJECTED,
    "ACSC": Verdict.ACCEPTED,
    "ACSP": Verdict.ACCEPTED,
    "ACWC": Verdict.ACCEPTED,
    "ACCC": Verdict.ACCEPTED,
    "ACCP": Verdict.WAITING,
    "ACTC": Verdict.WAITING,
    "RCVD": Verdict.WAITING,
    "PDNG": Verdict.WAITING,
    "PATC": Verdict.WAITING,
    "PART": Verdict.WAITING,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a bank says of something."""

    verdict: Verdict
    status: str
    """Its own word, such as `ACSP` or `RJCT`."""
    reason: str | None = None
    """A code, such as `AC04`."""
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a bank says of one file of ours."""

    id: str
    batch_id: str
    """The file's own id (`MsgId`), as we gave it."""
    of_all: Said | None
    """Of every transfer that is not named."""
    of_each: dict[str, Said]
    """Of the transfers that are, by end-to-end id."""

    def of(self, end_to_end_id: str) -> Said | None:
        """Say what holds for a transfer; None if the bank says nothing."""
        return self.of_each.get(end_to_end_id, self.of_all)


def read(content: bytes) -> StatusReport:
    """Read a status report.

    Raises:
        MessageRefusedError: it is no `pain.002` of a known version, or speaks of a status that is
            none; every fault is named.
    """
    document = read_document(content)
    _insist_on_version(document)
    faults: list[Fault] = []
    report = Reader(document.root, "", faults).at("CstmrPmtStsRpt")
    if report is None:
        raise MessageRefusedError(Fault("Document", "not-pain002", "It has no CstmrPmtStsRpt."))
    original = "OrgnlGrpInfAndSts"
    group = report.at(original)
    of_all = _said(group, "GrpSts") if group else None
    of_each: dict[str, Said] = {}
    for payments in report.each("OrgnlPmtInfAndSts"):
        # One file of ours pays from one account: what holds for that part holds for all.
        of_all = _said(payments, "PmtInfSts") or of_all
        of_each.update(_of_transfers(payments))
    read_report = StatusReport(
        id=report.needed("GrpHdr/MsgId"),
        batch_id=report.needed(f"{original}/OrgnlMsgId"),
        of_all=of_all,
        of_each=of_each,
    )
    if of_all is None and not of_each:
        report.note(original, "missing", "The report says nothing of any transfer.")
    if faults:
        raise MessageRefusedError(*faults)
    return read_report


def _insist_on_version(document: Document) -> None:
    found = _NAMESPACE.fullmatch(document.namespace)
    if found is None or document.root.name != "Document":
        what = document.namespace[:100] or f"a <{document.root.name[:40]}>"
        detail = f"This is {what}: upload the bank's status report as pain.002 (XML)."
        raise MessageRefusedError(Fault("Document", "not-pain002", detail))
    if found["version"] not in VERSIONS:
        detail = f"This is version {found['version']}; versions {', '.join(VERSIONS)} are read."
        raise MessageRefusedError(Fault("Document", "unknown-version", detail))


def _of_transfers(payments: Reader) -> Iterator[tuple[str, Said]]:
    for transfer in payments.each("TxInfAndSts"):
        said = _said(transfer, "TxSts")
        end_to_end_id = transfer.needed("OrgnlEndToEndId")
        if said is not None:
            yield end_to_end_id, said


def _said(about: Reader, name: str) -> Said | None:
    status = about.text(name)
    if status is None:
        return None
    verdict = _VERDICTS.get(status)
    if verdict is None:
        about.note(name, "unknown-status", f"{status!r} is no status that we know.")
        return None
    return Said(
        verdict=verdict,
        status=status,
        reason=about.text("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"),
        detail=about.text("StsRsnInf/AddtlInf"),
    )
