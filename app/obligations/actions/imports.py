"""Import contracts as rows: every row is judged before one is written, and all are or none."""

from collections import Counter
from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events, faults, sheets
from app.core.sheets import Judged, RowFault, RowsRefused, Sent
from app.obligations.actions import comparing
from app.obligations.actions.comparing import Finding
from app.obligations.actions.contracts import Registrar
from app.obligations.actions.rules import insist_on_life
from app.obligations.importing import CONTRACTS, ContractRow
from app.obligations.models import ImportOutcome
from app.organisations.callers import Caller
from app.schemes.models import Authority


@dataclass(frozen=True, slots=True)
class ContractReport:
    """What an import would do, or why it would do nothing."""

    rows: int
    fault_count: int
    faults: list[RowFault]
    """Up to a thousand."""
    counts: Counter[ImportOutcome]
    """What would become of the rows without a fault."""


async def try_contracts(session: AsyncSession, authority: Authority, sent: Sent) -> ContractReport:
    """Say what an import of contracts would do; it changes nothing.

    Raises:
        InvalidRequest, FileUnsafe, FileDamaged, FileTypeNotAllowed: there are no rows to be read.
        AuthorityEnded: it is no authority any more.
    """
    insist_on_life(authority)
    judged = await sheets.judged(CONTRACTS, sent)
    findings = {
        row: await comparing.look(session, authority.id, contract.candidate())
        for row, contract in judged.values.items()
    }
    found = _all_faults(judged, findings, sent)
    counts = Counter(finding.outcome for finding in findings.values())
    counts.pop(ImportOutcome.REFUSED, None)
    return ContractReport(judged.rows, len(found), found[: faults.MOST], counts)


async def import_contracts(
    session: AsyncSession, caller: Caller, authority: Authority, sent: Sent
) -> list[tuple[int, Finding]]:
    """Register or amend a contract for every row; one that is known as it is stays as it is.

    Raises:
        InvalidRequest, FileUnsafe, FileDamaged, FileTypeNotAllowed: there are no rows to be read.
        RowsRefused: a row has a fault; nothing was written.
        AuthorityEnded, ContractKnown: as `comparing.take`.
    """
    insist_on_life(authority)
    judged = await sheets.judged(CONTRACTS, sent)
    repeated = _all_faults(judged, {}, sent)
    registrar = Registrar.calling(caller)
    findings = {}
    for row, contract in judged.values.items():
        candidate = contract.candidate()
        # With a fault somewhere nothing is written: the others are only looked at.
        findings[row] = (
            await comparing.look(session, authority.id, candidate)
            if repeated
            else await comparing.take(session, registrar, authority.id, candidate)
        )
    if found := _all_faults(judged, findings, sent):
        message = f"{len(found)} faults were found, and no row was imported; see faults."
        told = [asdict(fault) for fault in found[: faults.MOST]]
        raise RowsRefused(message, faults=told, fault_count=len(found))
    events.record(
        session,
        "contracts.imported",
        authority.id,
        caller.actor,
        rows=len(findings),
        sha256=sent.sha256,
    )
    return list(findings.items())


def _all_faults(
    judged: Judged[ContractRow], findings: dict[int, Finding], sent: Sent
) -> list[RowFault]:
    """Add to the faults of form what can't be taken, and references that are there twice."""
    found = list(judged.faults)
    times = Counter(contract.reference for contract in judged.values.values())
    for row, contract in judged.values.items():
        if times[contract.reference] > 1:
            detail = f"The reference {contract.reference} is in the file more than once."
            column = "reference" if sent.is_table else None
            found.append(RowFault(row, "#/reference", column, "repeated-reference", detail))
    for row, finding in findings.items():
        if finding.outcome is ImportOutcome.REFUSED:
            code, detail = finding.code or "", finding.detail or ""
            found.append(RowFault(row, "#", None, code, detail))
    return sorted(found, key=lambda fault: fault.row)
