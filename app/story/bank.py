"""The foundation's bank, played: what payers transfer, what it is told to pay, its statements."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from app.core import clock
from app.core.money import euros
from app.payments.sepa import documents
from app.payments.sepa.documents import Element

IBAN = "NL91ABNA0417164300"
"""The foundation's account."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement."""

    cents: int
    """Less than zero: it left."""
    party: str
    iban: str
    said: str
    end_to_end_id: str = "NOTPROVIDED"


@dataclass
class Bank:
    """The account, and what happened on it since the last statement."""

    balance_cents: int = 0
    statements: int = 0
    _news: list[Entry] = field(default_factory=list)

    def receive(self, cents: int, party: str, iban: str, said: str) -> None:
        """Let somebody transfer money to the account."""
        self._news.append(Entry(cents, party, iban, said))

    def pay(self, file: bytes) -> None:
        """Pay what a file of payments (pain.001) says."""
        transfers = documents.read(file).root.all("CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf")
        self._news += [_transferred(transfer) for transfer in transfers]

    def statement(self) -> bytes:
        """Write a statement (camt.053) of what happened since the last one."""
        news, self._news = self._news, []
        before, self.statements = self.balance_cents, self.statements + 1
        self.balance_cents += sum(entry.cents for entry in news)
        today, number = clock.today(), self.statements
        entries = "".join(_entry(entry, today, f"{number}-{n}") for n, entry in enumerate(news))
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>STORY-{number}</MsgId><CreDtTm>{clock.now().isoformat()}</CreDtTm></GrpHdr>
<Stmt><Id>STORY-{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>
<CreDtTm>{clock.now().isoformat()}</CreDtTm><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{_balance("OPBD", before, today)}{_balance("CLBD", self.balance_cents, today)}
{entries}</Stmt></BkToCstmrStmt></Document>""".encode()


def _transferred(transfer: Element) -> Entry:
    def said(path: str) -> str:
        found = transfer.find(path)
        return found.text if found else ""

    return Entry(
        cents=-int(Decimal(said("Amt/InstdAmt")) * 100),
        party=said("Cdtr/Nm"),
        iban=said("CdtrAcct/Id/IBAN"),
        said=said("RmtInf/Ustrd"),
        end_to_end_id=said("PmtId/EndToEndId"),
    )


def _plain(cents: int) -> str:
    return euros(abs(cents)).replace(",", "")


def _side(cents: int) -> str:
    return f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd>"


def _balance(code: str, cents: int, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{_plain(cents)}</Amt>{_side(cents)}<Dt><Dt>{day}</Dt></Dt></Bal>'
    )


def _entry(entry: Entry, day: date, reference: str) -> str:
    amount = f'<Amt Ccy="EUR">{_plain(entry.cents)}</Amt>{_side(entry.cents)}'
    family = "ICDT" if entry.cents < 0 else "RCDT"
    role = "Cdtr" if entry.cents < 0 else "Dbtr"
    return (
        f"<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>"
        f"</Domn></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{entry.end_to_end_id}</EndToEndId></Refs>{amount}"
        f"<RltdPties><{role}><Pty><Nm>{escape(entry.party)}</Nm></Pty></{role}>"
        f"<{role}Acct><Id><IBAN>{entry.iban}</IBAN></Id></{role}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(entry.said)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
