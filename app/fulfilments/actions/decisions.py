"""Write what happened to a fulfilment: a row, and an event."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.fulfilments.models import Fulfilment, FulfilmentDecision, FulfilmentDecisionKind
from app.fulfilments.postings import Revoked

CLOCK = Actor.system("clock")
ORDERS = Actor.system("orders")


def note(
    session: AsyncSession,
    actor: Actor,
    fulfilment: Fulfilment,
    kind: FulfilmentDecisionKind,
    reason: str = "",
) -> None:
    """Write down what happened to a fulfilment, by whom and why."""
    about = Revoked(fulfilment.quantity_units, fulfilment.value_cents, 0)
    _write(session, actor, fulfilment, (kind, about, reason))


def note_counted(session: AsyncSession, actor: Actor, fulfilment: Fulfilment, reason: str) -> None:
    """Write down that what is left of it counts (again), and why."""
    about = Revoked(fulfilment.counted_units, fulfilment.counted_cents, 0)
    _write(session, actor, fulfilment, (FulfilmentDecisionKind.APPROVED, about, reason))


def note_revoked(
    session: AsyncSession, actor: Actor, fulfilment: Fulfilment, gone: Revoked, reason: str
) -> None:
    """Write down that units of it count no more."""
    _write(session, actor, fulfilment, (FulfilmentDecisionKind.REVOKED, gone, reason))


def note_adjusted(
    session: AsyncSession, fulfilment: Fulfilment, gone: Revoked, reason: str
) -> None:
    """Write down that it counts for less, since less came of its project than was promised."""
    _write(session, CLOCK, fulfilment, (FulfilmentDecisionKind.ADJUSTED, gone, reason))


def _write(
    session: AsyncSession,
    actor: Actor,
    fulfilment: Fulfilment,
    told: tuple[FulfilmentDecisionKind, Revoked, str],
) -> None:
    kind, about, reason = told
    session.add(
        FulfilmentDecision(
            fulfilment_id=fulfilment.id,
            kind=kind,
            quantity_units=about.units,
            value_cents=about.cents,
            reason=reason,
            decided_by=str(actor),
        )
    )
    events.record(
        session,
        f"fulfilment.{kind}",
        fulfilment.id,
        actor,
        obligationId=str(fulfilment.obligation_id),
        quantityUnits=about.units,
        valueCents=about.cents,
    )
