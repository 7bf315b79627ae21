"""Batches for the bank against the official schema, and what the bank says of them."""

from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.payments.sepa import pain001, pain002
from app.payments.sepa.faults import MessageRefusedError
from app.payments.sepa.pain001 import NAMESPACE, Batch, Transfer
from app.payments.sepa.pain002 import Verdict
from tests.make.statements import OUR_IBAN, THEIR_IBAN

TUESDAY = date(2026, 4, 7)
FIRST, SECOND, BATCH = UUID(int=1), UUID(int=2), UUID(int=9)


def a_transfer(transfer_id: UUID = FIRST, amount_cents: int = 125_000, **more: Any) -> Transfer:  # noqa: ANN401  Its members.
    name = more.pop("payee_name", "Café Zoë B.V.")
    iban = more.pop("payee_iban", THEIR_IBAN)
    return Transfer(transfer_id, amount_cents, name, iban, **more)


def a_batch(*transfers: Transfer, execute_on: date = TUESDAY, bic: str | None = None) -> Batch:
    return Batch(
        id=BATCH,
        created_at=datetime(2026, 4, 3, 9, 30, tzinfo=UTC),
        execute_on=execute_on,
        debtor_name="Stichting Rijnmond",
        debtor_iban=OUR_IBAN,
        transfers=transfers or (a_transfer(),),
        debtor_bic=bic,
    )


@lru_cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(files("sepaxml") / "schemas" / "pain.001.001.09.xsd"))


def checked(batch: Batch) -> etree._Element:
    root = etree.fromstring(pain001.write(batch))
    schema().assertValid(root)
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    return [found.text for found in root.iterfind(path, {"p": NAMESPACE})]


def test_a_batch_passes_the_official_schema_and_says_what_was_approved() -> None:
    root = checked(
        a_batch(
            a_transfer(remittance="Refund of order 12; thank you"),
            a_transfer(SECOND, 1, reference="RF18 5390 0754 7034"),
        )
    )

    assert texts(root, ".//p:GrpHdr/p:CtrlSum") == texts(root, ".//p:PmtInf/p:CtrlSum")
    assert texts(root, ".//p:CtrlSum") == ["1250.01", "1250.01"]
    assert texts(root, ".//p:NbOfTxs") == ["2", "2"]
    assert texts(root, ".//p:EndToEndId") == [FIRST.hex, SECOND.hex]
    assert texts(root, ".//p:InstdAmt") == ["1250.00", "0.01"]
    assert texts(root, ".//p:ReqdExctnDt/p:Dt") == ["2026-04-07"]
    assert texts(root, ".//p:Cdtr/p:Nm") == ["Cafe Zoe B.V."] * 2
    assert texts(root, ".//p:Ustrd") == ["Refund of order 12, thank you"]
    assert texts(root, ".//p:Strd/p:CdtrRefInf/p:Ref") == ["RF18539007547034"]


def test_the_same_batch_is_the_same_file() -> None:
    assert pain001.write(a_batch()) == pain001.write(a_batch())


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=100), st.text(max_size=300), st.integers(1, 99_999_999_999))
def test_whatever_people_are_called_the_file_is_right(name: str, what: str, cents: int) -> None:
    transfer = a_transfer(amount_cents=cents, payee_name=f"X{name}", remittance=what)

    checked(a_batch(transfer, bic="ABNANL2A"))


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_000])
def test_an_amount_that_no_bank_takes_is_refused(cents: int) -> None:
    with pytest.raises(ValueError, match="can't be sent"):
        a_transfer(amount_cents=cents)


@pytest.mark.parametrize(
    "wrong",
    [
        {"payee_iban": "NL00INGB0001234567"},
        {"payee_name": " "},
        {"reference": "RF00 1"},
    ],
)
def test_a_transfer_that_no_bank_takes_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no IBAN|no name|no creditor"):
        a_transfer(**wrong)


def test_a_batch_that_no_bank_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="no bank day"):
        a_batch(execute_on=date(2026, 4, 3))
    with pytest.raises(ValueError, match="twice"):
        a_batch(a_transfer(), a_transfer())
    with pytest.raises(ValueError, match="no BIC"):
        a_batch(bic="ABNA")


def test_ids_go_to_the_bank_and_come_back() -> None:
    assert len(pain001.bank_id(FIRST)) <= 35
    assert pain001.our_id(pain001.bank_id(FIRST)) == FIRST
    assert pain001.our_id(pain001.bank_id(FIRST).upper()) == FIRST
    assert pain001.our_id("NOTPROVIDED") is None
    assert pain001.our_id(None) is None


def a_report(
    group: str = "", payments: str = "", version: str = "03", batch_id: UUID = BATCH
) -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">
<CstmrPmtStsRpt><GrpHdr><MsgId>R-1</MsgId><CreDtTm>2026-04-07T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{batch_id.hex}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
{group}</OrgnlGrpInfAndSts>{payments}</CstmrPmtStsRpt></Document>""".encode()


def a_verdict(transfer_id: UUID, status: str, reason: str = "") -> str:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{transfer_id.hex}</OrgnlEndToEndId>"
        f"<TxSts>{status}</TxSts>{why}</TxInfAndSts>"
    )


@pytest.mark.parametrize("version", pain002.VERSIONS)
def test_what_a_bank_says_of_one_transfer_goes_before_what_it_says_of_all(version: str) -> None:
    parts = f"""<OrgnlPmtInfAndSts><OrgnlPmtInfId>{BATCH.hex}</OrgnlPmtInfId>
<PmtInfSts>ACSP</PmtInfSts>{a_verdict(SECOND, "RJCT", "AC04")}</OrgnlPmtInfAndSts>"""
    report = pain002.read(a_report("<GrpSts>PART</GrpSts>", parts, version))

    assert report.batch_id == BATCH.hex
    first, second = report.of(FIRST.hex), report.of(SECOND.hex)
    assert first is not None
    assert first.verdict is Verdict.ACCEPTED
    assert second is not None
    assert (second.verdict, second.reason) == (Verdict.REJECTED, "AC04")


def test_a_refused_file_refuses_all_that_is_in_it() -> None:
    group = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    said = pain002.read(a_report(group)).of(FIRST.hex)

    assert said is not None
    assert (said.verdict, said.reason) == (Verdict.REJECTED, "FF01")


def test_a_bank_that_speaks_of_one_says_nothing_of_others() -> None:
    parts = f"<OrgnlPmtInfAndSts>{a_verdict(FIRST, 'PDNG')}</OrgnlPmtInfAndSts>"
    report = pain002.read(a_report(payments=parts))

    assert report.of(SECOND.hex) is None
    assert report.of(FIRST.hex) == pain002.Said(Verdict.WAITING, "PDNG")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_report(), "missing"),
        (a_report("<GrpSts>FINE</GrpSts>"), "unknown-status"),
        (a_report("<GrpSts>ACCP</GrpSts>", version="02"), "unknown-version"),
        (b"<Document/>", "not-pain002"),
    ],
)
def test_another_report_is_refused_clearly(content: bytes, code: str) -> None:
    with pytest.raises(MessageRefusedError) as refused:
        pain002.read(content)

    assert code in {fault.code for fault in refused.value.faults}
