"""OCDS packages, pure: what is read of them, what is refused, and how much memory that takes."""

import io
import json
import tracemalloc
from datetime import date
from typing import Any

import pytest

from app.obligations.importing import (
    Candidate,
    Item,
    PackageRefusedError,
    Party,
    Reading,
    Unfit,
    check,
    found_in,
    items,
)
from app.obligations.importing import packages as reading_packages
from app.obligations.rules import ContractKind
from tests.make.packages import OCID, a_contract, a_package, a_release, an_award

READING = Reading("NL", "99999999", assume_clause=False)
ZUID = Party("NL-KVK", "12345678", "Schoonmaak Zuid B.V.")


def found(release: dict[str, Any], kind: str = "release") -> list[Candidate | Unfit]:
    """What an item says, as it comes out of a file."""
    member = {"release": "releases", "record": "records"}[kind]
    file = io.BytesIO(json.dumps({member: [release]}).encode())
    check(file)
    [item] = items(file)
    return found_in(item, READING)


def code_of(release: dict[str, Any]) -> str:
    [unfit] = found(release)
    assert isinstance(unfit, Unfit), unfit
    return unfit.code


def test_a_contract_is_read_from_contract_award_tender_and_parties() -> None:
    [candidate] = found(a_release())

    assert isinstance(candidate, Candidate)
    assert candidate.reference == candidate.source_key == f"{OCID}/C1"
    assert candidate.awarded_on == date(2024, 11, 20)
    assert candidate.parties == (ZUID,)
    said = {name: value for name, value in candidate.says.items() if value not in {None, False}}
    assert said == {
        "title": "Cleaning of schools",
        "kind": ContractKind.SERVICES,
        "contract_sum_cents": 100_000_000,
        "tender_sum_cents": 95_000_050,
        "starts_on": date(2024, 12, 1),
        "ends_on": date(2026, 11, 30),
    }


def test_several_suppliers_are_bound_each_once() -> None:
    identifier = {"scheme": "NL-KVK", "id": "12345679", "legalName": "Noord\u0007\u0085 B.V.\u001b"}
    suppliers = [{"id": "S1"}, {"id": "S2"}, {"id": "S1"}, {"identifier": identifier}]
    [candidate] = found(a_release(awards=[an_award(suppliers=suppliers)]))

    assert isinstance(candidate, Candidate)
    assert candidate.parties == (
        ZUID,
        Party("BE-BCE_KBO", "0403170701", "Nettoyage SA"),
        Party("NL-KVK", "12345679", "Noord B.V."),
    )


def test_a_social_goal_is_a_clause() -> None:
    goals = [{"goal": "social.employment", "strategies": ["awardCriteria"]}]
    tender = {**a_release()["tender"], "lots": [{"id": "1", "sustainability": goals}]}
    [candidate] = found(a_release(tender=tender))

    assert isinstance(candidate, Candidate)
    assert candidate.says["has_clause"] is True


