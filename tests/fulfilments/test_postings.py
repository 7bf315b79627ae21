"""The pages of what counts, as a bookkeeper reads them."""

from datetime import UTC, datetime

from app.core.ids import new_id
from app.fulfilments import postings
from app.fulfilments.models import Allocation, Fulfilment, FulfilmentKind
from app.fulfilments.postings import Back, Revoked, Taken

AT = datetime(2026, 12, 1, tzinfo=UTC)
KEEPER, SCHEME = new_id(), new_id()


def an_allocation() -> Allocation:
    return Allocation(id=new_id(), order_id=new_id(), obligation_id=new_id(), entries=2)


def a_fulfilment(revoked_units: int = 0) -> Fulfilment:
    return Fulfilment(
        id=new_id(),
        kind=FulfilmentKind.RIKX,
        authority_id=KEEPER,
        obligation_id=new_id(),
        order_id=new_id(),
        quantity_units=10,
        revoked_units=revoked_units,
    )


def test_units_count_provisionally_and_lapse() -> None:
    allocation = an_allocation()
    counts = postings.provisional(allocation, KEEPER, 150_000, AT)
    lapses = postings.lapsed(allocation, KEEPER, Back(150_000, 20_000), AT)

    assert str(counts).splitlines() == [
        "2026-12-01  Recognised provisionally: the project is funded",
        "  Dr provisional                     1,500.00 SR",
        "      Cr owed                        1,500.00 SR",
    ]
    assert str(lapses).splitlines() == [
        "2026-12-01  No longer recognised provisionally",
        "  Dr owed                            1,300.00 SR",
        "  Dr surplus                           200.00 SR",
        "      Cr provisional                 1,500.00 SR",
    ]
    assert counts.reference == f"allocation/{allocation.id}/2"


def test_units_count_for_good_and_are_retired() -> None:
    fulfilment = a_fulfilment()
    draft = postings.approved(fulfilment, SCHEME, Taken(150_000, 0, 150_000), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  10 units fulfil an obligation",
        "  Dr fulfilled                       1,500.00 SR",
        "      Cr provisional                 1,500.00 SR",
        "  Dr retired                               10 RIKX",
        "      Cr owned                             10 RIKX",
    ]
    assert draft.reference == f"fulfilment/{fulfilment.id}/approved"


def test_what_differs_from_the_provisional_is_owed_or_surplus() -> None:
    more = postings.approved(a_fulfilment(), SCHEME, Taken(150_000, 20_000, 100_000), AT)
    less = postings.approved(a_fulfilment(), SCHEME, Taken(90_000, 0, 100_000, 3_000), AT)

    assert str(more).splitlines()[1:5] == [
        "  Dr fulfilled                       1,700.00 SR",
        "      Cr provisional                 1,000.00 SR",
        "      Cr owed                          500.00 SR",
        "      Cr surplus                       200.00 SR",
    ]
    assert str(less).splitlines()[1:5] == [
        "  Dr fulfilled                         900.00 SR",
        "  Dr owed                               70.00 SR",
        "  Dr surplus                            30.00 SR",
        "      Cr provisional                 1,000.00 SR",
    ]


def test_units_count_no_more() -> None:
    fulfilment = a_fulfilment(revoked_units=4)
    draft = postings.revoked(fulfilment, SCHEME, Revoked(4, 68_000, 8_000), AT)

    assert str(draft).splitlines() == [
        "2026-12-01  4 units fulfil nothing any more",
        "  Dr owed                              600.00 SR",
        "  Dr surplus                            80.00 SR",
        "      Cr fulfilled                     680.00 SR",
        "  Dr owned                                  4 RIKX",
        "      Cr retired                            4 RIKX",
    ]
    assert draft.reference == f"fulfilment/{fulfilment.id}/revoked/4"


def test_another_kind_counts_without_units_and_counts_no_more() -> None:
    fulfilment = Fulfilment(
        id=new_id(),
        kind=FulfilmentKind.SOCIAL_PURCHASE,
        authority_id=KEEPER,
        obligation_id=new_id(),
        quantity_units=0,
        revoked_units=0,
    )
    counts = postings.approved(fulfilment, None, Taken(150_000, 20_000, 0), AT)
    gone = postings.revoked(fulfilment, None, Revoked(0, 170_000, 20_000), AT)

    assert str(counts).splitlines() == [
        "2026-12-01  Social purchase: fulfils an obligation",
        "  Dr fulfilled                       1,700.00 SR",
        "      Cr owed                        1,500.00 SR",
        "      Cr surplus                       200.00 SR",
    ]
    assert str(gone).splitlines() == [
        "2026-12-01  Social purchase: fulfils nothing any more",
        "  Dr owed                            1,500.00 SR",
        "  Dr surplus                           200.00 SR",
        "      Cr fulfilled                   1,700.00 SR",
    ]


def test_what_did_not_come_about_counts_no_more() -> None:
    allocation, fulfilment = an_allocation(), a_fulfilment()
    fulfilment.report_id = new_id()
    less = postings.lowered(allocation, KEEPER, Back(7_500, 0), AT)
    draft = postings.adjusted(fulfilment, Revoked(6, 22_500, 2_500), AT)

    assert str(less).splitlines() == [
        "2026-12-01  Lowered to what came about, by the final report",
        "  Dr owed                               75.00 SR",
        "      Cr provisional                    75.00 SR",
    ]
    assert str(draft).splitlines() == [
        "2026-12-01  Lowered to what came about, by the final report",
        "  Dr owed                              200.00 SR",
        "  Dr surplus                            25.00 SR",
        "      Cr fulfilled                     225.00 SR",
    ]
    assert draft.reference == f"fulfilment/{fulfilment.id}/adjusted/{fulfilment.report_id}"


def test_what_an_objection_gave_back_has_references_of_its_own() -> None:
    fulfilment = a_fulfilment()
    fulfilment.times_reinstated = 2
    draft = postings.approved(fulfilment, SCHEME, Taken(150_000, 0, 0), AT)

    assert draft.reference == f"fulfilment/{fulfilment.id}/approved/again/2"
