"""Statements of a bank (camt.053), as versions 02, 06 and 08 write the same facts.

What these make passes the official schemas of all three versions.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

OUR_IBAN = "NL91ABNA0417164300"
THEIR_IBAN = "NL20INGB0001234567"


@dataclass(frozen=True)
class Detail:
    """A transaction of an entry."""

    amount: str = "1250.00"
    direction: str = ""
    end_to_end_id: str = "NOTPROVIDED"
    name: str = "Bakkerij Noord B.V."
    iban: str = THEIR_IBAN
    typed: tuple[str, ...] = ()
    reference: str = ""
    returned: str = ""
    """A code; `-` for a return without one."""
    currency: str = "EUR"
    is_incoming: bool = True
    """Which side the other party stands on."""


@dataclass(frozen=True)
class Line:
    """An entry."""

    amount: str = "1250.00"
    direction: str = "CRDT"
    status: str = "BOOK"
    bank_reference: str = ""
    number: str = ""
    booked_on: str = "2026-05-04"
    family: str = "PMNT/RCDT/ESCT"
    is_reversal: bool = False
    charges: str = ""
    information: str = ""
    details: tuple[Detail, ...] = field(default=(Detail(),))


def a_payment(amount: str, typed: str, **more: Any) -> Line:  # noqa: ANN401  Those of a line.
    """Make an entry of one payment that came in, with what the payer typed."""
    detail = Detail(amount, typed=(typed,), name=more.pop("name", "Bakkerij Noord B.V."))
    return Line(amount, details=(detail,), **more)


def a_debit(amount: str, end_to_end_id: str, **more: Any) -> Line:  # noqa: ANN401  Likewise.
    """Make an entry of one payment that went out."""
    detail = Detail(amount, end_to_end_id=end_to_end_id, is_incoming=False)
    family = "PMNT/ICDT/ESCT"
    return Line(amount, "DBIT", family=family, details=(detail,), **more)


def a_statement(  # noqa: PLR0913  Each may matter to a test.
    *lines: Line,
    version: str = "08",
    opening: str = "1000.00",
    closing: str | None = None,
    number: str = "2026-085",
    iban: str = OUR_IBAN,
    day: str = "2026-05-04",
    sequence: int = 85,
) -> bytes:
    """Make a file with one statement; the closing balance follows, if it is not said."""
    if closing is None:
        booked = [line for line in lines if line.status == "BOOK"]
        signs = {"CRDT": 1, "DBIT": -1}
        moved = sum(signs[line.direction] * Decimal(line.amount) for line in booked)
        closing = str(Decimal(opening) + moved)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
<BkToCstmrStmt><GrpHdr><MsgId>M-{number}</MsgId><CreDtTm>2026-05-05T04:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{number}</Id><ElctrncSeqNb>{sequence}</ElctrncSeqNb><CreDtTm>2026-05-05T04:00:00+02:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{_balance("OPBD", opening, day)}{_balance("CLBD", closing, day)}
{"".join(_entry(line, version) for line in lines)}
</Stmt></BkToCstmrStmt></Document>"""
    return text.encode()


def _balance(code: str, amount: str, day: str) -> str:
    word = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount.removeprefix("-")}</Amt><CdtDbtInd>{word}</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(line: Line, version: str) -> str:
    status = f"<Cd>{line.status}</Cd>" if version == "08" else line.status
    parts = [
        _tag("NtryRef", line.number),
        f'<Amt Ccy="EUR">{line.amount}</Amt><CdtDbtInd>{line.direction}</CdtDbtInd>',
        _tag("RvslInd", "true" if line.is_reversal else ""),
        f"<Sts>{status}</Sts><BookgDt><Dt>{line.booked_on}</Dt></BookgDt>",
        f"<ValDt><Dt>{line.booked_on}</Dt></ValDt>",
        _tag("AcctSvcrRef", line.bank_reference),
        _code(*line.family.split("/")),
        _charges(line.charges, version),
        "<NtryDtls>" + "".join(_detail(d, line, version) for d in line.details) + "</NtryDtls>",
        _tag("AddtlNtryInf", line.information),
    ]
    return "<Ntry>" + "".join(parts) + "</Ntry>"


def _code(domain: str, family: str, sub_family: str) -> str:
    kind = f"<Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd>"
    return f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly>{kind}</Fmly></Domn></BkTxCd>"


def _charges(amount: str, version: str) -> str:
    if not amount:
        return ""
    charge = f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    return (
        f"<Chrgs>{charge}</Chrgs>" if version == "02" else f"<Chrgs><Rcrd>{charge}</Rcrd></Chrgs>"
    )


def _detail(detail: Detail, line: Line, version: str) -> str:
    amount = f'<Amt Ccy="{detail.currency}">{detail.amount}</Amt>'
    word = f"<CdtDbtInd>{detail.direction or line.direction}</CdtDbtInd>"
    told = f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>" if version == "02" else amount + word
    role, agent = ("Dbtr", "DbtrAgt") if detail.is_incoming else ("Cdtr", "CdtrAgt")
    name = _tag("Nm", detail.name)
    party = f"<Pty>{name}</Pty>" if version == "08" else name
    bic = "BIC" if version == "02" else "BICFI"
    return f"""<TxDtls><Refs>{_tag("EndToEndId", detail.end_to_end_id)}</Refs>{told}
<RltdPties><{role}>{party}</{role}>
<{role}Acct><Id><IBAN>{detail.iban}</IBAN></Id></{role}Acct></RltdPties>
<RltdAgts><{agent}><FinInstnId><{bic}>INGBNL2A</{bic}></FinInstnId></{agent}></RltdAgts>
{_remittance(detail)}{_returned(detail)}</TxDtls>"""


def _remittance(detail: Detail) -> str:
    typed = "".join(_tag("Ustrd", line) for line in detail.typed)
    structured = ""
    if detail.reference:
        structured = (
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
            f"<Ref>{detail.reference}</Ref></CdtrRefInf></Strd>"
        )
    return f"<RmtInf>{typed}{structured}</RmtInf>" if typed or structured else ""


def _returned(detail: Detail) -> str:
    if not detail.returned:
        return ""
    reason = "" if detail.returned == "-" else f"<Rsn><Cd>{detail.returned}</Cd></Rsn>"
    return f"<RtrInf>{reason}<AddtlInf>Onbestelbaar</AddtlInf></RtrInf>"


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""
