"""The pages of the book of social return, as a bookkeeper reads them."""

from datetime import UTC, datetime
from uuid import UUID

from app.core.ids import new_id
from app.obligations import postings
from app.obligations.models import Obligation

AT = datetime(2026, 12, 1, tzinfo=UTC)
ABOUT = UUID("01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11")


def an_obligation() -> Obligation:
    return Obligation(id=ABOUT, authority_id=new_id(), contract_id=new_id())


def test_an_obligation_is_imposed() -> None:
    draft = postings.imposed(an_obligation(), 5_000_000, AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Obligation imposed",
        "  Dr owed                           50,000.00 SR",
        "      Cr imposed                    50,000.00 SR",
    ]
    assert (draft.kind, draft.reference) == ("obligation.imposed", f"obligation/{ABOUT}/imposed")


def test_it_is_raised() -> None:
    amendment_id = new_id()
    draft = postings.raised(an_obligation(), 1_000_000, 0, amendment_id, AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Obligation raised",
        "  Dr owed                           10,000.00 SR",
        "      Cr imposed                    10,000.00 SR",
    ]
    assert draft.reference == f"obligation/{ABOUT}/amended/{amendment_id}"


def test_what_was_fulfilled_beyond_it_fills_what_is_raised() -> None:
    draft = postings.raised(an_obligation(), 1_000_000, 400_000, new_id(), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Obligation raised",
        "  Dr surplus                         4,000.00 SR",
        "  Dr owed                            6,000.00 SR",
        "      Cr imposed                    10,000.00 SR",
    ]


def test_it_is_lowered_within_what_is_owed() -> None:
    draft = postings.lowered(an_obligation(), 1_000_000, 3_000_000, new_id(), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Obligation lowered",
        "  Dr imposed                        10,000.00 SR",
        "      Cr owed                       10,000.00 SR",
    ]


def test_it_is_lowered_beyond_what_is_owed() -> None:
    draft = postings.lowered(an_obligation(), 4_000_000, 3_000_000, new_id(), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Obligation lowered",
        "  Dr imposed                        40,000.00 SR",
        "      Cr owed                       30,000.00 SR",
        "      Cr surplus                    10,000.00 SR",
    ]


def test_a_part_is_waived() -> None:
    draft = postings.waived(an_obligation(), 500_000, new_id(), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Waived by the authority",
        "  Dr waived                          5,000.00 SR",
        "      Cr owed                        5,000.00 SR",
    ]


def test_what_was_not_realised_is_sanctioned() -> None:
    draft = postings.sanctioned(an_obligation(), 4_500_000, new_id(), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Sanctioned: not realised in time",
        "  Dr sanctioned                     45,000.00 SR",
        "      Cr owed                       45,000.00 SR",
    ]


def test_a_sanction_is_lifted_and_owed_again() -> None:
    objection_id, obligation = new_id(), an_obligation()
    draft = postings.sanction_lifted(obligation, 4_500_000, objection_id, AT)

    assert str(draft).splitlines() == [
        "2026-12-01  Sanction lifted: the objection was upheld",
        "  Dr owed                           45,000.00 SR",
        "      Cr sanctioned                 45,000.00 SR",
    ]
    assert draft.reference == f"obligation/{obligation.id}/sanction-lifted/{objection_id}"
