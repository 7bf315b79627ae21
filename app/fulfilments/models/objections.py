"""Objections to what an authority decided about a fulfilment."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.obligations.models.contracts import KEPT
from app.obligations.models.objections import Contest, contest_checks


class FulfilmentObjection(Contest):
    """What a claimant has against a rejection, or a revocation, of its claim."""

    __tablename__ = "fulfilment_objections"
    __table_args__ = (Index(None, "fulfilment_id", "id"), *contest_checks(), {"info": KEPT})

    fulfilment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfilments.id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("fulfilment_decisions.id"), unique=True)
    """The rejection or revocation; contested once."""
