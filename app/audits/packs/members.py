"""The files of a pack, in their order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any, BinaryIO

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.packs import certified, ocds
from app.audits.packs.asking import Asked, Named
from app.audits.packs.tables import OF_AUTHORITY, OF_SCHEME, Table
from app.core import clock, files
from app.core.database import settings_of
from app.core.languages import Language
from app.core.sheets.writing import Sheet, as_csv, as_workbook
from app.fulfilments.certificates import canonical, page
from app.ledger.exports import hledger, xaf, years
from app.ledger.exports.xaf import Administration, Party
from app.ledger.exports.years import BookYear
from app.transparency import queries as of_log

PIECE_BYTES = 262_144
READMES = {
    "README.md": Path(__file__).with_name("readme.en.md"),
    "LEESMIJ.md": Path(__file__).with_name("readme.nl.md"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a pack, whose content is read once."""

    path: str
    pieces: AsyncIterator[bytes]


async def count(session: AsyncSession, asked: Asked) -> int:
    """Count the files, for those who watch; a certificate is one for them."""
    found = len(READMES) + 1
    if asked.has_books:
        found += 2 + 2 * len(OF_SCHEME)
    if asked.has_obligations:
        found += 2 + 2 * len(OF_AUTHORITY) + await certified.count(session, asked)
    return found


async def all_of(session: AsyncSession, asked: Asked) -> AsyncIterator[Member]:
    """Give all files but the manifest, one after the other; `session` is of a snapshot."""
    for name, template in READMES.items():
        yield Member(name, _one(_readme(asked, template)))
    if asked.has_books:
        money = xaf.write_year(session, asked.books, administration(asked))
        yield Member("books/money.xaf", _encoded(money))
        journal = hledger.write_year(session, asked.books)
        yield Member("books/scheme.journal", _encoded(journal))
        async for each in _tables(session, asked, OF_SCHEME):
            yield each
    if asked.has_obligations:
        journal = hledger.write_year(session, asked.social_return)
        yield Member("books/authority.journal", _encoded(journal))
        async for each in _tables(session, asked, OF_AUTHORITY):
            yield each
        yield Member("obligations/ocds.json", _encoded(ocds.write(session, asked)))
        async for each in _certificates(session, asked):
            yield each
    yield Member("log/checkpoint", _one(await _checkpoint(session, asked)))


def administration(asked: Asked) -> Administration:
    """Say whose book of money it is, as things were called when the pack was asked for."""
    facts = asked.facts
    return Administration(
        company=_party(facts.operator),
        parties={who: _party(named) for who, named in facts.organisations.items()},
        made_on=clock.day_of(asked.cut.known_at),
        software_version=facts.software_version,
    )


def _party(named: Named) -> Party:
    return Party(named.name, named.country, named.register_number, named.vat_id)


async def _tables(
    session: AsyncSession, asked: Asked, tables: tuple[Table, ...]
) -> AsyncIterator[Member]:
    for table in tables:
        yield Member(f"{table.path}.csv", as_csv(table.header, table.rows(session, asked)))
        with files.working_file(settings_of(session)) as file:
            sheet = Sheet(table.name, table.header, table.rows(session, asked))
            await as_workbook(file, sheet)
            yield Member(f"{table.path}.xlsx", _pieces(file))


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE_BYTES):
        yield piece


async def _certificates(session: AsyncSession, asked: Asked) -> AsyncIterator[Member]:
    day = clock.day_of(asked.moment)
    async for row in certified.issued(session, asked):
        view, proof = await certified.shown(session, asked, row)
        yield Member(f"certificates/{view.code}.json", _one(canonical(view)))
        for language in (Language.DUTCH, Language.ENGLISH):
            shown = page.render(view, language, day)
            yield Member(f"certificates/{view.code}.{language}.html", _one(shown.encode()))
        if proof is not None:
            yield Member(f"proofs/{view.code}.tlog-proof", _one(str(proof).encode()))


async def _checkpoint(session: AsyncSession, asked: Asked) -> bytes:
    found = await of_log.checkpoint(session, asked.cut.log_size)
    assert found is not None  # noqa: S101  The cut was made of it, and it is kept for good.
    return found.note.encode()


def _readme(asked: Asked, template: Path) -> bytes:
    facts, cut = asked.facts, asked.cut
    told = Template(template.read_text(encoding="utf-8")).substitute(
        test="TEST: " if facts.is_test else "",
        scheme=facts.scheme_name["nl" if template.stem.endswith("nl") else "en"],
        operator=facts.operator.name,
        authority=facts.authority.name,
        unit=facts.unit_name,
        year=asked.year,
        begins=date(asked.year, 1, 1),
        ends=date(asked.year, 12, 31),
        position=cut.position,
        size=cut.log_size,
        known_at=cut.known_at.isoformat(),
        moment=asked.moment.isoformat(timespec="seconds"),
        scheme_id=asked.scheme_id,
        authority_id=asked.authority_id,
        file=f"{asked.stem}.zip",
        origin=facts.origin,
        address=f"{facts.public_url}/log",
    )
    return told.encode()


async def totals(session: AsyncSession, asked: Asked) -> dict[str, Any]:
    """Add up what the pack says, for whoever adds it up again."""
    found: dict[str, Any] = {}
    if asked.has_books:
        found["scheme"] = await _moved(session, asked.books)
    if asked.has_obligations:
        found["authority"] = await _moved(session, asked.social_return)
    return found


async def _moved(session: AsyncSession, year: BookYear) -> dict[str, dict[str, int]]:
    """Add up each book of a year, in its own unit."""
    found: dict[str, dict[str, int]] = {}
    async for each in years.accounts(session, year):
        book = found.setdefault(each.kind.book.value, {"debit": 0, "credit": 0, "lines": 0})
        book["debit"] += each.debit
        book["credit"] += each.credit
        book["lines"] += each.lines
    return found


async def _encoded(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for text in texts:
        yield text.encode()


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content
