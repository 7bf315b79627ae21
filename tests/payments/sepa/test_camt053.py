"""Statements: the same facts in each version, what is refused, and what an entry is called."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.sepa import camt053
from app.payments.sepa.camt053 import Counterparty, Direction, Return, Statement
from app.payments.sepa.faults import MessageRefusedError
from tests.make.statements import (
    OUR_IBAN,
    THEIR_IBAN,
    Detail,
    Line,
    a_debit,
    a_payment,
    a_statement,
)

E2E = "019a000000007000800000000000abcd"


def read(*lines: Line, version: str = "08") -> Statement:
    (statement,) = camt053.read(a_statement(*lines, version=version)).statements
    return statement


def faults(content: bytes) -> dict[str, str]:
    with pytest.raises(MessageRefusedError) as refused:
        camt053.read(content)
    return {fault.where: fault.code for fault in refused.value.faults}


@pytest.mark.parametrize("version", camt053.VERSIONS)
def test_each_version_says_the_same(version: str) -> None:
    statement = read(
        a_payment("1250.00", "RF18 1234", bank_reference="B-1"),
        a_debit("40.10", E2E, bank_reference="B-2"),
        Line(
            "10.00",
            family="PMNT/ICDT/RRTN",
            details=(Detail("10.00", returned="AC04", end_to_end_id=E2E),),
        ),
        Line("5.00", status="PDNG"),
        version=version,
    )

    assert (statement.number, statement.sequence, statement.iban) == ("2026-085", "85", OUR_IBAN)
    assert (statement.opening_cents, statement.closing_cents) == (100_000, 221_990)
    assert statement.closing_on == date(2026, 5, 4)
    assert statement.pending_count == 1
    paid, sent, returned = statement.entries
    (payment,) = paid.transactions
    assert (paid.direction, paid.amount_cents, paid.code) == (
        Direction.INCOMING,
        125_000,
        "PMNT-RCDT-ESCT",
    )
    assert (paid.booked_on, paid.bank_reference) == (date(2026, 5, 4), "B-1")
    assert payment.counterparty == Counterparty("Bakkerij Noord B.V.", THEIR_IBAN)
    assert (payment.remittance, payment.end_to_end_id) == ("RF18 1234", None)
    assert (sent.direction, sent.transactions[0].end_to_end_id) == (Direction.OUTGOING, E2E)
    assert sent.transactions[0].counterparty.iban == THEIR_IBAN
    assert returned.transactions[0].returned == Return("AC04", "Onbestelbaar")
    assert payment.returned is None


@pytest.mark.parametrize("version", camt053.VERSIONS)
def test_a_batch_is_taken_apart(version: str) -> None:
    batch = Line(
        "30.00", details=(Detail("10.00", typed=("one",)), Detail("20.00", reference="RF18 2"))
    )

    (entry,) = read(batch, version=version).entries

    assert [(one.amount_cents, one.remittance) for one in entry.transactions] == [
        (1_000, "one"),
        (2_000, "RF18 2"),
    ]
    assert not entry.has_other_details


@pytest.mark.parametrize(
    "details",
    [
        (Detail("10.00"), Detail("19.00")),
        (Detail("10.00"), Detail("20.00", currency="USD")),
        (Detail("10.00"), Detail("20.00", direction="DBIT")),
    ],
)
def test_a_batch_that_does_not_add_up_counts_whole(details: tuple[Detail, ...]) -> None:
    (entry,) = read(Line("30.00", details=details)).entries

    (whole,) = entry.transactions
    assert (whole.amount_cents, whole.counterparty, entry.has_other_details) == (
        3_000,
        Counterparty(),
        True,
    )


def test_what_is_alone_counts_as_its_entry_does() -> None:
    line = Line("27.31", details=(Detail("30.00", currency="USD", typed=("dollars",)),))

    (entry,) = read(line).entries

    assert [(one.amount_cents, one.remittance) for one in entry.transactions] == [
        (2_731, "dollars")
    ]


@pytest.mark.parametrize("version", ["02", "08"])
def test_charges_are_told_and_change_no_amount(version: str) -> None:
    (entry,) = read(Line("30.00", charges="0.25"), version=version).entries

    assert (entry.amount_cents, entry.charges_cents) == (3_000, 25)


def test_a_reversal_counts_the_way_it_is_booked() -> None:
    statement = read(Line("30.00", "DBIT", is_reversal=True))

    assert (statement.closing_cents, statement.entries[0].is_reversal) == (97_000, True)


def test_a_kind_of_transaction_can_say_that_money_came_back() -> None:
    (entry,) = read(Line("30.00", family="PMNT/ICDT/RRTN")).entries

    assert entry.transactions[0].returned == Return(None)


def test_what_comes_back_names_the_other_side_and_not_ours() -> None:
    # Some banks repeat the parties as they were when the money was sent.
    line = Line("10.00", family="PMNT/ICDT/RRTN", details=(Detail("10.00", is_incoming=False),))
    ours = replace(line, details=(Detail("10.00", iban=OUR_IBAN, name="Stichting"),))

    assert read(line).entries[0].transactions[0].counterparty == Counterparty()
    assert read(ours).entries[0].transactions[0].counterparty == Counterparty()


def test_lines_that_the_bank_broke_are_one() -> None:
    broken = Line(details=(Detail(typed=("RF18 1234 56", "78  ABCD\n")),))

    assert read(broken).entries[0].transactions[0].remittance == "RF18 1234 56 78 ABCD"


def test_an_entry_is_called_the_same_in_every_file() -> None:
    with_reference = a_payment("10.00", "one", bank_reference="B-1", number="1")
    without = a_payment("20.00", "two", number="2")
    first = read(with_reference, without)
    second = read(
        a_payment("5.00", "more", number="1"),
        replace(without, number="3"),
        replace(with_reference, number="2", details=(Detail("10.00", typed=("one, corrected",)),)),
    )

    assert {entry.key for entry in first.entries} < {entry.key for entry in second.entries}
    assert len({entry.key for entry in second.entries}) == 3


def test_twins_within_a_statement_are_two_payments() -> None:
    twin = a_payment("10.00", "contribution")
    keys = [entry.key for entry in read(twin, twin, twin).entries]

    assert len(set(keys)) == 3
    assert [entry.key for entry in read(twin, twin, twin).entries] == keys


def test_a_file_that_is_not_whole_is_refused() -> None:
    content = a_statement(a_payment("10.00", "one"), closing="1020.00")

    assert faults(content) == {"BkToCstmrStmt/Stmt[1]/Bal": "does-not-add-up"}


def test_every_fault_is_named_at_once() -> None:
    content = (
        a_statement(a_payment("10.00", "one"), a_payment("20.00", "two", booked_on="2026-02-30"))
        .replace(b'<Amt Ccy="EUR">10.00', b'<Amt Ccy="USD">10.00')
        .replace(OUR_IBAN.encode(), b"NL00ABNA0417164300")
        .replace(b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts><Cd>LATER</Cd></Sts>", 1)
        .replace(b"<MsgId>M-2026-085</MsgId>", b"")
        .replace(b"<CdtDbtInd>CRDT</CdtDbtInd><Dt>", b"<CdtDbtInd>?</CdtDbtInd><Dt>", 1)
    )

    assert faults(content) == {
        "BkToCstmrStmt/GrpHdr/MsgId": "missing",
        "BkToCstmrStmt/Stmt[1]/Acct/Id/IBAN": "no-iban",
        "BkToCstmrStmt/Stmt[1]/Bal[1]/CdtDbtInd": "no-direction",
        "BkToCstmrStmt/Stmt[1]/Ntry[1]/Sts": "unknown-status",
        "BkToCstmrStmt/Stmt[1]/Ntry[2]/BookgDt": "missing",
        "BkToCstmrStmt/Stmt[1]/Ntry[2]/ValDt": "no-date",
    }


SOUND = a_statement(a_payment("10.00", "one"), a_debit("2.00", E2E))


@given(st.integers(0, len(SOUND)), st.integers(0, 40), st.binary(max_size=12))
def test_a_file_is_read_or_refused_whatever_happened_to_it(
    start: int, length: int, instead: bytes
) -> None:
    try:
        message = camt053.read(SOUND[:start] + instead + SOUND[start + length :])
    except MessageRefusedError:
        return  # No other exception may come, and what is read adds up, whatever is in it.
    (statement,) = message.statements
    moved = sum(one.direction.signed(one.amount_cents) for one in statement.entries)
    assert statement.opening_cents + moved == statement.closing_cents


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html/>", "not-camt053"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "not-camt053"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.02"/>', "not-camt053"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.01"/>', "unknown-version"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "not-camt053"),
    ],
)
def test_another_file_is_refused_clearly(content: bytes, code: str) -> None:
    assert set(faults(content).values()) == {code}


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"<Ccy>EUR</Ccy>", b"<Ccy>USD</Ccy>", "not-euro"),
        (b"<Cd>CLBD</Cd>", b"<Cd>CLAV</Cd>", "missing"),
        (b"1000.00", b"1000.005", "no-amount"),
        (b"1000.00", b"1e3", "no-amount"),
        (b"<ElctrncSeqNb>", b"<StmtPgntn><PgNb>2</PgNb></StmtPgntn><ElctrncSeqNb>", "not-whole"),
        (b"<Id>2026-085</Id>", b"", "missing"),
    ],
)
def test_a_statement_that_we_cannot_use_is_refused(was: bytes, becomes: bytes, code: str) -> None:
    content = a_statement(a_payment("10.00", "one"))

    assert code in faults(content.replace(was, becomes, 1)).values()