def test_the_last_amendment_says_why() -> None:
    amendments = [{"rationale": "First"}, {"rationale": "More\nschools"}]
    [candidate] = found(a_release(contracts=[a_contract(amendments=amendments)]))
    assert isinstance(candidate, Candidate)
    assert candidate.reason == "More schools"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ocid": None}, "no-ocid"),
        ({"contracts": [a_contract(id=None)]}, "no-id"),
        ({"contracts": [a_contract(id="x" * 100)]}, "long-id"),
        ({"contracts": [a_contract(status="pending")]}, "pending"),
        ({"contracts": [a_contract(value={"amount": 5, "currency": "USD"})]}, "other-currency"),
        ({"contracts": [a_contract(value={"amount": 5})]}, "other-currency"),
        ({"contracts": [a_contract(value={"amount": "5", "currency": "EUR"})]}, "no-amount"),
        ({"contracts": [a_contract(value={"amount": -1, "currency": "EUR"})]}, "no-amount"),
        ({"contracts": [a_contract(value={"amount": 1e300, "currency": "EUR"})]}, "no-amount"),
        ({"contracts": [a_contract(value={"amount": True, "currency": "EUR"})]}, "no-amount"),
        ({"contracts": [a_contract(period={"startDate": "2024-12-01"})]}, "no-period"),
        ({"contracts": [a_contract(period={"durationInDays": True})]}, "no-period"),
        ({"contracts": [a_contract(period={"endDate": "1999-01-01"})]}, "invalid"),
        ({"contracts": [a_contract(title="\u0007")]}, "invalid"),
        ({"tender": {"id": "T1"}}, "no-category"),
        ({"date": 5, "awards": [an_award(date="soon")],
          "contracts": [a_contract(dateSigned=None)]}, "no-date"),
        ({"awards": [an_award(suppliers=[{"name": "Jan"}])]}, "no-number"),
        ({"parties": [], "awards": [an_award()]}, "no-number"),
        ({"awards": [an_award(suppliers=[{"identifier": {"scheme": "KvK", "id": "1"}}])]},
         "unknown-register"),
        ({"awards": [an_award(suppliers=[{"identifier": {"scheme": "NL-KVK", "id": "12"}}])]},
         "bad-number"),
        ({"contracts": []}, "no-contract-yet"),
        ({"contracts": [], "awards": []}, "nothing-awarded"),
        ({"contracts": "none", "awards": 7, "parties": {}}, "nothing-awarded"),
        ({"buyer": {"identifier": {"scheme": "NL-KVK", "id": "11111111"}}}, "other-buyer"),
    ],
)  # fmt: skip
def test_each_contract_that_does_not_fit_has_its_reason(changes: dict[str, Any], code: str) -> None:
    assert code_of(a_release(**changes)) == code


@pytest.mark.parametrize(
    ("told", "awarded_on"),
    [
        ("2023-06-30T21:59:59Z", date(2023, 6, 30)),
        ("2023-06-30T22:00:00Z", date(2023, 7, 1)),
        ("2023-07-01T00:00:00+02:00", date(2023, 7, 1)),
        ("2023-12-31T23:00:00.000Z", date(2024, 1, 1)),
        ("2023-07-01T00:00:00", date(2023, 7, 1)),
        ("2023-07-01", date(2023, 7, 1)),
        ("2023-07-01Tmorning", date(2023, 7, 1)),
        ("9999-12-31T23:30:00Z", date.max),
    ],
)
def test_the_reference_date_is_the_day_on_dutch_clocks(told: str, awarded_on: date) -> None:
    [candidate] = found(a_release(awards=[an_award(date=told)]))
    assert isinstance(candidate, Candidate)
    assert candidate.awarded_on == awarded_on


def test_a_period_ends_where_the_calendar_does() -> None:
    period = {"startDate": "9999-12-01", "durationInDays": 36_000}
    [candidate] = found(a_release(contracts=[a_contract(period=period)]))
    assert isinstance(candidate, Candidate)
    assert candidate.says["ends_on"] == date.max


def test_what_is_missing_and_need_not_be_there_is_left_open() -> None:
    [candidate] = found(
        a_release(
            awards=[],
            contracts=[
                a_contract(
                    value=None,
                    status="cancelled",
                    period={"startDate": "2024-12-01", "durationInDays": 31},
                )
            ],
            buyer={"identifier": {"scheme": "NL-KVK", "id": "99999999"}},
        )
    )

    assert isinstance(candidate, Candidate)
    assert candidate.parties == ()
    assert candidate.is_cancelled
    assert candidate.says["contract_sum_cents"] is None
    assert candidate.says["ends_on"] == date(2024, 12, 31)


