"""Write what became of a payout: a row, an event, and a line in the trail where a person did it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.payouts.models import Payout, PayoutDecision, PayoutState

PAYMENTS = Actor.system("payments")


def note(session: AsyncSession, by: Caller | Actor, payout: Payout, reason: str) -> None:
    """Write down how a payout stands now, by whom and why; the row must have its id."""
    actor = by.actor if isinstance(by, Caller) else by
    session.add(
        PayoutDecision(
            payout_id=payout.id, state=payout.state, reason=reason, decided_by=str(actor)
        )
    )
    kind = f"payout.{payout.state.replace('_', '-')}"
    told: dict[str, str | int] = {
        "projectId": str(payout.project_id),
        "amountCents": payout.amount_cents,
    }
    if isinstance(by, Caller):
        trail.rights_changed(
            session,
            by,
            kind,
            payout.id,
            organisation_id=payout.entrepreneur_id,
            projectId=str(payout.project_id),
            amountCents=payout.amount_cents,
        )
    else:
        events.record(session, kind, payout.id, actor, **told)


def move(
    session: AsyncSession, by: Caller | Actor, payout: Payout, state: PayoutState, reason: str
) -> None:
    """Let a payout that is locked stand otherwise, and write down why."""
    payout.state = state
    note(session, by, payout, reason)
