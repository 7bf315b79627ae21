"""Plans and rounds as files: what goes out comes back equal, and every fault has its place."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import sheets
from app.core.ids import new_id
from app.core.problems import InvalidRequest
from app.core.sheets import Form, Sent, judge
from app.projects.contents import CostKind, FinancingKind, PlanChange, TargetGroup
from app.projects.exchange import PLANS, ROUNDS, Exported, FileFormat, write
from tests import make

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
CENTS = st.integers(0, 10**9)
LINES = st.one_of(
    st.sampled_from(["", "[]", "* a", "=1+1", "'=1", "@x", "a | b", "-", "x;y", 'a "b"']),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20),
)
PROSE = st.one_of(LINES, CELLS)
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(str)


def bilingual(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={"nl": texts, "en": texts})


def lists_of(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.fixed_dictionaries(members), max_size=4)


AMOUNTS = st.fixed_dictionaries(
    {"kind": st.sampled_from(list(CostKind)), "description": LINES, "amountCents": CENTS}
)
HOURS = st.fixed_dictionaries(
    {
        "kind": st.just("hours"),
        "description": LINES,
        "hours": st.integers(0, 1000),
        "rateCents": st.integers(0, 9000),
    }
)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "title": bilingual(LINES),
        "summary": bilingual(PROSE),
        "activities": bilingual(PROSE),
        "targetGroups": lists_of(
            group=st.sampled_from(list(TargetGroup)), people=st.integers(1, 99)
        ),
        "thresholdUnits": st.integers(1, 500),
        "startsOn": DAYS,
        "milestones": lists_of(on=DAYS, what=LINES),
        "promisedEvidence": st.lists(LINES, max_size=4),
        "place": st.fixed_dictionaries({"municipality": st.just("GM0599"), "address": LINES}),
        "costs": st.lists(AMOUNTS | HOURS, max_size=4),
        "otherFinancing": lists_of(
            kind=st.sampled_from(list(FinancingKind)), description=LINES, amountCents=CENTS
        ),
        "bank": PROSE,
    },
).map(lambda draft: PlanChange.model_validate(draft).changes())


async def _batches(rows: Sequence[dict[str, Any]]) -> AsyncIterator[Sequence[Exported]]:
    about = {"projectId": "…", "number": 7, "entrepreneur": "=DAM", "state": "draft"}
    yield [Exported(new_id(), about, row) for row in rows]


async def exported(form: Form[Any], file_format: FileFormat, *rows: dict[str, Any]) -> str:
    return "".join([part async for part in write(form, file_format, _batches(rows))])


def sent(text: str, file_format: FileFormat = FileFormat.CSV) -> Sent:
    if file_format is FileFormat.CSV:
        return Sent("", None, text.encode())
    return Sent("", json.loads(text), None)


def said(draft: dict[str, Any]) -> dict[str, Any]:
    """Leave out texts that say nothing: a spreadsheet has no other word for that."""
    kept = {}
    for name, value in draft.items():
        inner = {key: part for key, part in value.items() if part} if type(value) is dict else value
        if inner not in ("", {}):
            kept[name] = inner
    return kept


@pytest.mark.parametrize("file_format", FileFormat)
@settings(max_examples=60)
@given(st.lists(DRAFTS, min_size=1, max_size=3))
async def test_what_goes_out_comes_back(
    file_format: FileFormat, drafts: list[dict[str, Any]]
) -> None:
    text = await exported(PLANS, file_format, *drafts)
    judged = judge(PLANS, sent(text, file_format))
    assert judged.faults == []
    again = [value.changes() for value in judged.values.values()]
    assert [said(draft) for draft in again] == [said(draft) for draft in drafts]
    assert await exported(PLANS, file_format, *again) == text


@given(CELLS)
def test_no_cell_is_a_formula_and_every_cell_comes_back(cell: str) -> None:
    harmless = sheets.harmless(cell)
    assert not harmless.lstrip().startswith(("=", "+", "-", "@"))
    assert sheets.restored(harmless) == cell


async def test_a_plan_reads_well_in_a_spreadsheet() -> None:
    text = await exported(PLANS, FileFormat.CSV, make.a_plan(notes="=HYPERLINK(1)"))
    assert text.startswith("\ufeff")
    header, row = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
    cells = dict(zip(header, row, strict=True))
    assert cells["costs"].split("\n") == [
        "facilities | 500000 | Lesauto's",
        "hours | 100 x 5000 | Begeleiding",
        "materials | 80000 | Lesmateriaal",
    ]
    assert cells["targetGroups"] == "participatiewet | 9\njobs-agreement | 3"
    assert cells["promisedEvidence"] == "* Arbeidscontracten\n* Verslag van de begeleiding"
    assert (cells["otherFinancing"], cells["thresholdUnits"]) == ("[]", "108")
    assert (cells["notes"], cells["about.entrepreneur"]) == ("'=HYPERLINK(1)", "'=DAM")


def test_every_fault_of_every_row_has_its_place() -> None:
    rows = (
        "title.nl,thresholdUnits,startsOn,costs,place.address",
        "Goed,12,1-5-2026,hours | 10 X 4500 | Begeleiding,",
        ",,,,",
        "Fout,twaalf,morgen,gratis | 1 | x,Kade 1",
        "Meer,3,2026-05-01,materials | veel | Hout,,te veel",
    )
    judged = judge(PLANS, sent("\r\n".join(rows)))
    assert judged.rows == 3
    assert {row: value.starts_on for row, value in judged.values.items()} == {2: date(2026, 5, 1)}
    assert [(each.row, each.column, each.pointer, each.code) for each in judged.faults] == [
        (4, "thresholdUnits", "#/thresholdUnits", "int-type"),
        (4, "startsOn", "#/startsOn", "not-a-date"),
        (4, "place.municipality", "#/place/municipality", "string-pattern-mismatch"),
        (4, "costs", "#/costs/0", "union-tag-invalid"),
        (5, None, "#", "too-many-cells"),
        (5, "costs", "#/costs/0/amountCents", "int-type"),
    ]


def test_rows_of_json_are_judged_alike() -> None:
    document = {
        "plans": [
            {"plan": {"thresholdUnits": "12", "budget": 1}, "about": {"anything": True}},
            {"plan": 5, "more": 1},
            {},
        ]
    }
    judged = judge(PLANS, Sent("", document, None))
    assert [(each.row, each.column, each.pointer, each.code) for each in judged.faults] == [
        (1, None, "#/thresholdUnits", "int-type"),
        (1, None, "#/budget", "unknown-member"),
        (2, None, "#", "unknown-member"),
        (2, None, "#", "not-an-object"),
        (3, None, "#", "missing"),
    ]


WRONG = {
    "no-header": "",
    "unknown-column": "titel;title.nl\r\na;b",
    "repeated-column": "notes;notes\r\na;b",
    "too-many-columns": ";" * 200 + "\r\na",
    "no-rows": "notes\r\n\r\n",
    "too-many-rows": "notes\r\n" + "a\r\n" * 201,
    "not-csv": 'notes\r\n"a"b\r\n',
    "unstorable-text": "notes\r\na\0b",
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_no_table_is_refused_as_a_whole(code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        judge(PLANS, sent(WRONG[code]))
    assert str(refused.value.extra["errors"]).count("'code'") == 1
    assert code in str(refused.value.extra["errors"])


def test_another_encoding_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        judge(PLANS, Sent("", None, "notes\r\nCafé".encode("cp1252")))
    assert "not-utf-8" in str(refused.value.extra["errors"])


@pytest.mark.parametrize("document", [None, [], {}, {"plans": 1}, {"plans": []}, {"plans": [1]}])
def test_what_is_no_list_of_rows_is_refused_as_a_whole(document: object) -> None:
    with pytest.raises(InvalidRequest):
        judge(PLANS, Sent("", document, None))


def test_a_round_must_have_all_its_dates() -> None:
    judged = judge(ROUNDS, sent("name.nl;plansOpenAt\r\nRonde 4;2030-01-01 12:00"))
    assert [(each.column, each.code) for each in judged.faults] == [
        ("name.en", "string-too-short"),
        ("plansOpenAt", "not-a-moment"),
        ("plansCloseAt", "missing"),
        ("scoresDueAt", "missing"),
        ("saleBeginsAt", "missing"),
        ("saleEndsAt", "missing"),
    ]