def test_a_record_is_read_as_it_is_compiled_or_by_its_last_release() -> None:
    older = a_release(date="2024-01-01T00:00:00Z", contracts=[])
    for record in (
        {"ocid": OCID, "compiledRelease": a_release()},
        {"ocid": OCID, "releases": [a_release(), older]},
    ):
        [candidate] = found(record, "record")
        assert isinstance(candidate, Candidate)
    links = {"ocid": OCID, "releases": [{"url": "https://example.org/1.json"}]}
    [unfit] = found(links, "record")
    assert isinstance(unfit, Unfit)
    assert unfit.code == "linked-releases"


UNREADABLE = [
    (b"", "not-json"),
    (a_package(a_release())[:-20], "not-json"),
    (a_package(a_release()) + b"x", "not-json"),
    (a_package(a_release()).decode().encode("utf-16"), "not-json"),
    (a_package(a_release(title="\xe9")).replace(b"\\u00e9", b"\xe9"), "not-json"),
    (b'{"releases": [{"a": NaN}]}', "not-json"),
    (b'{"releases": [{"a": ' + b"9" * 10_000 + b"}]}", "not-json"),
    (b'{"a": 1}', "not-a-package"),
    (b"[]", "not-a-package"),
    (b'[{"releases": [{}]}]', "not-a-package"),
    (b'{"releases": {}}', "not-a-package"),
    (b'{"releases": [], "records": []}', "not-a-package"),
    (b'{"releases": ' + b"[" * 100_000, "too-deep"),
    (b'{"releases": [{"a": "' + b"x" * 1_500_000 + b'"}]}', "too-large"),
    (b'{"releases": [{"a": "' + b'\\"' * 1_500_000 + b'"}]}', "too-large"),
    (b'{"releases": [' + b" " * 1_500_000 + b"]}", "too-large"),
]


@pytest.mark.parametrize(("content", "code"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_file_that_can_t_be_read_to_its_end_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        check(io.BytesIO(content))
    assert refused.value.code == code


def test_a_byte_order_mark_and_odd_items_are_no_harm() -> None:
    content = b"\xef\xbb\xbf" + b'{"x": [{"ocid": "no"}], "releases": [1, [{}], {"ocid": "a"}, {}]}'
    file = io.BytesIO(content)
    assert check(file) == 2
    assert [item.value for item in items(file)] == [{"ocid": "a"}, {}]


def test_an_item_that_is_too_large_is_refused_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_packages, "MOST_PARTS_OF_ITEM", 200)
    large = a_release(tags=["x"] * 300)
    file = io.BytesIO(a_package(large, a_release()))

    assert check(file) == 2
    first, second = items(file)
    assert first == Item(1, "release", None)
    [unfit] = found_in(first, READING)
    assert isinstance(unfit, Unfit)
    assert unfit.code == "too-large"
    [candidate] = found_in(second, READING)
    assert isinstance(candidate, Candidate)


class Endless:
    """A package of many releases that is nowhere in memory as a whole."""

    def __init__(self, releases: int) -> None:
        self.one = json.dumps(a_release()).encode()
        self.releases = releases
        self.seek(0)

    def seek(self, position: int, _whence: int = 0) -> int:
        """Begin anew; nothing else is asked."""
        assert position == 0
        self.left = self.releases
        self.waiting = b'{"releases": ['
        return 0

    def read(self, size: int = -1) -> bytes:
        """Give the next piece."""
        while self.left and len(self.waiting) < size:
            self.left -= 1
            self.waiting += self.one + (b"," if self.left else b"]}")
        piece, self.waiting = self.waiting[:size], self.waiting[size:]
        return piece


def test_memory_stays_flat_however_many_releases_there_are() -> None:
    peaks = []
    for releases in (300, 900):
        file: Any = Endless(releases)
        assert check(file) == releases
        tracemalloc.start()
        assert sum(bool(found_in(item, READING)) for item in items(file)) == releases
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # 600 more of them are 750 kB in the file, and several MB once they are read.
    assert peaks[1] < peaks[0] + 500_000
