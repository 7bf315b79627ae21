"""What happens to the books: pure, event in, draft out."""

from datetime import datetime
from uuid import UUID

from app.ledger.chart import FOR_SALE, ISSUED, LAPSED
from app.ledger.drafts import Draft, credit, debit


def listed(  # noqa: PLR0913  Each is a fact of the event.
    scheme_id: UUID,
    project_id: UUID,
    *,
    title: str,
    unit_name: str,
    impact_units: int,
    listed_at: datetime,
) -> Draft:
    """Offer what a project is worth for sale, in whole units."""
    return Draft(
        kind="project.listed",
        reference=f"project/{project_id}/listed",
        narration=f"{impact_units:,} {unit_name} of {title} for sale"[:300],
        occurred_at=listed_at,
        lines=(
            debit(FOR_SALE.of(scheme_id, project_id), impact_units, project_id),
            credit(ISSUED.of(scheme_id, project_id), impact_units, project_id),
        ),
    )


def lapsed(  # noqa: PLR0913  Each is a fact of the event.
    scheme_id: UUID,
    project_id: UUID,
    *,
    title: str,
    unit_name: str,
    units: int,
    lapsed_at: datetime,
) -> Draft:
    """Take what is unsold off the market, for good."""
    return Draft(
        kind="project.lapsed",
        reference=f"project/{project_id}/lapsed",
        narration=f"{units:,} {unit_name} of {title} lapsed unsold"[:300],
        occurred_at=lapsed_at,
        lines=(
            debit(LAPSED.of(scheme_id, project_id), units, project_id),
            credit(FOR_SALE.of(scheme_id, project_id), units, project_id),
        ),
    )
