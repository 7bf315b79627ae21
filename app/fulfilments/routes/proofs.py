"""That what was decided about a fulfilment is in the public log, for those concerned."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.problems import refusals
from app.fulfilments import queries
from app.fulfilments.access import ReadableDecision
from app.fulfilments.schemas.proofs import FulfilmentDecisionProofView
from app.transparency.problems import LeafPending
from app.transparency.queries import contents, proving

router = router_of("/fulfilments/{fulfilment_id}/decisions", "Fulfilments")


@router.get(
    "/{fulfilment_decision_id}/proof",
    response_model=FulfilmentDecisionProofView,
    responses=refusals(LeafPending),
)
async def prove_fulfilment_decision(
    decision: ReadableDecision, session: Session
) -> FulfilmentDecisionProofView:
    """Prove that something happened to a fulfilment, and what: by the public log."""
    source = queries.disclosing.SOURCE
    proof = await proving.proof_of(session, source, decision.id)
    content = await contents.of_statement(session, source, decision.id)
    return FulfilmentDecisionProofView(
        decision_id=decision.id,
        index=proof.index,
        proof=str(proof),
        content=content,
        is_forgotten=content is None,
    )
