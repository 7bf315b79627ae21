from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.projects import postings

SCHEME, PROJECT = UUID(int=1), UUID(int=2)
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_project_is_listed() -> None:
    draft = postings.listed(
        SCHEME,
        PROJECT,
        title="DAM Nederland",
        unit_name="RIKX",
        impact_units=120,
        listed_at=MAY,
    )
    assert str(draft).splitlines() == [
        "2026-05-01  120 RIKX of DAM Nederland for sale",
        "  Dr for_sale                             120 RIKX",
        "      Cr issued                           120 RIKX",
    ]
    assert draft.reference == f"project/{PROJECT}/listed"
    assert {line.about_id for line in draft.lines} == {PROJECT}


@pytest.mark.parametrize("title", ["x" * 1_000, "de\u0301 'nieuwe' chauffeurs <b>"])
def test_every_title_fits_on_the_page(title: str) -> None:
    draft = postings.listed(
        SCHEME, PROJECT, title=title, unit_name="RIKX", impact_units=1, listed_at=MAY
    )
    assert len(draft.narration) <= 300


def test_what_is_unsold_lapses() -> None:
    draft = postings.lapsed(
        SCHEME, PROJECT, title="DAM Nederland", unit_name="RIKX", units=12, lapsed_at=MAY
    )
    assert str(draft).splitlines() == [
        "2026-05-01  12 RIKX of DAM Nederland lapsed unsold",
        "  Dr lapsed                                12 RIKX",
        "      Cr for_sale                          12 RIKX",
    ]
    assert draft.reference == f"project/{PROJECT}/lapsed"
