"""What happens to the book of social return: pure, event in, draft out."""

from datetime import datetime
from uuid import UUID

from app.ledger.chart import IMPOSED, OWED, SANCTIONED, SURPLUS, WAIVED
from app.ledger.drafts import Draft, credit, debit
from app.obligations.models import Obligation


def imposed(obligation: Obligation, cents: int, occurred_at: datetime) -> Draft:
    """Impose an obligation."""
    keeper, about = obligation.authority_id, obligation.id
    return Draft(
        kind="obligation.imposed",
        reference=f"obligation/{about}/imposed",
        narration="Obligation imposed",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, about), cents, about),
            credit(IMPOSED.of(keeper, about), cents, about),
        ),
    )


def raised(
    obligation: Obligation,
    cents: int,
    surplus_cents: int,
    amendment_id: UUID,
    occurred_at: datetime,
) -> Draft:
    """Raise an obligation; what was fulfilled beyond what was imposed fills it first."""
    keeper, about = obligation.authority_id, obligation.id
    of_surplus = min(cents, surplus_cents)
    return Draft(
        kind="obligation.raised",
        reference=f"obligation/{about}/amended/{amendment_id}",
        narration="Obligation raised",
        occurred_at=occurred_at,
        lines=(
            debit(SURPLUS.of(keeper, about), of_surplus, about),
            debit(OWED.of(keeper, about), cents - of_surplus, about),
            credit(IMPOSED.of(keeper, about), cents, about),
        ),
    )


def lowered(
    obligation: Obligation, cents: int, owed_cents: int, amendment_id: UUID, occurred_at: datetime
) -> Draft:
    """Lower an obligation; what is more than is owed was fulfilled beyond what is imposed."""
    keeper, about = obligation.authority_id, obligation.id
    of_owed = min(cents, owed_cents)
    return Draft(
        kind="obligation.lowered",
        reference=f"obligation/{about}/amended/{amendment_id}",
        narration="Obligation lowered",
        occurred_at=occurred_at,
        lines=(
            debit(IMPOSED.of(keeper, about), cents, about),
            credit(OWED.of(keeper, about), of_owed, about),
            credit(SURPLUS.of(keeper, about), cents - of_owed, about),
        ),
    )


def waived(obligation: Obligation, cents: int, proposal_id: UUID, occurred_at: datetime) -> Draft:
    """Let go of a part of what is owed."""
    keeper, about = obligation.authority_id, obligation.id
    return Draft(
        kind="obligation.waived",
        reference=f"obligation/{about}/waived/{proposal_id}",
        narration="Waived by the authority",
        occurred_at=occurred_at,
        lines=(
            debit(WAIVED.of(keeper, about), cents, about),
            credit(OWED.of(keeper, about), cents, about),
        ),
    )


def sanction_lifted(
    obligation: Obligation, cents: int, objection_id: UUID, occurred_at: datetime
) -> Draft:
    """Lift a sanction that an objection was right about: it is owed again."""
    keeper, about = obligation.authority_id, obligation.id
    return Draft(
        kind="obligation.sanction-lifted",
        reference=f"obligation/{about}/sanction-lifted/{objection_id}",
        narration="Sanction lifted: the objection was upheld",
        occurred_at=occurred_at,
        lines=(
            debit(OWED.of(keeper, about), cents, about),
            credit(SANCTIONED.of(keeper, about), cents, about),
        ),
    )


def sanctioned(
    obligation: Obligation, cents: int, proposal_id: UUID, occurred_at: datetime
) -> Draft:
    """Sanction what was not realised; what is withheld for it in money stands beside the books."""
    keeper, about = obligation.authority_id, obligation.id
    return Draft(
        kind="obligation.sanctioned",
        reference=f"obligation/{about}/sanctioned/{proposal_id}",
        narration="Sanctioned: not realised in time",
        occurred_at=occurred_at,
        lines=(
            debit(SANCTIONED.of(keeper, about), cents, about),
            credit(OWED.of(keeper, about), cents, about),
        ),
    )
