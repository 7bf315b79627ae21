"""Write what happened to an obligation: a row, and an event."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.obligations.models import Obligation, ObligationDecision, ObligationDecisionKind

CLOCK = Actor.system("clock")


def note(  # noqa: PLR0913  Each is one thing that a row says.
    session: AsyncSession,
    actor: Actor,
    obligation: Obligation,
    kind: ObligationDecisionKind,
    *,
    amount_cents: int | None = None,
    reason: str = "",
) -> None:
    """Write down what happened to an obligation, by whom and why."""
    session.add(
        ObligationDecision(
            obligation_id=obligation.id,
            kind=kind,
            amount_cents=amount_cents,
            reason=reason,
            decided_by=str(actor),
        )
    )
    events.record(
        session,
        f"obligation.{kind}",
        obligation.id,
        actor,
        authorityId=str(obligation.authority_id),
        contractId=str(obligation.contract_id),
        amountCents=amount_cents,
    )
