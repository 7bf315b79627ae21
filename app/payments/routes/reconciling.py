"""Where the money is, and whether the provider says the same."""

from datetime import timedelta

from app.core import clock
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.payments import queries
from app.payments.access import PayingScheme
from app.payments.facts import Reconciliation, Whereabouts
from app.payments.schemas import ReconciliationView, WhereaboutsView

router = router_of("/schemes/{scheme_id}", "Payment provider")

SHOWN = timedelta(days=31)


@router.get("/whereabouts", response_model=WhereaboutsView)
async def read_whereabouts(scheme: PayingScheme, session: Session) -> Whereabouts:
    """See where a scheme's money is, and when it must have left the provider."""
    return await queries.reconciling.whereabouts(session, scheme.id)


@router.get("/provider-reconciliation", response_model=ReconciliationView)
async def reconcile_with_provider(scheme: PayingScheme, session: Session) -> Reconciliation:
    """Compare the books with the provider's own moves of the balance, thing by thing and by day."""
    return await queries.reconciling.provider(session, scheme.id, clock.now() - SHOWN)
