"""Where the money is, and whether provider and bank say the same."""

from datetime import timedelta

from app.core import clock
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.payments import queries
from app.payments.access import PayingScheme
from app.payments.facts import Reconciled, Whereabouts
from app.payments.schemas import ReconciliationView, WhereaboutsView

router = router_of("/schemes/{scheme_id}", "Payments")

SHOWN = timedelta(days=31)


@router.get("/whereabouts", response_model=WhereaboutsView)
async def read_whereabouts(scheme: PayingScheme, session: Session) -> Whereabouts:
    """See where a scheme's money is, and when it must have left the provider."""
    return await queries.reconciling.whereabouts(session, scheme.id)


@router.get("/reconciliation", response_model=ReconciliationView)
async def reconcile(scheme: PayingScheme, session: Session) -> Reconciled:
    """Compare the books with the provider's own moves and the bank's statements.

    Thing by thing and by day; every difference has a name, and somebody who does something about
    it. What is under way from here to there is listed beside.
    """
    return await queries.reconciling.everything(session, scheme.id, clock.today() - SHOWN)
