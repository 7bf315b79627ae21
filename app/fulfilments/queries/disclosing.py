"""What everybody may read in the public log of what happened to fulfilments.

Of what counts, and does not count any more: for which authority, how much and which units, so that
anybody can add up and see that no unit counts twice. Of the rest only that something happened. Who
claimed, for which obligation, who decided and why is committed to under a salt.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments import certificates
from app.fulfilments.models import (
    Certificate,
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
)
from app.transparency.hooks import Statement

SOURCE = "fulfilments"
"""As the trigger on the table of decisions names it."""

_LESS = {FulfilmentDecisionKind.REVOKED, FulfilmentDecisionKind.ADJUSTED}
"""What takes off of what was approved."""


async def statements(session: AsyncSession, decision_ids: Sequence[UUID]) -> list[Statement]:
    """State what was decided: from rows that never change, and columns that an approval fixed."""
    rows = await session.execute(
        sa.select(FulfilmentDecision, Fulfilment, Certificate)
        .join(Fulfilment, Fulfilment.id == FulfilmentDecision.fulfilment_id)
        .outerjoin(Certificate, Certificate.fulfilment_id == Fulfilment.id)
        .where(FulfilmentDecision.id.in_(decision_ids))
    )
    return [
        Statement(
            subject_id=decision.id,
            facts=_facts(decision, fulfilment, certificate),
            content=_content(decision, fulfilment),
        )
        for decision, fulfilment, certificate in rows
    ]


async def subjects(session: AsyncSession, fulfilment_ids: Sequence[UUID]) -> list[UUID]:
    """Name all that happened to some fulfilments, as their leaves do."""
    query = sa.select(FulfilmentDecision.id).where(
        FulfilmentDecision.fulfilment_id.in_(fulfilment_ids)
    )
    return list(await session.scalars(query.order_by(FulfilmentDecision.id)))


def _facts(
    decision: FulfilmentDecision, fulfilment: Fulfilment, certificate: Certificate | None
) -> dict[str, Any]:
    facts: dict[str, Any] = {"event": str(decision.kind)}
    if decision.kind in _LESS | {FulfilmentDecisionKind.APPROVED}:
        facts |= {
            "fulfilmentId": str(fulfilment.id),
            "authorityId": str(fulfilment.authority_id),
            "valueCents": decision.value_cents,
            "quantityUnits": decision.quantity_units,
        }
    if decision.kind is FulfilmentDecisionKind.APPROVED:
        first = fulfilment.first_serial
        # Of what an objection gave back some may have been lost before: the last units go first.
        last = None if first is None else first + decision.quantity_units - 1
        facts |= {"firstSerial": first, "lastSerial": last}
        # What was approved before there were certificates has none.
        facts["certificate"] = None
        if certificate is not None:
            facts["certificate"] = certificates.digest(certificate.content)
            if decision.decided_at <= certificate.issued_at:
                # It says what counted then: the decision, what that was the rest of.
                facts["valueCents"] = certificate.content["valueCents"]
    return facts


def _content(decision: FulfilmentDecision, fulfilment: Fulfilment) -> list[str]:
    return [
        str(decision.kind),
        decision.decided_at.isoformat(),
        str(fulfilment.id),
        str(fulfilment.kind),
        str(fulfilment.authority_id),
        str(fulfilment.obligation_id),
        str(fulfilment.claimant_id),
        str(fulfilment.order_id or "-"),
        str(decision.quantity_units),
        str(decision.value_cents),
        json.dumps(decision.decided_by),
        json.dumps(decision.reason),
    ]
