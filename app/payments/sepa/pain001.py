"""Writing a batch of payments for the bank: `pain.001.001.09`, a SEPA credit transfer.

The same batch is the same file, byte for byte: whoever signs it at the bank can compare.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from stdnum import bic, iban, iso11649

from app.payments.sepa.bank_days import is_bank_day
from app.payments.sepa.characters import LONGEST_NAME, LONGEST_REMITTANCE, plain

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LARGEST_CENTS = 99_999_999_999
"""The SEPA takes no single transfer above 999,999,999.99 euros."""
MOST_TRANSFERS = 10_000


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment out.

    Raises:
        ValueError: the bank would refuse it.
    """

    id: UUID
    """Ours; the bank carries it along as the end-to-end id, to the statement and beyond."""
    amount_cents: int
    payee_name: str
    payee_iban: str
    remittance: str = ""
    """What it is for, in words; what the SEPA can't write or carry is left out."""
    reference: str | None = None
    """The payee's own creditor reference (ISO 11649), in place of words."""

    def __post_init__(self) -> None:
        in_reach = 0 < self.amount_cents <= LARGEST_CENTS
        _insist(in_reach, f"{self.amount_cents} cents can't be sent.")
        name = plain(self.payee_name, LONGEST_NAME)
        _insist(bool(name), f"{self.payee_name!r} is no name that the SEPA can write.")
        _insist(iban.is_valid(self.payee_iban), f"{self.payee_iban!r} is no IBAN.")
        is_reference = self.reference is None or iso11649.is_valid(self.reference)
        _insist(is_reference, f"{self.reference!r} is no creditor reference.")


@dataclass(frozen=True, slots=True)
class Batch:
    """Payments that leave one account on one day, approved together.

    Raises:
        ValueError: the bank would refuse it.
    """

    id: UUID
    created_at: datetime
    execute_on: date
    """A day on which banks settle (`bank_days`)."""
    debtor_name: str
    debtor_iban: str
    transfers: tuple[Transfer, ...]
    debtor_bic: str | None = None
    """Within the SEPA a bank finds it by the IBAN."""

    def __post_init__(self) -> None:
        _insist(0 < len(self.transfers) <= MOST_TRANSFERS, "A batch has 1 to 10,000 transfers.")
        ids = {transfer.id for transfer in self.transfers}
        _insist(len(ids) == len(self.transfers), "A transfer is in the batch twice.")
        _insist(is_bank_day(self.execute_on), f"{self.execute_on} is no bank day.")
        _insist(self.created_at.tzinfo is not None, "A moment knows its zone.")
        _insist(iban.is_valid(self.debtor_iban), f"{self.debtor_iban!r} is no IBAN.")
        _insist(bool(plain(self.debtor_name, LONGEST_NAME)), "The account has no holder.")
        bic_is_good = self.debtor_bic is None or bic.is_valid(self.debtor_bic)
        _insist(bic_is_good, f"{self.debtor_bic!r} is no BIC.")

    @property
    def total_cents(self) -> int:
        """The control sum."""
        return sum(transfer.amount_cents for transfer in self.transfers)


def _insist(is_so: bool, message: str) -> None:  # noqa: FBT001  It reads as a sentence.
    if not is_so:
        raise ValueError(message)


def bank_id(ours: UUID) -> str:
    """Write an id of ours as messages carry it: 32 characters, where 35 are allowed."""
    return ours.hex


def our_id(told: str | None) -> UUID | None:
    """Read an id that a bank gave back; None if it is none of ours."""
    try:
        return UUID(hex=told) if told else None
    except ValueError:
        return None


def write(batch: Batch) -> bytes:
    """Write the file of a batch."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}Document")
    initiation = _add(root, "CstmrCdtTrfInitn")
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", bank_id(batch.id))
    _add(header, "CreDtTm", batch.created_at.isoformat(timespec="seconds"))
    _add_totals(header, batch)
    _add(_add(header, "InitgPty"), "Nm", plain(batch.debtor_name, LONGEST_NAME))
    payment = _add(initiation, "PmtInf")
    _add(payment, "PmtInfId", bank_id(batch.id))
    _add(payment, "PmtMtd", "TRF")
    # Each transfer is booked by itself: so each has its own entry, with its own end-to-end id.
    _add(payment, "BtchBookg", "false")
    _add_totals(payment, batch)
    _add_path(payment, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add_path(payment, "ReqdExctnDt/Dt", batch.execute_on.isoformat())
    _add_path(payment, "Dbtr/Nm", plain(batch.debtor_name, LONGEST_NAME))
    _add_path(payment, "DbtrAcct/Id/IBAN", iban.compact(batch.debtor_iban))
    agent = _add_path(payment, "DbtrAgt/FinInstnId")
    if batch.debtor_bic:
        _add(agent, "BICFI", bic.compact(batch.debtor_bic))
    else:
        _add_path(agent, "Othr/Id", "NOTPROVIDED")
    _add(payment, "ChrgBr", "SLEV")
    for transfer in batch.transfers:
        _add_transfer(payment, transfer)
    text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _add_totals(parent: ET.Element, batch: Batch) -> None:
    _add(parent, "NbOfTxs", str(len(batch.transfers)))
    _add(parent, "CtrlSum", _amount(batch.total_cents))


def _add_transfer(payment: ET.Element, transfer: Transfer) -> None:
    one = _add(payment, "CdtTrfTxInf")
    _add_path(one, "PmtId/EndToEndId", bank_id(transfer.id))
    amount = _add_path(one, "Amt/InstdAmt", _amount(transfer.amount_cents))
    amount.set("Ccy", "EUR")
    _add_path(one, "Cdtr/Nm", plain(transfer.payee_name, LONGEST_NAME))
    _add_path(one, "CdtrAcct/Id/IBAN", iban.compact(transfer.payee_iban))
    if transfer.reference is not None:
        reference = _add_path(one, "RmtInf/Strd/CdtrRefInf")
        kind = _add(reference, "Tp")
        _add_path(kind, "CdOrPrtry/Cd", "SCOR")
        _add(kind, "Issr", "ISO")
        _add(reference, "Ref", iso11649.compact(transfer.reference))
    elif words := plain(transfer.remittance, LONGEST_REMITTANCE):
        _add_path(one, "RmtInf/Ustrd", words)


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _add_path(parent: ET.Element, path: str, text: str | None = None) -> ET.Element:
    *above, name = path.split("/")
    for each in above:
        parent = _add(parent, each)
    return _add(parent, name, text)
