"""Commitments, and how projects are spread: pure, and checked by other means than their own."""

import hashlib
import json
from itertools import combinations, product
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.projects.contents import Demand, Findings, ScoreSheet, spread

# An address of somebody, or a number, is refused.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Nd"], exclude_characters="@"), max_size=80)
SHEETS = st.builds(
    ScoreSheet,
    scores=st.dictionaries(
        st.sampled_from(["work", "feasibility", "x-1"]), st.integers(0, 100)
    ).filter(bool),
    estimateUnits=st.integers(0, 10_000_000),
    remarks=TEXT,
    panelRemarks=TEXT,
)


def recomputed(written: dict[str, Any]) -> str:
    """Compute a commitment as the documentation says, from what goes over the wire alone."""
    names = ("assignmentId", "estimateUnits", "form", "planVersionId", "salt", "scores")
    committed = {name: written[name] for name in names}
    for name in ("remarks", "panelRemarks"):
        committed[name] = written[name]["commitment"]
        if written[name]["text"] is not None:
            remark = {"salt": written[name]["salt"], "text": written[name]["text"]}
            assert sha256(remark) == written[name]["commitment"]
    return sha256(committed)


def sha256(value: object) -> str:
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


@given(SHEETS)
def test_whoever_reads_a_sheet_can_compute_its_commitment(sheet: ScoreSheet) -> None:
    findings = Findings.of(sheet, new_id(), new_id())
    written = findings.model_dump(mode="json", by_alias=True)
    assert recomputed(written) == findings.commitment
    # Who may not read a remark computes the same.
    hidden = findings.model_copy(update={"panel_remarks": findings.panel_remarks.without_text()})
    assert recomputed(hidden.model_dump(mode="json", by_alias=True)) == findings.commitment
    assert Findings.model_validate_json(findings.model_dump_json(by_alias=True)) == findings
    assert findings.fits(findings.commitment)


@given(SHEETS, SHEETS)
def test_another_sheet_does_not_fit(one: ScoreSheet, other: ScoreSheet) -> None:
    findings = Findings.of(one, new_id(), new_id())
    changes: list[dict[str, Any]] = [
        {"estimate_units": findings.estimate_units + 1},
        {"scores": {**findings.scores, "work": findings.scores.get("work", 0) + 1}},
        {"assignment_id": new_id()},
        {"plan_version_id": new_id()},
        {"salt": "0" * 64},
        {"remarks": findings.remarks.model_copy(update={"text": one.remarks + "!"})},
        {"panel_remarks": findings.panel_remarks.model_copy(update={"salt": "0" * 64})},
    ]
    for change in changes:
        assert not findings.model_copy(update=change).fits(findings.commitment)
    assert Findings.of(one, findings.assignment_id, new_id()).commitment != findings.commitment
    again = Findings.of(other, findings.assignment_id, findings.plan_version_id)
    assert again.commitment != findings.commitment, "a salt is used once"


def ids(number: int, offset: int) -> list[UUID]:
    return [UUID(int=offset + index) for index in range(number)]


@given(st.integers(1, 9), st.integers(0, 12), st.integers(0, 9), st.randoms())
def test_without_conflicts_the_loads_differ_by_one_at_the_most(
    experts: int,
    projects: int,
    wanted: int,
    random: Any,  # noqa: ANN401  Hypothesis' own.
) -> None:
    loads = dict.fromkeys(ids(experts, 1_000), 0)
    demands = [Demand(project, wanted, frozenset()) for project in ids(projects, 1)]
    found = spread(demands, loads)
    assert all(len(given) == min(wanted, experts) for given in found.given.values())
    assert max(found.loads.values()) - min(found.loads.values()) <= 1
    random.shuffle(demands)
    shuffled = list(loads.items())
    random.shuffle(shuffled)
    assert spread(demands, dict(shuffled)).given == found.given


@given(st.data())
def test_with_conflicts_nobody_could_have_spread_it_more_evenly(data: st.DataObject) -> None:
    experts, projects = ids(4, 1_000), ids(data.draw(st.integers(1, 4)), 1)
    loads = {expert: data.draw(st.integers(0, 2)) for expert in experts}
    demands = [
        Demand(
            project,
            data.draw(st.integers(0, 3)),
            data.draw(st.frozensets(st.sampled_from(experts))),
        )
        for project in projects
    ]
    found = spread(demands, loads)

    for demand in demands:
        given_to = found.given[demand.project_id]
        assert not given_to & demand.barred
        assert len(given_to) == min(demand.wanted, len(experts) - len(demand.barred))
    ways = [
        list(
            combinations(sorted(set(experts) - demand.barred), len(found.given[demand.project_id]))
        )
        for demand in demands
    ]

    def squares(way: tuple[tuple[UUID, ...], ...]) -> int:
        chosen = [expert for each in way for expert in each]
        return sum((loads[expert] + chosen.count(expert)) ** 2 for expert in experts)

    best = min(squares(way) for way in product(*ways))
    assert sum(load**2 for load in found.loads.values()) == best
