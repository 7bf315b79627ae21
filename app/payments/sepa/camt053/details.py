"""Reading one transaction of an entry: who, what for, and whether it came back."""

from app.payments.sepa.camt053.values import Counterparty, Direction, Return, Transaction
from app.payments.sepa.reading import Reader, iban_of

_NO_ID = {"NOTPROVIDED", "NONREF", "NOREF"}
_RETURNED = {"RRTN", "RPCR"}
"""Sub-families of transaction codes (ISO 20022): returned, or recalled by whoever sent it."""


def read_transaction(
    found: Reader, direction: Direction, alone_cents: int | None, own_iban: str
) -> Transaction | None:
    """Read what an entry is made of; None if it has no amount in euros.

    A transaction that is alone counts as its entry does: its own amount may be in another
    currency, or from before the bank's charges.
    """
    if alone_cents is None:
        word = found.text("CdtDbtInd")
        direction = {"CRDT": Direction.INCOMING, "DBIT": Direction.OUTGOING}.get(
            word or "", direction
        )
        alone_cents = found.euro_cents("Amt", "AmtDtls/TxAmt/Amt")
    if alone_cents is None:
        return None
    return Transaction(
        direction=direction,
        amount_cents=alone_cents,
        counterparty=_counterparty(found, direction, own_iban),
        end_to_end_id=known_id(found, "Refs/EndToEndId"),
        batch_id=known_id(found, "Refs/PmtInfId"),
        bank_reference=known_id(found, "Refs/AcctSvcrRef", "Refs/TxId"),
        mandate_id=known_id(found, "Refs/MndtId"),
        structured=_structured(found),
        unstructured=_unstructured(found),
        returned=_returned(found),
        charges_cents=told_charges(found),
    )


def known_id(found: Reader, *paths: str) -> str | None:
    """Read a name that somebody gave; the words for "none" are none."""
    for path in paths:
        name = found.text(path)
        if name and name.upper() not in _NO_ID:
            return name
    return None


def told_charges(found: Reader) -> int:
    """Add up what the bank says it kept, in euros; 0 if it says nothing."""
    records = list(found.each("Chrgs/Rcrd")) or list(found.each("Chrgs"))
    each = (record.euro_cents("Amt", "TtlChrgsAndTaxAmt") for record in records)
    return sum(cents or 0 for cents in each)


def _counterparty(found: Reader, direction: Direction, own_iban: str) -> Counterparty:
    """Read who is at the other end: the side that is not our own account.

    What comes back may name both sides as they were when it was sent.
    """
    payer, payee = _party(found, "Dbtr"), _party(found, "Cdtr")
    there, here = (payer, payee) if direction is Direction.INCOMING else (payee, payer)
    return here if there.iban == own_iban else there


def _party(found: Reader, role: str) -> Counterparty:
    parties = "RltdPties"
    return Counterparty(
        # Since version 07 a party is one of several kinds, and so stands one deeper.
        name=found.text(
            f"{parties}/{role}/Nm",
            f"{parties}/{role}/Pty/Nm",
            f"{parties}/Ultmt{role}/Nm",
            f"{parties}/Ultmt{role}/Pty/Nm",
        ),
        iban=iban_of(found.text(f"{parties}/{role}Acct/Id/IBAN")),
    )


def _structured(found: Reader) -> tuple[str, ...]:
    references = (strd.text("CdtrRefInf/Ref") for strd in found.each("RmtInf/Strd"))
    return tuple(reference for reference in references if reference)


def _unstructured(found: Reader) -> str | None:
    lines = [line.text for line in found.element.all("RmtInf/Ustrd")]
    lines += [line.text for line in found.element.all("RmtInf/Strd/AddtlRmtInf")]
    typed = " ".join(" ".join(lines).split())
    return typed or found.text("AddtlTxInf")


def _returned(found: Reader) -> Return | None:
    reason = found.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    if reason or found.at("RtrInf"):
        return Return(reason, found.text("RtrInf/AddtlInf"))
    return Return(None) if is_return_code(transaction_code(found)) else None


def transaction_code(found: Reader) -> str | None:
    """Read the kind of transaction, such as `PMNT-RCDT-ESCT`, or the bank's own word for it."""
    domain = found.text("BkTxCd/Domn/Cd")
    if domain is None:
        return found.text("BkTxCd/Prtry/Cd")
    family = found.text("BkTxCd/Domn/Fmly/Cd"), found.text("BkTxCd/Domn/Fmly/SubFmlyCd")
    return "-".join(part for part in (domain, *family) if part)


def is_return_code(code: str | None) -> bool:
    """Say whether a kind of transaction brings back another one."""
    return code is not None and code.rpartition("-")[2] in _RETURNED
